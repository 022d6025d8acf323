"""`plimsoll policy suggest`: learn a policy on the first part of a recorded demand, score it on the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.domain.source_options import SourceOptions
from plimsoll.entrypoints.cli.amounts import ratio
from plimsoll.entrypoints.cli.chart_file import CHART_HELP, check_chart, check_file, write_chart
from plimsoll.entrypoints.cli.model_option import ModelOption
from plimsoll.entrypoints.cli.output import Format, FormatOption, progress, remark, show
from plimsoll.entrypoints.cli.replay import (
    OF_A_SOURCE,
    ComponentOption,
    HistoryOption,
    SignalOption,
    TraceArgument,
    component_of,
    demand_from,
    rules_word,
)
from plimsoll.entrypoints.cli.source_options import takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.rehearsal.suggestions import Suggested
    from plimsoll.app.rehearsal.tuning import Goal
    from plimsoll.domain.system import Component

SloMissOption = Annotated[
    str | None,
    typer.Option(help="Find the cheapest policy with at most this share of the load outside the SLO, such as 0.5%."),
]
BudgetOption = Annotated[
    str | None,
    typer.Option(help="Find the policy with the fewest SLO misses that uses no more replica-hours than this one."),
]
FlapsOption = Annotated[
    str,
    typer.Option(
        help="How often it may scale up and down again: any, or current (no more often than the current policy)."
    ),
]


@takes_source_options(*OF_A_SOURCE)
def suggest(
    trace: TraceArgument,
    model: ModelOption = None,
    *,
    slo_miss: SloMissOption = None,
    budget: BudgetOption = None,
    flaps: FlapsOption = "any",
    learn_first: Annotated[
        float, typer.Option(help="Learn on this first share of the trace, and score on the rest.")
    ] = 0.6,
    output: Annotated[
        Path | None,
        typer.Option(help="Write the recommended policy to this file; the current one if nothing better was found."),
    ] = None,
    chart: Annotated[Path | None, typer.Option(help=f"Write a chart of cost against SLO misses {CHART_HELP}")] = None,
    rules: Annotated[
        str, typer.Option(help="How the service behaves while learning: plain (no queueing), or queued.")
    ] = "plain",
    signal: SignalOption = None,
    history: HistoryOption = "",
    component: ComponentOption = None,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 1,
    options: SourceOptions,
    output_format: FormatOption = Format.TABLE,
) -> None:
    """Suggest a policy: learned on the first part of a recorded demand, recommended only if it is better on the rest.

    If nothing better is found, the current policy is recommended, and is what --output writes.
    """
    from plimsoll.app.rehearsal.replays import ReplayOptions
    from plimsoll.app.rehearsal.suggestions import suggest as learn_policy
    from plimsoll.render.suggestion import tables

    check_chart(chart)
    check_file("--output", output)
    found, notes, currency = component_of(model, component)
    goal = _goal(slo_miss, budget, flaps, found)
    how = ReplayOptions(rules=rules_word(rules), currency=currency, seed=seed, notes=notes)
    with progress("learning") as shown:
        task = shown.add_task("", total=None)
        demand = demand_from(trace, signal, history, found, options)
        result = learn_policy(demand, found, goal, learn_first, how, lambda text: shown.update(task, description=text))
    _write(result, output, budget, chart)
    show(result.document, tables(result.document), output_format)


def _goal(slo_miss: str | None, budget: str | None, flaps: str, component: Component) -> Goal:
    from plimsoll.app.model.naming_policies import named_policy
    from plimsoll.app.rehearsal.tuning import Goal
    from plimsoll.domain.errors import UsageError

    if (slo_miss is None) == (budget is None):
        raise UsageError("say what to aim at: --slo-miss 0.5%, or --budget POLICY, one of the two")
    if flaps not in ("current", "any"):
        raise UsageError(f"--flaps is current or any, not {flaps[:40]!r}")
    reference = named_policy(budget, component) if budget is not None else next(iter(component.policies), None)
    calm_as = reference if flaps == "current" else None
    if budget is not None:
        return Goal(budget=reference, calm_as=calm_as)
    share = ratio(slo_miss or "", "--slo-miss")
    if not 0 < share < 1:
        raise UsageError(f"--slo-miss is a share above 0% and below 100%, not {slo_miss}")
    return Goal(misses=share, calm_as=calm_as)


def _write(result: Suggested, output: Path | None, budget: str | None, chart: Path | None) -> None:
    """Write the policy and the chart, where they were asked for."""
    from plimsoll.app.rehearsal.pages import suggestion_page
    from plimsoll.app.rehearsal.policy_writing import suggestion_text
    from plimsoll.app.whole_file import write_whole
    from plimsoll.render.suggestion import front_chart

    if output is not None:
        text = suggestion_text(result.document, result.policy, budget)
        if text is None:
            remark(f"{output} is not written: {result.policy.name} is kept, and stands in the model")
        else:
            write_whole(output, text)
            remark(f"wrote {output}: {result.policy.name} ({_description(result)})")
    if chart is not None:
        write_chart(chart, front_chart(result.document), suggestion_page(result.document))


def _description(result: Suggested) -> str:
    kept = result.document.verdict.value != "recommended" and result.policy.name != result.document.suggested.name
    return "the current policy, since nothing better was found" if kept else "as learned"

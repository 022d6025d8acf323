"""`plimsoll replay`: rehearse scaling policies on a recorded demand, side by side."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.domain.source_options import SourceOptions
from plimsoll.entrypoints.cli.amounts import span_ms, span_s
from plimsoll.entrypoints.cli.chart_file import CHART_HELP, check_chart, check_file, write_chart
from plimsoll.entrypoints.cli.model_option import ModelOption
from plimsoll.entrypoints.cli.moments import moment_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, progress, remark, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.rehearsal.replays import Replayed
    from plimsoll.domain.finding import Finding
    from plimsoll.domain.policies import AnyPolicy
    from plimsoll.domain.system import Component
    from plimsoll.domain.trace import Trace
    from plimsoll.simulation.faults import Fault
    from plimsoll.simulation.setting import Rules

app = typer.Typer(rich_markup_mode=None)

OF_A_SOURCE = ("headers", "bearer", "user", "ca_file", "tz")  # --deadline is said of waiting work here
_HISTORY = "30d"
TraceArgument = Annotated[
    str,
    typer.Argument(
        help="CSV file of recorded demand (timestamp,value; one row per step), or any source together with --signal.",
        show_default=False,
    ),
]
SignalOption = Annotated[
    str | None, typer.Option(help="Name of the series that is the demand, if the trace is a source.")
]
HistoryOption = Annotated[
    str,
    typer.Option("--history", "--last", help="How much history to read, with --signal.", show_default=_HISTORY),
]
ComponentOption = Annotated[
    str | None, typer.Option(help="Component of the model that is scaled, if there are several.")
]
Compare = Annotated[
    str,
    typer.Option(
        help="Policies to compare, with commas: names in the model, policy files, or shorthands such as hpa:cpu=70%."
    ),
]
ExplainOption = Annotated[
    str | None,
    typer.Option(help="Explain what each policy decided at this time (RFC 3339; in --tz if it names no zone)."),
]
LoadTestOption = Annotated[
    Path | None, typer.Option(help="Load test of one replica; by default the one that the model names.")
]
ColumnsOption = Annotated[
    str, typer.Option(help="What the columns of the load test mean if it is a plain CSV: load=N,cpu=C,p95=L.")
]
RulesOption = Annotated[
    str,
    typer.Option(help="How the service behaves: queued (work waits), or plain (no queueing, fixed start-up time)."),
]
ServiceTimeOption = Annotated[
    str | None, typer.Option(help="Service time of one request without load, to compute latency.")
]
TrajectoryOption = Annotated[Path | None, typer.Option(help="Write every step of the replay to this Parquet file.")]
FAULT_NAMES = "missing, stale, zero, spike, half-missing, clock-jump"


@app.command(name="replay")
@takes_source_options(*OF_A_SOURCE)
def replay(
    trace: TraceArgument,
    model: ModelOption = None,
    *,
    compare: Compare = "",
    signal: SignalOption = None,
    history: HistoryOption = "",
    rules: RulesOption = "queued",
    score_last: Annotated[float, typer.Option(help="Score only this last share of the trace, such as 0.4.")] = 1.0,
    faults: Annotated[str, typer.Option(help=f"Also replay with faulty metrics: all, or some of {FAULT_NAMES}.")] = "",
    trajectory: TrajectoryOption = None,
    chart: Annotated[Path | None, typer.Option(help=f"Write a chart of demand and replicas {CHART_HELP}")] = None,
    explain: ExplainOption = None,
    component: ComponentOption = None,
    quota: Annotated[int | None, typer.Option(min=1, help="Most replicas that the platform grants.")] = None,
    metric_delay: Annotated[str, typer.Option(help="Delay of the metrics that a policy sees.")] = "0s",
    service_time: ServiceTimeOption = None,
    deadline: Annotated[str, typer.Option(help="Requests that would wait longer than this are refused.")] = "30s",
    loadtest: LoadTestOption = None,
    columns: ColumnsOption = "",
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 1,
    options: SourceOptions,
    output_format: FormatOption = Format.TABLE,
) -> None:
    """Replay scaling policies on recorded demand, and compare SLO misses, replica-hours, cost and scaling actions."""
    from plimsoll.app.rehearsal import replays
    from plimsoll.render.replay import tables

    check_chart(chart)
    check_file("--trajectory", trajectory, ".parquet")
    found, notes, currency = component_of(model, component, loadtest, columns)
    policies = _policies(compare, found)
    how = replays.ReplayOptions(
        rules=rules_word(rules),
        score_last=score_last,
        faults=_faults(faults),
        quota=quota,
        metric_delay_s=span_s(metric_delay, "--metric-delay", or_none_at_all=True),
        deadline_s=span_s(deadline, "--deadline"),
        service_s=None if service_time is None else span_s(service_time, "--service-time"),
        currency=currency,
        seed=seed,
        explain_s=None if explain is None else moment_ms(explain, options.tz, "--explain") / 1000,
        notes=notes,
    )
    with progress("replaying") as shown:
        advance = partial(shown.update, shown.add_task("", total=len(policies)), advance=1)
        demand = demand_from(trace, signal, history, found, options)
        result = replays.replay(demand, found, policies, how, lambda name: advance(description=name))
    _write(result, trajectory, chart)
    show(result.document, tables(result.document), output_format)


def component_of(
    model: list[Path] | None, name: str | None, loadtest: Path | None = None, columns: str = ""
) -> tuple[Component, tuple[Finding, ...], str | None]:
    """Find the component to replay in the model, with what its load test says of it, and the currency of prices."""
    from plimsoll.app.load_line.of_model import Means
    from plimsoll.app.model.loading import load_model
    from plimsoll.app.rehearsal.measured_service import measured_component
    from plimsoll.bootstrap import capacity_models, load_test_rules, read_load_test
    from plimsoll.domain.errors import UsageError

    if columns and loadtest is None:
        raise UsageError("--columns applies to a load test: name one with --loadtest FILE")
    means = Means(read_load_test, capacity_models(), load_test_rules(None))
    read = load_model(model or ())
    component, notes = measured_component(read, name, means, None if loadtest is None else (loadtest, columns))
    return component, notes, read.file.prices.currency if read.file.prices else None


def _policies(compare: str, component: Component) -> list[AnyPolicy]:
    """Find the policies to compare: those named, or all that the component has."""
    from plimsoll.app.model.naming_policies import named_policy, split_words
    from plimsoll.domain.errors import UsageError

    words = split_words(compare) or tuple(policy.name for policy in component.policies)
    if not words:
        raise UsageError(f"{component.name} has no policy in the model; name some with --compare, such as hpa:cpu=70%")
    return [named_policy(word, component) for word in words]


def demand_from(text: str, signal: str | None, history: str, component: Component, options: SourceOptions) -> Trace:
    """Read the demand of a component: a trace file or, with a signal, one series of a source."""
    from plimsoll.bootstrap import open_trace
    from plimsoll.bootstrap_sources import wall_clock_ms
    from plimsoll.domain.errors import UsageError

    if signal is None:
        how = "" if options == SourceOptions() else "each of -H, --bearer, --tz and the like"
        option = "--history" if history else how
        if option:
            raise UsageError(f"{option} applies to a source: name its series with --signal; a trace is read whole")
        return open_trace(text)
    from plimsoll.app.rehearsal.demand_history import demand_of
    from plimsoll.entrypoints.cli.harvest import Asked, harvest_of

    asked = Asked(text, options, span_ms(history or _HISTORY, "--history"), None)
    harvest, _ = harvest_of(asked, None, wall_clock_ms)
    return demand_of(harvest, signal, component.demand.per_s if component.demand else None)


def rules_word(word: str) -> Rules:
    """Read the word of `--rules`."""
    from plimsoll.domain.errors import UsageError
    from plimsoll.simulation.setting import Rules

    try:
        return Rules(word)
    except ValueError:
        raise UsageError(f"--rules is plain or queued, not {word[:40]!r}") from None


def _faults(words: str) -> tuple[Fault, ...]:
    from plimsoll.domain.errors import UsageError
    from plimsoll.simulation.faults import Fault

    if words == "all":
        return tuple(Fault)
    try:
        return tuple(Fault(word.strip().replace("_", "-")) for word in words.split(",") if word.strip())
    except ValueError:
        raise UsageError(f"--faults is all, or some of {FAULT_NAMES}") from None


def _write(result: Replayed, trajectory: Path | None, chart: Path | None) -> None:
    """Write the course of every policy, where it was asked for."""
    if trajectory is not None:
        from plimsoll.bootstrap import save_trajectory

        save_trajectory(trajectory, result)
        remark(f"wrote {trajectory}")
    if chart is not None:
        from plimsoll.app.rehearsal.pages import replay_page
        from plimsoll.render.replay import course_chart

        ready = [(run.policy, run.ready[result.first :].tolist()) for run in result.runs]
        times_s, need = result.trace.times_s[result.first :].tolist(), result.need[result.first :].tolist()
        drawn = course_chart(result.document, times_s, need, ready)
        write_chart(chart, drawn, replay_page(result.document, drawn))

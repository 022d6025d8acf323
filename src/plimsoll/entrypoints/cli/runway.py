"""`plimsoll runway`: what runs out, when, and by which date someone must act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.domain.errors import UsageError
from plimsoll.domain.source_options import SOURCES, SourceOptions
from plimsoll.domain.time_spans import DAY_S
from plimsoll.entrypoints.cli.amounts import span_s
from plimsoll.entrypoints.cli.harvest import FEWEST, Asked
from plimsoll.entrypoints.cli.limit_options import FloorsOption, LeadTimesOption, LimitsOption
from plimsoll.entrypoints.cli.model_option import ModelHereOption
from plimsoll.entrypoints.cli.moments import AsOfOrLastOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.runway.inputs import Ask, Inputs
    from plimsoll.domain.runway import Runway

app = typer.Typer(rich_markup_mode=None)

_FURTHEST_S = 5 * 365 * DAY_S
_WITHIN = "14d"


class Gate(str, Enum):
    """Which date a gate looks at."""

    ACT_BY = "act-by"
    BREACH = "breach"


Sources = Annotated[
    list[str] | None,
    typer.Argument(help=f"Where to read: {SOURCES}.", show_default=False),
]
Horizon = Annotated[
    str, typer.Option(help="How far ahead to look; by default as far as each limit in the catalog says, else 90d.")
]
History = Annotated[str, typer.Option(help="How much history to read from a server; a file is read whole.")]
Step = Annotated[str, typer.Option(help="Interval between samples that are read from a server.")]
FailOn = Annotated[
    Gate | None, typer.Option(help="Exit with 3 if this date of any resource lies within --within.", show_default=False)
]
Within = Annotated[str, typer.Option(help="How soon is too soon for --fail-on.", show_default=_WITHIN)]
Record = Annotated[
    bool,
    typer.Option("--record/--no-record", help="Record the predictions of this run, and score those of earlier runs."),
]
Seed = Annotated[int, typer.Option(min=0, help="Random seed of the simulated futures.")]


@app.command()
@takes_source_options()
def runway(
    sources: Sources = None,
    model: ModelHereOption = None,
    *,
    limit: LimitsOption = None,
    floor: FloorsOption = None,
    lead_time: LeadTimesOption = None,
    horizon: Horizon = "",
    history: History = "90d",
    step: Step = "1h",
    as_of: AsOfOrLastOption = "",
    fail_on: FailOn = None,
    within: Within = "",
    record: Record = True,
    seed: Seed = 0,
    options: SourceOptions,
    how: FormatOption = Format.TABLE,
) -> None:
    """Predict when each resource reaches its limit, and by when you must act.

    EARLY, BREACH and LATE are the dates by which 10, 50 and 90 % of the simulated futures have reached the limit.
    ACT BY is the early date minus the lead time. GRADE says how well the forecast did on the past, from A to F.
    """
    from plimsoll.app.runway.given_limits import check_used, given_limits, lead_times
    from plimsoll.app.runway.inputs import Ask
    from plimsoll.app.runway.runways import runway as runway_of
    from plimsoll.bootstrap import open_track_record
    from plimsoll.bootstrap_sources import wall_clock_ms
    from plimsoll.domain.series import Window
    from plimsoll.entrypoints.cli.places import state_home
    from plimsoll.planning.runway import Terms

    if within and fail_on is None:
        raise UsageError("--within applies to a gate: give one with --fail-on act-by or --fail-on breach")
    past_s, within_s = span_s(history, "--history"), span_s(within or _WITHIN, "--within")
    horizon_s = span_s(horizon, "--horizon") if horizon else None
    if horizon_s is not None and horizon_s > _FURTHEST_S:
        raise UsageError(f"--horizon {horizon}: no history tells that far ahead; at most 5y")
    asked_ms = as_of_ms(as_of, options.tz)
    now_ms = asked_ms if asked_ms is not None else wall_clock_ms()
    window = Window(now_ms - round(max(past_s, horizon_s or 0.0) * 1000), now_ms + 1)
    given, leads = given_limits(limit or (), floor or ()), lead_times(lead_time or ())
    ask = Ask(window, span_s(step, "--step"), given, leads, horizon_s=horizon_s, as_of_ms=asked_ms)
    inputs = _inputs(sources or (), model, ask, Asked("", options, window.end_ms - window.start_ms, asked_ms, FEWEST))
    check_used(ask.limits, ask.lead_times, {name for part in inputs for name in part.names})
    terms = Terms(_as_of(inputs, asked_ms, now_ms), horizon_s=horizon_s, seed=seed)
    log = open_track_record(state_home() / "track_record.sqlite") if record else None
    _show(runway_of(inputs, terms, log).document, fail_on, within_s, how)


def _show(document: Runway, gate: Gate | None, within_s: float, how: Format) -> None:
    """Show the answer, then leave with the code of a gate that does not hold, or of nothing that could be told."""
    from plimsoll.app.runway.runways import check_answered, check_gate, with_gate
    from plimsoll.render.runway import tables

    shown = document if gate is None else with_gate(document, gate.value, within_s)
    show(shown, tables(shown), how)
    if gate is not None:
        check_gate(document, gate.value, within_s)
    check_answered(document)


def _inputs(sources: Sequence[str], model: list[Path] | None, ask: Ask, asked: Asked) -> list[Inputs]:
    from plimsoll.bootstrap_sources import runway_inputs

    if model or (not sources and _model_here()):
        return _by_model(sources, model, ask, asked)
    if not sources:
        raise UsageError("name a source, such as http://localhost:9090, metrics.csv or host, or a model with -m")
    return [runway_inputs(text, ask, asked.options) for text in sources]


def _model_here() -> bool:
    from plimsoll.app.model import DEFAULT_FILE

    return Path(DEFAULT_FILE).exists()


def _by_model(sources: Sequence[str], model: list[Path] | None, ask: Ask, asked: Asked) -> list[Inputs]:
    from plimsoll.app.forecasts.public_holidays import holiday_terms
    from plimsoll.app.model import load_model
    from plimsoll.app.runway.of_model import model_inputs
    from plimsoll.bootstrap import public_holidays
    from plimsoll.bootstrap_sources import is_recording, kept_as, limit_catalog, wall_clock_ms
    from plimsoll.entrypoints.cli.harvest import harvest_of

    understood = load_model(model or ())
    ask = replace(ask, holidays=holiday_terms(understood, public_holidays(), zone=asked.options.tz))
    found = []
    for text in sources or [""]:
        harvest, now_ms = harvest_of(replace(asked, source=text), understood, wall_clock_ms)
        last_ms = now_ms if text and is_recording(text) else None
        inputs = model_inputs(understood, harvest, limit_catalog(), ask, last_ms)
        found.append(replace(inputs, kept_as=kept_as(text)))
    return found


def _as_of(inputs: Sequence[Inputs], asked_ms: int | None, now_ms: int) -> int:
    """The moment asked for; else the last sample where all sources are files; else now."""
    if asked_ms is not None:
        return asked_ms
    last = [part.last_ms for part in inputs]
    known = [moment for moment in last if moment is not None]
    return max(known) if known and len(known) == len(last) else now_ms

"""`plimsoll assess`: where does everything stand now, what is tight, and what is there to do?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.domain.source_options import SourceOptions
from plimsoll.entrypoints.cli.amounts import span_ms, span_s
from plimsoll.entrypoints.cli.model_option import model_if_named
from plimsoll.entrypoints.cli.moments import AsOfOrLastOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, remark, show
from plimsoll.entrypoints.cli.source_options import SOURCES, takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.model import Model
    from plimsoll.domain.assessment import Assessment
    from plimsoll.domain.pattern import Patterns
    from plimsoll.domain.series import Harvest

app = typer.Typer(rich_markup_mode=None, add_completion=False)

SourceArgument = Annotated[
    str,
    typer.Argument(help=f"Where to read: {SOURCES}; else the model's own sources."),
]
ModelFiles = Annotated[
    list[Path] | None, typer.Option("-m", "--model", help="Model file, whose limits and thresholds are judged.")
]
PatternsOption = Annotated[
    bool,
    typer.Option(
        "--patterns", help="Show when each series is busy, and which value to size for, instead of the assessment."
    ),
]
HistoryOption = Annotated[str, typer.Option("--history", "--window", help="How much history to read.")]
StaleOption = Annotated[str, typer.Option("--stale-after", help="Treat a last sample older than this as unknown.")]


@app.command()
@takes_source_options()
def assess(
    source: SourceArgument = "",
    model: ModelFiles = None,
    *,
    patterns: PatternsOption = False,
    history: HistoryOption = "7d",
    stale_after: StaleOption = "1h",
    as_of: AsOfOrLastOption = "",
    options: SourceOptions,
    how: FormatOption = Format.TABLE,
) -> None:
    """Judge how full every resource is now, what is tight, and what to do about it.

    LIMIT is all there is; the practical limit is the share of it (80 % by default) at which to act. What could not be
    read is listed as unknown with the reason; it never counts as healthy.
    """
    from plimsoll.bootstrap_sources import wall_clock_ms
    from plimsoll.entrypoints.cli.harvest import Asked, harvest_of

    asked_ms = as_of_ms(as_of, options.tz)
    past_ms, stale_s = span_ms(history, "--history"), span_s(stale_after, "--stale-after")
    understood = model_if_named(model)
    harvest, now_ms = harvest_of(Asked(source, options, past_ms, asked_ms), understood, wall_clock_ms)
    if patterns:
        from plimsoll.render.assessment import pattern_tables

        rhythms = _patterns(harvest, now_ms, options.tz, understood)
        show(rhythms, pattern_tables(rhythms), how)
        return
    from plimsoll.render.assessment import tables

    found = _assessment(harvest, understood, now_ms, stale_s)
    show(found, tables(found), how)


def _assessment(harvest: Harvest, model: Model | None, now_ms: int, stale_after_s: float) -> Assessment:
    from plimsoll.app.assessment.assessing import assessment_of
    from plimsoll.bootstrap import advice_base
    from plimsoll.domain.assessment import Truth
    from plimsoll.domain.errors import NothingToAnswer
    from plimsoll.domain.quantity import some_of

    found = assessment_of(harvest, model, advice_base(), now_ms, stale_after_s)
    name = model.system.name if model else harvest.source
    read = found is not None and any(item.now is not None for item in found.standings)
    judged = found is not None and any(item.holds is not Truth.UNKNOWN for item in found.conditions)
    if found is None or not (read or judged):
        bare = found is None or not found.standings
        mend = _limits_to_give(harvest, model) if bare else ""
        unknown = some_of(found.unknown if found else (), most=3)
        why = "; ".join(filter(None, ("no limit or band has a reading" + mend, *harvest.notes, unknown)))
        raise NothingToAnswer(f"{name}: nothing to judge: {why}")
    if model is None and (left := len(harvest.series) - len(found.standings)):
        remark(f"plimsoll: {left} series have no limit by nature and are not judged; a model (-m) can give limits")
    return replace(found, notes=harvest.notes)


def _limits_to_give(harvest: Harvest, model: Model | None) -> str:
    """Say where limits would come from; nothing where there is no series that could have one."""
    if model is not None:
        return "; give the model some, or judge a source by nature's limits, without -m"
    read = sum(1 for series in harvest.series if len(series))
    return f"; none of {read} series has a limit by nature: a model (-m) can give limits" if read else ""


def _patterns(harvest: Harvest, now_ms: int, tz: str, model: Model | None) -> Patterns:
    from plimsoll.app.model_terms import pattern_rules
    from plimsoll.app.runway.natural_limits import in_base_unit
    from plimsoll.assess.patterns import pattern_of
    from plimsoll.domain.errors import NothingToAnswer
    from plimsoll.domain.pattern import Patterns
    from plimsoll.domain.series import as_datetime

    if not harvest.series:
        raise NothingToAnswer(f"{harvest.source} offers no series in the window")
    zone = tz or (model.system.time_zone if model else "UTC")
    rules = pattern_rules(model)
    found = (pattern_of(in_base_unit(series), zone, rules) for series in harvest.series)
    return Patterns(as_datetime(now_ms), tuple(found), harvest.notes)

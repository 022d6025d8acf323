"""`plimsoll assess`: where does everything stand now, what is tight, and what is there to do?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.domain.source_options import SOURCES, SourceOptions
from plimsoll.entrypoints.cli.amounts import span_ms, span_s
from plimsoll.entrypoints.cli.model_option import model_if_named
from plimsoll.entrypoints.cli.moments import AsOfOrLastOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, remark, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.model import Model
    from plimsoll.domain.assessment import Assessment
    from plimsoll.domain.pattern import Patterns
    from plimsoll.domain.series import Harvest
    from plimsoll.entrypoints.cli.harvest import Asked

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
StaleOption = Annotated[
    str,
    typer.Option(
        "--stale-after",
        help="Treat a last sample older than this as unknown.",
        show_default="three steps of its series, at least 1h",
    ),
]


@app.command()
@takes_source_options()
def assess(
    source: SourceArgument = "",
    model: ModelFiles = None,
    *,
    patterns: PatternsOption = False,
    history: HistoryOption = "7d",
    stale_after: StaleOption = "",
    as_of: AsOfOrLastOption = "",
    options: SourceOptions,
    how: FormatOption = Format.TABLE,
) -> None:
    """Judge how full every resource is now, what is tight, and what to do about it.

    LIMIT is all there is, by the model, or as `runway` knows it; the practical limit is the share of it (80 % by
    default) at which to act. What could not be read is listed as unknown with the reason; it never counts as healthy.
    """
    from plimsoll.bootstrap_sources import wall_clock_ms
    from plimsoll.entrypoints.cli.harvest import Asked, harvest_of

    asked = Asked(source, options, span_ms(history, "--history"), as_of_ms(as_of, options.tz))
    stale_s = span_s(stale_after, "--stale-after") if stale_after else None
    understood = model_if_named(model)
    if patterns:
        from plimsoll.render.assessment import pattern_tables

        rhythms = _patterns(*harvest_of(asked, understood, wall_clock_ms), options.tz, understood)
        show(rhythms, pattern_tables(rhythms), how)
        return
    from plimsoll.render.assessment import tables

    found = _by_limits(asked, stale_s) if understood is None else _by_model(asked, understood, stale_s)
    show(found, tables(found), how)


def _by_model(asked: Asked, model: Model, stale_s: float | None) -> Assessment:
    from plimsoll.app.assessment.assessing import assessment_of
    from plimsoll.app.runway.inputs import Ask
    from plimsoll.app.runway.of_model import model_inputs
    from plimsoll.bootstrap import advice_base
    from plimsoll.bootstrap_sources import limit_catalog, wall_clock_ms
    from plimsoll.domain.series import Window
    from plimsoll.entrypoints.cli.harvest import harvest_of

    harvest, now_ms = harvest_of(asked, model, wall_clock_ms)
    ask = Ask(Window(now_ms - asked.span_ms, now_ms + 1))
    inputs = model_inputs(model, harvest, limit_catalog(), ask)
    found = assessment_of(harvest, model, (inputs,), advice_base(), now_ms, stale_s)
    remedy = "; give the model some, or judge a source by the limits that are known of it, without -m"
    return _answered(found, model.system.name, harvest.notes, remedy)


def _by_limits(asked: Asked, stale_s: float | None) -> Assessment:
    """Judge one source by the limits that its runway has."""
    from plimsoll.app.assessment.assessing import assessment_of_source
    from plimsoll.app.readings import live_step_s
    from plimsoll.app.runway.inputs import Ask
    from plimsoll.bootstrap import advice_base
    from plimsoll.bootstrap_sources import inputs_now, is_server, runway_inputs, wall_clock_ms
    from plimsoll.domain.series import Harvest, Window
    from plimsoll.entrypoints.cli.harvest import harvest_of

    if is_server(asked.source):
        now_ms = wall_clock_ms() if asked.as_of_ms is None else asked.as_of_ms
        ask = Ask(Window(now_ms - asked.span_ms, now_ms + 1), live_step_s(asked.span_ms))
        inputs = runway_inputs(asked.source, ask, asked.options)
        harvest = Harvest(inputs.source, tuple(one.series for one in inputs.resources), (), inputs.notes)
    else:
        harvest, now_ms = harvest_of(asked, None, wall_clock_ms)
        inputs = inputs_now(asked.source, harvest, Ask(Window(now_ms - asked.span_ms, now_ms + 1)))
    found = assessment_of_source(harvest, (inputs,), advice_base(), now_ms, stale_s)
    read = sum(1 for series in harvest.series if len(series))
    remedy = f"; of none of {read} series a limit is known: a model (-m) can give limits" if read else ""
    assessment = _answered(found, harvest.source, harvest.notes, remedy)
    if left := len(inputs.resources) + len(inputs.failed) - len(assessment.standings):
        remark(f"plimsoll: no limit is known of {left} series, and they are not judged; a model (-m) can give limits")
    return assessment


def _answered(found: Assessment | None, name: str, notes: tuple[str, ...], remedy: str) -> Assessment:
    """Give the assessment the notes of the reading; raises NothingToAnswer where nothing in it has a reading."""
    from plimsoll.domain.assessment import Truth
    from plimsoll.domain.errors import NothingToAnswer
    from plimsoll.domain.quantity import some_of

    read = found is not None and any(item.now is not None for item in found.standings)
    evaluated = found is not None and any(item.holds is not Truth.UNKNOWN for item in found.conditions)
    if found is None or not (read or evaluated):
        bare = found is None or not found.standings
        unknown = some_of(found.unknown if found else (), most=3)
        why = ("no limit or band has a reading" + (remedy if bare else ""), *notes, unknown)
        raise NothingToAnswer(f"{name}: nothing to judge: {'; '.join(filter(None, why))}")
    return replace(found, notes=(*found.notes, *notes))


def _patterns(harvest: Harvest, now_ms: int, tz: str, model: Model | None) -> Patterns:
    from plimsoll.app.model_terms import pattern_rules
    from plimsoll.app.runway.base_units import in_base_unit
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

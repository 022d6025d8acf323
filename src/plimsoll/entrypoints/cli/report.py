"""`plimsoll report`: everything about a system in one page that can be mailed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plimsoll.domain.errors import UsageError
from plimsoll.domain.report import Period
from plimsoll.domain.source_options import SOURCES, SourceOptions
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.entrypoints.cli.amounts import span_ms
from plimsoll.entrypoints.cli.harvest import Asked, harvest_of
from plimsoll.entrypoints.cli.limit_options import FloorsOption, LeadTimesOption, LimitsOption
from plimsoll.entrypoints.cli.listener import say
from plimsoll.entrypoints.cli.model_option import model_if_named
from plimsoll.entrypoints.cli.moments import AsOfOrLastOption, as_of_ms
from plimsoll.entrypoints.cli.output import Format, FormatOption, remark, show
from plimsoll.entrypoints.cli.source_options import takes_source_options

if TYPE_CHECKING:
    from plimsoll.app.model import Model
    from plimsoll.app.report.gathered import Gathered
    from plimsoll.app.runway.given_limits import GivenLimit, LeadTimes
    from plimsoll.app.runway.inputs import Ask, Inputs
    from plimsoll.domain.load_line import LoadTestLimits
    from plimsoll.domain.report import Report
    from plimsoll.domain.series import Harvest

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_HISTORY = "90d"
SourceArgument = Annotated[
    str,
    typer.Argument(help=f"Where to read: {SOURCES}; else the model's own sources. None for a load test alone."),
]
ModelFiles = Annotated[
    list[Path] | None,
    typer.Option("-m", "--model", help="Model file; adds plan and cost, thresholds, and warnings to the report."),
]
PeriodOption = Annotated[
    Period | None,
    typer.Option(
        help="Period that the report covers; it also decides which parts the report has.",
        show_default=Period.WEEKLY.value,
    ),
]
OutOption = Annotated[Path | None, typer.Option("--output", help="File to write.", show_default="plimsoll-PERIOD.html")]
LoadTestOption = Annotated[
    Path | None, typer.Option("--loadtest", help="Result file of a load test, for the capacity of one replica.")
]
ColumnsOption = Annotated[
    str,
    typer.Option(help="What the columns of the load test mean if it is a plain CSV: load=N,throughput=X,p99=L,time=T."),
]
SloOption = Annotated[list[str] | None, typer.Option("--slo", help="Objective for the load test, such as p99<250ms.")]
HistoryOption = Annotated[
    str,
    typer.Option(
        "--history",
        help="How much history to read from a server, for forecasts and dates; a file or a store is read whole.",
        show_default=_HISTORY,
    ),
]


@dataclass(frozen=True, slots=True)
class GivenLoadTest:
    """A load test from the command line: its file, what the columns of a plain CSV mean, and what must hold."""

    path: Path
    columns: str = ""
    slo: tuple[str, ...] = ()


@app.command()
@takes_source_options()
def report(
    source: SourceArgument = "",
    model: ModelFiles = None,
    *,
    period: PeriodOption = None,
    out: OutOption = None,
    loadtest: LoadTestOption = None,
    columns: ColumnsOption = "",
    slo: SloOption = None,
    limit: LimitsOption = None,
    floor: FloorsOption = None,
    lead_time: LeadTimesOption = None,
    history: HistoryOption = "",
    as_of: AsOfOrLastOption = "",
    options: SourceOptions,
    how: FormatOption = Format.TABLE,
) -> None:
    """Write a report on a system: what is tight, what runs out and when, the forecast, and the cost.

    Writes one HTML file that needs no network. With -o md the report is Markdown on stdout; -o json is its data.
    With --loadtest FILE and neither source nor model, the report is on that load test alone.
    """
    from plimsoll.app.report.gathered import check_answered
    from plimsoll.app.runway.given_limits import given_limits, lead_times
    from plimsoll.bootstrap import report_parts

    asked = Asked(source, options, span_ms(history or _HISTORY, "--history"), as_of_ms(as_of, options.tz))
    tested = _given_test(loadtest, columns, slo)
    alone = tested if not source and not model else None
    if alone is not None:
        _refuse_of_source(
            {"--period": period, "--history": history, "--limit": limit, "--floor": floor, "--lead-time": lead_time},
            options,
            of_moment=bool(as_of),
        )
    span = period or Period.WEEKLY
    usual = Path(f"plimsoll-{'loadtest' if alone else span.value}.html")
    path = out or (usual if how is Format.TABLE else None)
    check_page(path)
    if model and (limit or floor):
        raise UsageError(f"{'--limit' if limit else '--floor'} goes with a source alone: write it into the model")
    if alone is not None:
        gathered = _of_test(alone, asked)
    else:
        given, leads = given_limits(limit or (), floor or ()), lead_times(lead_time or ())
        gathered = gathered_on(asked, model_if_named(model), span, tested, given, leads)
    made = report_of(gathered, None if alone else span)
    _write(made, path, how)
    check_answered(gathered, report_parts(span))


def _given_test(path: Path | None, columns: str, slo: list[str] | None) -> GivenLoadTest | None:
    """Put together what is said of a load test; raises UsageError where there is none to say it of."""
    if path is not None:
        return GivenLoadTest(path, columns, tuple(slo or ()))
    if columns or slo:
        raise UsageError(f"{'--columns' if columns else '--slo'} applies to a load test: name one with --loadtest FILE")
    return None


def _write(made: Report, path: Path | None, how: Format) -> None:
    """Show a report in the format asked for, and write its page where there is a place for it."""
    from plimsoll.app.whole_file import write_whole
    from plimsoll.bootstrap import report_page
    from plimsoll.render.table import printable

    if how is Format.MD:
        from plimsoll.render.report import to_report_markdown

        say(to_report_markdown(made))
    elif how is not Format.TABLE:
        show(made, [table for part in made.parts for table in part.tables], how)
    if path is not None:
        write_whole(path, report_page(made))
        for line in made.headlines if how is Format.TABLE else ():
            say(printable(line) + "\n")
        remark(f"plimsoll: report written to {path}")


def _refuse_of_source(given: Mapping[str, object], options: SourceOptions, *, of_moment: bool) -> None:
    """Raise UsageError for an option that is said of a source, where none is read; a moment may need its zone."""
    asked = {
        "-H": options.headers,
        "--bearer": options.bearer,
        "--user": options.basic_user,
        "--ca-file": options.ca_file,
        "--deadline": options.deadline_s != SourceOptions().deadline_s,
        "--tz": options.tz and not of_moment,
    }
    idle = next((name for name, value in {**given, **asked}.items() if value), None)
    if idle:
        raise UsageError(
            f"{idle} applies to what a source holds: name one, or a model with -m; "
            "--loadtest alone makes a page of the load test"
        )


def gathered_on(
    asked: Asked,
    model: Model | None,
    period: Period,
    tested: GivenLoadTest | None = None,
    limits: Sequence[GivenLimit] = (),
    lead_times: LeadTimes | None = None,
) -> Gathered:
    """Read, and gather what every stage answers; raises UsageError for a limit on what is not there."""
    from dataclasses import replace

    from plimsoll.app.driver_histories import file_histories
    from plimsoll.app.forecasts.public_holidays import holiday_terms
    from plimsoll.app.report.gathering import Read, gather
    from plimsoll.app.runway.given_limits import NO_LEAD_TIMES, check_used
    from plimsoll.app.runway.inputs import Ask
    from plimsoll.bootstrap import advice_base, public_holidays
    from plimsoll.bootstrap_sources import open_source, wall_clock_ms
    from plimsoll.domain.series import Window

    harvest, now_ms = harvest_of(asked, model, wall_clock_ms)
    holidays = holiday_terms(model, public_holidays(), zone=asked.options.tz)
    leads, span = lead_times or NO_LEAD_TIMES, Window(now_ms - asked.span_ms, now_ms + 1)
    ask = Ask(span, limits=tuple(limits), lead_times=leads, holidays=holidays)
    inputs = _inputs(asked, model, harvest, ask, now_ms)
    check_used(ask.limits, leads, {name for part in inputs for name in part.names})
    past = {driver.name: series for driver, series in file_histories(model, open_source)} if model else {}
    zone = asked.options.tz or (model.system.time_zone if model else "UTC")
    read = Read(harvest, inputs, period.days * DAY_MS, now_ms, zone, past=past, holidays=holidays)
    return replace(gather(read, model, advice_base()), limits=_limits(tested, model))


def _of_test(tested: GivenLoadTest, asked: Asked) -> Gathered:
    """Gather what a load test says by itself: how much one replica carries."""
    from plimsoll.app.report.gathered import Gathered
    from plimsoll.bootstrap_sources import wall_clock_ms

    now_ms = wall_clock_ms() if asked.as_of_ms is None else asked.as_of_ms
    return Gathered(tested.path.name, now_ms, 0.0, limits=_limits(tested, None))


def report_of(gathered: Gathered, period: Period | None) -> Report:
    """Write up what was gathered, by the parts of a period; without one only what a load test says."""
    from plimsoll.app.report import reports
    from plimsoll.bootstrap import report_parts

    if period is None:
        return reports.report(gathered, (), None, "What a load test says")
    return reports.report(gathered, report_parts(period), period, f"{period.value.capitalize()} capacity report")


def check_page(path: Path | None) -> None:
    """Make the folder of a page, and raise InputError where the page cannot be written: before the work, not after."""
    from plimsoll.app.whole_file import check_place, make_folder

    if path is not None:
        make_folder(path.parent)
        check_place(path)


def _inputs(asked: Asked, model: Model | None, harvest: Harvest, ask: Ask, now_ms: int) -> tuple[Inputs, ...]:
    from plimsoll.app.runway.of_model import model_inputs
    from plimsoll.bootstrap_sources import limit_catalog, runway_inputs

    if model is not None:
        return (model_inputs(model, harvest, limit_catalog(), ask, now_ms),)
    return (runway_inputs(asked.source, ask, asked.options),)


def _limits(given: GivenLoadTest | None, model: Model | None) -> dict[str, LoadTestLimits | str]:
    """Read the load test that was given, else those that the model names, by component; of what says nothing, why."""
    from plimsoll.app.load_line.limits import LimitsAsk, limits
    from plimsoll.app.load_line.of_model import Means, model_load_test
    from plimsoll.bootstrap import capacity_models, load_test_rules, read_load_test
    from plimsoll.domain.errors import PlimsollError
    from plimsoll.domain.objective import objectives

    if given is not None:
        ask = LimitsAsk(objectives(given.slo), load_test_rules(None))
        return {"": limits(read_load_test([given.path], given.columns), ask, capacity_models())}
    if model is None:
        return {}
    means = Means(read_load_test, capacity_models(), load_test_rules(None))
    found: dict[str, LoadTestLimits | str | None] = {}
    for section in model.file.components:
        try:
            found[section.name] = model_load_test(section, Path(model.tree.file).parent, means)
        except PlimsollError as error:
            found[section.name] = str(error)
    return {component: result for component, result in found.items() if result is not None}

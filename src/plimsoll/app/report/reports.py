"""How is a report composed? Headlines first, then the parts for its period.

A part contains only what was gathered; a requested part without an answer says so, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from plimsoll.app.readings import within
from plimsoll.app.report.gathered import Gathered, SeriesOutlook
from plimsoll.app.report.headlines import act_by, headlines, runs_out
from plimsoll.domain.assessment import Assessment
from plimsoll.domain.chart import Axis, Chart, Mark
from plimsoll.domain.quantity import counted, format_quantity, some_of
from plimsoll.domain.report import Part, Period, Report
from plimsoll.domain.runway import RunwayRow, RunwayState
from plimsoll.domain.series import Window, as_datetime
from plimsoll.domain.table import Table
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.render import assessment as assessment_form
from plimsoll.render import load_line as load_line_form
from plimsoll.render import plan as plan_form
from plimsoll.render import runway as runway_form
from plimsoll.render import unit_cost as unit_cost_form
from plimsoll.render.charts import history_and_forecast, load_test_chart, over_time

MOST_CHARTS = 12
DAILY = "the worst of each day"
_LINES_A_CHART = 4
_LINES_OF_ACTION = 3
_Shown = TypeVar("_Shown", Table, Chart)


def report(gathered: Gathered, parts: Sequence[str], period: Period | None, title: str) -> Report:
    """Compose a report of the parts named in `parts`; a load test always has a part."""
    if gathered.limits and "capacity" not in parts:
        parts = (*parts, "capacity")
    made = as_datetime(gathered.as_of_ms)
    return Report(
        title=title,
        system=gathered.system,
        made_at=made,
        period=period,
        covers=_covers(gathered),
        headlines=headlines(gathered),
        parts=tuple(_part(name, gathered) for name in parts),
        sources=gathered.sources,
    )


def _covers(gathered: Gathered) -> str:
    if not gathered.span_days:
        return "a load test alone"
    return (
        f"the {_days(gathered.span_days)} up to {as_datetime(gathered.as_of_ms):%Y-%m-%d %H:%M} UTC{_since(gathered)}"
    )


def _days(count: float) -> str:
    return "day" if count == 1 else f"{count:.3g} days"


def _since(gathered: Gathered) -> str:
    """Say when the samples begin, if that is a day or more after the start of the period."""
    first_ms = min((int(item.series.times_ms[0]) for item in gathered.outlooks if len(item.series)), default=None)
    if first_ms is None or first_ms < gathered.as_of_ms - (gathered.span_days - 1) * DAY_MS:
        return ""
    return f", with samples since {as_datetime(first_ms):%Y-%m-%d}"


def _part(name: str, gathered: Gathered) -> Part:
    made = _PARTS[name](gathered)
    if made is not None:
        return made
    why = dict(gathered.missing).get(name) or _too_old(gathered) or "nothing was gathered for it"
    return Part(_TITLES[name], (f"Not told: {why}.",))


def _too_old(gathered: Gathered) -> str:
    """Name the series whose samples are too old for the present or the future; empty where there is none."""
    return f"no sample is new enough to speak for now, of {some_of(gathered.stale)}" if gathered.stale else ""


def _left_out(gathered: Gathered) -> tuple[str, ...]:
    return (f"Left out: {_too_old(gathered)}.",) if gathered.stale else ()


def _utilization(gathered: Gathered) -> Part | None:
    if gathered.assessment is None:
        return None
    tables = assessment_form.tables(gathered.assessment)
    shown = tuple(table for table in tables if table.title != "What to do")
    return Part(_TITLES["utilization"], tables=shown, charts=_shares_over_time(gathered))


def _shares_over_time(gathered: Gathered) -> tuple[Chart, ...]:
    """Draw the shares of the period, a few to a chart, the most urgent first."""
    end_ms = gathered.as_of_ms + 1
    window = Window(end_ms - round(gathered.span_days * DAY_MS), end_ms)
    shares = [
        within(item.series, window) for item in gathered.outlooks if item.series.unit == "ratio" and not item.label
    ]
    shares = [series for series in shares if len(series) > 1][:MOST_CHARTS]
    charts = []
    for start in range(0, len(shares), _LINES_A_CHART):
        group = shares[start : start + _LINES_A_CHART]
        says = "; ".join(f"{series.id} last {format_quantity(float(series.values[-1]), 'ratio')}" for series in group)
        of = f", {start + 1} to {start + len(group)} of {len(shares)}" if len(shares) > _LINES_A_CHART else ""
        charts.append(over_time(f"Shares over the period{of}", f"{says}.", "ratio", group))
    return tuple(charts)


def _actions(gathered: Gathered) -> Part | None:
    """List the actions: on bottlenecks by term, on resources that run out by date."""
    assessment, dated = gathered.assessment, _dated_actions(gathered)
    if assessment is None and not dated:
        return None
    advised = assessment_form.tables(assessment) if assessment else ()
    tables = tuple(table for table in advised if table.title == _TITLES["actions"])
    lead = (_nothing_tight(assessment, bool(dated)),) if assessment and not tables else ()
    return Part(_TITLES["actions"], lead, (*tables, *dated))


def _nothing_tight(assessment: Assessment, dated: bool) -> str:
    """Say that nothing is tight; but not that there is nothing to do if an action has a date."""
    unread, of = len(assessment.unknown), len(assessment.standings)
    if of and all(item.now is None for item in assessment.standings):
        return f"Not one of {counted(of, 'resource')} could be read, so what to do is unknown."
    if unread:
        return f"Nothing that was read is tight; {unread} of {of} were not read."
    return "Nothing is tight now." if dated else "Nothing is tight; nothing to do."


def _dated_actions(gathered: Gathered) -> tuple[Table, ...]:
    """List the actions that are due by a date, the earliest first."""
    runway = gathered.runway
    due = [row for row in runway.rows if row.act_by is not None] if runway else []
    if runway is None or not due:
        return ()
    due.sort(key=lambda row: (row.act_by, row.resource))
    shown = due[:_LINES_OF_ACTION]
    rows = tuple((act_by(row, runway.as_of), row.resource, runs_out(row), row.why) for row in shown)
    more = len(due) - len(rows)
    notes = (f"{more} more are to be acted on by a date: see the runway.",) if more else ()
    return (Table(("ACT", "ON", "RUNS OUT", "WHY"), rows, "By when to act", notes=notes, label=gathered.label),)


def _runway(gathered: Gathered) -> Part | None:
    if gathered.runway is None:
        return None
    lead = (
        "Early, breach and late are the dates by which 10, 50 and 90 % of simulated futures have reached the limit; "
        "act by is the early date less the lead time."
    )
    limitless = any(row.limit is None and row.state is RunwayState.CANNOT_TELL for row in gathered.runway.rows)
    remedy = ("A limit that is not known: give it to `plimsoll runway`, or keep it in a model (`plimsoll init`).",)
    tables = runway_form.tables(gathered.runway)
    return Part(_TITLES["runway"], (lead, *(remedy if limitless else ())), tables, label=gathered.label)


def _forecast(gathered: Gathered) -> Part | None:
    if not gathered.outlooks:
        return None
    rows = {row.resource: row for row in (gathered.runway.rows if gathered.runway else ())}
    shown = gathered.outlooks[:MOST_CHARTS]
    drawn = (
        () if len(shown) == len(gathered.outlooks) else (f"{len(shown)} of {len(gathered.outlooks)} series are drawn.",)
    )
    lead = (*drawn, *_left_out(gathered))
    return Part(_TITLES["forecast"], lead, charts=tuple(_drawn(item, rows) for item in shown), label=gathered.label)


def _drawn(outlook: SeriesOutlook, rows: dict[str, RunwayRow]) -> Chart:
    name = str(outlook.series.id)
    row = rows.get(name) or rows.get(outlook.series.id.name)
    marks = []
    if row is not None and row.limit is not None:
        limit = format_quantity(row.limit.value, row.unit)
        marks.append(Mark(f"{row.limit.type.value} limit {limit}", row.limit.value, Axis.Y))
    if row is not None and row.act_by is not None:
        marks.append(Mark(f"act by {row.act_by:%Y-%m-%d}", row.act_by.timestamp(), Axis.X))
    title = f"{name}; forecast of {outlook.of}" if outlook.of else name
    return history_and_forecast(outlook.series, outlook.forecast, marks, title, outlook.label)


def _rhythm(gathered: Gathered) -> Part | None:
    if gathered.patterns is None:
        return None
    return Part(
        _TITLES["rhythm"],
        _left_out(gathered),
        tables=assessment_form.pattern_tables(gathered.patterns),
        label=gathered.label,
    )


def _capacity(gathered: Gathered) -> Part | None:
    if not gathered.limits:
        return None
    read = {of: found for of, found in gathered.limits.items() if not isinstance(found, str)}
    unread = tuple(f"{of}: not told: {why}." for of, why in gathered.limits.items() if isinstance(why, str))
    tables = (_named(of, table) for of, found in read.items() for table in load_line_form.tables(found))
    charts = (
        _named(of, load_test_chart(chart, found.tested.load_unit))
        for of, found in read.items()
        for chart in found.charts
    )
    return Part(_TITLES["capacity"], unread, tables=tuple(tables), charts=tuple(charts))


def _named(component: str, shown: _Shown) -> _Shown:
    return replace(shown, title=f"{component}: {shown.title}") if component else shown


def _costs(gathered: Gathered) -> Part | None:
    if gathered.costs is None:
        return None
    return Part(_TITLES["costs"], tables=unit_cost_form.tables(gathered.costs))


def _plan(gathered: Gathered) -> Part | None:
    if gathered.plan is None:
        return None
    return Part(_TITLES["plan"], tables=plan_form.tables(gathered.plan), label=gathered.label)


def _findings(gathered: Gathered) -> Part | None:
    if gathered.findings is None:
        return None
    rows = tuple((item.rule, item.message, item.taken or "-") for item in gathered.findings)
    if not rows:
        return Part(_TITLES["findings"], ("The model does not contradict itself.",))
    return Part(_TITLES["findings"], tables=(Table(("RULE", "FOUND", "WHAT IS DONE"), rows),))


_TITLES = {
    "utilization": "Where it stands",
    "actions": "What to do",
    "runway": "What runs out, and when",
    "forecast": "What is to come",
    "rhythm": "Rhythm, and what to size for",
    "capacity": "How much one replica carries",
    "costs": "What one request costs",
    "plan": "Plan and cost",
    "findings": "Findings in the model",
}
_PARTS: dict[str, Callable[[Gathered], Part | None]] = {
    "utilization": _utilization,
    "actions": _actions,
    "runway": _runway,
    "forecast": _forecast,
    "rhythm": _rhythm,
    "capacity": _capacity,
    "costs": _costs,
    "plan": _plan,
    "findings": _findings,
}

"""How does a report tell what is known? Headlines first, then the parts that its period asks for.

A part is made only of what was gathered; one that was asked for and has nothing behind it says so and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from plimsoll.app.daily import DAY_MS
from plimsoll.app.readings import within
from plimsoll.domain.assessment import Assessment, Priority, Verdict
from plimsoll.domain.chart import Axis, Chart, Mark
from plimsoll.domain.finding import Finding
from plimsoll.domain.forecast import Forecast
from plimsoll.domain.load_line import LoadTestLimits
from plimsoll.domain.pattern import Patterns
from plimsoll.domain.plan import Plan
from plimsoll.domain.quantity import counted, format_quantity, some_of
from plimsoll.domain.report import Part, Period, Report
from plimsoll.domain.runway import Runway, RunwayRow, RunwayState
from plimsoll.domain.series import Series, Window, as_datetime
from plimsoll.domain.table import Table
from plimsoll.domain.unit_cost import UnitCosts
from plimsoll.render import assessment as assessment_form
from plimsoll.render import load_line as load_line_form
from plimsoll.render import plan as plan_form
from plimsoll.render import runway as runway_form
from plimsoll.render import unit_cost as unit_cost_form
from plimsoll.render.charts import history_and_forecast, load_test_chart, over_time
from plimsoll.render.estimate import coverage_text

MOST_CHARTS = 12
DAILY = "the worst of each day"
_LINES_A_CHART = 4
_LINES_OF_ACTION = 3
_Shown = TypeVar("_Shown", Table, Chart)
_UNKNOWN = (RunwayState.CANNOT_TELL, RunwayState.STALE, RunwayState.ERROR)


@dataclass(frozen=True)
class Told:
    """One series with its forecast, as it is drawn; `label` marks what nobody measured, `of` what is forecast of it."""

    series: Series
    forecast: Forecast | None
    label: str = ""
    of: str = ""


@dataclass(frozen=True)
class Gathered:
    """What there is to report on; what was not gathered is None or empty, with the reason in `missing` by part.

    `limits` are what load tests say by component (empty for one that was handed in), or why one says nothing.
    """

    system: str
    as_of_ms: int
    span_days: float
    sources: tuple[str, ...] = ()
    assessment: Assessment | None = None
    patterns: Patterns | None = None
    told: tuple[Told, ...] = ()
    runway: Runway | None = None
    limits: Mapping[str, LoadTestLimits | str] = field(default_factory=dict)
    costs: UnitCosts | None = None
    plan: Plan | None = None
    findings: tuple[Finding, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    label: str = ""


def report(gathered: Gathered, parts: Sequence[str], period: Period | None, title: str) -> Report:
    """Tell what was gathered, by the parts named in `parts`; a load test has its part in any."""
    if gathered.limits and "capacity" not in parts:
        parts = (*parts, "capacity")
    made = as_datetime(gathered.as_of_ms)
    return Report(
        title=title,
        system=gathered.system,
        made_at=made,
        period=period,
        covers=f"the {_days(gathered.span_days)} up to {made:%Y-%m-%d %H:%M} UTC{_since(gathered)}",
        headlines=headlines(gathered),
        parts=tuple(_part(name, gathered) for name in parts),
        sources=gathered.sources,
    )


def _days(count: float) -> str:
    return "day" if count == 1 else f"{count:.3g} days"


def _since(gathered: Gathered) -> str:
    """Say from when on there are samples, where that is a day or more after the period began."""
    first_ms = min((int(item.series.times_ms[0]) for item in gathered.told if len(item.series)), default=None)
    if first_ms is None or first_ms < gathered.as_of_ms - (gathered.span_days - 1) * DAY_MS:
        return ""
    return f", with samples since {as_datetime(first_ms):%Y-%m-%d}"


def headlines(gathered: Gathered) -> tuple[str, ...]:
    """Say the few things that matter most, each in a sentence."""
    carried = (_limit_line(of, found) for of, found in gathered.limits.items())
    return (*_runway_lines(gathered.runway), *_assessment_lines(gathered.assessment), *carried)


def _runway_lines(runway: Runway | None) -> tuple[str, ...]:
    if runway is None:
        return ()
    breached = [row.resource for row in runway.rows if row.state is RunwayState.BREACHED]
    due = [row for row in runway.rows if row.act_by is not None and row.state is RunwayState.OK]
    lines = []
    if breached:
        lines.append(f"Past its limit now: {some_of(breached, 3)}.")
    if due:
        first = min(due, key=lambda row: row.act_by or runway.as_of)
        lines.append(f"Runs out first: {first.resource}. {_act(first, runway.as_of)}.")
    unknown = [row.resource for row in runway.rows if row.state in _UNKNOWN]
    if unknown:
        lines.append(f"Cannot be told when it runs out: {some_of(unknown, 3)}.")
    if not lines:
        lines.append(f"Nothing runs out within the horizon, of {counted(len(runway.rows), 'resource')}.")
    return tuple(lines)


def _assessment_lines(assessment: Assessment | None) -> tuple[str, ...]:
    if assessment is None:
        return ()
    if assessment.priority is not Priority.NONE:
        worst = assessment.bottlenecks[0]
        more = len(assessment.bottlenecks) - 1
        name = f"{worst.component}/{worst.resource}".lstrip("/")
        return (f"Tightest: {name}, {worst.severity.value}" + (f", and {more} more." if more else "."),)
    known = [item for item in assessment.standings if item.verdict is not Verdict.UNKNOWN]
    if not known:
        return (
            f"Not one of {counted(len(assessment.standings), 'resource')} was read: where it stands cannot be told.",
        )
    return (f"No bottleneck among {counted(len(known), 'resource')}.",)


def _limit_line(component: str, found: LoadTestLimits | str) -> str:
    replica = f"one replica of {component}" if component else "one replica"
    if isinstance(found, str) or found.load_line is None:
        return f"What {replica} carries cannot be told: {found if isinstance(found, str) else found.load_line_reason}."
    load, unit = found.load_line.load, found.tested.load_unit
    if load is None:
        tested = f"{found.load_line.at_least:g} {unit}"
        return f"O{replica[1:]} carries at least {tested}: the line lies past what was tested."
    sure = "95 %" if load.coverage is None else coverage_text(load.coverage)
    end = "more" if load.high is None else f"{load.high:.3g}"
    interval = "" if load.low is None else f" ({load.low:.3g} to {end} at {sure})"
    return f"O{replica[1:]} carries {load.value:.3g} {unit}{interval}; bound by {found.load_line.binding}."


def _part(name: str, gathered: Gathered) -> Part:
    made = _PARTS[name](gathered)
    if made is not None:
        return made
    why = dict(gathered.missing).get(name, "nothing was gathered for it")
    return Part(_TITLES[name], (f"Not told: {why}.",))


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
    shares = [within(item.series, window) for item in gathered.told if item.series.unit == "ratio" and not item.label]
    shares = [series for series in shares if len(series) > 1][:MOST_CHARTS]
    charts = []
    for start in range(0, len(shares), _LINES_A_CHART):
        group = shares[start : start + _LINES_A_CHART]
        says = "; ".join(f"{series.id} last {format_quantity(float(series.values[-1]), 'ratio')}" for series in group)
        charts.append(over_time("Shares over the period", f"{says}.", "ratio", group))
    return tuple(charts)


def _actions(gathered: Gathered) -> Part | None:
    if gathered.assessment is None:
        return None
    tables = [table for table in assessment_form.tables(gathered.assessment) if table.title == "What to do"]
    if tables:
        return Part(_TITLES["actions"], tables=tuple(tables))
    unread = len(gathered.assessment.unknown)
    none = "Nothing is tight; nothing to do."
    if unread:
        none = f"Nothing that was read is tight; {unread} of {len(gathered.assessment.standings)} were not read."
    dated = _dated_actions(gathered.runway)
    return Part(_TITLES["actions"], dated or (none,), label=gathered.label if dated else "")


def _dated_actions(runway: Runway | None) -> tuple[str, ...]:
    """What is to be done where nothing is tight now: act by the dates of the runway, the nearest first."""
    if runway is None:
        return ()
    due = [row for row in runway.rows if row.act_by is not None]
    due.sort(key=lambda row: (row.act_by, row.resource))
    lines = [f"{_act(row, runway.as_of)} on {row.resource}: {row.why}." for row in due[:_LINES_OF_ACTION]]
    if len(due) > len(lines):
        lines.append(f"{len(due) - len(lines)} more are to be acted on: see the runway.")
    return tuple(lines)


def _act(row: RunwayRow, as_of: datetime) -> str:
    return "Act now" if row.act_by is None or row.act_by <= as_of else f"Act by {row.act_by:%Y-%m-%d}"


def _runway(gathered: Gathered) -> Part | None:
    if gathered.runway is None:
        return None
    lead = (
        "Early, breach and late are the dates by which 10, 50 and 90 % of simulated futures have reached the limit; "
        "act by is the early date less the lead time."
    )
    return Part(_TITLES["runway"], (lead,), runway_form.tables(gathered.runway), label=gathered.label)


def _forecast(gathered: Gathered) -> Part | None:
    if not gathered.told:
        return None
    rows = {row.resource: row for row in (gathered.runway.rows if gathered.runway else ())}
    shown = gathered.told[:MOST_CHARTS]
    lead = () if len(shown) == len(gathered.told) else (f"{len(shown)} of {len(gathered.told)} series are drawn.",)
    return Part(_TITLES["forecast"], lead, charts=tuple(_drawn(item, rows) for item in shown), label=gathered.label)


def _drawn(told: Told, rows: dict[str, RunwayRow]) -> Chart:
    name = str(told.series.id)
    row = rows.get(name) or rows.get(told.series.id.name)
    marks = []
    if row is not None and row.limit is not None:
        marks.append(Mark(f"{row.limit.type.value} limit", row.limit.value, Axis.Y))
    if row is not None and row.act_by is not None:
        marks.append(Mark(f"act by {row.act_by:%Y-%m-%d}", row.act_by.timestamp(), Axis.X))
    title = f"{name}; forecast of {told.of}" if told.of else name
    return history_and_forecast(told.series, told.forecast, marks, title, told.label)


def _rhythm(gathered: Gathered) -> Part | None:
    if gathered.patterns is None:
        return None
    return Part(_TITLES["rhythm"], tables=assessment_form.pattern_tables(gathered.patterns), label=gathered.label)


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

"""What matters most in a report? A few sentences, in the order of urgency."""

from __future__ import annotations

from datetime import datetime

from plimsoll.app.report.gathered import UNKNOWN, Gathered
from plimsoll.domain.assessment import Assessment, Priority, Verdict, resource_label
from plimsoll.domain.limit import LimitType
from plimsoll.domain.load_line import LoadTestLimits
from plimsoll.domain.quantity import counted, some_of
from plimsoll.domain.runway import Runway, RunwayRow, RunwayState
from plimsoll.render.estimate import coverage_text


def headlines(gathered: Gathered) -> tuple[str, ...]:
    """Write the headlines, each as a sentence."""
    carried = (_limit_line(of, found) for of, found in gathered.limits.items())
    return (*_runway_lines(gathered.runway), *_assessment_lines(gathered.assessment), *carried)


def _runway_lines(runway: Runway | None) -> tuple[str, ...]:
    if runway is None:
        return ()
    passed = [row for row in runway.rows if row.state is RunwayState.BREACHED]
    due = [row for row in runway.rows if row.act_by is not None and row.state is RunwayState.OK]
    lines = []
    for kind in (LimitType.HARD, LimitType.SOFT):
        names = [row.resource for row in passed if row.limit is not None and row.limit.type is kind]
        if names:
            lines.append(f"Past its {kind.value} limit now: {some_of(names, 3)}.")
    if due:
        first = min(due, key=lambda row: row.act_by or runway.as_of)
        lines.append(
            f"To be acted on first: {first.resource}, {act_by(first, runway.as_of)}. It runs out {runs_out(first)}."
        )
    unknown = [row.resource for row in runway.rows if row.state in UNKNOWN]
    if unknown:
        lines.append(f"Cannot be told when it runs out: {some_of(unknown, 3)}.")
    if not lines:
        lines.append(f"Nothing runs out within the horizon, of {counted(len(runway.rows), 'resource')}.")
    return tuple(lines)


def act_by(row: RunwayRow, as_of: datetime) -> str:
    """Format the date to act by on a resource; a date that has passed is "now"."""
    return "now" if row.act_by is None or row.act_by <= as_of else f"by {row.act_by:%Y-%m-%d}"


def runs_out(row: RunwayRow) -> str:
    """Format the dates between which the limit is reached: by these, 10 and 90 % of the futures have reached it."""
    if row.breach is None or row.breach.early is None:
        return "now" if row.state is RunwayState.BREACHED else "-"
    early, late = f"{row.breach.early:%Y-%m-%d}", row.breach.late
    if late is None:
        return f"{early} or later"
    return early if late.date() == row.breach.early.date() else f"{early} to {late:%Y-%m-%d}"


def _assessment_lines(assessment: Assessment | None) -> tuple[str, ...]:
    if assessment is None:
        return ()
    if assessment.priority is not Priority.NONE:
        worst = assessment.bottlenecks[0]
        more = len(assessment.bottlenecks) - 1
        name = resource_label(worst.component, worst.resource)
        return (f"Tightest: {name}, {worst.severity.value}" + (f", and {more} more." if more else "."),)
    every = len(assessment.standings)
    known = sum(item.verdict is not Verdict.UNKNOWN for item in assessment.standings)
    if not known:
        return (f"Not one of {counted(every, 'resource')} could be read, so where it stands is unknown.",)
    unread = f"; {every - known} of {every} were not read" if known < every else ""
    return (f"No bottleneck among {counted(known, 'resource')}{unread}.",)


def _limit_line(component: str, found: LoadTestLimits | str) -> str:
    replica = f"one replica of {component}" if component else "one replica"
    if isinstance(found, str) or found.load_line is None:
        return f"What {replica} carries is unknown: {found if isinstance(found, str) else found.load_line_reason}."
    load, unit = found.load_line.load, found.tested.load_unit
    if load is None:
        tested = f"{found.load_line.at_least:g} {unit}"
        return f"O{replica[1:]} carries at least {tested}: the line lies past what was tested."
    sure = "95 %" if load.coverage is None else coverage_text(load.coverage)
    end = "more" if load.high is None else f"{load.high:.3g}"
    interval = "" if load.low is None else f" ({load.low:.3g} to {end} at {sure})"
    return f"O{replica[1:]} carries {load.value:.3g} {unit}{interval}; bound by {found.load_line.binding}."

"""Which months does a plan have, and which moments in them?

A month lasts from its day to that of the next, and is sized for its peak: the most that each driver reaches while
events come and go in it. A moment is the part of a month in which the same events act; a month without events has one
moment.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from plimsoll.domain.forecast import Event
from plimsoll.domain.plan_inputs import PlanInputs
from plimsoll.domain.series import Window, as_datetime, as_ms
from plimsoll.planning.costs import bill
from plimsoll.planning.driver_events import cut, outlook_under, peak_of
from plimsoll.planning.growth import Outlook
from plimsoll.planning.milestones import Month
from plimsoll.planning.sizing import Situation, sized
from plimsoll.planning.tiers import tier_to_run


@dataclass(frozen=True, slots=True)
class Months:
    """Months 0 to the last, each sized for its peak, and the moments that make them up, in order of time."""

    whole: tuple[Month, ...]
    moments: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    day: date
    active: tuple[Event, ...]
    outlook: Outlook


def months_of(inputs: PlanInputs, plain: Sequence[Outlook], events: Sequence[Event]) -> Months:
    """Size every month of the plan, and every moment in it that an event opens; `plain` is demand without events."""
    whole: list[Month] = []
    moments: list[Month] = []
    for number, outlook in enumerate(plain):
        parts = _parts(inputs, number, outlook, events)
        active = tuple(event for event in events if any(event in part.active for part in parts))
        month = month_at(inputs, number, peak_of([part.outlook for part in parts]), active)
        whole.append(month)
        if len(parts) == 1:
            moments.append(month)
        else:
            moments += [month_at(inputs, number, part.outlook, part.active, part.day) for part in parts]
    return Months(tuple(whole), tuple(moments))


def without(inputs: PlanInputs, month: Month, plain: Outlook, event: Event) -> Month:
    """Size the same month without one of its events."""
    rest = tuple(other for other in month.active if other is not event)
    parts = _parts(inputs, month.number, plain, rest)
    return month_at(inputs, month.number, peak_of([part.outlook for part in parts]), rest)


def _parts(inputs: PlanInputs, number: int, plain: Outlook, events: Sequence[Event]) -> list[_Part]:
    first, after = after_months(inputs.start, number), after_months(inputs.start, number + 1)
    if not events:
        return [_Part(first, (), plain)]
    cuts = cut(events, Window(day_ms(first), day_ms(after)))
    return [
        _Part(as_datetime(start_ms).date(), active, outlook_under(inputs.drivers, inputs.grown, plain, active))
        for start_ms, active in cuts
    ]


def month_at(
    inputs: PlanInputs, number: int, outlook: Outlook, active: tuple[Event, ...] = (), day: date | None = None
) -> Month:
    """Size and bill one month for its demands."""
    tier = tier_to_run(inputs.tiers, outlook.mid)
    components = sized(inputs, Situation(number, outlook.mid, tier))
    costs = bill(inputs, number, tier, components)
    return Month(number, day or after_months(inputs.start, number), outlook, tier, components, costs, active)


def day_ms(day: date) -> int:
    """Return when a day begins (UTC)."""
    return as_ms(datetime(day.year, day.month, day.day, tzinfo=UTC))


def after_months(start: date, months: int) -> date:
    """Return the date this many months later, on the same day or the month's last.

    >>> after_months(date(2025, 1, 31), 1)
    datetime.date(2025, 2, 28)
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))

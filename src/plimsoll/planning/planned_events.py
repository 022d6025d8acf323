"""Which known events does a plan hold, what does each need, and which does it leave out?

What an event needs is the difference between the months that it touches and the same months without it. Its cost is
that of months held at the size of their peak, as in the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from plimsoll.domain.forecast import Event
from plimsoll.domain.plan import ActionItem, PlanEvent
from plimsoll.domain.plan_inputs import PlanInputs
from plimsoll.domain.quantity import some_of
from plimsoll.domain.series import as_datetime
from plimsoll.domain.time_spans import DAY_S
from plimsoll.planning.driver_events import lineage
from plimsoll.planning.growth import Demands, Exact, Outlook
from plimsoll.planning.milestones import Month, way_between
from plimsoll.planning.months import after_months, day_ms, without

_MOST_DRIVERS = 3


@dataclass(frozen=True, slots=True)
class EventImpact:
    """An event, the months that it touches, and these months without it."""

    event: Event
    months: tuple[Month, ...]
    bare: tuple[Month, ...]

    @property
    def shown(self) -> tuple[Month, Month]:
        """The first month whose demand it changes, or else the first that it touches; with it and without it."""
        pairs = list(zip(self.months, self.bare, strict=True))
        return next((pair for pair in pairs if pair[0].outlook.mid != pair[1].outlook.mid), pairs[0])


def applicable(inputs: PlanInputs, known: Demands) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """Return the events that change something in the plan, and remarks on others that need one."""
    found, remarks = [], []
    for event in inputs.known:
        if event.end_ms is not None and event.end_ms <= day_ms(inputs.start):
            continue
        why = _why_left_out(inputs, known, event)
        if why is None:
            found.append(event)
        else:
            remarks.append(f"event {event.name}: {why}")
    return tuple(found), tuple(remarks)


def _why_left_out(inputs: PlanInputs, known: Demands, event: Event) -> str | None:
    if not known:
        return "left out, since the plan has no driver that it could change"
    unknown = sorted(event.only - known.keys())
    if unknown:
        return f"left out, since the current value of {', '.join(unknown)} is unknown; give one, or a scenario"
    begins = as_datetime(event.start_ms).date()
    if event.start_ms < day_ms(inputs.start):
        return f"began on {begins}, before the plan: assumed to be in the current values of drivers, not applied again"
    if event.start_ms >= day_ms(after_months(inputs.start, inputs.months + 1)):
        return f"begins on {begins}, after the last month of the plan"
    return None


def added_to_points(inputs: PlanInputs, acting: Sequence[Event]) -> Iterator[str]:
    """Say which events are added to points that the user states, since the points may already include them."""
    drivers = {driver.name: driver for driver in inputs.drivers}
    for course in inputs.courses:
        line = dict(lineage(course.driver, drivers)).keys()
        names = [event.name for event in acting if not event.only or event.only & line]
        if course.points and names and not course.is_fitted:
            yield f"the points of {course.name} are assumed to exclude {', '.join(names)}: added on top"


def event_impacts(inputs: PlanInputs, plain: Sequence[Outlook], months: Sequence[Month]) -> tuple[EventImpact, ...]:
    """Compute every event's months without it."""
    events = dict.fromkeys(event for month in months for event in month.active)
    impacts = []
    for event in events:
        touched = tuple(month for month in months if event in month.active)
        bare = tuple(without(inputs, month, plain[month.number], event) for month in touched)
        impacts.append(EventImpact(event, touched, bare))
    return tuple(impacts)


def plan_events(inputs: PlanInputs, impacts: Sequence[EventImpact]) -> Iterator[PlanEvent]:
    """Yield each event at the date on which it begins, with what it changes and what it costs."""
    for item in impacts:
        event, (month, _) = item.event, item.shown
        begins = as_datetime(event.start_ms).date()
        lasts_s = None if event.end_ms is None else (event.end_ms - event.start_ms) / 1000.0
        sizes = _sizes(item) or "the month keeps its sizes"
        parts = [
            f"{event.name}: {_change(event)}",
            f"month {month.number}: {_demands(item)}",
            sizes,
            *_cost(inputs, item),
        ]
        number = item.months[0].number
        yield PlanEvent(begins, number, "known_event", event.name, "; ".join(parts), duration_s=lasts_s)


def preparations(inputs: PlanInputs, impacts: Sequence[EventImpact]) -> Iterator[ActionItem]:
    """Yield when to be ready for an event that needs other sizes: a day before, plus the duration of its transition."""
    for item in impacts:
        sizes, (month, bare) = _sizes(item), item.shown
        if not sizes:
            continue
        way_s = None
        if month.tier is not None and bare.tier is not None:
            way_s = way_between(inputs.transitions, bare.tier.name, month.tier.name)[1]
        begins = as_datetime(item.event.start_ms).date()
        by = begins - timedelta(days=1 + ceil((way_s or 0.0) / DAY_S))
        yield ActionItem(max(inputs.start, by), f"be ready for {item.event.name} on {begins}: {sizes}")


def _change(event: Event) -> str:
    factor = f"x {event.factor:g}" if event.factor != 1.0 else ""
    offset = f"{'+' if event.offset > 0 else '-'} {abs(event.offset):g}" if event.offset else ""
    what = ", ".join(sorted(event.only)) or "every driver"
    until = f" until {_moment(event.end_ms)}" if event.end_ms is not None else " for good"
    return f"{' '.join(part for part in (what, factor, offset) if part)}{until}"


def _moment(at_ms: int) -> str:
    """Format a day, with the time (UTC) unless it is the day's beginning."""
    moment = as_datetime(at_ms)
    return f"{moment:%Y-%m-%d}" if at_ms == day_ms(moment.date()) else f"{moment:%Y-%m-%d %H:%MZ}"


def _demands(item: EventImpact) -> str:
    after, before = (month.outlook.mid for month in item.shown)
    moved = [name for name in after if after[name] != before[name] and (not item.event.only or name in item.event.only)]
    shown = [f"{_whole(after[name])} {name} instead of {_whole(before[name])}" for name in moved[:_MOST_DRIVERS]]
    return ", ".join(shown) or "the peak does not change"


def _whole(value: Exact) -> str:
    return f"{float(value):,.0f}" if value.denominator == 1 or value >= 1000 else f"{float(value):,.2f}"


def _sizes(item: EventImpact) -> str:
    """Describe what runs differently: another tier, and components that no tier sizes."""
    month, bare = item.shown
    tiers = [tier.name if tier else "no tier" for tier in (month.tier, bare.tier)]
    changes = [f"{tiers[0]} instead of {tiers[1]}"] if tiers[0] != tiers[1] else []
    for new, old in zip(month.components, bare.components, strict=True):
        if new.tier == tiers[0]:
            continue
        if new.why != old.why:
            changes.append(f"{new.name}: {new.why or 'sized again'}")
        elif new.replicas != old.replicas:
            changes.append(f"{new.name} {new.replicas} replicas instead of {old.replicas}")
        elif new.tier != old.tier:
            changes.append(f"{new.name} of size {new.tier or '-'} instead of {old.tier or '-'}")
    return ", ".join(changes)


def _cost(inputs: PlanInputs, item: EventImpact) -> Iterator[str]:
    bills = [(month.bill, bare.bill) for month, bare in zip(item.months, item.bare, strict=True)]
    more = [
        after.total - before.total
        for after, before in bills
        if after.total is not None and before.total is not None and after.left_out == before.left_out
    ]
    if len(more) < len(bills):
        if any(one.total is not None for pair in bills for one in pair):
            yield "its cost is unknown: not all of it has a price"
        return
    currency = inputs.prices.currency if inputs.prices else "USD"
    months = "the month" if len(more) == 1 else f"{len(more)} months"
    extra = sum(more, Exact(0))
    cost = f"{_whole(abs(extra))} {currency} {'more' if extra > 0 else 'less'}" if extra else "costs no more"
    yield f"{cost}, with {months} sized for the peak"


def named(label: str, active: Sequence[Event], day: date) -> str:
    """Add the names of the events of a period to its label; a permanent one is named where it begins.

    >>> named("month 3", [Event("sale", 0, 9)], date(2026, 1, 1))
    'month 3, sale'
    """
    names = [event.name for event in active if event.end_ms is not None or event.start_ms >= day_ms(day)]
    return ", ".join([label, *([some_of(names, _MOST_DRIVERS)] if names else [])])

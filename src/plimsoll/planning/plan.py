"""What must run when, what does it cost, and what stands in the way? A dated plan from drivers, capacity and prices.

Each month is sized and billed three times: for the low, the middle and the high demand. The sizes shown are those for
the middle one, at the month's peak where known events change it. A quarter shows the peak of its months.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.forecast import Event
from plimsoll.domain.plan import ComponentPlan, Cost, Period, Plan, Summary
from plimsoll.domain.plan_inputs import PlanInputs, Prices
from plimsoll.domain.system import REHEARSED_UTILIZATION
from plimsoll.planning.advice import action_items, recommendations
from plimsoll.planning.costs import bill
from plimsoll.planning.driver_events import peak_of
from plimsoll.planning.growth import CONFIDENCE, Demands, Exact, Outlook, at_value, exact, outlooks
from plimsoll.planning.milestones import Month, alerts, by_date, events, peak_alert
from plimsoll.planning.months import month_at, months_of
from plimsoll.planning.obstacles import obstacles
from plimsoll.planning.planned_events import (
    added_to_points,
    applicable,
    event_impacts,
    named,
    plan_events,
    preparations,
)
from plimsoll.planning.sizing import Situation, in_full_use, sized, without_spare
from plimsoll.planning.tiers import interpolated, tier_to_run


def make_plan(inputs: PlanInputs, notes: Sequence[str] = ()) -> Plan:
    """Plan every period; raises NothingToAnswer where the model holds nothing to plan."""
    plain = outlooks(inputs.drivers, inputs.courses, inputs.months)
    acting, remarks = applicable(inputs, plain[0].mid)
    _refuse_emptiness(inputs, acting)
    planned = months_of(inputs, plain, acting)
    months, impacts = planned.whole, event_impacts(inputs, plain, planned.whole)
    peak = _peak(inputs)
    dated = by_date([*events(inputs, months, planned.moments), *plan_events(inputs, impacts)])
    stops = obstacles(inputs, [*planned.moments, *peak])
    return Plan(
        system=inputs.system.name,
        scenario=inputs.course.name if inputs.course else None,
        driver=inputs.course.driver if inputs.course else None,
        start=inputs.start,
        periods=_periods(inputs, months),
        events=dated,
        alerts=(*alerts(inputs, months), *(peak_alert(inputs, month) for month in peak)),
        blocked=stops,
        recommendations=recommendations(inputs, months[1:] or months),
        action_items=action_items(inputs, dated, stops, preparations(inputs, impacts)),
        summary=tuple(_summary(inputs, months[number]) for number in inputs.summary_months if number < len(months)),
        total_cost=_total(inputs, months),
        confidence=CONFIDENCE,
        notes=(
            *notes,
            *remarks,
            *added_to_points(inputs, acting),
            *_start_shown(inputs, months),
            *_never_reached(inputs),
            *_spare(inputs, months),
            *_full_use(inputs, months),
        ),
    )


def _refuse_emptiness(inputs: PlanInputs, acting: Sequence[Event]) -> None:
    grows = bool(acting) or any(component.growth for component in inputs.system.components)
    if inputs.course is None and not grows and not (inputs.prices and inputs.prices.groups):
        raise NothingToAnswer(
            f"{inputs.system.name}: nothing to plan; the model names no scenario, no growth of a component and no costs"
        )


def _peak(inputs: PlanInputs) -> list[Month]:
    """Return the last month at the scenario's momentary peak, where it states one."""
    course = inputs.course
    if course is None or course.peak is None:
        return []
    demands = at_value(inputs.drivers, course.driver, course.peak)
    return [month_at(inputs, inputs.months, Outlook(demands, demands, demands))]


def _periods(inputs: PlanInputs, months: Sequence[Month]) -> tuple[Period, ...]:
    """Return months 1 to the last, month 0 where it holds an event; or quarters, each sized for its peak."""
    if not inputs.quarters:
        shown = months if months[0].active else months[1:]
        return tuple(_period(inputs, month, month.date, "") for month in shown)
    parts = [months[first : first + 3] for first in range(0, len(months) - 1, 3)]
    return tuple(_period(inputs, _quarter(inputs, part), part[0].date, _label(inputs, part[0])) for part in parts)


def _quarter(inputs: PlanInputs, months: Sequence[Month]) -> Month:
    """Treat a quarter as one month: the peak of each driver, and growth by itself up to its last month."""
    active = tuple(dict.fromkeys(event for month in months for event in month.active))
    return month_at(inputs, months[-1].number, peak_of([month.outlook for month in months]), active)


def _start_shown(inputs: PlanInputs, months: Sequence[Month]) -> tuple[str, ...]:
    if inputs.quarters or not months[0].active:
        return ()
    names = ", ".join(event.name for event in months[0].active)
    return (f"month 0 is shown for {names}; totals are of months 1 to {inputs.months}",)


def _never_reached(inputs: PlanInputs) -> tuple[str, ...]:
    late = [str(number) for number in inputs.summary_months if number > inputs.months]
    if not late:
        return ()
    word = "month" if len(late) == 1 else "months"
    return (f"the summary leaves out {word} {', '.join(late)}: the plan ends with month {inputs.months}",)


def _spare(inputs: PlanInputs, months: Sequence[Month]) -> tuple[str, ...]:
    names = _names_where(without_spare, inputs, months)
    if not names:
        return ()
    return (f"no replica is added to survive a loss of {names}: they are not sized by capacity per replica",)


def _full_use(inputs: PlanInputs, months: Sequence[Month]) -> tuple[str, ...]:
    names = _names_where(in_full_use, inputs, months)
    if not names:
        return ()
    held = f"a rehearsal holds them to {REHEARSED_UTILIZATION:.0%}"
    return (f"{names}: replicas are planned at full capacity, since no slo.utilization or buffer is stated; {held}",)


def _names_where(
    named: Callable[[PlanInputs, Demands, Sequence[ComponentPlan]], tuple[str, ...]],
    inputs: PlanInputs,
    months: Sequence[Month],
) -> str:
    """Name the components for which something holds in any month."""
    found = [named(inputs, month.outlook.mid, month.components) for month in months]
    return ", ".join(dict.fromkeys(name for part in found for name in part))


def _label(inputs: PlanInputs, month: Month) -> str:
    points = inputs.course.points if inputs.course else ()
    named = (point.label for point in points if point.label and abs(point.month - month.number) < 0.5)
    return next(named, f"{month.date.year}Q{(month.date.month + 2) // 3}")


def _period(inputs: PlanInputs, month: Month, start: date, label: str) -> Period:
    driver = inputs.course.driver if inputs.course else None
    outlook = month.outlook
    return Period(
        start=start,
        month=month.number,
        label=named(label or f"month {month.number}", month.active, start),
        demand=_number(outlook.mid, driver),
        demand_low=_number(outlook.low, driver),
        demand_high=_number(outlook.high, driver),
        drivers={name: _estimate(outlook, name) for name in outlook.mid},
        tier=month.tier.name if month.tier else None,
        components=month.components,
        cost=_cost(inputs, month),
        interpolated=interpolated(inputs.tiers, outlook.mid) if month.tier else None,
    )


def _estimate(outlook: Outlook, name: str) -> Estimate:
    low, mid, high = (plain(side[name]) for side in (outlook.low, outlook.mid, outlook.high))
    return Estimate(mid, low, high, CONFIDENCE)


def _number(demands: Demands, driver: str | None) -> float | None:
    value = demands.get(driver) if driver is not None else None
    return plain(value) if value is not None else None


def plain(value: Exact) -> float:
    """Convert an exact number to a float, whole where it is whole; raises OverflowError past the range of floats."""
    number = float(value)
    return int(value) if value.denominator == 1 else number


def _cost(inputs: PlanInputs, month: Month) -> Cost | None:
    if inputs.prices is None and month.bill.total is None:
        return None
    prices = inputs.prices or Prices()
    mid, off = month.bill.total, exact(prices.uncertainty)
    low, high = (_side(inputs, month, demands) for demands in (month.outlook.low, month.outlook.high))
    return Cost(
        low=float(min(low, low if mid is None else mid) * (1 - off)) if low is not None else None,
        mid=float(mid) if mid is not None else None,
        high=float(max(high, high if mid is None else mid) * (1 + off)) if high is not None else None,
        currency=prices.currency,
        lines=_by_name(month.bill.lines),
        left_out=month.bill.left_out,
    )


def _by_name(lines: Sequence[tuple[str, Exact]]) -> dict[str, float]:
    """Sum the lines of a bill by name: a component and a group of prices may share one."""
    summed: dict[str, Exact] = {}
    for name, amount in lines:
        summed[name] = summed.get(name, Exact(0)) + amount
    return {name: float(amount) for name, amount in summed.items()}


def _side(inputs: PlanInputs, month: Month, demands: Demands) -> Exact | None:
    """Compute a month's cost at another demand; None if that needs something unpriced beyond the month's bill."""
    tier = tier_to_run(inputs.tiers, demands)
    other = bill(inputs, month.number, tier, sized(inputs, Situation(month.number, demands, tier)))
    return other.total if set(other.left_out) <= set(month.bill.left_out) else None


def _total(inputs: PlanInputs, months: Sequence[Month]) -> Cost | None:
    """Sum the costs of months 1 to the last; None where a month's cost is unknown."""
    costs = [_cost(inputs, month) for month in months[1:]]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        return None
    sums = [_sum([getattr(cost, side) for cost in known]) for side in ("low", "mid", "high")]
    last = known[-1].left_out  # unpriced additions only accumulate: the last month names all of them
    every = dict.fromkeys(item for cost in known for item in cost.left_out)
    left_out = tuple(item for item in every if item in last or not item.endswith(" added"))
    return Cost(sums[0], sums[1], sums[2], known[0].currency, left_out=left_out)


def _sum(amounts: Sequence[float | None]) -> float | None:
    known = [exact(amount) for amount in amounts if amount is not None]
    return float(sum(known, Exact(0))) if len(known) == len(amounts) else None


def _summary(inputs: PlanInputs, month: Month) -> Summary:
    low, high = (
        sized(inputs, Situation(month.number, demands, tier_to_run(inputs.tiers, demands)))
        for demands in (month.outlook.low, month.outlook.high)
    )
    counts = (
        {plan.name: plan.replicas for plan in plans if plan.replicas is not None}
        for plans in (month.components, low, high)
    )
    mid, least, most = counts
    driver = inputs.course.driver if inputs.course else None
    demand = _estimate(month.outlook, driver) if driver in month.outlook.mid and driver else None
    return Summary(month.number, month.date, demand, mid, least, most, _cost(inputs, month))

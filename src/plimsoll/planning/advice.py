"""How could the plan be cheaper, and what is to be done by when?

Purchasing options that exclude each other for the same instance are never added up: each is shown with what it saves by
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from plimsoll.domain.plan import ActionItem, Blocked, PlanAdvice, PlanEvent
from plimsoll.domain.plan_inputs import Option, PlanInputs
from plimsoll.planning.growth import exact
from plimsoll.planning.milestones import Month


def recommendations(inputs: PlanInputs, months: Sequence[Month]) -> tuple[PlanAdvice, ...]:
    """List ways to save, the largest saving first, then the components whose storage grows."""
    options = [_option(option, inputs, months) for option in inputs.options]
    options.sort(key=lambda item: -(item.saves_per_month or (0.0, 0.0))[1])
    return (*options, *_growing(inputs, months))


def _option(option: Option, inputs: PlanInputs, months: Sequence[Month]) -> PlanAdvice:
    saves = _saving(option, inputs, months)
    words = option.name.replace("_", " ")
    span = [f"{amount:,.0f}" for amount in saves or ()]
    saving = f": saves {' to '.join(dict.fromkeys(span))} a month" if saves else ""
    against = f"; not for the same instance as {', '.join(option.excludes)}" if option.excludes else ""
    note = f" ({option.note})" if option.note else ""
    return PlanAdvice(option.name, words + saving + against + note, option.risk, option.effort, saves, option.excludes)


def _saving(option: Option, inputs: PlanInputs, months: Sequence[Month]) -> tuple[float, float] | None:
    """Compute an option's saving in the first and last month, as least and most: by share, or by instance prices."""
    ends = [months[0], months[-1]]
    if option.saves is not None:
        totals = [month.bill.total for month in ends]
        known = [total for total in totals if total is not None]
        if not known:
            return None
        least, most = option.saves
        return float(min(known) * exact(least)), float(max(known) * exact(most))
    prices = inputs.prices
    instance = prices.instance_hour if prices else None
    other = getattr(instance, option.name, None) if option.name in ("reserved", "spot") else None
    if prices is None or instance is None or other is None:
        return None
    hourly = (exact(instance.on_demand) - exact(other)) * exact(prices.hours_per_month)
    counts = [_instances(inputs, month, instance.on_demand, prices.by_resources) for month in ends]
    return (float(min(counts) * hourly), float(max(counts) * hourly)) if any(counts) else None


def _instances(inputs: PlanInputs, month: Month, on_demand: float, by_resources: bool) -> int:
    """Count the instances paid by the hour at the on-demand price; what others would cost otherwise is unknown.

    Where cores and memory are paid for, only components that state the price of an instance count.
    """
    if month.tier is not None:  # a tier has a price of its own
        return 0
    paid = {on_demand} if by_resources else {on_demand, None}
    names = {one.name for one in inputs.system.components if one.instance.price_per_hour in paid}
    return sum(plan.replicas or 0 for plan in month.components if plan.name in names)


def _growing(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[PlanAdvice]:
    for component, first, last in zip(
        inputs.system.components, months[0].components, months[-1].components, strict=True
    ):
        before, after = first.growth_factor, last.growth_factor
        if before and after is not None and after > before:
            text = f"{component.name}: storage grows {after:.3g}-fold by {months[-1].date}"
            yield PlanAdvice(f"storage-{component.name}", text)


def action_items(
    inputs: PlanInputs, events: Sequence[PlanEvent], blocked: Sequence[Blocked], ready: Iterable[ActionItem] = ()
) -> tuple[ActionItem, ...]:
    """List what is to be done, each with its date: preparations, obstacles to remove, phases, standing items.

    An obstacle to a known event is to be removed the day before the event begins.
    """
    start, begins = inputs.start, {event.date for event in events if event.kind == "known_event"}
    items = [ActionItem(event.date, event.what) for event in events if event.kind == "readiness"]
    items += ready
    for item in blocked:
        by = max(start, item.date - timedelta(days=1)) if item.date in begins else item.date
        items.append(ActionItem(by, f"{item.remedy} ({item.what})"))
    for phase in inputs.roadmap:
        by = start + timedelta(days=phase.to_day) if phase.to_day is not None else start
        items += [ActionItem(by, f"{phase.name}: {item}") for item in phase.items]
    items += [ActionItem(start, item) for item in inputs.action_items]
    return tuple(sorted(items, key=lambda item: item.by))

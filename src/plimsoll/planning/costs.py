"""What does each month of a plan cost?

    a tier with a price      its price; unknown where no tier is large enough
    by resources             (cores x core_hour + memory GB x memory_gb_hour) x hours + storage GB x storage_gb_month
    by instances             replicas x price of an instance x hours
    groups of the bill       amount x (1 + growth)^month, additions from their month on growing with the rest

A part without a price, or of unknown size, is left out and named; no value is assumed for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plimsoll.domain.plan import ComponentPlan
from plimsoll.domain.plan_inputs import CostGroup, PlanInputs, Prices, Tier
from plimsoll.planning.growth import Exact, exact

GB = 10**9


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines of one month, by name, and what has no price."""

    lines: tuple[tuple[str, Exact], ...]
    left_out: tuple[str, ...]

    @property
    def total(self) -> Exact | None:
        """The sum, or None where not one line has a price."""
        return sum((amount for _, amount in self.lines), Exact(0)) if self.lines else None


def bill(inputs: PlanInputs, month: int, tier: Tier | None, components: Sequence[ComponentPlan]) -> Bill:
    """Compute the bill of one month."""
    if tier is None and any(one.price_per_month is not None for one in inputs.tiers):
        return Bill((), ("a tier that is enough",))
    lines: list[tuple[str, Exact]] = []
    missing: list[str] = []
    if tier is not None:
        if tier.price_per_month is None:
            missing.append(f"tier {tier.name}")
        else:
            lines.append((f"tier {tier.name}", exact(tier.price_per_month)))
    elif inputs.prices is not None:
        for component in components:
            amount = _component_cost(component, inputs, inputs.prices)
            if amount is not None:
                lines.append((component.name, amount))
                missing += _unpriced(component, inputs.prices)
            elif not inputs.prices.groups and _is_paid_for(component, inputs, inputs.prices):
                missing.append(component.name)
    for group in inputs.prices.groups if inputs.prices else ():
        lines.append((group.name, group_cost(group, month)))
        missing += _without_price(group, month)
    return Bill(tuple(lines), tuple(missing))


def _component_cost(plan: ComponentPlan, inputs: PlanInputs, prices: Prices) -> Exact | None:
    if prices.by_resources:
        hours = exact(prices.hours_per_month)
        parts = (
            (plan.cores, prices.core_hour, hours),
            (plan.memory_bytes, prices.memory_gb_hour, hours / GB),
            (plan.storage_bytes, prices.storage_gb_month, Exact(1, GB)),
        )
        known = [
            exact(amount) * exact(price) * span
            for amount, price, span in parts
            if amount is not None and price is not None
        ]
        return sum(known, Exact(0)) if known else None
    price = _hourly(plan, inputs, prices)
    if price is None or plan.replicas is None:
        return None
    return plan.replicas * exact(price) * exact(prices.hours_per_month)


def _is_paid_for(plan: ComponentPlan, inputs: PlanInputs, prices: Prices) -> bool:
    """Whether a component runs, or would if its size were known."""
    component = inputs.system.component(plan.name)
    has_sizes = component is not None and bool(component.sizes)
    return bool(plan.replicas or _hourly(plan, inputs, prices) or has_sizes)


def _hourly(plan: ComponentPlan, inputs: PlanInputs, prices: Prices) -> float | None:
    """Return what one instance of a component costs an hour, where that is stated."""
    component = inputs.system.component(plan.name)
    own = component.instance.price_per_hour if component else None
    return own if own is not None else prices.instance_hour.on_demand if prices.instance_hour else None


def _unpriced(plan: ComponentPlan, prices: Prices) -> Iterator[str]:
    """Name the resources that a component needs and that have no price."""
    parts = (
        ("cores", plan.cores, prices.core_hour),
        ("memory", plan.memory_bytes, prices.memory_gb_hour),
        ("storage", plan.storage_bytes, prices.storage_gb_month),
    )
    if prices.by_resources:
        yield from (f"{plan.name}: {name}" for name, amount, price in parts if amount and price is None)


def group_cost(group: CostGroup, month: int) -> Exact:
    """Compute a group of the bill at a month: each month it grows, then that month's additions are added."""
    amount = exact(group.monthly)
    for step in range(1, month + 1):
        amount *= 1 + exact(group.growth)
        for addition in group.additions:
            if step in addition.in_months and addition.each is not None:
                amount += exact(addition.quantity) * exact(addition.each)
    return amount


def _without_price(group: CostGroup, month: int) -> Iterator[str]:
    for addition in group.additions:
        times = sum(1 for step in addition.in_months if step <= month)
        if addition.each is None and times:
            yield f"{group.name}: {addition.quantity * times:g} {addition.what} added"

"""How large must each component be for a demand?

The first of these that the model specifies applies:

    the tier to run         what the tier says about the component
    a table of sizes        the first size that is large enough, with at least min replicas
    capacity of a replica   replicas = ceil(demand / (capacity x utilization)), plus buffer, at least min; cores, memory
                            and storage = replicas x instance (+ consumption) x buffers
    growth by itself        nodes = ceil(nodes now x use / act above); storage = now x (1 + rate)^month
    otherwise               what runs now
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from plimsoll.domain.plan import ComponentPlan
from plimsoll.domain.plan_inputs import PlanInputs, Survival, Tier
from plimsoll.domain.system import Component, Consumption, Growth, Size
from plimsoll.planning.growth import Demands, Exact, exact

NO_SIZE = "no size in the table is enough"


@dataclass(frozen=True, slots=True)
class Situation:
    """What a component is sized for: the month, every driver, and the tier to run."""

    month: int
    demands: Demands
    tier: Tier | None


@dataclass(frozen=True, slots=True)
class Load:
    """How much of something a size would have to carry, and how much it can."""

    what: str
    amount: Exact
    limit: float

    @property
    def is_too_much(self) -> bool:
        """Whether the amount is past the limit."""
        return self.amount > exact(self.limit)


def sized(inputs: PlanInputs, situation: Situation) -> tuple[ComponentPlan, ...]:
    """Size every component of the system."""
    return tuple(_component(component, inputs, situation) for component in inputs.system.components)


def demand_of(component: Component, demands: Demands) -> Exact | None:
    """Return the demand on a component, or None where no driver leads to it."""
    demand = component.demand
    if demand is None:
        return None
    driver = demand.driver or demand.unit
    value = demands.get(driver)
    return value * exact(demand.ratio) if value is not None else None


def _component(component: Component, inputs: PlanInputs, situation: Situation) -> ComponentPlan:
    tier = situation.tier
    size = next((item for item in tier.sizes if item.component == component.name), None) if tier else None
    if tier is not None and size is not None:
        count = size.replicas or 1
        return ComponentPlan(
            name=component.name,
            replicas=size.replicas,
            cores=_times(size.cores, count),
            memory_bytes=_times(size.memory_bytes, count),
            storage_bytes=size.storage_bytes,
            tier=tier.name,
        )
    demand = demand_of(component, situation.demands)
    if component.sizes:
        return _from_table(component, situation)
    if component.capacity is not None and demand is not None:
        return _from_capacity(component, demand, inputs.survive, situation)
    if component.growth:
        return _from_growth(component, situation.month)
    return _as_it_is(component, demand)


def _from_table(component: Component, situation: Situation) -> ComponentPlan:
    sizes = [(size, loads_of(size, component, situation.demands)) for size in component.sizes]
    enough = [size for size, loads in sizes if loads and not any(load.is_too_much for load in loads)]
    if not enough:
        why = NO_SIZE if any(loads for _, loads in sizes) else "no demand is known for it"
        return ComponentPlan(component.name, None, None, None, None, why=why)
    size = enough[0]
    count = _at_least(component.replicas.min, size)
    has = component.instance
    return ComponentPlan(
        name=component.name,
        replicas=count,
        cores=_times(size.cores if size.cores is not None else has.cores, count),
        memory_bytes=_times(size.memory_bytes if size.memory_bytes is not None else has.memory_bytes, count),
        storage_bytes=size.storage_bytes if size.storage_bytes is not None else _times(has.storage_bytes, count),
        tier=size.name,
    )


def _at_least(least: int, size: Size) -> int:
    """Return the size's replicas, one where it states none, and at least `least`; 0 for a size of zero replicas."""
    return 0 if size.replicas == 0 else max(least, size.replicas or 1)


def loads_of(size: Size, component: Component, demands: Demands) -> tuple[Load, ...]:
    """Return what a size would have to carry, for each known bound: its component's demand, or a driver."""
    own = {"demand", component.demand.unit} if component.demand else {"demand"}
    demand = demand_of(component, demands)
    offered = [(key, demand if key in own else demands.get(key), limit) for key, limit in size.up_to]
    return tuple(Load(key, value, limit) for key, value, limit in offered if value is not None)


def _from_capacity(
    component: Component, demand: Exact, survive: Sequence[Survival], situation: Situation
) -> ComponentPlan:
    count = replicas_for(component, demand, survive)
    has, buffers = component.instance, component.buffers
    extra = _consumed(component.consumption, situation.demands)
    known = has.storage_bytes is not None or extra > 0
    storage = (exact(has.storage_bytes or 0.0) * count + extra) * exact(buffers.storage)
    return ComponentPlan(
        name=component.name,
        replicas=count,
        cores=_times(has.cores, count, buffers.cores),
        memory_bytes=_times(has.memory_bytes, count, buffers.memory),
        storage_bytes=float(storage) if known else None,
    )


def replicas_for(component: Component, demand: Exact, survive: Sequence[Survival] = ()) -> int:
    """Compute the replicas that serve a demand at the promised utilization, with buffer, at least the minimum."""
    carries = exact(component.capacity or 0.0) * exact(component.slo.utilization or 1.0)
    needed = math.ceil(demand / carries)
    bounds = component.replicas
    needed += max(bounds.buffer_min, math.ceil(needed * exact(bounds.buffer_ratio)))
    return max(bounds.min, _surviving(needed, component.name, survive))


def _surviving(needed: int, name: str, survive: Sequence[Survival]) -> int:
    """Add replicas until what is left after a loss carries the demand."""
    count = needed
    for loss in survive:
        if loss.component not in (None, name):
            continue
        if loss.zones is None:
            count = max(count, needed + loss.count)
        elif loss.zones > loss.count:
            per_zone = math.ceil(Exact(needed, loss.zones - loss.count))
            count = max(count, per_zone * loss.zones)
    return count


def without_spare(inputs: PlanInputs, demands: Demands, plans: Sequence[ComponentPlan]) -> tuple[str, ...]:
    """Name the components that are to survive a loss but whose replicas are not computed from the capacity of one."""
    concerned = {loss.component for loss in inputs.survive}
    found = []
    for component, plan in zip(inputs.system.components, plans, strict=True):
        stated = plan.replicas is not None and not _is_computed(component, plan, demands)
        if stated and concerned & {None, plan.name}:
            found.append(plan.name)
    return tuple(found)


def in_full_use(inputs: PlanInputs, demands: Demands, plans: Sequence[ComponentPlan]) -> tuple[str, ...]:
    """Name the components whose replicas may use all of their capacity, since nothing states how much to keep free."""
    found = []
    for component, plan in zip(inputs.system.components, plans, strict=True):
        bounds = component.replicas
        states_none = component.slo.utilization is None and not (bounds.buffer_ratio or bounds.buffer_min)
        if states_none and _is_computed(component, plan, demands):
            found.append(plan.name)
    return tuple(found)


def _is_computed(component: Component, plan: ComponentPlan, demands: Demands) -> bool:
    """Whether replicas are computed from the capacity of one."""
    from_table = plan.tier is not None or bool(component.sizes)
    return not from_table and component.capacity is not None and demand_of(component, demands) is not None


def _consumed(consumption: Sequence[Consumption], demands: Demands) -> Exact:
    parts = ((item.storage_bytes, demands.get(item.per)) for item in consumption)
    return sum((exact(size) * units for size, units in parts if size and units is not None), Exact(0))


def _from_growth(component: Component, month: int) -> ComponentPlan:
    plan = _as_it_is(component, None)
    nodes = [_nodes(component, growth, month) for growth in component.growth if growth.resource != "storage"]
    known = [count for count in nodes if count is not None]
    if known:
        count, has = max(known), component.instance
        cores, memory = _times(has.cores, count), _times(has.memory_bytes, count)
        plan = replace(plan, replicas=count, cores=cores, memory_bytes=memory, why="")
    for growth in component.growth:
        if growth.resource == "storage" and growth.monthly_ratio is not None:
            factor = (1 + exact(growth.monthly_ratio)) ** month
            now = exact(growth.now) if growth.now is not None else None
            size = float(now * factor) if now is not None else None
            why = "" if size is not None else "the current amount is unknown; the factor is relative to it"
            plan = replace(plan, storage_bytes=size, growth_factor=float(factor), why=why)
    return plan


def _nodes(component: Component, growth: Growth, month: int) -> int | None:
    """Compute the nodes that keep their overall use at or below `act_above`, never fewer than now."""
    used = use_at(growth, month)
    if used is None or growth.act_above is None or component.replicas.now is None:
        return None
    now = component.replicas.now
    return max(now, math.ceil(now * used / exact(growth.act_above)))


def use_at(growth: Growth, month: int) -> Exact | None:
    """Return how much of today's amount of a resource is used at a month."""
    if growth.now is None:
        return None
    now = exact(growth.now)
    if growth.monthly_amount is not None:
        return now + exact(growth.monthly_amount) * month
    return now * (1 + exact(growth.monthly_ratio or 0.0)) ** month


def _as_it_is(component: Component, demand: Exact | None) -> ComponentPlan:
    count, has = component.replicas.now, component.instance
    why = ""
    if count is None:
        why = "the capacity of one replica is unknown" if demand is not None else "no demand is known for it"
    return ComponentPlan(
        name=component.name,
        replicas=count,
        cores=_times(has.cores, count),
        memory_bytes=_times(has.memory_bytes, count),
        storage_bytes=_times(has.storage_bytes, count),
        why=why,
    )


def _times(amount: float | None, count: int | None, factor: float = 1.0) -> float | None:
    return float(exact(amount) * count * exact(factor)) if amount is not None and count is not None else None

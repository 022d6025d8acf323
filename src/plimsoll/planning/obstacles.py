"""What stands in the way of the plan? Maxima, connection pools, quotas, and tiers or sizes that are too small.

Each obstacle is reported once, at the first month in which it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.domain.plan import Blocked
from plimsoll.domain.plan_inputs import PlanInputs
from plimsoll.domain.platform_policy import HpaPolicy, KedaPolicy
from plimsoll.domain.policy import Axis, Policy
from plimsoll.domain.system import Component
from plimsoll.planning.growth import exact
from plimsoll.planning.milestones import Month
from plimsoll.planning.sizing import NO_SIZE, demand_of, loads_of
from plimsoll.planning.tiers import overfull


def obstacles(inputs: PlanInputs, months: Sequence[Month]) -> tuple[Blocked, ...]:
    """List every obstacle by date."""
    kinds = (_maxima, _pools, _quotas, _tiers, _tables)
    found = [obstacle for kind in kinds for obstacle in kind(inputs, months)]
    return tuple(sorted(found, key=lambda item: (item.month, item.subject)))


def _maxima(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[Blocked]:
    for index, component in enumerate(inputs.system.components):
        for what, most in _bounds(component):
            needs = [(need, month) for month in months if (need := month.components[index].replicas or 0) > most]
            if needs:
                (need, month), (largest, last) = needs[0], max(needs, key=lambda pair: pair[0])
                later = f", and to {largest} before {last.date}" if largest > need else ""
                remedy = f"raise the maximum of {what} to {need} before {month.date}{later}"
                text = f"{component.name} needs {need} replicas, {what} stops at {most}"
                yield Blocked(month.date, month.number, component.name, text, need, most, remedy)


def _bounds(component: Component) -> Iterator[tuple[str, int]]:
    if component.replicas.max is not None:
        yield "replicas.max", component.replicas.max
    for policy in component.policies:
        if isinstance(policy, HpaPolicy | KedaPolicy):
            yield f"policy {policy.name}", policy.max
        elif isinstance(policy, Policy) and policy.axis is Axis.REPLICAS:
            yield f"policy {policy.name}", policy.limits.max


def _pools(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[Blocked]:
    names = [component.name for component in inputs.system.components]
    for pool in inputs.pools:
        for month in months:
            replicas = month.components[names.index(pool.component)].replicas
            if replicas is not None and replicas * pool.per_replica > pool.total:
                need = replicas * pool.per_replica
                opened = f"{replicas} replicas of {pool.component} open {need} connections"
                text = f"{opened}, {pool.database} allows {pool.total}"
                remedy = "pool connections, or raise what the database allows"
                yield Blocked(month.date, month.number, pool.database, text, need, pool.total, remedy)
                break


def _quotas(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[Blocked]:
    """Compare rate quotas of outside services with the demand of the component that calls them; a level has no rate."""
    for quota in inputs.quotas:
        component = inputs.system.component(quota.component)
        if component is None or component.demand is None or component.demand.per_s is None:
            continue
        for month in months:
            demand = demand_of(component, month.outlook.mid)
            need = float(demand / exact(component.demand.per_s)) if demand is not None else 0.0
            if need > quota.per_s:
                text = f"{component.name} needs {need:.4g}/s of {quota.name}, {quota.per_s:.4g}/s is allowed"
                remedy = "ask for a higher quota, batch, or cache"
                yield Blocked(month.date, month.number, component.name, text, need, quota.per_s, remedy)
                break


def _tiers(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[Blocked]:
    if not inputs.tiers:
        return
    largest = inputs.tiers[-1]
    for month in months:
        if month.tier is None and overfull(largest, month.outlook.mid):
            driver, limit = next(
                (driver, limit) for driver, limit in largest.up_to if month.outlook.mid.get(driver, 0) > limit
            )
            need = float(month.outlook.mid[driver])
            text = f"{need:,.0f} {driver} are more than the largest tier, {largest.name}, is enough for"
            yield Blocked(month.date, month.number, largest.name, text, need, limit, "describe a larger tier")
            return


def _tables(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[Blocked]:
    for index, component in enumerate(inputs.system.components):
        if not component.sizes:
            continue
        largest = component.sizes[-1]
        for month in months:
            if month.components[index].why == NO_SIZE:
                loads = loads_of(largest, component, month.outlook.mid)
                most = next(load for load in loads if load.is_too_much)
                need = float(most.amount)
                text = (
                    f"{need:,.0f} {most.what} are more than the largest size of {component.name}, {largest.name}, takes"
                )
                yield Blocked(month.date, month.number, component.name, text, need, most.limit, "add a larger size")
                break

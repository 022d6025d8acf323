"""What happens when? The dated steps and warnings of a plan, derived from its periods.

Preparation comes before a transition: it begins in the first month in which the demand reaches the share `act_at` of
what the tier can carry, whatever a transition's own starting point says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from plimsoll.domain.forecast import Event
from plimsoll.domain.plan import ComponentPlan, PlanAlert, PlanEvent
from plimsoll.domain.plan_inputs import PlanInputs, Tier, Transition
from plimsoll.planning.costs import Bill
from plimsoll.planning.growth import Outlook, exact
from plimsoll.planning.sizing import use_at
from plimsoll.planning.tiers import fill


@dataclass(frozen=True)
class Month:
    """One month as planned for the middle demand, or the part of one in which the same known events are active."""

    number: int
    date: date
    outlook: Outlook
    tier: Tier | None
    components: tuple[ComponentPlan, ...]
    bill: Bill
    active: tuple[Event, ...] = ()


def events(inputs: PlanInputs, months: Sequence[Month], moments: Sequence[Month]) -> Iterator[PlanEvent]:
    """Yield every step of the plan; sizes change at moments, additions come by the month."""
    yield from _readiness(inputs, moments)
    yield from _transitions(inputs, moments)
    yield from _sizes(moments)
    yield from _additions(inputs, months)


def by_date(found: Sequence[PlanEvent]) -> tuple[PlanEvent, ...]:
    """Sort events by date; those of one day by kind and subject."""
    return tuple(sorted(found, key=lambda event: (event.month, event.date, event.kind, event.subject)))


def _readiness(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[PlanEvent]:
    """Find the first month in which each tier reaches the share at which to prepare for the next."""
    names = [tier.name for tier in inputs.tiers]
    seen: set[str] = set()
    for month in months:
        tier = month.tier
        if tier is None or tier.name in seen:
            continue
        share = fill(tier, month.outlook.mid)
        if share is None or share < exact(inputs.act_at):
            continue
        seen.add(tier.name)
        after = names[names.index(tier.name) + 1 :]
        steps, duration, downtime = way_between(inputs.transitions, tier.name, after[0]) if after else ((), None, None)
        what = f"get ready for {after[0]}" if after else "there is no larger tier: design one"
        text = f"{what}: {tier.name} is {float(share):.0%} full, and {inputs.act_at:.0%} is when to act"
        yield PlanEvent(month.date, month.number, "readiness", tier.name, text, steps, duration, downtime)


def _transitions(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[PlanEvent]:
    for before, after in pairwise(months):
        if before.tier is None or after.tier is None or before.tier.name == after.tier.name:
            continue
        steps, duration, downtime = way_between(inputs.transitions, before.tier.name, after.tier.name)
        text = f"run {after.tier.name} instead of {before.tier.name}"
        yield PlanEvent(after.date, after.number, "tier_transition", after.tier.name, text, steps, duration, downtime)


def way_between(
    transitions: Sequence[Transition], origin: str, target: str
) -> tuple[tuple[str, ...], float | None, float | None]:
    """Return steps, duration and downtime of the transition from one tier to another, where it is described."""
    for transition in transitions:
        if (transition.origin, transition.target) == (origin, target):
            return transition.steps, transition.duration_s, transition.downtime_s
    return (), None, None


def _sizes(months: Sequence[Month]) -> Iterator[PlanEvent]:
    for before, after in pairwise(months):
        for old, new in zip(before.components, after.components, strict=True):
            tiers = {tier.name for tier in (before.tier, after.tier) if tier is not None}
            if old.tier != new.tier and old.tier and new.tier and not {old.tier, new.tier} <= tiers:
                text = f"{new.name} goes from size {old.tier} to {new.tier}"
                yield PlanEvent(after.date, after.number, "size_change", new.name, text)
            elif old.tier == new.tier and old.replicas is not None and new.replicas not in (None, old.replicas):
                text = f"{new.name} goes from {old.replicas} to {new.replicas} replicas"
                yield PlanEvent(after.date, after.number, "size_change", new.name, text)


def _additions(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[PlanEvent]:
    for group in inputs.prices.groups if inputs.prices else ():
        for addition in group.additions:
            for month in months:
                if month.number in addition.in_months:
                    text = f"add {addition.quantity:g} {addition.what} to {group.name}"
                    yield PlanEvent(month.date, month.number, "addition", group.name, text)


def alerts(inputs: PlanInputs, months: Sequence[Month]) -> tuple[PlanAlert, ...]:
    """List every warning of the plan by date; each is given once, when it first holds."""
    found = [*_budget(inputs, months), *_use(inputs, months)]
    return tuple(sorted(found, key=lambda alert: (alert.month, alert.kind)))


def _budget(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[PlanAlert]:
    if inputs.budget is None:
        return
    limit = exact(inputs.budget.monthly)
    for share in sorted({*inputs.budget.alert_at, 1.0}):
        for month in months:
            total = month.bill.total
            if total is not None and total > limit * exact(share):
                kind = "overrun" if share == 1.0 else "budget"
                text = f"the month costs more than {share:.0%} of the budget of {inputs.budget.monthly:,.0f}"
                threshold = float(limit * exact(share))
                yield PlanAlert(month.date, month.number, kind, text, float(total), threshold)
                break


def peak_alert(inputs: PlanInputs, month: Month) -> PlanAlert:
    """Say what the scenario's peak needs, beyond the planned course."""
    driver = inputs.course.driver if inputs.course else ""
    value = float(month.outlook.mid[driver])
    sizes = ", ".join(f"{item.name} {item.replicas}" for item in month.components if item.replicas is not None)
    text = f"the peak of {value:,.0f} {driver} needs {sizes or 'sizes that are unknown'}"
    return PlanAlert(month.date, month.number, "peak", text, value)


def _use(inputs: PlanInputs, months: Sequence[Month]) -> Iterator[PlanAlert]:
    for component in inputs.system.components:
        for growth in component.growth:
            for month in months:
                used = use_at(growth, month.number)
                if used is not None and growth.act_above is not None and used > exact(growth.act_above):
                    text = f"{growth.resource} of {component.name} passes {growth.act_above:g} of today's amount"
                    yield PlanAlert(month.date, month.number, "utilization", text, float(used), growth.act_above)
                    break

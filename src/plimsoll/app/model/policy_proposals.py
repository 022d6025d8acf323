"""Which rules of a policy propose a count? Triggers, targets, step tables, queues, the predictive floor."""

from __future__ import annotations

from plimsoll.app.model.policies import ConditionSection, PolicySection, TriggerSection
from plimsoll.app.model.policy_context import Context
from plimsoll.app.model.units import Amount
from plimsoll.domain.policy_proposals import (
    Condition,
    Direction,
    Mode,
    PredictiveFloor,
    QueueDrain,
    Side,
    StepBand,
    StepTable,
    Target,
    TriggerRule,
)


def triggers(section: PolicySection, context: Context) -> tuple[TriggerRule, ...]:
    """Translate the rules of both directions."""
    pairs = (("scale_out", Direction.OUT, section.scale_out), ("scale_in", Direction.IN, section.scale_in))
    return tuple(
        _trigger(rule, direction, (key, index), context)
        for key, direction, rules in pairs
        for index, rule in enumerate(rules)
    )


def _trigger(rule: TriggerSection, direction: Direction, inside: tuple[str, int], context: Context) -> TriggerRule:
    conditions: list[Condition] = []
    if rule.signal is not None:
        conditions.append(_condition(rule.signal, rule.above, rule.below, context, inside))
    for key, parts in (("any", rule.any), ("all", rule.all)):
        conditions.extend(condition(part, context, *inside, key, index) for index, part in enumerate(parts))
    if (rule.signal is not None) + bool(rule.any) + bool(rule.all) != 1:
        context.fault("needs one of signal, any and all", *inside)
    return TriggerRule(
        name=rule.name or "+".join(dict.fromkeys(part.signal for part in conditions)) or f"rule {inside[1] + 1}",
        direction=direction,
        conditions=tuple(conditions),
        mode=Mode.ANY if rule.any else Mode.ALL,
        for_s=rule.for_,
        cooldown_s=rule.cooldown,
        step=rule.step,
        step_ratio=rule.step_ratio,
        place=context.place(*inside),
    )


def condition(section: ConditionSection, context: Context, *inside: str | int) -> Condition:
    """Translate one condition; it has exactly one threshold."""
    return _condition(section.signal, section.above, section.below, context, inside)


def _condition(
    signal: str, above: Amount | None, below: Amount | None, context: Context, inside: tuple[str | int, ...]
) -> Condition:
    threshold = above or below
    if threshold is None or (above is not None and below is not None):
        context.fault("needs one of above and below", *inside)
    side = Side.ABOVE if above is not None else Side.BELOW
    return Condition(signal, side, threshold.value if threshold else 0.0, context.place(*inside))


def targets(section: PolicySection, context: Context) -> tuple[Target, ...]:
    """Translate the setpoints."""
    return tuple(
        Target(
            signal=item.signal,
            setpoint=item.setpoint.value,
            tolerance_up=item.tolerance_up,
            tolerance_down=item.tolerance_down,
            scale_in=item.scale_in,
            alone=item.alone,
            place=context.place("targets", index),
        )
        for index, item in enumerate(section.targets)
    )


def step_tables(section: PolicySection, context: Context) -> tuple[StepTable, ...]:
    """Translate the step tables."""
    return tuple(
        StepTable(
            name=item.name,
            direction=Direction(item.direction),
            signal=item.signal,
            threshold=item.threshold.value,
            bands=tuple(
                StepBand(
                    lower=band.from_.value,
                    upper=band.to.value if band.to else None,
                    change=band.change,
                    change_ratio=band.change_ratio,
                    place=context.place("step_tables", index, "bands", row),
                )
                for row, band in enumerate(item.bands)
            ),
            for_s=item.for_,
            cooldown_s=item.cooldown,
            place=context.place("step_tables", index),
        )
        for index, item in enumerate(section.step_tables)
    )


def queues(section: PolicySection, context: Context) -> tuple[QueueDrain, ...]:
    """Translate the queues that workers drain."""
    return tuple(
        QueueDrain(item.depth, item.per_worker, item.drain, item.arrivals, context.place("queues", index))
        for index, item in enumerate(section.queues)
    )


def predictive(section: PolicySection, context: Context) -> PredictiveFloor | None:
    """Translate the predictive floor; capacity and start-up time are the component's where they are left out."""
    floor = section.predictive
    if floor is None:
        return None
    component = context.component
    per_replica = floor.per_replica or component.capacity
    if per_replica is None:
        context.fault("needs per_replica: the component does not say what one replica carries", "predictive")
        return None
    slowest = component.startup.p95_s or component.startup.median_s
    return PredictiveFloor(
        demand_signal=floor.demand,
        per_replica=per_replica,
        quantile=floor.quantile,
        utilization=floor.utilization,
        lead_s=floor.lead if floor.lead is not None else slowest,
        stale_after_s=floor.stale_after,
        coverage_window=floor.coverage_window,
        coverage_min=floor.coverage_min,
        coverage_slack=floor.coverage_slack,
        place=context.place("predictive"),
    )

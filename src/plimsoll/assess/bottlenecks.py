"""Which resources are bottlenecks, how severe are they, and what can be done?

Every threshold is evaluated. Severity comes from the level passed; urgency is high if the value lies past the level by
more than a fifth of it. Past no level, what the model calls immediate is critical. One priority sums up: any critical
finding is immediate, any high one urgent, otherwise planned. Advice is taken from a knowledge base by topic, and only
if its evidence was observed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plimsoll.domain.assessment import (
    Action,
    Advice,
    Bottleneck,
    Level,
    Priority,
    Resource,
    Severity,
    Threshold,
    resource_label,
)
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Value

_PRIORITY = {Severity.CRITICAL: Priority.IMMEDIATE, Severity.HIGH: Priority.URGENT, Severity.MEDIUM: Priority.PLANNED}


def bottlenecks_of(
    resources: Sequence[Resource], advice: Sequence[Advice], impacts: Mapping[str, str], facts: frozenset[str]
) -> tuple[Bottleneck, ...]:
    """List the resources past a threshold, worst first; `impacts` says by topic what users notice."""
    found = [bottleneck for resource in resources if (bottleneck := _bottleneck(resource, advice, impacts, facts))]
    return tuple(sorted(found, key=lambda item: (-item.severity.rank, not item.urgent, item.component, item.resource)))


def level_passed(value: float, threshold: Threshold) -> Level | None:
    """Give the worst level that `value` has reached.

    >>> from plimsoll.domain.assessment import Level
    >>> level_passed(0.92, Threshold((Level(0.7, Severity.HIGH), Level(0.9, Severity.CRITICAL))))
    Level(value=0.9, severity=<Severity.CRITICAL: 'critical'>)
    >>> level_passed(0.6, Threshold((Level(0.7, Severity.HIGH),), Direction.LOW_IS_BAD)).value
    0.7
    """
    sign = threshold.direction.sign
    return next((level for level in reversed(threshold.levels) if sign * (value - level.value) >= 0), None)


def passed(resource: Resource, value: float) -> tuple[Level, Threshold] | None:
    """Give the worst level of a resource that `value` has reached, and its threshold, else that of action at once."""
    for threshold in filter(None, (resource.threshold, resource.opposite)):
        if (level := level_passed(value, threshold)) is not None:
            return level, threshold
    own = resource.threshold or Threshold(())
    sides = ((resource.immediate_above, Direction.HIGH_IS_BAD), (resource.immediate_below, Direction.LOW_IS_BAD))
    for bound, direction in sides:
        if bound is not None and direction.sign * (value - bound) > 0:
            return Level(bound, Severity.CRITICAL), Threshold((), direction, own.urgent_past_ratio)
    return None


def is_urgent(value: float, level: float, threshold: Threshold) -> bool:
    """Whether `value` lies past `level` by more than the threshold's urgent share of it."""
    sign = threshold.direction.sign
    return sign * value > sign * level * (1 + sign * threshold.urgent_past_ratio)


def priority_of(bottlenecks: Sequence[Bottleneck]) -> Priority:
    """Sum up all findings in one priority."""
    if not bottlenecks:
        return Priority.NONE
    return _PRIORITY[max((item.severity for item in bottlenecks), key=lambda severity: severity.rank)]


def actions_of(
    resources: Sequence[Resource], bottlenecks: Sequence[Bottleneck], advice: Sequence[Advice], facts: frozenset[str]
) -> tuple[Action, ...]:
    """Gather the advice for all bottlenecks, each piece once, in the order of the knowledge base."""
    topics = {(item.component, item.name): item.topics for item in resources}
    actions = []
    for entry in advice:
        served = tuple(
            resource_label(item.component, item.resource)
            for item in bottlenecks
            if _fits(entry, topics[(item.component, item.resource)], facts)
        )
        if served:
            actions.append(Action(entry.id, entry.text, entry.term, served, tuple(sorted(set(entry.needs) & facts))))
    return tuple(actions)


def _bottleneck(
    resource: Resource, advice: Sequence[Advice], impacts: Mapping[str, str], facts: frozenset[str]
) -> Bottleneck | None:
    if not isinstance(resource.reading, Value):
        return None
    value = resource.reading.value
    found = passed(resource, value)
    if found is None:
        return None
    level, threshold = found
    return Bottleneck(
        component=resource.component,
        resource=resource.name,
        severity=level.severity,
        urgent=is_urgent(value, level.value, threshold),
        utilization=value,
        threshold=level.value,
        unit=resource.unit,
        impact=next(
            (impacts[topic] for topic in resource.topics if topic in impacts), _plain_impact(resource, threshold)
        ),
        recommendations=tuple(entry.text for entry in advice if _fits(entry, resource.topics, facts)),
        action=resource.action,
    )


def _fits(entry: Advice, topics: Sequence[str], facts: frozenset[str]) -> bool:
    return bool(set(entry.topics) & set(topics)) and set(entry.needs) <= facts and not set(entry.unless) & facts


def _plain_impact(resource: Resource, threshold: Threshold) -> str:
    side = "below" if threshold.direction is Direction.LOW_IS_BAD else "above"
    return f"{resource.name} is {side} the level that is set for it"

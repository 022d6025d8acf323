"""From where on is a resource below a limit tight? From its practical limit on; at the hard one severely."""

from __future__ import annotations

from dataclasses import replace

from plimsoll.domain.assessment import Level, Resource, Severity, Threshold
from plimsoll.domain.limit import Direction, Limit

PRACTICAL_SHARE = 0.8


def between(resource: Resource, limit: Limit, share: float) -> Resource:
    """Put a resource below its limits; without a soft one, the practical limit is a share of the hard one.

    One that is full by design has no practical limit: how full it is asks for nothing.
    """
    if limit.self_limiting:
        return replace(resource, theoretical=limit.hard, full_by_design=True)
    if limit.direction is Direction.LOW_IS_BAD:
        return replace(resource, threshold=_threshold(limit.soft, limit.hard, Direction.LOW_IS_BAD))
    practical = limit.soft if limit.soft is not None else None if limit.hard is None else share * limit.hard
    threshold = _threshold(practical, limit.hard, Direction.HIGH_IS_BAD)
    return replace(resource, theoretical=limit.hard, practical=practical, threshold=threshold)


def _threshold(mild: float | None, hard: float | None, direction: Direction) -> Threshold | None:
    levels = ((mild, Severity.HIGH), (hard, Severity.CRITICAL))
    known = tuple(Level(value, severity) for value, severity in levels if value is not None)
    return Threshold(known, direction) if known else None

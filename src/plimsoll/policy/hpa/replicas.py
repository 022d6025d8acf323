"""How many replicas does one metric ask for? Arithmetic on sums over pods; replica_calculator.go.

    u = 100 x sum(usage) / sum(requests), truncated to whole percent (utilization), or
    v = sum(usage) / samples, truncated (averages);       r = u / target or v / target
    unchanged while 1 - down <= r <= 1 + up, both ends in; else ceil(r x ready pods)

If pods are missing, or unready while r > 1, both are filled in against the direction of the change and r is computed
again: a missing pod counts as fully used on the way down and as idle on the way up; an unready pod counts as idle.
"""

from __future__ import annotations

import math
from typing import NamedTuple

MOST_REPLICAS = 2**31 - 1


class Tolerance(NamedTuple):
    """How far below and above 1 a ratio may lie without a change."""

    down: float
    up: float


class Goal(NamedTuple):
    """The target, and the factor on usage before the division: 100 for utilization in percent, else 1."""

    target: float
    scale: float


class Sums(NamedTuple):
    """Sums over pods, without the samples of ignored and unready pods.

    `per` is the sum of requests of the pods with samples for utilization, the number of samples otherwise; the same
    holds for `missing_per` and `unready_per`. `missing_fill` is what missing pods count as using on the way down.
    """

    usage: float
    per: float
    samples: float
    ready: float
    missing: float = 0
    missing_per: float = 0
    missing_fill: float = 0
    unready: float = 0
    unready_per: float = 0


def truncated(numerator: float, denominator: float) -> int:
    """Divide and truncate, exactly for whole numbers of any size.

    >>> truncated(199, 2), truncated(2**55 - 1, 2) == 2**54 - 1
    (99, True)
    """
    whole = int(numerator / denominator)
    if numerator > 0 and whole * denominator - numerator >= 1:  # the quotient was rounded up to a whole number
        whole -= 1
    return whole


def ceil_replicas(count: float) -> int:
    """Round up to whole replicas, at most 2^31 - 1; NaN becomes 0."""
    if math.isnan(count):
        return 0
    if count >= MOST_REPLICAS:
        return MOST_REPLICAS
    return math.ceil(count)


def within(ratio: float, tolerance: Tolerance) -> bool:
    """Tell whether a ratio is within tolerance of 1; both ends are within it.

    >>> within(1.1, Tolerance(0.1, 0.1)), within(1.2, Tolerance(0.1, 0.1))
    (True, False)
    """
    return 1.0 - tolerance.down <= ratio <= 1.0 + tolerance.up


def usage_ratio(usage: float, per: float, goal: Goal) -> float:
    """Compute r, from the truncated utilization or average."""
    return truncated(usage * goal.scale, per) / goal.target


def filled_ratio(sums: Sums, ratio: float, goal: Goal) -> tuple[float, float]:
    """Compute r again with missing and unready pods filled in; also return the number of samples after filling in."""
    usage, per, samples = sums.usage, sums.per, sums.samples
    if ratio < 1.0:
        usage, per, samples = usage + sums.missing_fill, per + sums.missing_per, samples + sums.missing
    if ratio > 1.0:
        per, samples = per + sums.missing_per, samples + sums.missing
        per, samples = per + sums.unready_per, samples + sums.unready
    return usage_ratio(usage, per, goal), samples


def pods_replicas(sums: Sums, goal: Goal, tolerance: Tolerance, current: int) -> int:
    """Return the replicas that a resource or pods metric asks for.

    >>> pods_replicas(Sums(usage=1800, per=3000, samples=3, ready=3), Goal(30, 100), Tolerance(0.1, 0.1), 3)
    6
    """
    ratio = usage_ratio(sums.usage, sums.per, goal)
    if sums.missing == 0 and not (sums.unready > 0 and ratio > 1.0):
        return current if within(ratio, tolerance) else ceil_replicas(ratio * sums.ready)
    again, samples = filled_ratio(sums, ratio, goal)
    if within(again, tolerance) or (ratio < 1.0 < again) or (again < 1.0 < ratio):
        return current
    count = ceil_replicas(again * samples)
    if (again < 1.0 and count > current) or (again > 1.0 and count < current):
        return current
    return count


def value_replicas(value: float, target: float, tolerance: Tolerance, current: int, ready: float) -> int:
    """Return the replicas that an object or external metric with a Value target asks for; from 0 without tolerance.

    >>> value_replicas(20666, 20000, Tolerance(0.1, 0.01), 3, 3), value_replicas(1, 20000, Tolerance(0.1, 0.1), 0, 0)
    (4, 1)
    """
    ratio = value / target
    if current == 0:
        return ceil_replicas(ratio)
    if within(ratio, tolerance):
        return current
    return ceil_replicas(ratio * ready)


def average_replicas(value: float, target: float, tolerance: Tolerance, status_replicas: int) -> int:
    """Return the replicas for a total against a target per replica; within tolerance, the current number.

    The total is divided by the target only, not by the replicas as well.

    >>> average_replicas(60000, 20000, Tolerance(0.1, 0.1), 5)
    3
    """
    if status_replicas > 0 and within(value / (target * status_replicas), tolerance):
        return status_replicas
    return ceil_replicas(value / target)

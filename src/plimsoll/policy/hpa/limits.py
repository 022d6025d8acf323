"""How far may one step go? The rate policies of a behavior, the older default cap, and the clamp; horizontal.go.

start (of the period) = current - added in it + removed in it
up:   Pods start + v, Percent ceil(start x (1 + v/100));   never below current
down: Pods start - v, Percent trunc(start x (1 - v/100));  never above current
selectPolicy: Max is the largest change, Min the smallest, Disabled none
"""

from __future__ import annotations

import math
from typing import NamedTuple

from plimsoll.domain.series import Times, Values
from plimsoll.policy.hpa.events import Events, change_within
from plimsoll.policy.hpa.replicas import MOST_REPLICAS

SELECT_MAX, SELECT_MIN, SELECT_DISABLED = 0, 1, 2

WITHIN_RANGE, TOO_FEW, TOO_MANY, UP_LIMIT, DOWN_LIMIT = 0, 1, 2, 3, 4
LIMIT_REASONS = ("DesiredWithinRange", "TooFewReplicas", "TooManyReplicas", "ScaleUpLimit", "ScaleDownLimit")


class Rules(NamedTuple):
    """The rules of one direction: rate policies in three arrays of one length (percent: 1 or 0)."""

    select: int
    stabilization_s: float
    percent: Times
    value: Times
    period_s: Values


class Bounds(NamedTuple):
    """Least and most replicas."""

    min: int
    max: int


def longest_period(rules: Rules) -> float:
    """Return the longest period of the rate policies."""
    longest = 0.0
    for i in range(rules.period_s.size):
        longest = max(longest, rules.period_s[i])
    return longest


def up_limit(rules: Rules, ups: Events, downs: Events, now_s: float, current: int) -> int:
    """Return the most replicas the up rules allow now."""
    if rules.select == SELECT_DISABLED:
        return current
    limit = MOST_REPLICAS if rules.select == SELECT_MIN else -MOST_REPLICAS
    for i in range(rules.value.size):
        period_s = rules.period_s[i]
        start = current - change_within(ups, now_s, period_s) + change_within(downs, now_s, period_s)
        share = math.ceil(start * (1 + rules.value[i] / 100))
        allowed = share if rules.percent[i] == 1 else start + rules.value[i]
        limit = min(limit, allowed) if rules.select == SELECT_MIN else max(limit, allowed)
    return limit


def down_limit(rules: Rules, ups: Events, downs: Events, now_s: float, current: int) -> int:
    """Return the fewest replicas the down rules allow now."""
    if rules.select == SELECT_DISABLED:
        return current
    limit = -MOST_REPLICAS if rules.select == SELECT_MIN else MOST_REPLICAS
    for i in range(rules.value.size):
        period_s = rules.period_s[i]
        start = current - change_within(ups, now_s, period_s) + change_within(downs, now_s, period_s)
        share = int(start * (1 - rules.value[i] / 100))
        allowed = share if rules.percent[i] == 1 else start - rules.value[i]
        limit = max(limit, allowed) if rules.select == SELECT_MIN else min(limit, allowed)
    return limit


def clamped(current: int, desired: int, bounds: Bounds, rate_limit: int) -> tuple[int, int]:
    """Clamp by the rate limit of the direction and by min and max; return the count and a code of LIMIT_REASONS."""
    if desired > current:
        limit = max(rate_limit, current)
        reason = UP_LIMIT if bounds.max > limit else TOO_MANY
        most = min(bounds.max, limit)
        if desired > most:
            return most, reason
    elif desired < current:
        limit = min(rate_limit, current)
        reason = DOWN_LIMIT if bounds.min < limit else TOO_FEW
        least = max(bounds.min, limit)
        if desired < least:
            return least, reason
    return desired, WITHIN_RANGE


def clamped_by_default(current: int, desired: int, bounds: Bounds, cap: tuple[float, float]) -> tuple[int, int]:
    """Clamp to min and to min(max, max(factor x current, minimum)), without a behavior; `cap` is (factor, minimum)."""
    factor, minimum = cap
    cap_now = int(max(factor * current, minimum))
    reason = UP_LIMIT if bounds.max > cap_now else TOO_MANY
    if desired < bounds.min:
        return bounds.min, TOO_FEW
    if desired > min(bounds.max, cap_now):
        return min(bounds.max, cap_now), reason
    return desired, WITHIN_RANGE

"""What if the long season (the week of a day) counts? Whole weeks, or a level for each of their days."""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.methods import (
    DAY_LEVEL,
    ON_LAST,
    ON_LEVEL,
    SEASONAL_NAIVE,
    SHARE_LEVEL,
    WEEK_LAST,
    WEEK_LEVEL,
    WEEK_MOVED,
    WEEK_NAIVE,
    WEEK_SHARE,
)
from plimsoll.forecast.kernel.nature import Matrix, Nature, Values
from plimsoll.forecast.kernel.seasonal import additive_pattern, divide_pattern, multiplicative_pattern, subtract_pattern
from plimsoll.forecast.kernel.smoothing import smoothed_level

SEASONS_KEPT, WEEKS_KEPT = 8, 4


@njit(cache=True)
def week_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Do the same with the long season (the week of a day), where two of them are there."""
    m, long, horizon = nature.m, nature.long, nature.horizon
    if long <= m or origin < long + m:
        out[WEEK_NAIVE], out[WEEK_MOVED] = out[SEASONAL_NAIVE], out[SEASONAL_NAIVE]
        out[WEEK_LEVEL], out[WEEK_LAST], out[WEEK_SHARE] = out[ON_LEVEL], out[ON_LAST], out[SHARE_LEVEL]
        return
    pattern, tail = np.zeros(long), np.empty(origin)
    weeks = additive_pattern(y, origin, long, WEEKS_KEPT, 0.8, pattern)
    size = weeks * long
    subtract_pattern(y, origin, size, pattern, long, tail)
    level, last = smoothed_level(tail, size, 0.1), tail[size - 1]
    moved = y[origin - m : origin].mean() - y[origin - m - long : origin - long].mean()
    for k in range(horizon):
        shape = pattern[k % long]
        out[WEEK_NAIVE, k] = y[origin - long + k % long]
        out[WEEK_MOVED, k] = out[WEEK_NAIVE, k] + moved
        out[WEEK_LEVEL, k] = level + shape
        out[WEEK_LAST, k] = last + shape
    out[WEEK_SHARE] = out[WEEK_LEVEL]
    if nature.positive:
        multiplicative_pattern(y, origin, long, WEEKS_KEPT, 0.8, pattern)
        divide_pattern(y, origin, size, pattern, long, tail)
        level = smoothed_level(tail, size, 0.1)
        for k in range(horizon):
            out[WEEK_SHARE, k] = level * pattern[k % long]


@njit(cache=True)
def day_level_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Let the season's shape stand and give each day of the week a level of its own.

    Needs far fewer weeks than a whole week pattern: seven levels instead of seven times a season.
    """
    m, long = nature.m, nature.long
    out[DAY_LEVEL] = out[ON_LEVEL]
    days = long // m if m > 1 else 0
    weeks = origin // long if long > m else 0
    if days < 2 or weeks < 2:
        return
    weeks = min(weeks, SEASONS_KEPT)
    pattern = np.zeros(m)
    additive_pattern(y, origin, m, SEASONS_KEPT, 0.85, pattern)
    levels = np.zeros(days)
    weight, total, mean = 1.0, 0.0, 0.0
    for w in range(weeks):
        first = origin - (w + 1) * long
        week = y[first : first + long].mean()
        for d in range(days):
            levels[d] += weight * (y[first + d * m : first + (d + 1) * m].mean() - week)
        mean += weight * week
        total += weight
        weight *= 0.6
    base = 0.5 * (mean / total + y[origin - long : origin].mean())
    for k in range(nature.horizon):
        out[DAY_LEVEL, k] = base + levels[(k // m) % days] / total + pattern[k % m]

"""What if the long season (the week of a day) counts? Whole weeks, or a level for each day of the week."""

from __future__ import annotations

import numpy as np

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
from plimsoll.forecast.kernel.sums import mean_of

SEASONS_KEPT, WEEKS_KEPT = 8, 4
ALPHA, REMEMBERED = 0.1, 160  # samples older than so many have a weight below a ten-millionth


def week_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Repeat, shift or smooth the long season (the week of a day), if one and a main season precede the origin."""
    m, long, horizon = nature.m, nature.long, nature.horizon
    if long <= m or origin < long + m:
        for k in range(horizon):
            out[WEEK_NAIVE, k] = out[WEEK_MOVED, k] = out[SEASONAL_NAIVE, k]
            out[WEEK_LEVEL, k], out[WEEK_LAST, k] = out[ON_LEVEL, k], out[ON_LAST, k]
            out[WEEK_SHARE, k] = out[SHARE_LEVEL, k]
        return
    pattern = np.zeros(long)
    size = min(additive_pattern(y, origin, WEEKS_KEPT, 0.8, pattern) * long, REMEMBERED)
    tail = np.empty(size)
    subtract_pattern(y, origin, size, pattern, tail)
    level, last = smoothed_level(tail, size, ALPHA), tail[size - 1]
    moved = mean_of(y, origin - m, origin) - mean_of(y, origin - m - long, origin - long)
    for k in range(horizon):
        shape = pattern[k % long]
        out[WEEK_NAIVE, k] = y[origin - long + k % long]
        out[WEEK_MOVED, k] = out[WEEK_NAIVE, k] + moved
        out[WEEK_LEVEL, k] = out[WEEK_SHARE, k] = level + shape
        out[WEEK_LAST, k] = last + shape
    if nature.positive:
        multiplicative_pattern(y, origin, WEEKS_KEPT, 0.8, pattern)
        divide_pattern(y, origin, size, pattern, tail)
        level = smoothed_level(tail, size, ALPHA)
        for k in range(horizon):
            out[WEEK_SHARE, k] = level * pattern[k % long]


def day_level_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Keep the season's shape and give each day of the week a level of its own.

    This needs far fewer weeks than a whole week pattern: seven levels instead of seven times a season.
    """
    m, long = nature.m, nature.long
    days = long // m if m > 1 else 0
    weeks = min(origin // long, SEASONS_KEPT) if long > m else 0
    if days < 2 or weeks < 2:
        for k in range(nature.horizon):
            out[DAY_LEVEL, k] = out[ON_LEVEL, k]
        return
    pattern, levels = np.zeros(m), np.zeros(days)
    additive_pattern(y, origin, SEASONS_KEPT, 0.85, pattern)
    weight, total, mean = 1.0, 0.0, 0.0
    for w in range(weeks):
        first = origin - (w + 1) * long
        week = mean_of(y, first, first + long)
        for d in range(days):
            levels[d] += weight * (mean_of(y, first + d * m, first + (d + 1) * m) - week)
        mean += weight * week
        total += weight
        weight *= 0.6
    base = 0.5 * (mean / total + mean_of(y, origin - long, origin))
    for k in range(nature.horizon):
        out[DAY_LEVEL, k] = base + levels[(k // m) % days] / total + pattern[k % m]

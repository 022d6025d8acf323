"""What if the season keeps its shape in absolute terms, whatever the level does?"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.methods import (
    FADING_8,
    FADING_95,
    FADING_99,
    ON_FAST,
    ON_FAST_TREND,
    ON_GLOBAL,
    ON_LAST,
    ON_LEVEL,
    ON_LOCAL,
    ON_MEAN,
    ON_SLOW,
    ON_THETA,
    ON_TREND,
)
from plimsoll.forecast.kernel.nature import Matrix, Nature, Values
from plimsoll.forecast.kernel.seasonal import additive_pattern, subtract_pattern
from plimsoll.forecast.kernel.smoothing import damped_trend, smoothed_level
from plimsoll.forecast.kernel.trend import line_of

SEASONS_KEPT = 8


@njit(cache=True)
def pattern_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Lay the additive pattern on every way to carry the level on."""
    m, horizon = nature.m, nature.horizon
    pattern, tail = np.zeros(m), np.empty(origin)
    if m > 1:
        size = additive_pattern(y, origin, m, SEASONS_KEPT, 0.85, pattern) * m
    else:
        size = min(origin, max(100, 4 * horizon))
    subtract_pattern(y, origin, size, pattern, m, tail)
    slow, level = smoothed_level(tail, size, 0.05), smoothed_level(tail, size, 0.2)
    fast, last = smoothed_level(tail, size, 0.5), tail[size - 1]
    mean = tail[:size].mean()
    trend_level, trend = damped_trend(tail, size, 0.2, 0.1, 0.98)
    quick_level, quick = damped_trend(tail, size, 0.6, 0.2, 0.9)
    long_slope, _ = line_of(tail, 0, size)
    slope, end = line_of(tail, max(0, size - max(2 * m, 10)), size)
    sum_slow, power_slow, sum_quick, power_quick = 0.0, 1.0, 0.0, 1.0
    fading_8, fading_95, fading_99 = 1.0, 1.0, 1.0
    for k in range(horizon):
        shape = pattern[k % m]
        power_slow *= 0.98
        sum_slow += power_slow
        power_quick *= 0.9
        sum_quick += power_quick
        fading_8 *= 0.8
        fading_95 *= 0.95
        fading_99 *= 0.99
        out[ON_MEAN, k] = mean + shape
        out[ON_SLOW, k] = slow + shape
        out[ON_LEVEL, k] = level + shape
        out[ON_FAST, k] = fast + shape
        out[ON_LAST, k] = last + shape
        out[FADING_8, k] = slow + fading_8 * (last - slow) + shape
        out[FADING_95, k] = slow + fading_95 * (last - slow) + shape
        out[FADING_99, k] = slow + fading_99 * (last - slow) + shape
        out[ON_TREND, k] = trend_level + sum_slow * trend + shape
        out[ON_FAST_TREND, k] = quick_level + sum_quick * quick + shape
        out[ON_THETA, k] = level + 0.5 * long_slope * (k + 1) + shape
        out[ON_LOCAL, k] = end + slope * (k + 1) + shape
        out[ON_GLOBAL, k] = last + long_slope * (k + 1) + shape

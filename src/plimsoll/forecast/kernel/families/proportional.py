"""What if the season keeps its shares of the level?"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.methods import ON_FAST, ON_LEVEL, ON_TREND, SHARE_FAST, SHARE_LEVEL, SHARE_TREND
from plimsoll.forecast.kernel.nature import Matrix, Nature, Values
from plimsoll.forecast.kernel.seasonal import divide_pattern, multiplicative_pattern
from plimsoll.forecast.kernel.smoothing import damped_trend, smoothed_level

SEASONS_KEPT = 8


@njit(cache=True)
def share_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Multiply a level by the season's share of it."""
    m, horizon = nature.m, nature.horizon
    if m == 1 or not nature.positive:
        out[SHARE_LEVEL], out[SHARE_FAST], out[SHARE_TREND] = out[ON_LEVEL], out[ON_FAST], out[ON_TREND]
        return
    pattern, tail = np.zeros(m), np.empty(origin)
    size = multiplicative_pattern(y, origin, m, SEASONS_KEPT, 0.85, pattern) * m
    divide_pattern(y, origin, size, pattern, m, tail)
    level, fast = smoothed_level(tail, size, 0.2), smoothed_level(tail, size, 0.5)
    trend_level, trend = damped_trend(tail, size, 0.2, 0.1, 0.98)
    total, power = 0.0, 1.0
    for k in range(horizon):
        power *= 0.98
        total += power
        share = pattern[k % m]
        out[SHARE_LEVEL, k] = level * share
        out[SHARE_FAST, k] = fast * share
        out[SHARE_TREND, k] = (trend_level + total * trend) * share

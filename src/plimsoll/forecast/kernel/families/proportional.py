"""What if each phase of the season keeps its ratio to the level?"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.methods import ON_FAST, ON_LEVEL, ON_TREND, SHARE_FAST, SHARE_LEVEL, SHARE_TREND
from plimsoll.forecast.kernel.nature import Matrix, Nature, Values
from plimsoll.forecast.kernel.seasonal import divide_pattern, multiplicative_pattern
from plimsoll.forecast.kernel.smoothing import DAMPING, damped_trends, levels_of

SEASONS_KEPT = 8


def share_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Multiply a level by the ratio of each phase to it."""
    m, horizon = nature.m, nature.horizon
    if m == 1 or not nature.positive:
        for k in range(horizon):
            out[SHARE_LEVEL, k], out[SHARE_FAST, k] = out[ON_LEVEL, k], out[ON_FAST, k]
            out[SHARE_TREND, k] = out[ON_TREND, k]
        return
    pattern = np.zeros(m)
    size = multiplicative_pattern(y, origin, SEASONS_KEPT, 0.85, pattern) * m
    tail = np.empty(size)
    divide_pattern(y, origin, size, pattern, tail)
    _, level, fast = levels_of(tail, size)
    trend_level, trend, _, _ = damped_trends(tail, size)
    for k in range(horizon):
        trend *= DAMPING
        trend_level += trend
        share = pattern[k % m]
        out[SHARE_LEVEL, k] = level * share
        out[SHARE_FAST, k] = fast * share
        out[SHARE_TREND, k] = trend_level * share

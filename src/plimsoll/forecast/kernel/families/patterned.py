"""What if the season keeps its shape in absolute terms, whatever the level does?"""

from __future__ import annotations

import numpy as np

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
from plimsoll.forecast.kernel.smoothing import DAMPING, FAST_DAMPING, damped_trends, levels_of
from plimsoll.forecast.kernel.sums import mean_of
from plimsoll.forecast.kernel.trend import line_of

SEASONS_KEPT = 8


def pattern_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Add the additive pattern to every way of continuing the level."""
    m, horizon = nature.m, nature.horizon
    pattern = np.zeros(m)
    size = min(origin, max(100, 4 * horizon))
    if m > 1:
        size = additive_pattern(y, origin, SEASONS_KEPT, 0.85, pattern) * m
    tail = np.empty(size)
    subtract_pattern(y, origin, size, pattern, tail)
    lay_levels(tail, pattern, out)
    lay_trends(tail, pattern, max(2 * m, 10), out)


def lay_levels(tail: Values, pattern: Values, out: Matrix) -> None:
    """Continue the level, measured in each way, and let the last surprise fade."""
    slow, level, fast = levels_of(tail, tail.size)
    mean, last = mean_of(tail, 0, tail.size), tail[tail.size - 1]
    fading_8, fading_95, fading_99 = last - slow, last - slow, last - slow
    phase = 0
    for k in range(out.shape[1]):
        shape = pattern[phase]
        phase = phase + 1 if phase + 1 < pattern.size else 0
        fading_8 *= 0.8
        fading_95 *= 0.95
        fading_99 *= 0.99
        out[ON_MEAN, k] = mean + shape
        out[ON_SLOW, k] = slow + shape
        out[ON_LEVEL, k] = level + shape
        out[ON_FAST, k] = fast + shape
        out[ON_LAST, k] = last + shape
        out[FADING_8, k] = slow + fading_8 + shape
        out[FADING_95, k] = slow + fading_95 + shape
        out[FADING_99, k] = slow + fading_99 + shape


def lay_trends(tail: Values, pattern: Values, span: int, out: Matrix) -> None:
    """Continue a damped trend, or a line over `span` samples or over all."""
    size = tail.size
    level, trend, quick_level, quick = damped_trends(tail, size)
    long_slope, _ = line_of(tail, 0, size)
    slope, end = line_of(tail, max(0, size - span), size)
    last, phase = tail[size - 1], 0
    for k in range(out.shape[1]):
        shape = pattern[phase]
        phase = phase + 1 if phase + 1 < pattern.size else 0
        trend *= DAMPING
        level += trend
        quick *= FAST_DAMPING
        quick_level += quick
        out[ON_TREND, k] = level + shape
        out[ON_FAST_TREND, k] = quick_level + shape
        out[ON_THETA, k] = out[ON_LEVEL, k] + 0.5 * long_slope * (k + 1)
        out[ON_LOCAL, k] = end + slope * (k + 1) + shape
        out[ON_GLOBAL, k] = last + long_slope * (k + 1) + shape

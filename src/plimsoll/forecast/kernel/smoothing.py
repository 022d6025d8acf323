"""Where is the level now, and where is it heading? Exponential smoothing with fixed constants, all in one pass.

    level      l = l + a (x - l)                                 simple exponential smoothing (Brown 1956)
    damped     l = p + a (x - p),  b = f b + a c (x - p),  p = l + f b     (Gardner & McKenzie 1985)

Constants are fixed rather than fitted: several of them run side by side and the backtest weights them.
"""

from __future__ import annotations

from plimsoll.forecast.kernel.nature import Values
from plimsoll.forecast.kernel.sums import mean_of

SLOW, MEDIUM, FAST = 0.05, 0.2, 0.5
DAMPING, FAST_DAMPING = 0.98, 0.9


def levels_of(x: Values, size: int) -> tuple[float, float, float]:
    """Return the slow, medium and fast level after `size` samples, started from the mean of the first five."""
    start = mean_of(x, 0, min(size, 5))
    slow, medium, fast = start, start, start
    for i in range(size):
        slow += SLOW * (x[i] - slow)
        medium += MEDIUM * (x[i] - medium)
        fast += FAST * (x[i] - fast)
    return slow, medium, fast


def smoothed_level(x: Values, size: int, alpha: float) -> float:
    """Return one smoothed level after `size` samples, started from the mean of the first five."""
    level = mean_of(x, 0, min(size, 5))
    for i in range(size):
        level += alpha * (x[i] - level)
    return level


def damped_trends(x: Values, size: int) -> tuple[float, float, float, float]:
    """Return level and trend a step after `size` samples, of a slow and a fast trend; trends start at zero."""
    level, trend = x[0], 0.0
    fast, quick = x[0], 0.0
    for i in range(size):
        expected, quickly = level + DAMPING * trend, fast + FAST_DAMPING * quick
        error, surprise = x[i] - expected, x[i] - quickly
        level, trend = expected + 0.2 * error, DAMPING * trend + 0.02 * error
        fast, quick = quickly + 0.6 * surprise, FAST_DAMPING * quick + 0.12 * surprise
    return level, trend, fast, quick

"""Where is the level now, and where is it heading? Exponential smoothing with fixed constants.

    level      l = l + a (x - l)                                 simple exponential smoothing (Brown 1956)
    damped     l = p + a (x - p),  b = f b + a c (x - p),  p = l + f b     (Gardner & McKenzie 1985)

Constants are fixed rather than fitted: several of them run side by side and the backtest weighs them.
"""

from __future__ import annotations

from numba import njit

from plimsoll.forecast.kernel.nature import Values


@njit(cache=True)
def smoothed_level(x: Values, size: int, alpha: float) -> float:
    """Answer the smoothed level after `size` samples, started from the mean of the first five."""
    level = float(x[: min(size, 5)].mean())
    for i in range(size):
        level += alpha * (x[i] - level)
    return level


@njit(cache=True)
def damped_trend(x: Values, size: int, alpha: float, gamma: float, damping: float) -> tuple[float, float]:
    """Answer level and trend a step after `size` samples; the trend starts at none."""
    level, trend = x[0], 0.0
    for i in range(size):
        expected = level + damping * trend
        error = x[i] - expected
        level = expected + alpha * error
        trend = damping * trend + alpha * gamma * error
    return level, trend

"""Does the series beat in time with the clock, though nobody said so?

A batch job runs on the hour, a backup at night, an office works in weeks. For each natural period the correlation of
the series with itself one period earlier is measured, less what a neighboring lag would give anyway; the clearest one
above a threshold is taken.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.nature import Places, Values

CLEAR = 0.3  # smallest correlation that counts


@njit(cache=True)
def correlation_at(x: Values, lag: int) -> float:
    """Answer the correlation of centered `x` with itself `lag` steps earlier."""
    product, early, late = 0.0, 0.0, 0.0
    for i in range(lag, x.size):
        product += x[i] * x[i - lag]
        early += x[i - lag] * x[i - lag]
        late += x[i] * x[i]
    scale = np.sqrt(early * late)
    return product / scale if scale > 0.0 else 0.0


@njit(cache=True)
def own_period(y: Values, periods: Places, end: int) -> int:
    """Answer the clearest of `periods` (steps) in `y[:end]`, or 0 where none is clear.

    A period must have been seen twice and must stand out against the lag half a period off: a slow series correlates
    with every lag.
    """
    best, found = CLEAR, 0
    x = y - y[:end].mean()
    for period in periods:
        if period < 4 or 2 * period + 8 > end:
            continue
        stands_out = correlation_at(x[:end], period) - max(0.0, correlation_at(x[:end], period + period // 2))
        if stands_out > best:
            best, found = stands_out, period
    return found

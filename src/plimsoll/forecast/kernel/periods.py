"""Does the series have a period of the clock that nobody named?

A batch job runs on the hour, a backup at night, an office works in weeks. For each natural period the correlation of
the series with itself one period earlier is measured, less what the lag half a period further off would give anyway.
The clearest period above a threshold is taken.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Places, Values
from plimsoll.forecast.kernel.sums import mean_of, product_of

CLEAR = 0.3  # smallest correlation that counts


def correlation_at(x: Values, lag: int) -> float:
    """Return the correlation of centered `x` with itself `lag` steps earlier."""
    early, late = x[: x.size - lag], x[lag:]
    scale = (product_of(early, early) * product_of(late, late)) ** 0.5
    return product_of(early, late) / scale if scale > 0.0 else 0.0


def own_period(y: Values, periods: Places) -> int:
    """Return the clearest of `periods` (steps) in `y`, or 0 where none is clear.

    A period must have been seen twice and must stand out against the lag half a period longer: a slow series correlates
    at every lag.
    """
    best, found = CLEAR, 0
    x = np.empty(y.size)
    mean = mean_of(y, 0, y.size)
    for i in range(y.size):
        x[i] = y[i] - mean
    for k in range(periods.size):
        period = periods[k]
        if period < 4 or 2 * period + 8 > y.size:
            continue
        stands_out = correlation_at(x, period) - max(0.0, correlation_at(x, period + period // 2))
        if stands_out > best:
            best, found = stands_out, period
    return found

"""From which past moments is each method tested? Rolling origins (Tashman 2000), as many as the series allows.

The newest window ends at the last sample; each earlier one ends a stride before it, a whole horizon where there is room
and less otherwise. A series too short for a whole horizon is tested on a shorter one. Some windows help to choose among
methods, but their errors are not those of a forecast made today, and do not count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.forecast.kernel.nature import Places, Values

WINDOWS = 6
FEWEST = 3  # windows that must be left, for others not to count


def least_for(m: int) -> int:
    """Return the number of samples needed for a season of `m` steps: two seasons, and two samples more."""
    return 2 * m + 2


def rolling_origins(size: int, horizon: int, m: int) -> Places:
    """Return the rising origins; the last is `size` itself, from which the actual forecast starts.

    A `size` below 5 has no window at all.
    """
    least = max(least_for(m), 12)
    reach = horizon
    if size - horizon < least:
        reach = max(1, min(horizon, (size - least) // 2)) if size > least + 2 else max(1, size // 3)
    room = max(0, size - reach - least)
    stride = min(reach, max(1, room // (WINDOWS - 1)))
    lowest = max(4, min(least, size // 2))
    count = 0
    for w in range(WINDOWS):
        if size - reach - w * stride >= lowest:
            count += 1
    origins = np.empty(count + 1, dtype=np.int64)
    for w in range(count):
        origins[count - 1 - w] = size - reach - w * stride
    origins[count] = size
    return origins


def windows_that_count(origins: Places, slopes: Values, actual: Values, is_sum: bool) -> NDArray[np.bool_]:
    """Return of each window whether its errors count, (windows,).

    They do not where the window knew no line along which the series grows, since what it leaves is that growth. Nor
    where the total from which a counter is forecast was not read: it was filled in by readings that came later. All
    count where fewer than `FEWEST` would.
    """
    counts = np.ones(origins.size - 1, dtype=np.bool_)
    left = 0
    for w in range(counts.size):
        knew = slopes[w] != 0.0 or slopes[counts.size] == 0.0
        was_read = not is_sum or not np.isnan(actual[origins[w] - 1])
        counts[w] = knew and was_read
        left += counts[w]
    if left < FEWEST:
        counts[:] = True
    return counts

"""From which moments of the past is each method tried? Rolling origins (Tashman 2000), as many as the series can carry.

The newest window ends at the last sample; each earlier one ends a stride before it, a whole horizon where there is room
and less where there is not. What is too short for a whole horizon is tried on a shorter one.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Places

WINDOWS = 6


def least_for(m: int) -> int:
    """Answer how many samples carry a season of `m` steps: two of it, and two to tell it from."""
    return 2 * m + 2


def rolling_origins(size: int, horizon: int, m: int) -> Places:
    """Answer the rising origins, the last of them `size` itself, from which the forecast proper starts.

    `size` below 5 has no window at all.
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

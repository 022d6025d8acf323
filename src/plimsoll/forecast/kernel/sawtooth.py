"""When is the next clean-up? Series that climb, fall in one step, and climb again.

A disk with a log rotation, a heap with a garbage collector, a table with a retention job. The falls are found as the
steps down that are far larger than the usual step; the climb is the usual step. The next fall comes when the level has
climbed to the height at which the last falls came, or after the usual time, whichever the past shows to be steadier; it
takes what the last falls took.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.nature import Places, Values

LARGE = 12.0  # a fall is this many usual steps
FEWEST = 3  # falls that make a saw tooth


@njit(cache=True)
def falls_in(y: Values, end: int) -> tuple[Places, float]:
    """Answer the positions of the falls in `y[:end]` and the usual climb a step; none where there is no tooth."""
    steps = np.diff(y[:end])
    usual = np.median(steps)
    size = np.median(np.abs(steps))
    found = np.zeros(0, dtype=np.int64)
    if not usual > 0.0:
        return found, usual
    deep = np.nonzero(steps < -LARGE * size)[0]
    if deep.size < FEWEST or deep.size * 4 > end:
        return found, usual
    high = np.count_nonzero(steps > LARGE * size)
    if high * 2 > deep.size:
        return found, usual
    return deep + 1, usual


@njit(cache=True)
def spread_of(values: Values) -> float:
    """Answer the relative scatter of positive values around their median."""
    middle = np.median(values)
    return float(np.median(np.abs(values - middle)) / max(abs(middle), 1e-12))


@njit(cache=True)
def next_teeth(y: Values, origin: int, falls: Places, climb: float, out: Values) -> None:
    """Write the path of the coming teeth after `origin` into `out`, shape (h,)."""
    newest = falls[max(0, falls.size - 6) :]
    peaks, drops = y[newest - 1], y[newest - 1] - y[newest]
    gaps = np.diff(newest).astype(np.float64)
    by_height = gaps.size == 0 or spread_of(peaks) <= spread_of(gaps)
    peak, drop = np.median(peaks), np.median(drops)
    period = max(np.median(gaps), 1.0) if gaps.size else float(origin)
    level, since = y[origin - 1], float(origin - newest[newest.size - 1])
    for k in range(out.size):
        level += climb
        since += 1.0
        if (level > peak and by_height) or (since >= period and not by_height):
            level -= drop
            since = 0.0
        out[k] = level

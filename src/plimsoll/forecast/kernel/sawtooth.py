"""When is the next clean-up? Series that climb, fall in one step, and climb again.

Examples are a disk with a log rotation, a heap with a garbage collector, a table with a retention job. Falls are steps
down far larger than the usual step; the climb is the usual step. The next fall comes when the level has reached the
height of the last falls, or after the usual time, whichever varied less in the past; it falls by the median of the last
falls.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Places, Values
from plimsoll.forecast.kernel.order import middle_of, middle_of_few

LARGE = 12.0  # a fall is more than this many usual steps
FEWEST = 3  # falls that make a saw tooth
NEWEST = 6  # falls from which the next one is predicted


def falls_in(y: Values, end: int) -> tuple[Places, float]:
    """Return the positions of the falls in `y[:end]` and the usual climb a step; no falls without a saw tooth."""
    nothing = np.empty(0, dtype=np.int64)
    size = end - 1
    rising = 0
    for i in range(size):
        if y[i + 1] > y[i]:
            rising += 1
    if 2 * rising <= size:
        return nothing, 0.0
    steps = np.empty(size)
    for i in range(size):
        steps[i] = y[i + 1] - y[i]
    climb = middle_of(steps, size)
    for i in range(size):
        steps[i] = abs(y[i + 1] - y[i])
    large = LARGE * middle_of(steps, size)
    falls = np.empty(size, dtype=np.int64)
    deep, high = 0, 0
    for i in range(size):
        step = y[i + 1] - y[i]
        if step < -large:
            falls[deep] = i + 1
            deep += 1
        elif step > large:
            high += 1
    is_tooth = climb > 0.0 and deep >= FEWEST and deep * 4 <= end and high * 2 <= deep
    return (falls[:deep] if is_tooth else nothing), climb


def spread_of(values: Values) -> float:
    """Return the relative median deviation of a few positive values from their median."""
    buffer = values.copy()
    middle = middle_of_few(buffer, buffer.size)
    for i in range(values.size):
        buffer[i] = abs(values[i] - middle)
    return middle_of_few(buffer, buffer.size) / max(abs(middle), 1e-12)


def next_teeth(y: Values, origin: int, falls: Places, climb: float, out: Values) -> None:
    """Write the path of the coming teeth after `origin` into `out`, shape (h,)."""
    newest = falls[max(0, falls.size - NEWEST) :]
    count = newest.size
    peaks, drops, gaps = np.empty(count), np.empty(count), np.empty(max(count - 1, 1))
    gaps[0] = origin
    for k in range(count):
        peaks[k] = y[newest[k] - 1]
        drops[k] = peaks[k] - y[newest[k]]
        if k > 0:
            gaps[k - 1] = newest[k] - newest[k - 1]
    by_height = count == 1 or spread_of(peaks) <= spread_of(gaps)
    peak, drop = middle_of_few(peaks, count), middle_of_few(drops, count)
    period = max(middle_of_few(gaps, gaps.size), 1.0)
    level, since = y[origin - 1], float(origin - newest[count - 1])
    for k in range(out.size):
        level += climb
        since += 1.0
        if (level > peak and by_height) or (since >= period and not by_height):
            level -= drop
            since = 0.0
        out[k] = level

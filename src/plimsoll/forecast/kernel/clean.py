"""What would the past look like without its gaps, its shifts of level and its freak samples?

Three repairs before the methods look at a series; errors are never measured on a repaired sample.

- A gap is bridged by a line between its ends plus the seasonal pattern.
- A shift of level (a migration, a new tenant, a changed unit) is an extraordinary step after which the series stays:
  the past is moved to the new level, so that slopes and patterns live on and the jump is not learned as growth.
- A freak sample is an extraordinary step that the next step takes back: it takes the value its neighbors suggest.

A step is judged less the usual step of its phase, so that the morning rise of a working day is nothing extraordinary.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.nature import Places, Values

STEP_LIMIT = 10.0  # an extraordinary step is this many times the median step ...
TAIL_LIMIT = 2.5  # ... and this many times the step that one in fifty exceeds, for some series are wild by nature
BLOCK_LIMIT = 8.0  # a shift moves the mean of a block by this many times the median move between blocks
MOST_SHIFTS = 5  # so many shifts are regimes that come and go


@njit(cache=True)
def bridge_gaps(y: Values, m: int) -> Values:
    """Answer a copy of `y` without NaN; at least one sample must be known."""
    size = y.size
    sums, counts = np.zeros(m), np.zeros(m)
    for i in range(size):
        if not np.isnan(y[i]):
            sums[i % m] += y[i]
            counts[i % m] += 1.0
    if counts.min() > 0.0:
        pattern = sums / counts
        pattern -= pattern.mean()
    else:
        pattern = np.zeros(m)
    filled = y.copy()
    before = -1
    for i in range(size + 1):
        if i < size and np.isnan(y[i]):
            continue
        for j in range(before + 1, i):
            left = y[before] - pattern[before % m] if before >= 0 else y[i] - pattern[i % m]
            right = y[i] - pattern[i % m] if i < size else left
            share = (j - before) / (i - before)
            filled[j] = left + share * (right - left) + pattern[j % m]
        before = i
    return filled


@njit(cache=True)
def surprises(y: Values, m: int) -> tuple[Values, float]:
    """Answer each step less the usual one of its phase, shape (n - 1,), and the size that is extraordinary."""
    steps = np.diff(y)
    if steps.size >= 3 * m:
        for phase in range(m):
            steps[phase::m] -= np.median(steps[phase::m])
    else:
        steps -= np.median(steps)
    sizes = np.sort(np.abs(steps))
    limit = max(STEP_LIMIT * sizes[sizes.size // 2], TAIL_LIMIT * sizes[int(0.98 * (sizes.size - 1))])
    return steps, limit


@njit(cache=True)
def level_shifts(y: Values, m: int) -> tuple[Places, Values]:
    """Answer positions and heights of the shifts of level in `y`: `y[i] - y[i-1]` beyond the usual step."""
    size, block = y.size, max(m, 5)
    places, heights = np.zeros(MOST_SHIFTS, dtype=np.int64), np.zeros(MOST_SHIFTS)
    count = 0
    if size < 4 * block:
        return places[:0], heights[:0]
    steps, limit = surprises(y, m)
    total = np.zeros(size + 1)
    total[1:] = np.cumsum(y)
    moves = np.empty(size - 2 * block + 1)
    for i in range(moves.size):
        moves[i] = (total[i + 2 * block] - 2.0 * total[i + block] + total[i]) / block
    move = np.median(moves)
    move_size = np.median(np.abs(moves - move))
    for i in range(block, size - block + 1):
        height = steps[i - 1]
        if abs(height) <= limit or count == MOST_SHIFTS:
            continue
        change = moves[i - block] - move
        if abs(change) > BLOCK_LIMIT * move_size and 0.6 < change / height < 1.5:
            places[count], heights[count] = i, height
            count += 1
    return lasting(places[:count], heights[:count])


@njit(cache=True)
def lasting(places: Places, heights: Values) -> tuple[Places, Values]:
    """Keep the shifts that no neighbor takes back; many of them are the nature of the series, and none is kept."""
    keep = np.ones(places.size, dtype=np.bool_)
    for k in range(places.size - 1):
        ratio = -heights[k + 1] / heights[k]
        if 0.5 < ratio < 2.0:
            keep[k] = keep[k + 1] = False
    if places.size == MOST_SHIFTS:
        keep[:] = False
    return places[keep], heights[keep]


@njit(cache=True)
def remove_shifts(y: Values, places: Places, heights: Values) -> None:
    """Move what lies before each shift to the level after it, in place."""
    for k in range(places.size):
        y[: places[k]] += heights[k]


@njit(cache=True)
def tame_freaks(y: Values, m: int) -> int:
    """Replace freak samples in place; answer how many.

    The last sample is left, for nothing yet says that the series comes back.
    """
    if y.size < 8:
        return 0
    steps, limit = surprises(y, m)
    count = 0
    for i in range(1, y.size - 1):
        away, back = steps[i - 1], steps[i]
        if abs(away) > limit and abs(back) > 0.5 * abs(away) and away * back < 0.0:
            y[i] -= away
            steps[i] += away
            count += 1
    return count

"""What would the past look like without its gaps, level shifts and outliers?

Three repairs precede the methods. Errors are not measured in gaps; they are measured on outliers as these were.

- A gap is bridged by a line between its ends plus the seasonal pattern.
- A level shift (a migration, a new tenant, a changed unit) is an extraordinary step after which the series stays. The
  past is moved to the new level, so that slopes and patterns survive and the jump is not learned as growth.
- An outlier is an excursion (an outage, a burst): an extraordinary step that another one soon reverses. Its samples
  take the values that the usual steps of their phases lead to.

A step is judged after subtracting the usual step of its phase, so that the morning rise of a working day is not
extraordinary.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.forecast.kernel.nature import Places, Values
from plimsoll.forecast.kernel.order import middle_of, select

STEP_LIMIT = 10.0  # an extraordinary step is this many times the median step ...
TAIL_LIMIT = 2.5  # ... and this many times the 98th percentile, because some series are wild by nature
BLOCK_LIMIT = 8.0  # a shift moves the mean of a block by this many times the median move between blocks
MOST_SHIFTS = 5  # so many shifts are regimes that alternate
CLEAR_SLOPE = 5.0  # standard errors
LEAST_EXCURSION = 5  # an excursion lasts a season at most, or so many samples
PUNCTUAL = 24  # a habit begins at the same time of its period, give or take a 24th (an hour of a day)


def repair(truths: Values, m: int, long: int, toothed: bool, actual: Values, cleaned: Values) -> None:
    """Write the series on which errors are measured into `actual`, and the one that the methods see into `cleaned`.

    `cleaned` holds the bridged series on entry; `truths` are NaN where there is nothing to measure on. What comes again
    after a season `m` or a `long` one is a habit. The falls of a saw tooth are part of its nature: its level is not
    moved, and only single samples are replaced.
    """
    steps = np.empty(cleaned.size - 1)
    most = 1 if toothed else max(m, LEAST_EXCURSION)
    limit = unusual_steps(cleaned, m, steps)
    if not toothed:
        usual = steps_of_habit(steps, m, long, limit)
        places, heights = level_shifts(cleaned, m, steps, limit, 2 * most, usual)
        for k in range(places.size):
            cleaned[: places[k]] += heights[k]
        if places.size > 0:
            limit = unusual_steps(cleaned, m, steps)
    for i in range(cleaned.size):
        actual[i] = cleaned[i] if truths[i] == truths[i] else np.nan
    usual = steps_of_habit(steps, m, long, limit)
    replace_outliers(cleaned, steps, limit, most, usual)


def bridge_gaps(y: Values, m: int, filled: Values) -> None:
    """Write `y` with its NaN filled into `filled`; at least one sample must be known."""
    size = y.size
    pattern = known_pattern(y, m)
    before = -1
    for i in range(size + 1):
        if i < size and np.isnan(y[i]):
            continue
        for j in range(before + 1, i):
            left = y[before] - pattern[before % m] if before >= 0 else y[i] - pattern[i % m]
            right = y[i] - pattern[i % m] if i < size else left
            share = (j - before) / (i - before)
            filled[j] = left + share * (right - left) + pattern[j % m]
        if i < size:
            filled[i] = y[i]
        before = i


def known_pattern(y: Values, m: int) -> Values:
    """Return the mean of each phase over its known samples, less their mean; zeros if a phase is never known.

    It leaves out the line along which they grow: in the pattern that is a climb that falls back each season.
    """
    values, places, counts = np.zeros(m), np.zeros(m), np.zeros(m)
    for i in range(y.size):
        if not np.isnan(y[i]):
            values[i % m] += y[i]
            places[i % m] += i
            counts[i % m] += 1.0
    for phase in range(m):
        if counts[phase] == 0.0:
            return np.zeros(m)
        values[phase] /= counts[phase]
        places[phase] /= counts[phase]
    slope = slope_within_phases(y, values, places)
    pattern, mean = np.empty(m), 0.0
    for phase in range(m):
        pattern[phase] = values[phase] - slope * places[phase]
        mean += pattern[phase] / m
    for phase in range(m):
        pattern[phase] -= mean
    return pattern


def slope_within_phases(y: Values, values: Values, places: Values) -> float:
    """Return the least-squares slope, a step, of lines through the known samples of each phase, given its means (m,).

    It is 0 unless it is clear, by `CLEAR_SLOPE` standard errors: a slope that chance made would tilt what is filled in.
    """
    squares, products, total, free = 0.0, 0.0, 0.0, -values.size - 1
    for i in range(y.size):
        if not np.isnan(y[i]):
            apart, value = i - places[i % places.size], y[i] - values[i % places.size]
            squares += apart * apart
            products += apart * value
            total += value * value
            free += 1
    return clear_slope(squares, products, total, free)


def clear_slope(squares: float, products: float, total: float, free: int) -> float:
    """Return products / squares, the slope of a line, unless it is less than `CLEAR_SLOPE` standard errors from 0.

    `squares`, `products` and `total` are the sums of x x, x y and y y about their means, `free` the degrees of freedom.
    """
    if free < 1 or not squares > 0.0:
        return 0.0
    explained = products * products / squares
    return products / squares if explained * free > CLEAR_SLOPE * CLEAR_SLOPE * (total - explained) else 0.0


def unusual_steps(y: Values, m: int, steps: Values) -> float:
    """Write each step less the usual one of its phase into `steps`, shape (n - 1,); return the limit of usual ones."""
    size = steps.size
    for i in range(size):
        steps[i] = y[i + 1] - y[i]
    buffer = np.empty(size)
    phases = m if size >= 3 * m else 1
    for phase in range(phases):
        count = 0
        for i in range(phase, size, phases):
            buffer[count] = steps[i]
            count += 1
        usual = middle_of(buffer, count)
        for i in range(phase, size, phases):
            steps[i] -= usual
    for i in range(size):
        buffer[i] = abs(steps[i])
    middle = select(buffer, 0, size, size // 2)
    rank = int(0.98 * (size - 1))
    tail = select(buffer, min(size // 2, rank), size, rank) if rank > size // 2 else middle
    return float(max(STEP_LIMIT * middle, TAIL_LIMIT * tail))


def level_shifts(
    y: Values, m: int, steps: Values, limit: float, most: int, usual: NDArray[np.bool_]
) -> tuple[Places, Values]:
    """Return positions and heights of the level shifts in `y`; a height is `y[i] - y[i-1]` less the usual step.

    What comes back within `most` samples has not shifted, and a `usual` step (n - 1,) is a habit, such as that into a
    weekend which is not over yet.
    """
    size, block = y.size, max(m, 5)
    places, heights = np.zeros(MOST_SHIFTS, dtype=np.int64), np.zeros(MOST_SHIFTS)
    count = 0
    largest = 0.0
    for i in range(block, size - block + 1):
        largest = max(largest, abs(steps[i - 1]))
    if size < 4 * block or largest <= limit:
        return places[:0], heights[:0]
    moves, move, move_size = block_moves(y, block)
    back = 0
    for i in range(block, size - block + 1):
        height = steps[i - 1]
        if abs(height) <= limit or count == MOST_SHIFTS or i <= back:
            continue
        back = end_of_excursion(steps, i, most)
        if back > i or usual[i - 1]:
            continue
        change = moves[i - block] - move
        if abs(change) > BLOCK_LIMIT * move_size and 0.6 < change / height < 1.5:
            places[count], heights[count] = i, height
            count += 1
    return lasting_shifts(places[:count], heights[:count])


def block_moves(y: Values, block: int) -> tuple[Values, float, float]:
    """Return the move of the mean from each block to the next, the median move, and its median absolute deviation."""
    total = np.zeros(y.size + 1)
    for i in range(y.size):
        total[i + 1] = total[i] + y[i]
    moves = np.empty(y.size - 2 * block + 1)
    for i in range(moves.size):
        moves[i] = (total[i + 2 * block] - 2.0 * total[i + block] + total[i]) / block
    buffer = moves.copy()
    move = middle_of(buffer, buffer.size)
    for i in range(moves.size):
        buffer[i] = abs(moves[i] - move)
    return moves, move, middle_of(buffer, buffer.size)


def lasting_shifts(places: Places, heights: Values) -> tuple[Places, Values]:
    """Keep the shifts that no neighbor reverses; many shifts are the nature of the series, and none of them is kept."""
    if places.size == MOST_SHIFTS:
        return places[:0], heights[:0]
    count = 0
    is_reversed = False
    for k in range(places.size):
        before = is_reversed
        is_reversed = k + 1 < places.size and 0.5 < -heights[k + 1] / heights[k] < 2.0
        if not before and not is_reversed:
            places[count], heights[count] = places[k], heights[k]
            count += 1
    return places[:count], heights[:count]


def replace_outliers(y: Values, steps: Values, limit: float, most: int, usual: NDArray[np.bool_]) -> int:
    """Replace excursions of at most `most` samples in place and return their number.

    One that begins with a `usual` step (n - 1,) is a habit and stays, as does one that has not come back: nothing shows
    yet whether it will.
    """
    if y.size < 8:
        return 0
    count, i = 0, 1
    while i < y.size - 1:
        end = end_of_excursion(steps, i, most) if abs(steps[i - 1]) > limit else i
        if end > i and not usual[i - 1]:
            apart = 0.0
            for k in range(i, end):
                apart += steps[k - 1]
                y[k] -= apart
            count += 1
            i = end
        i += 1
    return count


def end_of_excursion(steps: Values, start: int, most: int) -> int:
    """Return the index of the first sample after the excursion that begins at `start`; `start` if it stays away.

    It comes back by a step that makes up for more than half of what it is away then, and is at least half as large as
    the step away.
    """
    away = steps[start - 1]
    apart = away
    for k in range(start, min(start + most, steps.size)):
        before, apart = apart, apart + steps[k]
        if abs(steps[k]) > 0.5 * abs(away) and away * steps[k] < 0.0 and abs(apart) < 0.5 * abs(before):
            return k + 1
        if apart * away <= 0.0:
            return start
    return start


def steps_of_habit(steps: Values, m: int, long: int, limit: float) -> NDArray[np.bool_]:
    """Return which extraordinary steps have another in their direction a season before or after, (n - 1,)."""
    found = np.zeros(steps.size, dtype=np.bool_)
    places = np.flatnonzero(np.abs(steps) > limit)
    for period in (m, long):
        slack = max(1, period // PUNCTUAL)
        for i in places:
            first, end = np.searchsorted(places, i + period - slack), np.searchsorted(places, i + period + slack + 1)
            for j in places[first:end]:
                if period > 1 and steps[i] * steps[j] > 0.0:
                    found[i] = found[j] = True
    return found

"""From which past moments is each method tested? Rolling origins (Tashman 2000), as many as the series allows.

The newest window ends at the last sample; each earlier one ends a stride before it, a whole horizon where there is room
and less otherwise. A series too short for a whole horizon is tested on a shorter one. A stretch of which much less is
known than usual is passed over, but for the newest: after an outage of collection the windows lie before it. Some
windows help to choose among methods, but their errors are not those of a forecast made today, and do not count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.forecast.kernel.nature import Places, Values

WINDOWS = 6
LEAST_KNOWN = 0.5  # share of the usual number of known samples that a window needs
LONGEST_GAP = 0.25  # of a counter's readings about an origin, as a share of the horizon
FEWEST = 2  # windows that must be left, for others not to count


def least_for(m: int) -> int:
    """Return the number of samples needed for a season of `m` steps: two seasons, and two samples more."""
    return 2 * m + 2


def rolling_origins(actual: Values, horizon: int, m: int) -> Places:
    """Return the rising origins; the last is the size of `actual`, from which the actual forecast starts.

    `actual` is NaN where nothing was read. Fewer than five samples have no window at all.
    """
    size = actual.size
    least = max(least_for(m), 12)
    reach = horizon
    if size - horizon < least:
        reach = max(1, min(horizon, (size - least) // 2)) if size > least + 2 else max(1, size // 3)
    room = max(0, size - reach - least)
    stride = min(reach, max(1, room // (WINDOWS - 1)))
    lowest = max(4, min(least, size // 2))
    places = np.arange(size - reach, lowest - 1, -stride)
    return np.append(places[worth_testing(actual, places, reach)][::-1], size)


def worth_testing(actual: Values, places: Places, reach: int) -> NDArray[np.bool_]:
    """Return which windows are taken of those that begin at `places`, the newest first: `WINDOWS` at most.

    They are the newest, and those of which enough is known; where there are fewer, the others fill up.
    """
    usual, taken = known_in(actual) / actual.size, np.zeros(places.size, dtype=np.bool_)
    taken[:1] = True
    left = WINDOWS - 1
    for others in (False, True):
        for i in range(1, places.size):
            if left > 0 and not taken[i] and (others or is_known(actual[places[i] : places[i] + reach], usual)):
                taken[i] = True
                left -= 1
    return taken


def is_known(target: Values, usual: float) -> bool:
    """Whether of a window's target at least half as large a share is known as is usual."""
    return known_in(target) >= LEAST_KNOWN * usual * target.size


def known_in(values: Values) -> int:
    """Return how many values are known."""
    return int(values.size - np.isnan(values).sum())


def windows_that_count(
    origins: Places, slopes: Values, actual: Values, horizon: int, is_sum: bool
) -> NDArray[np.bool_]:
    """Return of each window whether its errors count, (windows,).

    Those of a counter's window do not where its total was not read for long about the origin: readings that came later
    have filled it in. Where `FEWEST` are left without them, nor do those count of which little is known, or that knew
    no line along which the series grows, since what they leave is that growth.
    """
    knew, read = np.ones(origins.size - 1, dtype=np.bool_), np.ones(origins.size - 1, dtype=np.bool_)
    left, usual = 0, known_in(actual) / actual.size
    for w in range(knew.size):
        read[w] = not is_sum or gap_about(actual, origins[w]) <= LONGEST_GAP * horizon
        knew[w] = slopes[w] != 0.0 or slopes[knew.size] == 0.0
        knew[w] = read[w] and knew[w] and is_known(actual[origins[w] : origins[w] + horizon], usual)
        left += knew[w]
    return knew if left >= FEWEST else read


def gap_about(actual: Values, origin: int) -> int:
    """Return how many samples about the last one before `origin` are unknown, up to the end of the past."""
    first, last = origin - 1, origin - 1
    while first >= 0 and np.isnan(actual[first]):
        first -= 1
    while last < actual.size and np.isnan(actual[last]):
        last += 1
    return max(last - first - 1, 0)

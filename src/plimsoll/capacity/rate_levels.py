"""Where does a request rate stay at one level, when arrivals come by chance, and is there any level at all?

Rates are smoothed over five seconds, and stay at a level while they are within 10 % of its median, or within three
standard errors where chance alone moves them farther: Var(count) = dispersion * rate, the dispersion taken from
neighboring seconds, of which the median (x - y)^2 / (x + y) is 0.455 times it. Two seconds at each end are left out,
because smoothing mixes them with what comes before and after.

A ramp that goes up slowly is within 10 % of its median for a while, too. So from the middle of each stretch to the
middle of the next a straight line is held against one step at the best place: over a ramp the lines leave less, over
stairs the steps do, however they begin. Chance hides which it is where a rate is low or climbs slowly, and then
stretches are kept: of 20 ramps by chance from 0 to 100 a second in ten minutes 13 were taken for stairs, from 100 to
300 one, from 0 to 1,000 in five minutes none. A ramp that ends in a level is told by none of this.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from plimsoll.capacity.model import Values

_WINDOW = 5
_SAME_RATE_RATIO = 0.10
_STANDARD_ERRORS = 3.0
_MEDIAN_OF_CHI_SQUARE = 0.455
_EVEN = 0.01  # of the mean: noise that is taken to be there at least
_BEST_PLACE = 3.0  # variances of pure noise that a step takes away more than a line, because its place is chosen
_RAMP = 10.0  # by how many variances the lines leave less than the steps, in all


def rate_levels(rate: Values) -> list[tuple[int, int]]:
    """Find stretches (start, end not included) of requests a second (n,) at one level; none where it is a ramp."""
    smoothed = _smoothed(rate)
    dispersion = _dispersion(rate)

    def same(stretch: Values, value: float) -> bool:
        middle = float(np.median(stretch))
        by_chance = _STANDARD_ERRORS * np.sqrt(dispersion * middle / _WINDOW)
        return bool(abs(value - middle) <= max(_SAME_RATE_RATIO * middle, by_chance))

    whole = _merged(rate, stretches_of(smoothed, same))
    half = _WINDOW // 2
    inner = [(start and start + half, end if end == rate.size else end - half) for start, end in whole]
    found = [(start, end) for start, end in inner if end - start > _WINDOW and np.any(rate[start:end])]
    return [] if _is_ramp(rate, found, dispersion) else found


def _merged(rate: Values, stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Put neighbors together whose means are the same: one smoothed value that strays ends no level."""
    merged: list[tuple[int, int]] = []
    for start, end in stretches:
        before = merged[-1] if merged else (start, start)
        means = [float(np.mean(rate[slice(*part)])) for part in (before, (start, end)) if part[0] < part[1]]
        if len(means) > 1 and max(means) - min(means) <= _SAME_RATE_RATIO * max(means):
            merged[-1] = (before[0], end)
        else:
            merged.append((start, end))
    return merged


def stretches_of(level: Values, same: Callable[[Values, float], bool]) -> list[tuple[int, int]]:
    """Cut (n,) values into stretches, each as long as the next value is the `same` as those before."""
    found, start = [], 0
    for end in range(1, level.size + 1):
        if end == level.size or not same(level[start:end], float(level[end])):
            found.append((start, end))
            start = end
    return found


def _is_ramp(rate: Values, stretches: list[tuple[int, int]], dispersion: float) -> bool:
    """Tell whether lines between the middles of stretches describe the rate better than steps do."""
    gained = 0.0
    for one, other in pairwise(stretches):
        between = rate[sum(one) // 2 : sum(other) // 2]
        middle = float(np.mean(between))
        noise = max(dispersion * middle, (_EVEN * middle) ** 2, 1e-300)
        gained += (_left_by_a_step(between) - _left_by_a_line(between)) / noise + _BEST_PLACE
    return gained > _RAMP


def _left_by_a_line(values: Values) -> float:
    away = values - np.mean(values)
    place = np.arange(values.size) - (values.size - 1) / 2
    return float(away @ away - (place @ away) ** 2 / (place @ place))


def _left_by_a_step(values: Values) -> float:
    away = values - np.mean(values)
    before = np.arange(1, values.size)
    explained = np.cumsum(away)[:-1] ** 2 * (1 / before + 1 / (values.size - before))
    return float(away @ away - np.max(explained))


def _dispersion(rate: Values) -> float:
    one, other = rate[:-1], rate[1:]
    busy = one + other > 0
    if not np.any(busy):
        return 0.0
    return float(np.median((one - other)[busy] ** 2 / (one + other)[busy])) / _MEDIAN_OF_CHI_SQUARE


def _smoothed(rate: Values) -> Values:
    padded = np.pad(rate, (_WINDOW // 2, _WINDOW // 2), mode="edge")
    return np.convolve(padded, np.full(_WINDOW, 1 / _WINDOW), mode="valid")

"""Where does a request rate stay at one level, when arrivals are random, and where is it on a ramp?

A run is divided into pieces, each of them level or on a straight line that climbs or falls, at minimum cost. The cost
is the residual of each piece, in variances of random arrivals, plus a penalty for each piece (B. Jackson et al., "An
algorithm for optimal partitioning of data on an interval", IEEE Signal Processing Letters 12, 2005). A line has a
higher penalty than a level. So stairs stay stairs, and a ramp becomes one line however slow it is, whether or not it
ends in a level. Only the level pieces are returned.

The variance of random arrivals is Var(count) = dispersion * rate. The dispersion comes from neighboring seconds, of
which the median (x - y)^2 / (x + y) is 0.455 times it, or from neighboring sums of three seconds where that gives more.
A rate that wanders over longer times is cut into levels that differ little. Neighboring levels within 5 % of each other
are merged, and a line that climbs less than 10 % of its mean is not allowed. Two seconds at each end of a level are
dropped, because the place of a step is not known more precisely.

The penalties were chosen on ramps and stairs of Poisson arrivals (`benchmarks/ramps_and_stairs.py`). Beyond ten minutes
they grow with the number of places at which chance may suggest a change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.model import Values

_LEVEL_PRICE = 8.0  # in variances of random arrivals
_LINE_PRICE = 20.0
_MANY_CELLS = 600  # beyond it both penalties grow by twice the logarithm of the ratio
_SHORTEST_S = 5
_EDGE_S = 2
_SAME_RATE_RATIO = 0.05
_CLIMB_RATIO = 0.10
_NOISE_S = 3
_AROUND_S = 7  # to each side, for the mean rate from which the variance follows
_MEDIAN_OF_CHI_SQUARE = 0.455
_EVEN = 0.01  # of the mean: the least noise assumed
_MOST_CELLS = 4000  # run time grows with their square, so in longer runs several seconds form one cell

Level = tuple[int, int]


def rate_levels(rate: Values) -> list[Level]:
    """Find stretches (start, end not included) of requests a second (n,) at one level; none on a ramp."""
    width = -(-rate.size // _MOST_CELLS)
    cells = rate[: rate.size // width * width].reshape(-1, width).mean(axis=1)
    if cells.size < _SHORTEST_S:
        return []
    levels = _merged(cells, _levels(cells, _variance(cells, width), -(-_SHORTEST_S // width)))
    scaled = [(start * width, rate.size if end == cells.size else end * width) for start, end in levels]
    edge = max(_EDGE_S, width)
    inner = [(start and start + edge, end if end == rate.size else end - edge) for start, end in scaled]
    return [(start, end) for start, end in inner if end - start > _SHORTEST_S and np.any(rate[start:end])]


@dataclass(frozen=True, eq=False)
class _Sums:
    """Weighted sums over cells from the first up to each (n + 1,), from which any piece is fitted in constant time."""

    weight: Values
    time: Values
    time_time: Values
    rate: Values
    time_rate: Values
    rate_rate: Values

    @classmethod
    def of(cls, cells: Values, variance: Values) -> _Sums:
        weights, time = 1 / variance, np.arange(cells.size) - cells.size / 2
        terms = (np.ones(cells.size), time, time * time, cells, time * cells, cells * cells)
        return cls(*(np.concatenate([[0.0], np.cumsum(weights * term)]) for term in terms))

    def left(self, end: int, starts: int) -> tuple[Values, Values]:
        """Compute what a level and what a line leave of the pieces from each of the first `starts` places to `end`.

        These are weighted sums of squared residuals, (starts,). A line that climbs too little to be allowed leaves
        infinity.
        """
        weight, time, time_time, rate, time_rate, rate_rate = (
            total[end] - total[:starts]
            for total in (self.weight, self.time, self.time_time, self.rate, self.time_rate, self.rate_rate)
        )
        mean, middle = rate / weight, time / weight
        by_level = rate_rate - rate * mean
        together, squares = time_rate - rate * middle, time_time - time * middle
        slope = np.divide(together, squares, out=np.zeros(starts), where=squares > 0)
        climbs = np.abs(slope) * (end - np.arange(starts)) > _CLIMB_RATIO * mean
        return by_level, np.where(climbs, by_level - together * slope, np.inf)


def _levels(cells: Values, variance: Values, shortest: int) -> list[Level]:
    """Divide cells (n,) into pieces at minimum cost and return the level ones."""
    sums, size = _Sums.of(cells, variance), cells.size
    dearer = 2 * math.log(max(size / _MANY_CELLS, 1))
    cheapest = np.full(size + 1, np.inf)
    cheapest[0] = 0.0
    begun: NDArray[np.int64] = np.zeros(size + 1, dtype=np.int64)
    is_level = np.zeros(size + 1, dtype=np.bool_)
    for end in range(shortest, size + 1):
        starts = end - shortest + 1
        by_level, by_line = (cheapest[:starts] + left for left in sums.left(end, starts))
        level, line = int(np.argmin(by_level)), int(np.argmin(by_line))
        as_level, as_line = by_level[level] + _LEVEL_PRICE + dearer, by_line[line] + _LINE_PRICE + dearer
        is_level[end] = as_level <= as_line
        begun[end], cheapest[end] = (level, as_level) if is_level[end] else (line, as_line)
    levels, end = [], size
    while end:
        start = int(begun[end])
        if is_level[end]:
            levels.append((start, end))
        end = start
    return levels[::-1]


def _merged(cells: Values, levels: list[Level]) -> list[Level]:
    """Merge neighboring levels whose means are the same."""
    merged: list[Level] = []
    for start, end in levels:
        before = merged[-1] if merged else (0, 0)
        means = [float(np.mean(cells[slice(*part)])) for part in (before, (start, end)) if part[0] < part[1]]
        if before[1] == start and len(means) > 1 and max(means) - min(means) <= _SAME_RATE_RATIO * max(means):
            merged[-1] = (before[0], end)
        else:
            merged.append((start, end))
    return merged


def _variance(cells: Values, width: int) -> Values:
    """Estimate the variance of random arrivals in each cell (n,) from the mean rate around it."""
    around = 2 * _AROUND_S + 1
    mean = np.convolve(np.pad(cells, _AROUND_S, mode="edge"), np.full(around, 1 / around), mode="valid")
    mean = np.maximum(mean, 1 / (around * width))  # that no request came may be chance
    dispersion = max(_dispersion(cells, together) for together in (1, -(-_NOISE_S // width)))
    return np.maximum(dispersion * mean, (_EVEN * mean) ** 2)


def _dispersion(cells: Values, together: int) -> float:
    """Estimate the ratio of variance to mean of a cell from neighboring means of `together` cells."""
    means = np.convolve(cells, np.full(together, 1 / together), mode="valid")
    first, second = means[:-together], means[together:]
    busy = first + second > 0
    if not np.any(busy):
        return 0.0
    ratio = (first - second)[busy] ** 2 / (first + second)[busy]
    return float(np.median(ratio)) * together / _MEDIAN_OF_CHI_SQUARE

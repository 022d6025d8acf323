"""What does one season look like? Patterns of the newest seasons, newer ones weighted more.

    additive        pattern_i = sum_j w^j (y_ij - mean_j) / sum_j w^j
    multiplicative  pattern_i = sum_j w^j  y_ij / mean_j  / sum_j w^j

with j counting seasons backwards from the origin. This is classical decomposition (Hyndman & Athanasopoulos, FPP3, 3.4)
with forgetting, in blocks that end at the origin so that no centered mean reaches past it.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Values
from plimsoll.forecast.kernel.order import middle_of_few
from plimsoll.forecast.kernel.sums import mean_of

FLOOR = 1e-3  # smallest multiplicative share used as a divisor


def additive_pattern(y: Values, origin: int, keep: int, forgetting: float, pattern: Values) -> int:
    """Write the additive pattern of the `keep` newest seasons before `origin`; return how many there were.

    A season is as long as `pattern`.
    """
    m = pattern.size
    seasons = min(keep, origin // m)
    pattern[:] = 0.0
    total, weight = 0.0, 1.0
    for j in range(seasons):
        first = origin - (j + 1) * m
        mean = mean_of(y, first, first + m)
        for i in range(m):
            pattern[i] += weight * (y[first + i] - mean)
        total += weight
        weight *= forgetting
    for i in range(m):
        pattern[i] /= max(total, 1.0)
    return seasons


def multiplicative_pattern(y: Values, origin: int, keep: int, forgetting: float, pattern: Values) -> int:
    """Write the multiplicative pattern of the `keep` newest seasons before `origin`; return how many there were."""
    m = pattern.size
    seasons = min(keep, origin // m)
    pattern[:] = 0.0
    total, weight = 0.0, 1.0
    for j in range(seasons):
        first = origin - (j + 1) * m
        mean = mean_of(y, first, first + m)
        if mean > 0.0:
            share = weight / mean
            for i in range(m):
                pattern[i] += share * y[first + i]
            total += weight
        weight *= forgetting
    for i in range(m):
        pattern[i] = pattern[i] / total if total > 0.0 else 1.0
    return seasons


def subtract_pattern(y: Values, origin: int, size: int, pattern: Values, tail: Values) -> None:
    """Write the last `size` samples before `origin`, less their additive pattern, into `tail`."""
    first, phase = origin - size, -size % pattern.size
    for i in range(size):
        tail[i] = y[first + i] - pattern[phase]
        phase += 1
        if phase == pattern.size:
            phase = 0


def divide_pattern(y: Values, origin: int, size: int, pattern: Values, tail: Values) -> None:
    """Write the last `size` samples before `origin`, divided by their multiplicative pattern, into `tail`."""
    first, phase = origin - size, -size % pattern.size
    inverse = np.empty(pattern.size)
    for i in range(pattern.size):
        inverse[i] = 1.0 / max(pattern[i], FLOOR)
    for i in range(size):
        tail[i] = y[first + i] * inverse[phase]
        phase += 1
        if phase == pattern.size:
            phase = 0


def season_means(y: Values, end: int, season: int, count: int) -> Values:
    """Return the means of the last `count` seasons before `end`, oldest first."""
    means = np.empty(count)
    for i in range(count):
        first = end - (count - i) * season
        means[i] = mean_of(y, first, first + season)
    return means


def phase_median(y: Values, origin: int, m: int, phase: int, buffer: Values) -> float:
    """Return the median of one phase over the newest seasons before `origin`, as many as `buffer` holds."""
    seasons = max(1, min(buffer.size, origin // m))
    for j in range(seasons):
        buffer[j] = y[max(0, origin - (j + 1) * m + phase)]
    return middle_of_few(buffer, seasons)

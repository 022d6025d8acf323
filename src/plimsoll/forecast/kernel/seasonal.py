"""What does one season look like? Patterns of the newest seasons, newer ones weighing more.

    additive        pattern_i = sum_j w^j (y_ij - mean_j) / sum_j w^j
    multiplicative  pattern_i = sum_j w^j  y_ij / mean_j  / sum_j w^j

with j counting seasons backwards from the origin: classical decomposition (Hyndman & Athanasopoulos, FPP3, 3.4) with
forgetting, and blocks that end at the origin so that no centered mean reaches past it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.nature import Values

FLOOR = 1e-3  # smallest multiplicative share that is divided by


@njit(cache=True)
def additive_pattern(y: Values, origin: int, m: int, keep: int, forgetting: float, pattern: Values) -> int:
    """Write the additive pattern of the `keep` newest seasons before `origin`; answer how many there were."""
    seasons = min(keep, origin // m)
    pattern[:m] = 0.0
    total, weight = 0.0, 1.0
    for j in range(seasons):
        first = origin - (j + 1) * m
        mean = y[first : first + m].mean()
        for i in range(m):
            pattern[i] += weight * (y[first + i] - mean)
        total += weight
        weight *= forgetting
    if total > 0.0:
        pattern[:m] /= total
    return seasons


@njit(cache=True)
def multiplicative_pattern(y: Values, origin: int, m: int, keep: int, forgetting: float, pattern: Values) -> int:
    """Write the multiplicative pattern of the `keep` newest seasons before `origin`; answer how many there were."""
    seasons = min(keep, origin // m)
    pattern[:m] = 0.0
    total, weight = 0.0, 1.0
    for j in range(seasons):
        first = origin - (j + 1) * m
        mean = y[first : first + m].mean()
        if mean > 0.0:
            for i in range(m):
                pattern[i] += weight * y[first + i] / mean
            total += weight
        weight *= forgetting
    if total > 0.0:
        pattern[:m] /= total
    else:
        pattern[:m] = 1.0
    return seasons


@njit(cache=True)
def subtract_pattern(y: Values, origin: int, size: int, pattern: Values, m: int, tail: Values) -> None:
    """Write the last `size` samples before `origin` without their additive pattern into `tail`."""
    first = origin - size
    phase = 0
    for i in range(size):
        tail[i] = y[first + i] - pattern[phase]
        phase += 1
        if phase == m:
            phase = 0


@njit(cache=True)
def divide_pattern(y: Values, origin: int, size: int, pattern: Values, m: int, tail: Values) -> None:
    """Write the last `size` samples before `origin` without their multiplicative pattern into `tail`."""
    first = origin - size
    phase = 0
    for i in range(size):
        tail[i] = y[first + i] / max(pattern[phase], FLOOR)
        phase += 1
        if phase == m:
            phase = 0


@njit(cache=True)
def phase_median(y: Values, origin: int, m: int, phase: int, keep: int) -> float:
    """Answer the median of one phase over the `keep` newest seasons before `origin`."""
    seasons = max(1, min(keep, origin // m))
    values = np.empty(seasons)
    for j in range(seasons):
        values[j] = y[max(0, origin - (j + 1) * m + phase)]
    return np.median(values)

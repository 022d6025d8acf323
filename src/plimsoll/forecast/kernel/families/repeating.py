"""What if it goes on as it was? The last value, the last season, means and medians of the past."""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.methods import NAIVE, RECENT_MEDIAN, SEASON_MEAN, SEASON_MEDIAN, SEASONAL_NAIVE
from plimsoll.forecast.kernel.nature import Matrix, Nature, Values
from plimsoll.forecast.kernel.order import middle_of_few
from plimsoll.forecast.kernel.seasonal import phase_median

RECENT = 7  # samples, and seasons, whose median is taken as recent


def naive_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Repeat the last value, the last season, the mean or median of seasons, or the recent median."""
    m, horizon = nature.m, nature.horizon
    seasons = max(1, min(4, origin // m))
    buffer = np.empty(RECENT)
    count = min(RECENT, origin)
    for i in range(count):
        buffer[i] = y[origin - 1 - i]
    recent = middle_of_few(buffer, count)
    for k in range(horizon):
        phase = k % m
        out[NAIVE, k] = y[origin - 1]
        out[SEASONAL_NAIVE, k] = y[max(0, origin - m + phase)]
        out[RECENT_MEDIAN, k] = recent
        if k >= m:
            out[SEASON_MEAN, k] = out[SEASON_MEAN, k - m]
            out[SEASON_MEDIAN, k] = out[SEASON_MEDIAN, k - m]
            continue
        total = 0.0
        for j in range(seasons):
            total += y[max(0, origin - (j + 1) * m + phase)]
        out[SEASON_MEAN, k] = total / seasons
        out[SEASON_MEDIAN, k] = phase_median(y, origin, m, phase, buffer)

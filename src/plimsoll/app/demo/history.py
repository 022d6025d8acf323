"""A synthetic demand history, generated from a seed, for users who have no history of their own yet.

    demand(t) = base x growth^(days since start) x hour(t) x weekday(t) x noise(t)

The label `origin="synthetic"` is part of its name and therefore appears on every output that uses it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.domain.series import ORIGIN_SYNTHETIC, MetricKind, Series, SeriesId, Values
from plimsoll.domain.time_spans import HOUR_MS

_NOISE_SIGMA = 0.05
_NOISE_MEMORY = 0.7  # the share of one hour's deviation that remains in the next
_WEEKEND_SHARE = 0.65


@dataclass(frozen=True, slots=True)
class Shape:
    """How the history runs: its length, the busiest hour's demand at its end, and growth a day."""

    days: int = 120
    peak_at_end: float = 100.0
    daily_growth: float = 0.006


def synthetic_demand(name: str, shape: Shape, end_ms: int, seed: int) -> Series:
    """Draw an hourly history that ends at `end_ms` (rounded down to the hour), in requests per second."""
    count = shape.days * 24
    end_hour = end_ms // HOUR_MS
    hours = np.arange(end_hour - count + 1, end_hour + 1, dtype=np.int64)
    rhythm = _rhythm(hours)
    growth = (1 + shape.daily_growth) ** ((hours - end_hour) / 24)
    values = shape.peak_at_end * rhythm / rhythm.max() * growth * _noise(count, seed)
    return Series(
        SeriesId(name, (ORIGIN_SYNTHETIC,)), hours * HOUR_MS, np.round(values, 2), "requests/s", MetricKind.RATE
    )


def _rhythm(hours: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Values:
    """Busy from morning to evening with two humps, quieter at night and at weekends."""
    hour, weekday = hours % 24, (hours // 24 + 3) % 7
    day = 0.35 + 0.65 * np.exp(-(((hour - 11) / 3.5) ** 2)) + 0.55 * np.exp(-(((hour - 20) / 2.5) ** 2))
    return np.asarray(day * np.where(weekday >= 5, _WEEKEND_SHARE, 1.0), dtype=np.float64)


def _noise(count: int, seed: int) -> Values:
    """Noise with a memory (first-order autoregression), so that a bad hour is followed by another."""
    shocks = np.random.default_rng(seed).normal(0.0, _NOISE_SIGMA, count)
    deviations = np.empty(count)
    last = 0.0
    for index, shock in enumerate(shocks):
        last = _NOISE_MEMORY * last + float(shock)
        deviations[index] = last
    return np.exp(deviations)

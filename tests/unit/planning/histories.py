"""Histories for tests of the runway: an hourly series from a level, a slope, a daily wave and noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from plimsoll.domain.limit import Limit
from plimsoll.domain.series import MetricKind, Series, SeriesId
from plimsoll.planning.runway import Resource, RunwayEstimate, Terms, estimate_runway

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
LIMIT = Limit("disk", "ratio", "test", soft=0.8, hard=0.95)


def history(
    days: float = 60,
    *,
    level: float = 0.4,
    per_day: float = 0.005,
    wave: float = 0.02,
    noise: float = 0.01,
    step_ms: int = HOUR_MS,
    seed: int = 0,
) -> Series:
    """A series that ends `days` after START_MS; `level` is where its line starts."""
    count = round(days * DAY_MS / step_ms)
    times = START_MS + step_ms * np.arange(count, dtype=np.int64)
    day = np.arange(count) * step_ms / DAY_MS
    values = level + per_day * day + wave * np.sin(2 * np.pi * day)
    values = values + noise * np.random.default_rng(seed).standard_normal(count)
    return Series(SeriesId("disk"), times, values, "ratio", MetricKind.RATIO)


def runway_of(series: Series, limit: Limit | None = LIMIT, **terms: Any) -> RunwayEstimate:
    """Estimate the runway of a series, as of its last sample by default."""
    as_of_ms = terms.pop("as_of_ms", int(series.times_ms[-1]) if len(series) else START_MS)
    resource = Resource("db/disk", "db", series, limit, **terms.pop("resource", {}))
    return estimate_runway(resource, Terms(as_of_ms, **{"paths": 200, **terms}))

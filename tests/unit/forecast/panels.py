"""Panels for tests, made from values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.domain.panel import Panel, Request
from plimsoll.domain.series import MetricKind, Series, SeriesId

HOUR_MS = 3_600_000
START_MS = 1_767_225_600_000  # 2026-01-01


def hours(size: int) -> np.ndarray:
    """Times of `size` hourly samples."""
    return START_MS + HOUR_MS * np.arange(size, dtype=np.int64)


def series_of(
    values: Sequence[float] | np.ndarray, kind: MetricKind = MetricKind.UNKNOWN, step_ms: int = HOUR_MS
) -> Series:
    """Make one series of values, hourly by default."""
    return Series(SeriesId("s"), START_MS + step_ms * np.arange(len(values)), np.asarray(values, float), "", kind)


def panel_of(
    values: Sequence[np.ndarray],
    times: Sequence[np.ndarray] | None = None,
    kinds: Sequence[MetricKind] | None = None,
    names: Sequence[str] | None = None,
) -> Panel:
    """Concatenate series into a panel; hourly and of unknown kind by default."""
    stamps = times if times is not None else [hours(len(part)) for part in values]
    none = np.full(len(values), np.nan)
    return Panel(
        tuple(names or (f"s{i}" for i in range(len(values)))),
        np.concatenate([[0], np.cumsum([len(part) for part in values])]).astype(np.int64),
        np.concatenate(stamps).astype(np.int64),
        np.concatenate(values).astype(np.float64),
        tuple(kinds or (MetricKind.UNKNOWN,) * len(values)),
        none,
        none,
    )


def request(horizon: int = 24, **changes: object) -> Request:
    """Ask for an hourly forecast at five levels."""
    return Request(horizon, (0.025, 0.1, 0.5, 0.9, 0.975), HOUR_MS, **changes)  # type: ignore[arg-type]


def daily_wave(size: int, seed: int = 0, level: float = 100.0) -> np.ndarray:
    """A noisy day that repeats."""
    noise = np.random.default_rng(seed).normal(0, 0.05 * level, size)
    return level * (1 + 0.4 * np.sin(np.arange(size) * 2 * np.pi / 24)) + noise

"""What was measured over time? Samples, with gaps left as gaps.

A series holds the samples that exist, sorted by time, one per time stamp. A span without samples is a gap, and nothing
here fills it. A sample is NaN only where the source itself reported "not a number".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.time_spans import DAY_MS, HOUR_MS, MINUTE_MS

Times = NDArray[np.int64]
Values = NDArray[np.float64]

SYNTHETIC = "synthetic"  # how data are labeled that were generated, not measured
ORIGIN_SYNTHETIC = ("origin", SYNTHETIC)  # the label of a series of such data, a part of its name
COMMON = 0.3  # of all distances: the least share that makes one of them the step
_FEW = 10  # distances, which tell no jitter
_MOST_READERS = 4
_MOST_RESETS = 0.25  # of a counter's steps
_IN_TURN = 0.9  # of all bursts: the least share that is as long as the others
_UNITS_MS = (DAY_MS, HOUR_MS, MINUTE_MS, 1_000)
_NEAR = 0.002  # to whole units, as a ratio


class MetricKind(str, Enum):
    """What kind of number a series holds; the kind sets its bounds and how it is forecast."""

    GAUGE = "gauge"
    RATIO = "ratio"  # 0..1, never above 1
    PERCENT = "percent"  # 0..100
    COUNT = "count"  # never below zero
    BYTES = "bytes"  # never below zero
    RATE = "rate"  # per second, never below zero
    COUNTER = "counter"  # rises, may be reset to zero
    SECONDS = "seconds"  # a latency or an age, never below zero
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SeriesId:
    """The name and the labels of one series; equal ids mean the same series."""

    name: str
    labels: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(name: str, labels: Mapping[str, str] | None = None) -> SeriesId:
        """Build an id with its labels sorted by key."""
        return SeriesId(name, tuple(sorted((labels or {}).items())))

    @property
    def label_map(self) -> dict[str, str]:
        """The labels as a dictionary."""
        return dict(self.labels)

    def __str__(self) -> str:
        if not self.labels:
            return self.name
        inside = ",".join(f'{key}="{value}"' for key, value in self.labels)
        return f"{self.name}{{{inside}}}"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series: `times_ms` (UTC epoch milliseconds, strictly rising) and `values`, both of shape (n,)."""

    id: SeriesId
    times_ms: Times
    values: Values
    unit: str = ""
    kind: MetricKind = MetricKind.UNKNOWN

    def __len__(self) -> int:
        return int(self.times_ms.size)

    @property
    def step_ms(self) -> int | None:
        """The usual distance between samples, or None with fewer than two."""
        return None if self.times_ms.size < 2 else usual_step_ms(self.times_ms)


def usual_step_ms(times_ms: Times) -> int:
    """Return the usual distance between at least two times (n,), in milliseconds.

    This is the most common distance. Where the clock jitters so much that no distance is common, it is the whole span
    over the number of steps in it, where each distance counts as its nearest multiple of the median; the result is
    rounded to whole units of time if it is within 0.2 % of them. Samples of several readers count as `once_a_step`.
    """
    gaps = np.diff(once_a_step(times_ms))
    steps, counts = np.unique(gaps, return_counts=True)
    if gaps.size <= _FEW or np.max(counts) >= COMMON * gaps.size:
        return int(steps[np.argmax(counts)])
    return _in_whole_units(float(gaps.sum() / np.rint(gaps / np.median(gaps)).sum()))


def once_a_step(times_ms: Times) -> Times:
    """Keep the last of each burst of sorted times (n,), where several readers sampled the same thing one after another.

    Two servers that scrape a target every five minutes, seven seconds apart, show it by distances of 7 and 293 seconds
    in turn. A rhythm of days (only weekends, two readings a day) is no burst.

    >>> once_a_step(np.add.outer(300 * np.arange(7), [0, 7]).ravel())
    array([   7,  307,  607,  907, 1207, 1507, 1807])
    """
    gaps = np.diff(times_ms)
    if times_ms.size <= _FEW or 2 * gaps.min() >= gaps.mean():
        return times_ms
    for readers in range(2, _MOST_READERS + 1):
        cycle_ms = float(np.median(times_ms[readers:] - times_ms[:-readers]))
        ends = np.append(gaps >= cycle_ms / (2 * readers), True)
        if cycle_ms < DAY_MS and np.mean(np.diff(np.flatnonzero(ends)) == readers) >= _IN_TURN:
            return np.asarray(times_ms[ends])
    return times_ms


def _in_whole_units(distance_ms: float) -> int:
    """Round to days, hours, minutes or seconds: the largest unit that changes it by at most 0.2 %."""
    whole = (round(distance_ms / unit) * unit for unit in _UNITS_MS)
    near = (step for step in whole if abs(step - distance_ms) <= _NEAR * distance_ms)
    return next(near, max(round(distance_ms), 1))


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time: `start_ms` is in it, `end_ms` is not (UTC epoch milliseconds)."""

    start_ms: int
    end_ms: int

    @property
    def span_s(self) -> float:
        """The length of the window in seconds."""
        return (self.end_ms - self.start_ms) / 1000.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which a series should have samples and has none, with the reason where one is known."""

    id: SeriesId
    window: Window
    reason: str

    def touches(self, window: Window) -> bool:
        """Say whether any moment of the gap lies in a window."""
        return self.window.start_ms < window.end_ms and self.window.end_ms > window.start_ms

    def clipped(self, window: Window) -> Gap:
        """The part of the gap that lies in a window that it touches."""
        span = Window(max(self.window.start_ms, window.start_ms), min(self.window.end_ms, window.end_ms))
        return Gap(self.id, span, self.reason)


@dataclass(frozen=True)
class Harvest:
    """The result of one read of a source: series, explicit gaps, and notes.

    `notes` say what the reader did to the input (duplicates dropped, rows out of order, naive times taken as UTC).
    """

    source: str
    series: tuple[Series, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = field(default=())


def falls_of(values: Values) -> tuple[int, int]:
    """Count the falls from one known value (n,) to the next, and the steps between known values."""
    gains = np.diff(values[np.isfinite(values)])
    return int(np.count_nonzero(gains < 0)), int(gains.size)


def is_no_counter(falls: int, steps: int) -> bool:
    """Whether values fall too often to count up: a counter falls where it is reset, which is seldom.

    >>> is_no_counter(2, 24), is_no_counter(12, 24), is_no_counter(1, 2)
    (False, True, False)
    """
    return steps >= _FEW and falls >= _MOST_RESETS * steps


def tidy(times_ms: Times, values: Values) -> tuple[Times, Values, int, bool]:
    """Sort samples by time and keep the last of each time stamp.

    Returns times, values, the number of duplicates dropped, and whether the input was out of order.
    """
    if times_ms.size < 2 or bool(np.all(np.diff(times_ms) > 0)):
        return times_ms, values, 0, False
    out_of_order = bool(np.any(np.diff(times_ms) < 0))
    order = np.argsort(times_ms, kind="stable")
    times_ms, values = times_ms[order], values[order]
    keep = np.append(np.diff(times_ms) > 0, True)
    return times_ms[keep], values[keep], int(np.count_nonzero(~keep)), out_of_order


def as_datetime(time_ms: int) -> datetime:
    """Turn UTC epoch milliseconds into an aware datetime."""
    return datetime.fromtimestamp(time_ms / 1000.0, tz=UTC)


def as_ms(moment: datetime) -> int:
    """Turn a datetime into UTC epoch milliseconds; a naive one is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)

"""How are the samples of many series held in memory? In three columns, sorted by (series, time), without duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.errors import InputError
from plimsoll.domain.series import Series, Times, Values, as_datetime
from plimsoll.domain.stored import EVER
from plimsoll.domain.time_spans import DAY_MS

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Columns of shape (n,): the number of the series, the time (UTC epoch milliseconds), the value."""

    series: Numbers
    times_ms: Times
    values: Values

    def __len__(self) -> int:
        return int(self.series.size)

    def take(self, rows: slice | NDArray[np.int64] | NDArray[np.bool_]) -> Samples:
        """Some of the rows, in their order."""
        return Samples(self.series[rows], self.times_ms[rows], self.values[rows])

    def runs(self) -> NDArray[np.int64]:
        """The row at which each series begins."""
        return np.flatnonzero(np.diff(self.series, prepend=-1))


def gather(numbered: Sequence[tuple[int, Series]]) -> Samples:
    """Gather series with their numbers in one table; of samples with the same series and time, the last counts.

    Raises InputError for a time outside the years 1 to 9999, usually caused by a wrong unit (seconds, nanoseconds).
    """
    filled = sorted(((number, series) for number, series in numbered if len(series)), key=lambda item: item[0])
    for _, series in filled:
        _check_times(series)
    if not filled:
        return Samples(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64))
    return settle(
        Samples(
            np.repeat(np.array([number for number, _ in filled], np.int32), [len(series) for _, series in filled]),
            np.concatenate([series.times_ms for _, series in filled]).astype(np.int64, copy=False),
            np.concatenate([series.values for _, series in filled]).astype(np.float64, copy=False),
        )
    )


def merge(parts: Sequence[Samples]) -> Samples:
    """Merge tables; if two hold the same sample, the later table counts."""
    if len(parts) == 1:
        return parts[0]
    return settle(
        Samples(
            np.concatenate([part.series for part in parts]),
            np.concatenate([part.times_ms for part in parts]),
            np.concatenate([part.values for part in parts]),
        )
    )


def settle(samples: Samples) -> Samples:
    """Sort by (series, time) unless already sorted, and keep the last sample of each pair."""
    same, later = _steps(samples)
    if not bool(np.all(np.where(same, later > 0, np.diff(samples.series) > 0))):
        samples = samples.take(np.lexsort((samples.times_ms, samples.series)))
        same, later = _steps(samples)
    double = same & (later == 0)
    return samples.take(np.append(~double, True)) if bool(np.any(double)) else samples


def by_day(samples: Samples) -> Iterator[tuple[int, Samples]]:
    """Split a table into days (counted from 1970-01-01, UTC), in order."""
    if not len(samples):
        return
    days = samples.times_ms // DAY_MS
    if days.min() == days.max():
        yield int(days[0]), samples
        return
    order = np.argsort(days, kind="stable")
    cuts = np.flatnonzero(np.diff(days[order])) + 1
    for rows in np.split(order, cuts):
        yield int(days[rows[0]]), samples.take(rows)


def _steps(samples: Samples) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    return np.diff(samples.series) == 0, np.diff(samples.times_ms)


def _check_times(series: Series) -> None:
    early, late = int(series.times_ms.min()), int(series.times_ms.max())
    if early < EVER.start_ms or late >= EVER.end_ms:
        odd = early if early < EVER.start_ms else late
        raise InputError(f"{series.id}: time {odd} lies outside the years 1 to 9999; times are milliseconds since 1970")


def day_name(day: int) -> str:
    """The date of a day: `2026-07-30`."""
    return as_datetime(day * DAY_MS).date().isoformat()

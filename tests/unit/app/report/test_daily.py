"""The worst sample of each day, for which a plan months ahead is made."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.report.daily import daily_worst
from plimsoll.domain.limit import Direction
from plimsoll.domain.series import Series, SeriesId
from plimsoll.domain.time_spans import DAY_MS

HOUR_MS = 3_600_000


def hourly(values: np.ndarray, start_ms: int = 0) -> Series:
    return Series(SeriesId("demand"), start_ms + HOUR_MS * np.arange(values.size, dtype=np.int64), values)


@pytest.mark.parametrize(
    ("direction", "worst"),
    [(Direction.HIGH_IS_BAD, [23.0, 47.0]), (Direction.LOW_IS_BAD, [0.0, 24.0])],
    ids=["high_is_bad", "low_is_bad"],
)
def test_each_day_keeps_its_worst_sample(direction: Direction, worst: list[float]) -> None:
    found = daily_worst(hourly(np.arange(48.0)), direction)
    assert found.values.tolist() == worst
    assert found.times_ms.tolist() == [0, DAY_MS]


def test_a_day_with_less_than_half_of_its_samples_is_a_gap() -> None:
    found = daily_worst(hourly(np.arange(24.0 * 2 + 11)))
    assert found.times_ms.tolist() == [0, DAY_MS]
    found = daily_worst(hourly(np.arange(24.0 * 2 + 12)))
    assert found.times_ms.tolist() == [0, DAY_MS, 2 * DAY_MS]


def test_samples_that_are_no_numbers_do_not_count() -> None:
    values = np.arange(24.0)
    values[13:] = np.nan
    assert daily_worst(hourly(values)).values.tolist() == [12.0]


def test_a_daily_series_and_an_empty_one_stay_as_they_are() -> None:
    daily = Series(SeriesId("users"), DAY_MS * np.arange(5, dtype=np.int64), np.arange(5.0))
    empty = Series(SeriesId("users"), np.empty(0, np.int64), np.empty(0))
    assert daily_worst(daily) is daily
    assert daily_worst(empty) is empty

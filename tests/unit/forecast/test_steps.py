"""Months have no fixed length: samples a month, a quarter or a year apart follow the calendar, and so do forecasts."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import panel_of

from plimsoll.domain.panel import NO_TIME, Request
from plimsoll.domain.series import Series, SeriesId
from plimsoll.forecast.grid import on_grid
from plimsoll.forecast.panel import forecast_panel
from plimsoll.forecast.single import forecast_series
from plimsoll.forecast.steps import calendar_step

DAY_MS = 86_400_000


def days(*texts: str, hour: int = 0) -> np.ndarray:
    return np.array(texts, "M8[ms]").astype(np.int64) + hour * 3_600_000


def firsts(count: int, months: int = 1) -> np.ndarray:
    """The first days of `count` months, the last of them September 2026."""
    return (np.datetime64("2026-09") - months * np.arange(count)[::-1]).astype("M8[ms]").astype(np.int64)


@pytest.mark.parametrize(
    ("times", "months"),
    [
        (firsts(60), 1),
        (firsts(12, 3), 3),
        (firsts(5, 12), 12),
        (np.delete(firsts(60), [7, 30, 31]), 1),
        (days("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"), 1),
        (days("2026-01-30", "2026-02-28", "2026-03-30"), 1),
        (np.append(days("2026-01-31", "2026-02-28", hour=23), days("2026-03-31", "2026-04-30", hour=22)), 1),
        (days("2026-02-01", "2026-03-01", "2026-11-01"), 1),
        (np.insert(days("2026-03-01", "2026-11-01"), 1, days("2026-03-31", "2026-04-30", hour=23)), 1),
        (firsts(2), 0),
        (firsts(30) + np.where(np.arange(30) == 4, DAY_MS, 0), 0),
        (firsts(30) + np.where(np.arange(30) == 4, 7_200_000, 0), 0),
        (30 * DAY_MS * np.arange(30), 0),
        (28 * DAY_MS * np.arange(30), 0),
        (DAY_MS * np.arange(30), 0),
    ],
    ids=[
        "months", "quarters", "years", "months_with_gaps", "ends_of_months", "the_thirtieth", "midnights_of_Berlin",
        "gaps_of_one_and_eight", "midnights_of_London", "two_are_no_rhythm", "one_a_day_late",
        "one_two_hours_late", "thirty_days", "four_weeks", "days",
    ],
)  # fmt: skip
def test_calendar_months_are_told_from_fixed_steps(times: np.ndarray, months: int) -> None:
    step = calendar_step(times)
    assert (step.months if step else 0) == months


def test_no_month_of_many_years_is_lost_or_doubled() -> None:
    """In steps of 31 days sixty months would be 58.9: a sample lost, and each year beginning a week later."""
    grid = on_grid(firsts(240), np.arange(240.0), 31 * DAY_MS)
    np.testing.assert_array_equal(grid.values, np.arange(240.0))
    assert grid.remarks == ()


@pytest.mark.parametrize("months", [3, 12])
def test_quarters_and_years_leave_no_gap(months: int) -> None:
    grid = on_grid(firsts(20, months), np.arange(20.0), months * 30 * DAY_MS)
    np.testing.assert_array_equal(grid.values, np.arange(20.0))


def test_steps_of_the_calendar_are_numbered_alike_whenever_a_series_ends() -> None:
    step = calendar_step(firsts(12, 3))
    assert step is not None
    assert np.diff([step.ordinal(int(time)) for time in firsts(12, 3)]).tolist() == [1] * 11


def test_no_month_is_stamped_past_the_calendar() -> None:
    times = (np.datetime64("9999-12") - np.arange(40)[::-1]).astype("M8[ms]").astype(np.int64)
    (found,) = forecast_panel(panel_of([np.arange(40.0)], [times]), Request(3, (0.5,), 30 * DAY_MS), {}).times_ms
    assert (found == NO_TIME).all()


def test_months_that_are_missing_are_gaps() -> None:
    grid = on_grid(np.delete(firsts(24), [7, 8]), np.delete(np.arange(24.0), [7, 8]), 31 * DAY_MS)
    assert np.flatnonzero(np.isnan(grid.values)).tolist() == [7, 8]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (firsts(48), ["2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01"]),
        (firsts(20, 3), ["2026-12-01", "2027-03-01", "2027-06-01", "2027-09-01", "2027-12-01", "2028-03-01"]),
        (firsts(48) - DAY_MS, ["2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]),
    ],
    ids=["months", "quarters", "ends_of_months"],
)
def test_what_comes_is_stamped_by_the_calendar(times: np.ndarray, expected: list[str]) -> None:
    values = np.random.default_rng(0).normal(100, 5, times.size)
    alone = forecast_series(Series(SeriesId("users"), times, values), 6, (0.5,)).times_ms
    request = Request(6, (0.5,), 30 * DAY_MS * (3 if times.size == 20 else 1))
    (fleet,) = forecast_panel(panel_of([values], [times]), request, {}).times_ms
    for found in (alone, fleet):
        assert found.astype("M8[ms]").astype("M8[D]").astype(str).tolist() == expected


def test_the_year_of_a_monthly_series_stays_where_it_is() -> None:
    """In steps of 31 days ten Decembers of twice the rest would smear over December and January."""
    december = firsts(120).astype("M8[ms]").astype("M8[M]").astype(int) % 12 == 11
    forecast = forecast_series(Series(SeriesId("orders"), firsts(120), np.where(december, 200.0, 100.0)), 12, (0.5,))
    assert forecast.values[:, 0] == pytest.approx(np.where(np.arange(10, 22) % 12 == 0, 200.0, 100.0), rel=0.01)


def test_samples_that_share_a_step_are_counted() -> None:
    times = DAY_MS * np.arange(20) + np.where(np.arange(20) % 5 == 4, -DAY_MS * 2 // 3, 0)
    assert on_grid(times, np.arange(20.0), DAY_MS).remarks == ("4 samples left out for a later one in the same step",)

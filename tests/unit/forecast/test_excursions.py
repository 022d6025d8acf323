"""An outage or a burst that has come back is no part of what the methods see; a nightly or weekly job is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import daily_wave, panel_of, request

from plimsoll.domain.panel import Request
from plimsoll.forecast.kernel.clean import repair
from plimsoll.forecast.panel import forecast_panel

DAY, WEEK, KNOWN = 24, 168, 720


def repaired(
    values: np.ndarray, toothed: bool = False, seasons: tuple[int, int] = (DAY, WEEK)
) -> tuple[np.ndarray, np.ndarray]:
    """What errors are measured on, and what the methods see."""
    actual, cleaned = np.empty(values.size), values.copy()
    repair(values, *seasons, toothed, actual, cleaned)
    return actual, cleaned


def with_outage(values: np.ndarray, start: int, hours: int) -> np.ndarray:
    down = values.copy()
    down[start : start + hours] = 0.0
    return down


def middle(values: np.ndarray) -> np.ndarray:
    return forecast_panel(panel_of([values]), request(48, seasons=(DAY, WEEK)), {}).values[0, :, 2]


@pytest.mark.parametrize("start", [100, 400, KNOWN - 26])
@pytest.mark.parametrize("hours", [1, 3, 6, 12, 24])
def test_an_outage_that_has_ended_is_replaced_for_the_methods_and_stays_an_error(start, hours):
    whole = daily_wave(KNOWN)
    down = with_outage(whole, start, hours)
    actual, cleaned = repaired(down)
    np.testing.assert_array_equal(actual, down)
    assert np.abs(cleaned - whole).max() < 40  # of 60 to 140 that were 0


@pytest.mark.parametrize("seasons", [(1, 1), (1, WEEK), (7, 7)])
def test_an_outage_is_replaced_whatever_the_seasons(seasons):
    steady = 100 + np.random.default_rng(0).normal(0, 1, 200)
    assert repaired(with_outage(steady, 100, 3), seasons=seasons)[1].min() > 90


def test_what_has_not_come_back_may_stay_so():
    down = with_outage(daily_wave(KNOWN), KNOWN - 4, 4)
    np.testing.assert_array_equal(repaired(down)[1], down)


@pytest.mark.parametrize("hours", [25, 30])
def test_what_lasts_longer_than_a_day_is_seen_and_no_shift_of_level(hours):
    down = with_outage(daily_wave(KNOWN), 400, hours)
    np.testing.assert_array_equal(repaired(down)[1], down)


def test_teeth_of_some_samples_are_seen():
    down = with_outage(daily_wave(KNOWN), 400, 3)
    np.testing.assert_array_equal(repaired(down, toothed=True)[1], down)


def test_an_outage_is_no_shift_of_level():
    down = with_outage(daily_wave(KNOWN), KNOWN - DAY, 6)  # one that could still pass for a lower day
    np.testing.assert_array_equal(repaired(down)[0], down)


@pytest.mark.parametrize(
    ("hours", "ago"), [*((hours, ago) for hours in (2, 6, 24) for ago in (2, 6, 12, 30)), (12, 2), (12, 12)]
)
def test_a_forecast_after_an_outage_is_the_one_without_it(hours, ago):
    whole = daily_wave(KNOWN)
    after, before = middle(with_outage(whole, KNOWN - ago - hours, hours)), middle(whole)
    assert np.abs(after - before).mean() < 4  # of 100; it was up to 20


@pytest.mark.parametrize("hours", [1, 3])
def test_a_weekly_job_is_forecast_for_its_hours(hours):
    at = np.arange(8 * WEEK + 48)
    is_job = (at % WEEK >= 10) & (at % WEEK < 10 + hours)
    values = daily_wave(at.size) + 150.0 * is_job
    told = middle(values[: 8 * WEEK])
    assert (told - middle(daily_wave(8 * WEEK)))[is_job[8 * WEEK :]].min() > 60  # of 150; as an outlier none


@pytest.mark.parametrize("hours", [2, 8])
@pytest.mark.parametrize("minutes", [0, 5, 20])
def test_a_nightly_job_is_forecast_though_it_never_begins_on_the_minute(hours, minutes):
    draw, night = np.random.default_rng(0), 288
    values = draw.normal(50, 2, 10 * night)
    for day in range(10):
        start = day * night + 12 + draw.integers(-minutes // 5, minutes // 5 + 1)
        values[start : start + 12 * hours] += 100.0
    asked = Request(night, (0.1, 0.5, 0.9), 300_000, (night,))
    times = [300_000 * np.arange(values.size, dtype=np.int64)]
    told = forecast_panel(panel_of([values], times), asked, {}).values[0, :, 1]
    assert told[20 : 8 + 12 * hours].min() > 130  # of 150; where it began within five minutes: 96, within twenty: 63


@pytest.mark.parametrize("hours", [24, 30, 36, 47])
def test_a_weekend_that_is_not_over_is_no_shift_of_level(hours):
    at = np.arange(4 * WEEK + 5 * DAY + hours)
    weekly = np.where(at % WEEK < 5 * DAY, daily_wave(at.size), 0.15 * daily_wave(at.size))
    np.testing.assert_array_equal(repaired(weekly)[0], weekly)
    came = daily_wave(at.size + 96)[at.size + 48 - hours :][:24]  # Monday
    told = forecast_panel(panel_of([weekly]), request(72, seasons=(DAY, WEEK)), {}).values[0, 48 - hours :, 2][:24]
    assert np.abs(told - came).mean() < 15  # of 100; as a shift of level 80


@pytest.mark.parametrize("hours", [9, 16])
def test_a_weekly_job_is_a_habit_though_it_begins_some_hours_apart(hours):
    at, starts = np.arange(8 * WEEK), np.arange(8) * WEEK + 10 + np.random.default_rng(0).integers(-3, 4, 8)
    job = np.any([(at >= start) & (at < start + hours) for start in starts], axis=0)
    values = daily_wave(at.size) + 150.0 * job
    np.testing.assert_array_equal(repaired(values)[1], values)


def test_outages_of_two_days_at_other_hours_are_no_habit():
    down = with_outage(with_outage(daily_wave(KNOWN), 400, 6), 400 + DAY + 3, 6)
    assert np.abs(repaired(down)[1] - daily_wave(KNOWN)).max() < 40


def test_a_job_that_ran_once_is_not():
    values = daily_wave(KNOWN)
    values[500:503] += 150.0
    assert np.abs(repaired(values)[1] - daily_wave(KNOWN)).max() < 40

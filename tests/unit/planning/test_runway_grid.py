"""Periods, seasons and shapes of a history."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.planning.histories import DAY_MS, HOUR_MS, START_MS, history

from plimsoll.domain.series import MetricKind
from plimsoll.planning.runway_grid import grid_of, period_for, unrolled

MONTH = START_MS + HOUR_MS * np.arange(720, dtype=np.int64)


@pytest.mark.parametrize(
    ("span_ms", "step_ms", "period_ms"),
    [
        pytest.param(21 * DAY_MS, HOUR_MS, DAY_MS, id="three_weeks"),
        pytest.param(21 * DAY_MS - 1, HOUR_MS, HOUR_MS, id="just_under_three_weeks"),
        pytest.param(DAY_MS, 60_000, HOUR_MS, id="a_day"),
        pytest.param(DAY_MS - 1, 60_000, 480_000, id="just_under_a_day_in_at_most_200_periods"),
        pytest.param(120_000, 1000, 1000, id="two_minutes_of_seconds"),
        pytest.param(400 * DAY_MS, 7 * DAY_MS, 7 * DAY_MS, id="weekly_samples"),
    ],
)
def test_a_period_is_as_long_as_the_history_can_bear(span_ms: int, step_ms: int, period_ms: int) -> None:
    assert period_for(span_ms, step_ms) == period_ms


def test_levels_are_means_of_days_counted_back_from_the_last_sample() -> None:
    series = history(days=30, noise=0, wave=0.05, per_day=0.01)
    keep = np.arange(len(series)) >= 5
    grid = grid_of(series.times_ms[keep], series.values[keep], HOUR_MS)
    assert grid.end_ms == series.times_ms[-1]
    assert grid.levels.size == 30
    assert grid.levels[-1] == pytest.approx(series.values[-24:].mean())
    assert grid.shapes.shape == (30, 24)
    assert grid.levels[-1] + grid.shapes[-1] == pytest.approx(series.values[-24:])


def test_a_day_with_few_samples_is_a_gap() -> None:
    series = history(days=30)
    keep = np.ones(len(series), dtype=bool)
    keep[10 * 24 : 11 * 24 - 3] = False
    grid = grid_of(series.times_ms[keep], series.values[keep], HOUR_MS)
    assert np.flatnonzero(~np.isfinite(grid.levels)).tolist() == [10]


@pytest.mark.parametrize("grows", [False, True], ids=["added", "as_a_share"])
@pytest.mark.parametrize("last_hour", [23, 16, 10, 7, 0], ids=lambda hour: f"ends_at_{hour}")
def test_a_day_of_which_a_part_is_known_has_the_level_of_the_whole(last_hour: int, grows: bool) -> None:
    hours = np.arange(40 * 24 + last_hour + 1)
    wave, line = 0.6 * np.sin(2 * np.pi * hours / 24), 100.0 + (2.0 if grows else 0.0) * (hours // 24)
    values = line * (1 + wave) if grows else line + 60.0 * wave
    kept = ~np.isin(hours // 24, [20, 30, 39])
    whole, part = (grid_of(START_MS + HOUR_MS * hours[rows], values[rows], HOUR_MS) for rows in (hours >= 0, kept))
    assert part.relative == grows
    known = np.isfinite(part.levels)
    assert known.sum() >= 37
    assert known[-1] == (last_hour > 0)
    np.testing.assert_allclose(part.levels[known][1:], whole.levels[known][1:], rtol=0.02)


def test_nights_that_are_nothing_do_not_tell_the_day_that_is_to_come() -> None:
    hours = np.arange(40 * 24 + 8)
    values = np.where(hours % 24 < 9, 0.0, 1.0 + 0.1 * (hours // 24))
    kept = hours // 24 != 39
    grid = grid_of(START_MS + HOUR_MS * hours[kept], values[kept], HOUR_MS)
    assert grid.relative
    assert np.isnan(grid.levels[-1])
    assert grid.levels[-2] == pytest.approx((1.0 + 0.1 * 38) * 15 / 24, rel=0.03)


def test_a_part_of_a_day_that_is_nothing_has_no_share_of_it() -> None:
    hours = np.arange(40 * 24 + 12)
    values = (1.0 + 0.1 * (hours // 24)) * (1 + 0.6 * np.sin(2 * np.pi * hours / 24))
    values[hours >= 40 * 24] = 0.0
    kept = hours // 24 != 39
    grid = grid_of(START_MS + HOUR_MS * hours[kept], values[kept], HOUR_MS)
    assert not grid.relative
    assert np.isfinite(grid.levels[-1])


def test_a_week_is_found_and_taken_off_and_put_back() -> None:
    series = history(days=42, noise=0.002, wave=0, per_day=0)
    weekend = (np.arange(len(series)) // 24) % 7 >= 5
    grid = grid_of(series.times_ms, series.values - 0.2 * weekend, HOUR_MS)
    assert grid.season.size == 7
    assert np.nanstd(grid.levels) < 0.02
    future = grid.seasoned(np.full((1, 14), 0.4))[0]
    assert future.max() - future.min() == pytest.approx(0.2, abs=0.02)


def test_noise_is_not_taken_for_a_week() -> None:
    assert grid_of(history(days=60).times_ms, history(days=60, wave=0, noise=0.02).values, HOUR_MS).season.size == 1


def test_a_peak_that_grows_with_the_level_is_kept_as_a_share() -> None:
    series = history(days=40, level=1.0, per_day=0.05, wave=0, noise=0)
    day = np.arange(len(series)) / 24
    assert grid_of(series.times_ms, series.values * (1 + 0.3 * np.sin(2 * np.pi * day)), HOUR_MS).relative


def test_a_peak_goes_with_a_level_that_varies_by_a_twentieth() -> None:
    """A daily quota: a busy day is busy in each hour, so peaks must grow with the days."""
    size = np.repeat(np.random.default_rng(0).normal(1, 0.05, 30), 24)
    grid = grid_of(MONTH, size * (1 + np.arange(720) % 24), HOUR_MS)
    assert grid.relative


@pytest.mark.parametrize("grows", [False, True], ids=["added", "as_a_share"])
def test_weekdays_that_are_higher_and_vary_more_than_weekends_do_not_show_that_peaks_grow(grows: bool) -> None:
    """Business hours on top of a line that rises by 6 in 60 days were taken to grow with it."""
    hours = np.arange(60 * 24)
    busy = np.isin(hours % 24, range(9, 18)) & (hours // 24 % 7 < 5)
    line, noise = 40 + 0.1 * hours / 24, np.random.default_rng(0).normal(0, 0.5, hours.size)
    values = noise + (line * (1 + busy) if grows else line + 20 * busy)
    assert grid_of(HOUR_MS * hours, values, HOUR_MS).relative == grows


def test_what_began_at_nothing_is_no_measure_of_its_days() -> None:
    """A disk that began empty: its first day ran from zero to twice its level, which is no shape for other days."""
    grid = grid_of(MONTH, np.cumsum(1 + np.arange(720) / 1680), HOUR_MS)
    assert not grid.relative


def test_a_counter_is_unrolled_and_a_gauge_is_not() -> None:
    values = np.array([1.0, 4.0, 2.0])
    assert unrolled(values, MetricKind.COUNTER).tolist() == [-3.0, 0.0, 2.0]
    assert unrolled(values, MetricKind.GAUGE) is values


def test_one_sample_makes_one_period() -> None:
    grid = grid_of(np.array([START_MS]), np.array([0.5]), HOUR_MS)
    assert grid.levels.tolist() == [0.5]


def test_samples_a_millisecond_apart_over_months_do_not_fill_the_memory() -> None:
    times = np.concatenate([START_MS + np.arange(1000), [START_MS + 60 * DAY_MS]]).astype(np.int64)
    grid = grid_of(times, np.ones(1001), 1)
    assert grid.shapes.shape == (61, 1440)


@pytest.mark.parametrize(
    ("every", "shape", "size"),
    [
        pytest.param(3, (0.0, 0.1, 0.2), 3, id="every_third_day"),
        pytest.param(6, (0.0, 0.1, 0.0, 0.1, 0.0, 0.1), 2, id="the_shortest_of_those_that_say_the_same"),
        pytest.param(7, (0.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.0), 7, id="the_week"),
        pytest.param(13, tuple(0.01 * place for place in range(13)), 1, id="longer_than_a_week"),
    ],
)
def test_days_may_have_a_season_of_a_few_days(every: int, shape: tuple[float, ...], size: int) -> None:
    series = history(days=60, wave=0, noise=0.002, step_ms=DAY_MS)
    values = series.values + np.resize(shape, len(series))
    season = grid_of(series.times_ms, values, DAY_MS).season
    assert season.size == size
    assert np.ptp(season) == pytest.approx(np.ptp(shape) if size > 1 else 0, abs=0.01)


def test_noise_and_a_weak_swing_of_a_few_days_are_no_season() -> None:
    """A week is expected and may be weak; among several other lengths one may be found by chance."""
    series = history(days=60, wave=0, noise=0.05, step_ms=DAY_MS)
    weak = series.values + np.resize((0.0, 0.03, 0.06), len(series))
    for values in (series.values, weak):
        assert grid_of(series.times_ms, values, DAY_MS).season.size == 1

"""Growth along a line is carried on, however much noise drowns it; what wanders, bends or stands still is no line."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import START_MS, panel_of

from plimsoll.domain.panel import Request
from plimsoll.domain.series import MetricKind, Series, SeriesId
from plimsoll.domain.time_spans import HOUR_MS
from plimsoll.forecast.kernel.steady_growth import (
    continue_line,
    grows_along_line,
    slopes_of_line,
    without_line,
)
from plimsoll.forecast.panel import forecast_panel
from plimsoll.forecast.single import forecast_series

DAY, WEEK, AHEAD = 24, 168, 14 * 24
KNOWN = 60 * DAY
HOURS = np.arange(KNOWN + AHEAD)
LINE = 100 + 0.2 * HOURS
GROWTH = 0.2 * AHEAD
OFFICE = 40 * np.sin(2 * np.pi * HOURS / DAY) - 25 * (HOURS // DAY % 7 >= 5)


def noise(size: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, size, HOURS.size)


DROWNED = LINE + noise(0.75 * GROWTH)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (DROWNED, True),
        (DROWNED + OFFICE, True),
        (300 - 0.2 * HOURS + noise(30), True),
        (100 + noise(30), False),
        (100 + OFFICE + noise(30), False),
        (100 + np.cumsum(0.2 + noise(3)), False),
        (400 - 300 * np.exp(-HOURS / 400) + noise(10), False),
        (np.where(HOURS < KNOWN // 2, LINE, LINE[KNOWN // 2]) + noise(5), False),
        (np.where(HOURS < KNOWN // 2, 100, 400) + noise(30), False),
    ],
    ids=["drowned", "under_a_weekly_wave", "falling", "flat", "weekly_wave", "walk_that_drifts",
         "leveling_off", "grew_until_halfway", "moved_once"],
)  # fmt: skip
def test_only_growth_along_a_line_is_taken_for_it(values, verdict):
    assert grows_along_line(values[:KNOWN], WEEK, DAY) is verdict


@pytest.mark.parametrize("m", [1, DAY, 5, WEEK])
def test_a_line_is_seen_whatever_the_season_within_the_longest(m):
    hours = np.arange(0.0, 180 * DAY)
    assert grows_along_line(hours + np.random.default_rng(2).normal(0, 300, hours.size), WEEK, m) is True


def test_fewer_than_three_weeks_show_no_line():
    up_and_down = LINE + np.where(HOURS // DAY % 2, 10, -10)
    assert grows_along_line(up_and_down[: 3 * WEEK], WEEK, DAY) is True
    assert grows_along_line(up_and_down[: 3 * WEEK - 1], WEEK, DAY) is False


def test_a_month_of_days_under_a_weekly_wave_shows_a_line_by_its_samples():
    days = np.arange(28)
    swing = np.random.default_rng(5).normal(0, 3, days.size) - 20 * (days % 7 >= 5)
    assert grows_along_line(days + swing, 7, 7) is True
    assert grows_along_line(swing, 7, 7) is False


def test_fewer_than_eight_means_show_no_line():
    steps = np.array([0.0, 11, 19, 31, 39, 51, 59, 70])
    assert grows_along_line(steps, 1, 1) is True
    assert grows_along_line(steps[:7], 1, 1) is False


def test_the_verdict_does_not_depend_on_the_unit():
    for unit in (1e-9, 1e9):
        assert grows_along_line(unit * DROWNED[:KNOWN], WEEK, DAY) is True
        assert grows_along_line(unit * (100 + noise(30))[:KNOWN], WEEK, DAY) is False


def slopes_of(values: np.ndarray, *origins: int, ahead: int = AHEAD, positive: bool = True) -> np.ndarray:
    return slopes_of_line(values, np.array([*origins, values.size]), WEEK, DAY, ahead, positive)


def test_each_origin_sees_the_slope_of_its_own_past():
    otherwise = np.where(HOURS < 600, DROWNED, LINE + noise(0.75 * GROWTH, seed=4))
    first, second = slopes_of(DROWNED[:KNOWN], 60, 600), slopes_of(otherwise[:KNOWN], 60, 600)
    np.testing.assert_array_equal(first[:2], second[:2])
    assert first[0] == 0.0  # two days show no slope
    assert 0.0 < first[2] != second[2] > 0.0


def test_a_slope_is_not_that_of_where_the_weeks_were_cut():
    known = (LINE + OFFICE + noise(1))[: 8 * WEEK + 31]
    np.testing.assert_allclose(slopes_of(known, 3 * WEEK + 60, 5 * WEEK + 100), 0.2, rtol=0.02)


@pytest.mark.parametrize(("positive", "ahead", "carried"), [(True, 200, True), (True, 400, False), (False, 400, True)])
def test_what_was_never_below_zero_does_not_fall_below_it_along_a_line(positive, ahead, carried):
    falling = (350 - 0.2 * HOURS + noise(5))[:KNOWN]  # zero is 310 hours ahead
    assert bool(slopes_of(falling, ahead=ahead, positive=positive)[-1] < 0.0) is carried


def test_what_is_taken_off_a_series_is_what_its_paths_continue():
    rest = without_line(LINE, 1000, 0.2)
    np.testing.assert_allclose(rest, LINE[999])
    paths = np.full((2, 3), rest[999])
    continue_line(0.2, paths)
    np.testing.assert_allclose(paths, [LINE[1000:1003]] * 2)


def told(rows: list[np.ndarray]) -> np.ndarray:
    """The quantiles 10, 50 and 90 % of hourly series that are known for `KNOWN` hours, (series, h, 3)."""
    panel = panel_of([row[:KNOWN] for row in rows], [START_MS + HOUR_MS * np.arange(KNOWN)] * len(rows))
    return forecast_panel(panel, Request(AHEAD, (0.1, 0.5, 0.9), HOUR_MS), {}).values


def test_growth_drowned_in_noise_is_carried_on_by_the_median_within_its_interval():
    draw = np.random.default_rng(0)
    rows = [LINE + draw.normal(0, 0.75 * GROWTH, HOURS.size) for _ in range(16)]
    low, middle, high = np.moveaxis(told(rows), 2, 0)
    carried = (middle[:, -24:].mean(axis=1) - LINE[KNOWN]) / (GROWTH - 12 * 0.2)
    assert 0.8 < carried.mean() < 1.2  # 0.2 by methods that know of no line
    came = np.array(rows)[:, KNOWN:]
    assert 0.76 < np.mean((low <= came) & (came <= high)) < 0.9


@pytest.mark.parametrize(
    ("kind", "most"), [(MetricKind.GAUGE, 1.4), (MetricKind.COUNTER, 6.0)], ids=["gauge", "counter"]
)
def test_windows_that_knew_no_line_do_not_widen_the_interval_of_a_clear_one(kind, most):
    values = (LINE + noise(0.15 * GROWTH))[:KNOWN]
    ideal = np.full(AHEAD, 2 * 1.28 * 0.15 * GROWTH)
    if kind == MetricKind.COUNTER:
        values, ideal = values.cumsum(), ideal * np.sqrt(1 + np.arange(AHEAD))
    series = Series(SeriesId("requests"), START_MS + HOUR_MS * np.arange(KNOWN), values, "", kind)
    told = forecast_series(series, AHEAD, levels=(0.1, 0.9), seasons=(DAY, WEEK)).values
    assert 1.0 < (told[:, 1] - told[:, 0]).mean() / ideal.mean() < most


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (DROWNED, MetricKind.GAUGE, " about a line"),
        (np.cumsum(np.maximum(DROWNED, 0)), MetricKind.COUNTER, " about a line"),
        (100 * 1.0005 ** (4 * HOURS) * np.exp(noise(0.02)), MetricKind.GAUGE, " about a line, in logarithms"),
        (100 + noise(30), MetricKind.GAUGE, ""),
    ],
    ids=["gauge", "counter", "compounding", "flat"],
)
def test_a_forecast_says_which_of_its_methods_saw_the_series_without_the_line(values, kind, expected):
    series = Series(SeriesId("requests"), START_MS + HOUR_MS * np.arange(KNOWN), values[:KNOWN], "", kind)
    names = [part.method for part in forecast_series(series, 48, seasons=(DAY, WEEK)).weights]
    others = [name for name in names if not name.startswith("autoregression")]
    assert others
    assert all(name.endswith(expected) and ("about a line" in name) == bool(expected) for name in others)
    assert not any(name.startswith("autoregression") and "about a line" in name for name in names)


def test_a_counter_whose_pace_grows_is_carried_on_along_it():
    pace = 500 + 0.5 * HOURS + noise(150)
    series = Series(
        SeriesId("requests"), START_MS + HOUR_MS * np.arange(KNOWN), pace[:KNOWN].cumsum(), "", MetricKind.COUNTER
    )
    told = forecast_series(series, AHEAD, levels=(0.1, 0.5, 0.9), seasons=(DAY, WEEK))
    assert told.values[-1, 1] - pace[:KNOWN].sum() == pytest.approx((500 + 0.5 * HOURS[KNOWN:]).sum(), rel=0.03)

"""A bad series never fails a run: it gets an answer with its state, and other series are not affected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, daily_wave, hours, panel_of, request

from plimsoll.domain.forecast import ForecastState
from plimsoll.domain.panel import LAST_MS, NO_TIME
from plimsoll.domain.series import MetricKind
from plimsoll.forecast.panel import forecast_panel

OK, SHORT = ForecastState.OK, ForecastState.SHORT_HISTORY
CONSTANT, CANNOT = ForecastState.CONSTANT, ForecastState.CANNOT_TELL
WAVE = daily_wave(240)
GAPPY = np.where(np.arange(240) % 7 == 3, np.nan, WAVE)
LONG_GAP = np.where((np.arange(240) > 100) & (np.arange(240) < 180), np.nan, WAVE)
SHUFFLED = np.random.default_rng(1).permutation(240)

CASES = {
    "all_nan": (np.full(50, np.nan), None, CANNOT),
    "all_infinite": (np.full(50, np.inf), None, CANNOT),
    "one_point": (np.array([3.0]), None, CANNOT),
    "two_points": (np.array([3.0, 4.0]), None, CANNOT),
    "three_points": (np.array([3.0, 4.0, 2.0]), None, SHORT),
    "five_points": (np.array([3.0, 4.0, 2.0, 5.0, 1.0]), None, SHORT),
    "thirteen_points": (WAVE[:13], None, SHORT),
    "just_under_two_seasons": (WAVE[:47], None, SHORT),
    "two_seasons_and_nothing_to_try_them_on": (WAVE[:49], None, SHORT),
    "two_seasons_and_two": (WAVE[:50], None, OK),
    "a_handful_known_in_a_long_time": (np.where(np.arange(240) % 17 == 0, WAVE, np.nan), None, SHORT),
    "constant": (np.full(100, 7.0), None, CONSTANT),
    "constant_but_last": (np.append(np.full(100, 7.0), 8.0), None, OK),
    "one_sample_known_among_nan": (np.where(np.arange(60) == 30, 5.0, np.nan), None, CANNOT),
    "constant_with_gaps": (np.where(np.arange(60) % 2 == 0, 5.0, np.nan), None, CONSTANT),
    "huge_scale": (WAVE * 1e12, None, OK),
    "tiny_scale": (WAVE * 1e-12, None, OK),
    "beyond_all_scales": (WAVE * 1e200, None, CANNOT),
    "below_all_scales": (WAVE * 1e-315, None, CANNOT),
    "constant_below_all_scales": (np.full(100, 1e-315), None, CONSTANT),
    "huge_level_with_little_movement": (1e12 + WAVE, None, OK),
    "gaps": (GAPPY, None, OK),
    "a_gap_of_three_days": (LONG_GAP, None, OK),
    "unknown_start": (np.concatenate([np.full(100, np.nan), WAVE]), None, OK),
    "unknown_end": (np.concatenate([WAVE, np.full(30, np.nan)]), None, OK),
    "mostly_zero": (np.where(np.arange(240) % 11 == 0, 4.0, 0.0), None, OK),
    "unsorted": (WAVE[SHUFFLED], hours(240)[SHUFFLED], OK),
    "every_time_twice": (np.repeat(WAVE, 2), np.repeat(hours(240), 2), OK),
    "all_at_one_time": (WAVE[:20], np.full(20, START_MS), CANNOT),
    "other_frequency": (daily_wave(2880), START_MS + 300_000 * np.arange(2880), OK),
    "daily_among_hourly": (WAVE[:100], START_MS + 24 * HOUR_MS * np.arange(100), OK),
    "jittered_times": (WAVE, hours(240) + np.random.default_rng(2).integers(-600_000, 600_000, 240), OK),
    "irregular_times": (WAVE, START_MS + np.random.default_rng(3).integers(1, HOUR_MS, 240).cumsum(), OK),
    "a_thousand_years_of_gap": (WAVE, np.where(np.arange(240) < 5, -30_000_000_000_000, hours(240)), OK),
    "some_times_missing": (WAVE, np.where(np.arange(240) % 9 == 0, NO_TIME, hours(240)), OK),
    "all_times_missing": (WAVE, np.full(240, NO_TIME), CANNOT),
    "up_to_the_end_of_the_calendar": (WAVE, LAST_MS - HOUR_MS * np.arange(24, 264)[::-1], OK),
    "past_the_end_of_the_calendar": (WAVE, LAST_MS - HOUR_MS * np.arange(23, 263)[::-1], CANNOT),
    "few_and_a_thousand_years_apart": (WAVE[:4], -30_000_000_000_000 * np.arange(4)[::-1], CANNOT),
    "some_infinite": (np.where(np.arange(240) % 50 == 7, np.inf, WAVE), None, OK),
    "single_spike_in_constant": (np.where(np.arange(200) == 150, 1e9, 1.0), None, OK),
    "alternating": (np.where(np.arange(200) % 2 == 0, 1.0, -1.0), None, OK),
    "straight_line": (np.arange(200.0), None, OK),
    "exponential": (np.exp(np.arange(200.0)), None, OK),
}


@pytest.mark.parametrize(("values", "times", "state"), CASES.values(), ids=CASES.keys())
def test_a_bad_series_gets_an_answer_with_its_state(values, times, state):
    forecast = forecast_panel(panel_of([values], None if times is None else [times]), request(), {})
    assert forecast.states == (state,)
    if state is CANNOT:
        assert np.isnan(forecast.values).all()
        assert forecast.whys[0]
    else:
        assert np.isfinite(forecast.values).all()
        assert (np.diff(forecast.values, axis=2) >= 0).all()
        assert (np.diff(forecast.times_ms[0]) > 0).all()


def test_the_whole_table_in_one_panel_gives_what_each_series_gives_alone():
    values = [case[0] for case in CASES.values()]
    times = [case[1] if case[1] is not None else hours(len(case[0])) for case in CASES.values()]
    together = forecast_panel(panel_of(values, times), request(), {})
    for i, (value, time) in enumerate(zip(values, times, strict=True)):
        alone = forecast_panel(panel_of([value], [time]), request(), {})
        np.testing.assert_array_equal(together.values[i], alone.values[0])
        np.testing.assert_array_equal(together.times_ms[i], alone.times_ms[0])


REMARKS = {
    "unknown_end": (np.concatenate([WAVE, np.full(30, np.nan)]), "the newest 30 of 270 steps are unknown"),
    "four_steps_unknown": (np.concatenate([WAVE, np.full(4, np.nan)]), "the newest 4 of 244 steps are unknown"),
    "three_steps_unknown": (np.concatenate([WAVE, np.full(3, np.nan)]), ""),
    "one_infinite": (np.where(np.arange(240) == 7, np.inf, WAVE), "1 infinite value taken as unknown"),
    "minus_infinite_too": (np.where(np.arange(240) > 237, -np.inf, WAVE), "2 infinite values taken as unknown"),
    "nothing_odd": (WAVE, ""),
    "gaps_stay_gaps": (GAPPY, ""),
}


@pytest.mark.parametrize(("values", "remark"), REMARKS.values(), ids=REMARKS.keys())
def test_what_was_put_right_is_said(values, remark):
    (why,) = forecast_panel(panel_of([values]), request(), {}).whys
    assert why.startswith(remark)
    assert bool(why) is bool(remark)


BOUNDS = {
    "upside_down": (60.0, 40.0, MetricKind.GAUGE, CANNOT),
    "no_room_between": (60.0, 60.0, MetricKind.GAUGE, CANNOT),
    "below_nothing": (np.inf, np.nan, MetricKind.GAUGE, CANNOT),
    "upper_below_the_zero_of_the_kind": (np.nan, -5.0, MetricKind.COUNT, CANNOT),
    "lower_above_the_bound_of_the_kind": (250.0, np.nan, MetricKind.RATIO, OK),  # the history has passed that bound
    "open_below": (-np.inf, 200.0, MetricKind.GAUGE, OK),
    "none": (np.nan, np.nan, MetricKind.GAUGE, OK),
}


@pytest.mark.parametrize(("lower", "upper", "kind", "state"), BOUNDS.values(), ids=BOUNDS.keys())
def test_bounds_that_leave_no_room_are_no_forecast_and_touch_no_neighbor(lower, upper, kind, state):
    panel = panel_of([WAVE, WAVE], kinds=[kind, MetricKind.GAUGE])
    bounded = replace(panel, lower=np.array([lower, np.nan]), upper=np.array([upper, np.nan]))
    forecast = forecast_panel(bounded, request(), {})
    assert forecast.states == (state, OK)
    assert ("its bounds leave no room: lower" in forecast.whys[0]) is (state is CANNOT)
    assert np.isnan(forecast.values[0]).all() == (state is CANNOT)
    np.testing.assert_array_equal(forecast.values[1], forecast_panel(panel_of([WAVE]), request(), {}).values[0])


@pytest.mark.parametrize(
    ("lower", "upper", "why"),
    [
        (1e6, np.nan, "went below 1e+06, the lower bound that was stated"),
        (-9.0, -5.0, "went above -5, the upper bound that was stated"),
        (-1e6, 1e6, ""),
    ],
    ids=["below_the_lower", "above_the_upper", "within"],
)
def test_a_history_outside_of_stated_bounds_is_told(lower, upper, why):
    panel = panel_of([WAVE], kinds=[MetricKind.GAUGE])
    forecast = forecast_panel(replace(panel, lower=np.array([lower]), upper=np.array([upper])), request(), {})
    assert forecast.whys[0] == why


def test_no_time_is_told_that_the_calendar_has_not():
    stamps = LAST_MS - HOUR_MS * np.arange(10, 250)[::-1]
    (times,) = forecast_panel(panel_of([WAVE], [stamps]), request(), {}).times_ms
    assert times[:10].tolist() == [stamps[-1] + HOUR_MS * step for step in range(1, 11)]
    assert (times[10:] == NO_TIME).all()


def test_a_remark_of_the_reader_stands_with_the_answer():
    panel = replace(panel_of([WAVE, WAVE]), remarks=("kind 'Gauge' is none", ""))
    assert forecast_panel(panel, request(), {}).whys == ("kind 'Gauge' is none", "")


KINDS = {
    "negative_counter": (np.cumsum(np.ones(100)) - 300, MetricKind.COUNTER),
    "counter_that_resets_each_day": (np.arange(240.0) % 24, MetricKind.COUNTER),
    "count_below_zero": (WAVE - 150, MetricKind.COUNT),
    "percent_above_100": (WAVE + 200, MetricKind.PERCENT),
    "ratio_at_its_bound": (np.minimum(WAVE / 120, 1.0), MetricKind.RATIO),
}


@pytest.mark.parametrize(("values", "kind"), KINDS.values(), ids=KINDS.keys())
def test_a_series_that_belies_its_kind_is_still_answered(values, kind):
    forecast = forecast_panel(panel_of([values], kinds=[kind]), request(), {})
    assert np.isfinite(forecast.values).all()


def test_a_forecast_that_cannot_be_made_says_what_is_missing():
    forecast = forecast_panel(panel_of([np.array([1.0])]), request(), {})
    assert "needs 3" in forecast.whys[0]


def test_a_frequency_of_its_own_is_said_and_kept():
    times = START_MS + 300_000 * np.arange(2880)
    forecast = forecast_panel(panel_of([daily_wave(2880)], [times]), request(), {})
    assert "its own step, 5m" in forecast.whys[0]
    assert forecast.times_ms[0, 0] - times[-1] == 300_000

"""What a reader must know beside the numbers: a step that is not over yet, and hours that no sample covers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, daily_wave, hours, panel_of, request

from plimsoll.domain.forecast import Annotations, IgnoreWindow
from plimsoll.domain.panel import Request
from plimsoll.domain.series import MetricKind, Series, SeriesId, Window
from plimsoll.forecast.panel import forecast_panel
from plimsoll.forecast.single import forecast_series

DAYS = np.arange(90)
ORDERS = 1000 + 100 * (DAYS % 7 < 5) + np.random.default_rng(2).normal(0, 30, 90)
WALK = 1000 + np.cumsum(np.random.default_rng(3).normal(0, 5, 480))


def why_of(values: np.ndarray, step_ms: int, horizon: int, kind: MetricKind = MetricKind.UNKNOWN) -> str:
    times = START_MS + step_ms * np.arange(values.size, dtype=np.int64)
    return forecast_series(Series(SeriesId("s"), times, values, "", kind), horizon).why


@pytest.mark.parametrize(
    ("values", "step_ms", "horizon"),
    [(ORDERS, 24 * HOUR_MS, 14), (daily_wave(480), HOUR_MS, 48), (WALK, HOUR_MS, 48)],
    ids=["orders_a_day", "requests_an_hour", "a_walk"],
)
def test_the_sample_of_a_step_that_is_not_over_yet_is_pointed_at(
    values: np.ndarray, step_ms: int, horizon: int
) -> None:
    """A day exported at noon takes a quarter off the forecast of all days after it: a remark must say so."""
    unfinished = values.copy()
    unfinished[-1] *= 0.3
    told = why_of(unfinished, step_ms, horizon)
    assert f"the newest sample is {unfinished[-1]:.4g} where about " in told
    assert "leave it out with --ignore" in told
    assert "newest sample" not in why_of(values, step_ms, horizon)
    assert "newest sample" not in why_of(np.cumsum(unfinished), step_ms, horizon, MetricKind.COUNTER)


@pytest.mark.parametrize(
    ("known", "never"),
    [
        (DAYS % 7 < 5, "2 of 7 steps of its season were never seen"),
        ((DAYS % 7 < 5) | (DAYS == 40), "1 of 7 steps of its season were never seen"),
        (DAYS % 5 > 0, ""),
    ],
    ids=["no_weekends", "one_sunday", "gaps_here_and_there"],
)
def test_days_of_the_week_without_any_sample_are_said_to_be_a_guess(known: np.ndarray, never: str) -> None:
    times = START_MS + 24 * HOUR_MS * DAYS[known]
    (why,) = forecast_panel(panel_of([ORDERS[known]], [times]), Request(7, (0.5,), 24 * HOUR_MS), {}).whys
    assert why.startswith(never)
    assert bool(why) is bool(never)


@pytest.mark.parametrize(("every", "told"), [(5, ""), (6, "95 of 115 steps were not read: how increases vary")])
def test_a_counter_of_which_nearly_nothing_was_read_says_so(every: int, told: str) -> None:
    readings = np.where(np.arange(120) % every == every - 1, np.cumsum(daily_wave(120)), np.nan)
    (why,) = forecast_panel(panel_of([readings], kinds=[MetricKind.COUNTER]), request(), {}).whys
    assert why.startswith(told)
    assert ("not read" in why) is bool(told)


def test_nights_without_any_sample_are_said_to_be_a_guess() -> None:
    open_hours = (np.arange(480) % 24 >= 8) & (np.arange(480) % 24 < 18)
    wave = daily_wave(480)
    series, kinds = [wave[open_hours], wave.cumsum()[open_hours]], [MetricKind.UNKNOWN, MetricKind.COUNTER]
    gauge, counter = forecast_panel(panel_of(series, [hours(480)[open_hours]] * 2, kinds), request(), {}).whys
    assert gauge.startswith("14 of 24 steps of its season were never seen")
    assert counter == ""  # its night is in the next reading


def test_a_burst_of_what_is_mostly_zero_is_no_step_that_is_not_over() -> None:
    rare = np.random.default_rng(1).poisson(0.1, 480).astype(float)
    rare[-1] = 40.0
    told = why_of(rare, HOUR_MS, 24)
    assert "mostly zero" in told
    assert "newest sample" not in told


@pytest.mark.parametrize(
    ("horizon", "said"), [(14, ""), (72, ""), (80, "tested up to 72d ahead, not further"), (2000, "tested up to 72d")]
)
def test_a_horizon_longer_than_any_window_of_the_past_says_how_far_was_tested(horizon: int, said: str) -> None:
    """Years ahead from three months of history must not look as if they had been tested."""
    why = why_of(ORDERS, 24 * HOUR_MS, horizon)
    assert said in why
    assert ("tested up to" in why) is bool(said)


@pytest.mark.parametrize(
    ("windows", "ready"),
    [
        ([], 2),
        ([(-9, 0)], 2),
        ([(1.5, 50)], 50),
        ([(1, 50)], 51),
        ([(1.5, 9), (8, 50)], 50),
        ([(1.5, 9), (9, 30)], 30),
        ([(3, 9)], 2),
    ],
    ids=["none", "over", "to_come", "begun", "two_that_overlap", "two_that_meet", "after_it"],
)
def test_samples_to_come_in_a_window_to_ignore_make_no_forecast_ready(windows: list, ready: int) -> None:
    """Two samples an hour apart: a third one in a window to ignore does not count."""
    spans = (Window(*(START_MS + round(hour * HOUR_MS) for hour in window)) for window in windows)
    known = Annotations(ignore=tuple(map(IgnoreWindow, spans)))
    found = forecast_series(Series(SeriesId("s"), hours(2), np.array([3.0, 4.0])), 3, annotations=known)
    assert found.ready_at_ms == START_MS + ready * HOUR_MS


def test_a_counter_that_falls_again_and_again_says_so() -> None:
    """Orders of each day that are stated to be a counter are summed up, each fall a reset: nobody may miss that."""
    told = why_of(ORDERS, 24 * HOUR_MS, 7, MetricKind.COUNTER)
    assert "of 89 steps, each taken as a reset" in told
    assert "reset" not in why_of(np.cumsum(ORDERS), 24 * HOUR_MS, 7, MetricKind.COUNTER)

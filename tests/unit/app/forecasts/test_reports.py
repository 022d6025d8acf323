"""A source whose series have different steps: each is forecast over the horizon, and none makes the others fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, daily_wave, hours

from plimsoll.app.forecasts.reports import MOST_STEPS, ForecastAsk, forecast_report, is_wanted
from plimsoll.domain.errors import UsageError
from plimsoll.domain.forecast import Annotations, ForecastReport, ForecastState, IgnoreWindow
from plimsoll.domain.panel import LAST_MS
from plimsoll.domain.series import Harvest, Series, SeriesId, Window, as_datetime

DAY_MS = 24 * HOUR_MS
WAVE = daily_wave(240)
IRREGULAR = START_MS + np.sort(np.random.default_rng(3).integers(0, 240 * HOUR_MS, 240))
FAST = Series(SeriesId("fast"), START_MS + np.arange(240, dtype=np.int64), WAVE)


def report_of(*series: Series) -> ForecastReport:
    ask = ForecastAsk(DAY_MS, (0.1, 0.5, 0.9))
    return forecast_report(Harvest("metrics.csv", series, (), ()), ask)


def test_irregular_times_are_forecast_over_the_horizon_and_no_further() -> None:
    (found,) = report_of(Series(SeriesId("irregular"), IRREGULAR, WAVE)).forecasts
    assert found.rows[-1].time.timestamp() * 1000 <= IRREGULAR[-1] + 1.05 * DAY_MS
    assert len(found.rows) < 60


def test_two_frequencies_in_one_file_have_a_pool_each_and_the_same_horizon() -> None:
    fine = Series(SeriesId("fine"), START_MS + 300_000 * np.arange(2880, dtype=np.int64), daily_wave(2880))
    coarse, fine_one = report_of(Series(SeriesId("coarse"), hours(240), WAVE), fine).forecasts
    assert (len(coarse.rows), len(fine_one.rows)) == (24, 288)
    assert (coarse.pool_series, fine_one.pool_series) == (1, 1)


def test_a_step_too_fine_for_the_horizon_says_so_and_fails_no_neighbor() -> None:
    good, fast = report_of(Series(SeriesId("good"), hours(240), WAVE), FAST).forecasts
    assert good.state is ForecastState.OK
    assert fast.state is ForecastState.CANNOT_TELL
    assert str(MOST_STEPS) in fast.why


def test_a_horizon_too_far_for_every_series_is_refused() -> None:
    with pytest.raises(UsageError, match="at most"):
        report_of(FAST)


def test_a_window_to_ignore_is_forecast_as_a_gap_is_to_the_width() -> None:
    values = daily_wave(480)
    values[400:412] = 2000.0
    holed = values.copy()
    holed[400:412] = np.nan
    outage = Annotations(ignore=(IgnoreWindow(Window(int(hours(480)[400]), int(hours(480)[412]))),))
    ignored, gap = (
        forecast_report(
            Harvest("x.csv", (Series(SeriesId("x"), hours(480), one),)),
            ForecastAsk(DAY_MS, (0.1, 0.5, 0.9), annotations=known),
        ).forecasts
        for one, known in ((values, outage), (holed, Annotations()))
    )
    assert ignored[0].rows == gap[0].rows


def test_a_horizon_that_is_too_far_names_one_that_is_not() -> None:
    """14 days are the default, and more than 100000 steps of ten seconds."""
    fine = Series(SeriesId("fine"), START_MS + 10_000 * np.arange(240, dtype=np.int64), WAVE)
    ask = ForecastAsk(14 * DAY_MS, (0.1, 0.5, 0.9))
    with pytest.raises(UsageError, match="120960 steps; at most 100000 are forecast: give --horizon 11d or less"):
        forecast_report(Harvest("x.csv", (fine,)), ask)
    (found,) = forecast_report(Harvest("x.csv", (fine,)), replace(ask, horizon_ms=11 * DAY_MS)).forecasts
    assert len(found.rows) == 95_040


AGES = {
    "at_its_last_sample": (0, ""),
    "three_steps_old": (3 * HOUR_MS, ""),
    "older_than_three_steps": (5 * HOUR_MS, "the last sample is 5h old"),
    "older_than_the_horizon": (45 * DAY_MS, "the last sample is 45d old: the whole horizon lies in the past"),
}


@pytest.mark.parametrize(("age_ms", "said"), AGES.values(), ids=AGES.keys())
def test_a_series_that_ended_long_ago_is_not_forecast_as_if_it_were_current(age_ms: int, said: str) -> None:
    stamps = hours(240)
    ask = ForecastAsk(DAY_MS, (0.1, 0.5, 0.9), as_of_ms=int(stamps[-1]) + age_ms)
    (found,) = forecast_report(Harvest("x.csv", (Series(SeriesId("x"), stamps, WAVE),)), ask).forecasts
    assert found.state is ForecastState.OK
    assert found.why.startswith(said)
    assert ("old" in found.why) is bool(said)
    assert ("in the past" in found.why) is (age_ms > DAY_MS)


@pytest.mark.parametrize(("age_h", "ready_h"), [(0, 3), (2, 3), (5, 8), (240, 243)])
def test_a_series_that_ended_is_not_ready_before_now(age_h: int, ready_h: int) -> None:
    """Three samples are needed and none is known: they are there three steps from now at the earliest."""
    stamps = hours(240)
    ask = ForecastAsk(DAY_MS, (0.1, 0.5, 0.9), as_of_ms=int(stamps[-1]) + age_h * HOUR_MS)
    (found,) = forecast_report(Harvest("x.csv", (Series(SeriesId("x"), stamps, WAVE * np.nan),)), ask).forecasts
    assert found.ready_at == as_datetime(int(stamps[-1]) + ready_h * HOUR_MS)


@pytest.mark.parametrize(("steps_left", "state"), [(24, ForecastState.OK), (23, ForecastState.CANNOT_TELL)])
def test_the_horizon_ends_with_the_calendar(steps_left: int, state: ForecastState) -> None:
    stamps = LAST_MS - HOUR_MS * np.arange(steps_left, 240 + steps_left)[::-1]
    (found,) = report_of(Series(SeriesId("late"), stamps, WAVE)).forecasts
    assert found.state is state
    assert len(found.rows) == (24 if state is ForecastState.OK else 0)
    assert ("past the year 9999" in found.why) is (state is ForecastState.CANNOT_TELL)


def test_a_series_without_a_sample_has_a_state_and_hides_no_horizon_that_is_too_far() -> None:
    silent = Series(SeriesId("silent"), hours(0), WAVE[:0])
    states = [found.state for found in report_of(silent, Series(SeriesId("good"), hours(240), WAVE)).forecasts]
    assert states == [ForecastState.CANNOT_TELL, ForecastState.OK]
    with pytest.raises(UsageError, match="at most"):
        report_of(silent, FAST)


def test_of_one_sample_it_is_said_why_nobody_knows_when_there_will_be_enough() -> None:
    (found,) = report_of(Series(SeriesId("one"), hours(1), WAVE[:1])).forecasts
    assert found.ready_at is None
    assert "1 known sample, needs 3" in found.why
    assert "one sample has no step" in found.why


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("cpu [%]", True), ("cpu*", True), ("disk*", False), ("cpu %", False)],
)
def test_a_series_is_found_by_its_own_name_whatever_that_holds(word: str, wanted: bool) -> None:
    assert is_wanted(Series(SeriesId("cpu [%]"), hours(1), WAVE[:1]), [word, "other"]) is wanted


@pytest.mark.parametrize(
    ("times", "horizon_ms"),
    [
        (np.datetime64("9999-12") - np.arange(40)[::-1], 30 * DAY_MS),
        (np.array(["0001-01-01", "4999-03-07", "9998-09-13"], "M8[D]"), 10**5 * 157_000_000_000_000),
    ],
    ids=["the_last_month", "millennia_apart"],
)
def test_what_is_far_apart_ends_with_the_calendar_too(times: np.ndarray, horizon_ms: int) -> None:
    series = Series(SeriesId("late"), times.astype("M8[ms]").astype(np.int64), WAVE[: times.size])
    (found,) = forecast_report(Harvest("x.csv", (series,)), ForecastAsk(horizon_ms, (0.5,))).forecasts
    assert (found.state, found.why) == (ForecastState.CANNOT_TELL, "the horizon goes past the year 9999")

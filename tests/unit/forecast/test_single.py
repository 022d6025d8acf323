"""A single series: what it returns, and what it says where it cannot tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, daily_wave, panel_of, request, series_of

from plimsoll.domain.forecast import ForecastState, Grade
from plimsoll.domain.series import MetricKind
from plimsoll.forecast.panel import forecast_panel
from plimsoll.forecast.single import forecast_series


def test_samples_of_a_clock_that_jitters_are_forecast_as_those_of_one_that_does_not():
    """With their least distance as the step they lose the day: seasonal naive is then three times as far off."""
    wave = series_of(daily_wave(24 * 30, seed=3))
    late = np.random.default_rng(3).integers(0, 60_000, len(wave))
    even, odd = (forecast_series(one, 24) for one in (wave, replace(wave, times_ms=wave.times_ms + late)))
    assert odd.accuracy.naive_mase == pytest.approx(even.accuracy.naive_mase, rel=0.1)
    assert odd.accuracy.mase == pytest.approx(even.accuracy.mase, rel=0.1)


def test_what_cannot_be_told_says_when_it_can():
    forecast = forecast_series(series_of([1.0, 2.0]), 5)
    assert forecast.state is ForecastState.CANNOT_TELL
    assert forecast.ready_at_ms == START_MS + 2 * HOUR_MS


def test_of_a_single_sample_nobody_knows_when_the_next_ones_come():
    forecast = forecast_series(series_of([1.0]), 5)
    assert (forecast.state, forecast.ready_at_ms) == (ForecastState.CANNOT_TELL, None)
    assert "needs 3" in forecast.why


def test_a_series_that_repeats_itself_is_not_called_too_short():
    forecast = forecast_series(series_of(np.tile(np.arange(24.0), 20)), 24)
    assert "too short" not in forecast.why
    assert "no error" in forecast.why
    assert forecast.grade is Grade.A


def test_what_went_below_zero_is_no_counter():
    forecast = forecast_series(series_of(-np.arange(240.0), MetricKind.COUNTER), 24)
    assert forecast.values[-1, 2] == pytest.approx(-263, abs=2)
    assert "below zero, the bound of a counter" in forecast.why


def test_an_empty_series_is_answered():
    assert forecast_series(series_of([]), 5).state is ForecastState.CANNOT_TELL


@pytest.mark.parametrize(("kind", "bound"), [(MetricKind.PERCENT, 100.0), (MetricKind.RATIO, 1.0)])
def test_no_quantile_passes_the_bound_of_its_kind(kind, bound):
    values = np.minimum(daily_wave(480, level=90.0), 100.0) * bound / 100.0
    forecast = forecast_panel(panel_of([values], kinds=[kind]), request(), {})
    assert forecast.values.max() <= bound
    assert forecast.values.min() >= 0


def test_a_method_that_repeats_another_is_not_listed_beside_it():
    walk = 200 + np.cumsum(np.random.default_rng(1).normal(0, 1, 1440))
    listed = {part.method: part.weight for part in forecast_series(series_of(walk), 48, levels=(0.5,)).weights}
    assert {"naive", "pattern on level"} <= listed.keys()
    assert not {"saw tooth", "year before, level moved"} & listed.keys()
    assert len({round(weight, 9) for weight in listed.values()}) == len(listed)

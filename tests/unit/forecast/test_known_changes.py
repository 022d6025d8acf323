"""Known changes at their edges: they begin or end on a sample, remove more than there is, or are still to come."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, daily_wave, hours

from plimsoll.domain.forecast import Annotations, Changepoint, Event, IgnoreWindow
from plimsoll.domain.series import MetricKind, Series, SeriesId, Window
from plimsoll.forecast.known_changes import totals_of
from plimsoll.forecast.single import forecast_series, prepared_series

WAVE = daily_wave(240)
GAUGE = Series(SeriesId("requests"), hours(240), WAVE, "", MetricKind.RATE)
COUNTER = Series(SeriesId("total"), hours(240), np.cumsum(WAVE), "", MetricKind.COUNTER)
END_MS = START_MS + 239 * HOUR_MS


def quantiles(series: Series, known: Annotations | None = None) -> np.ndarray:
    return forecast_series(series, 24, (0.1, 0.5, 0.9), known).values


def test_a_total_waits_where_a_gain_is_below_nothing() -> None:
    assert totals_of(np.array([[2.0], [-5.0], [3.0]]), 10.0).ravel().tolist() == [12.0, 12.0, 15.0]


def test_an_event_takes_no_more_than_there_is() -> None:
    drained = Annotations((Event("drain", END_MS + 1, offset=-1e6),))
    assert quantiles(GAUGE, drained).max() == 0.0


def test_a_constant_gain_more_moves_a_total_and_leaves_its_width() -> None:
    more = Annotations((Event("export", END_MS + 1, offset=500.0),))
    moved, plain = quantiles(COUNTER, more), quantiles(COUNTER)
    assert moved - plain == pytest.approx(np.tile(500.0 * np.arange(1, 25)[:, None], 3))


def test_a_reading_at_the_end_of_a_window_to_ignore_counts() -> None:
    window = Window(START_MS + 40 * HOUR_MS, START_MS + 50 * HOUR_MS)
    gains = prepared_series(COUNTER, Annotations(ignore=(IgnoreWindow(window),)), None).values
    assert np.flatnonzero(np.isnan(gains)).tolist() == list(range(40, 51))


def test_a_change_still_to_come_leaves_the_history_as_it_is() -> None:
    later = Annotations(changepoints=(Changepoint(END_MS + 1),))
    assert np.array_equal(quantiles(GAUGE, later), quantiles(GAUGE))

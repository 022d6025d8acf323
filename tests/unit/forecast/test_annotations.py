"""What people know about a series: windows to ignore, change points and events."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, daily_wave, hours, series_of

from plimsoll.domain.forecast import Annotations, Changepoint, Event, IgnoreWindow
from plimsoll.domain.series import MetricKind, Series, SeriesId, Window
from plimsoll.forecast.annotations import ordinary, with_events
from plimsoll.forecast.single import forecast_series


def test_a_span_to_ignore_is_a_gap():
    spoiled = daily_wave(480)
    spoiled[450:470] = 5_000
    window = IgnoreWindow(Window(int(hours(480)[450]), int(hours(480)[470])))
    known = forecast_series(series_of(spoiled), 24, (0.5,), Annotations(ignore=(window,)))
    clean = forecast_series(series_of(daily_wave(480)), 24, (0.5,))
    assert np.abs(known.values - clean.values).mean() < 10


def test_history_before_a_change_point_is_left_out():
    values = np.concatenate([daily_wave(400, level=1000.0), daily_wave(300)])
    change = Annotations(changepoints=(Changepoint(int(hours(700)[400])),))
    known = forecast_series(series_of(values), 24, (0.5,), change)
    alone = forecast_series(Series(SeriesId("s"), hours(700)[400:], values[400:]), 24, (0.5,))
    np.testing.assert_array_equal(known.values, alone.values)


def test_a_known_event_changes_the_hours_it_lasts_and_no_other():
    series = series_of(daily_wave(480))
    start = int(series.times_ms[-1]) + 5 * HOUR_MS
    event = Event("sale", start, start + 3 * HOUR_MS, factor=2.0, offset=1.0)
    plain, known = (forecast_series(series, 12, (0.1, 0.5), Annotations(events=e)) for e in ((), (event,)))
    np.testing.assert_allclose(known.values[4:7], plain.values[4:7] * 2 + 1)
    np.testing.assert_array_equal(known.values[[0, 3, 7, 11]], plain.values[[0, 3, 7, 11]])


@pytest.mark.parametrize(
    ("first", "last", "during"),
    [(300, None, slice(0, 12)), (400, 484, slice(0, 4)), (300, 400, slice(0, 0))],
    ids=["goes_on_for_good", "ends_in_the_horizon", "is_over"],
)
def test_an_event_that_has_begun_is_taken_off_the_past_and_laid_on_for_as_long_as_it_lasts(first, last, during):
    series, clock = series_of(daily_wave(480)), hours(600)
    event = Event("campaign", int(clock[first]), int(clock[last]) if last else None, factor=2.0, offset=4.0)
    seen = series_of(with_events(series.values[:, None], series.times_ms, [event])[:, 0])
    plain = forecast_series(series, 12, (0.1, 0.5)).values
    known = forecast_series(seen, 12, (0.1, 0.5), Annotations(events=(event,))).values
    plain[during] = plain[during] * 2 + 4
    np.testing.assert_allclose(known, plain, rtol=1e-9)


def test_what_an_event_has_made_nothing_of_is_unknown():
    closed = Annotations((Event("closed", START_MS + HOUR_MS, START_MS + 3 * HOUR_MS, factor=0.0),))
    np.testing.assert_array_equal(ordinary(series_of([5, 0, 7, 6]), closed).values, [5, np.nan, np.nan, 6])


def test_taking_off_an_event_leaves_a_counter_as_it_was_read_and_nothing_below_what_was_seen():
    event = Event("campaign", START_MS, None, factor=1.0, offset=5.0)
    read = series_of([2.0, 7.0, 9.0], MetricKind.COUNTER)
    assert ordinary(read, Annotations(events=(event,))).values.tolist() == [2, 7, 9]
    count = series_of([2.0, 7.0, np.nan, 9.0], MetricKind.COUNT)
    np.testing.assert_array_equal(ordinary(count, Annotations(events=(event,))).values, [0, 2, np.nan, 4])


@pytest.mark.parametrize(
    ("values", "kind", "usual"),
    [
        ([40.0, 60.0, 80.0], MetricKind.PERCENT, [80.0, 100.0, 80.0]),
        ([0.4, 0.6, 0.8], MetricKind.RATIO, [0.8, 1.0, 0.8]),
        ([40.0, 60.0, 180.0], MetricKind.PERCENT, [80.0, 120.0, 180.0]),
        ([40.0, 60.0, 80.0], MetricKind.GAUGE, [80.0, 120.0, 80.0]),
    ],
    ids=["percent", "ratio", "several_cores", "without_a_bound"],
)
def test_half_the_demand_makes_no_share_go_above_its_bound(values, kind, usual):
    """Then its forecast had no bound either, and it was said that the samples had passed it."""
    half = Annotations((Event("half", START_MS, START_MS + 2 * HOUR_MS, factor=0.5),))
    assert ordinary(series_of(values, kind), half).values.tolist() == usual

"""Laws that every forecast obeys, whatever the series."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from plimsoll.domain.forecast import Annotations, Combination, Event, Scenario
from plimsoll.domain.panel import Panel, Request
from plimsoll.domain.series import MetricKind, Series, SeriesId
from plimsoll.forecast.calibration import pool_of
from plimsoll.forecast.panel import forecast_panel, pools_of
from plimsoll.forecast.paths import simulate_paths
from plimsoll.forecast.scenarios import ground_of, with_scenario
from plimsoll.forecast.single import forecast_series, prepared_series

HOUR_MS = 3_600_000
ASKED = Request(8, (0.01, 0.1, 0.5, 0.9, 0.99), HOUR_MS, (6,))
numbers = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 3))
signed = st.integers(20, 90).flatmap(lambda n: arrays(np.float64, n, elements=numbers))
series = st.one_of(signed, signed.map(np.abs))  # a series never below zero has a level that its scale may follow
laws = settings(max_examples=60, deadline=None)


def panel_of(*values: np.ndarray, kind: MetricKind = MetricKind.UNKNOWN) -> Panel:
    none = np.full(len(values), np.nan)
    offsets = np.concatenate([[0], np.cumsum([one.size for one in values])]).astype(np.int64)
    times = np.concatenate([HOUR_MS * np.arange(one.size, dtype=np.int64) for one in values])
    names = tuple(f"s{i}" for i in range(len(values)))
    return Panel(names, offsets, times, np.concatenate(values), (kind,) * len(values), none, none)


@laws
@given(series)
def test_quantiles_never_cross_and_are_finite(values):
    forecast = forecast_panel(panel_of(values), ASKED, {})
    assert np.isfinite(forecast.values).all()
    assert (np.diff(forecast.values, axis=2) >= 0).all()


@laws
@given(series, st.sampled_from([1e-9, 1e-3, 2.0, 1024.0, 1e9]))
def test_changing_the_unit_changes_nothing_but_the_unit(values, factor):
    plain = forecast_panel(panel_of(values), ASKED, {}).values
    scaled = forecast_panel(panel_of(values * factor), ASKED, {}).values
    size = max(np.abs(values).max(), np.abs(plain).max(), 1e-3)
    np.testing.assert_allclose(scaled / factor, plain, rtol=1e-6, atol=1e-6 * size)


@laws
@given(st.lists(series, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_neighbors_and_their_order_change_nothing(many, shuffler):
    pools = pools_of(panel_of(*many), ASKED)
    together = forecast_panel(panel_of(*many), ASKED, pools).values
    order = list(range(len(many)))
    shuffler.shuffle(order)
    shuffled = forecast_panel(panel_of(*(many[i] for i in order)), ASKED, pools).values
    for place, i in enumerate(order):
        alone = forecast_panel(panel_of(many[i]), ASKED, pools).values[0]
        np.testing.assert_array_equal(together[i], alone)
        np.testing.assert_array_equal(shuffled[place], alone)
    for key, pool in pools_of(panel_of(*(many[i] for i in order)), ASKED).items():
        np.testing.assert_array_equal(pool.factors, pools[key].factors)


errors_in_scales = st.sampled_from([-30.0, -1.0, -0.1, 0.0, 0.3, 1.0, 30.0, np.nan])
windows_of_errors = st.tuples(st.integers(3, 6), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=errors_in_scales)
)


@laws
@given(st.lists(windows_of_errors, min_size=2, max_size=9), st.randoms(use_true_random=False))
def test_the_order_in_which_a_fleet_is_pooled_changes_no_bit(fleet, shuffler):
    """Many errors are alike but differ in weight, and sums of weights differ in their last bit by the order."""
    shuffled = fleet.copy()
    shuffler.shuffle(shuffled)
    np.testing.assert_array_equal(pool_of(shuffled).factors, pool_of(fleet).factors)


@laws
@given(series, st.data())
def test_gaps_never_poison(values, data):
    holes = data.draw(st.lists(st.integers(0, values.size - 1), max_size=values.size // 2))
    holed = values.copy()
    holed[holes] = np.nan
    forecast = forecast_panel(panel_of(holed), ASKED, {})
    assert np.isfinite(forecast.values).all() or not forecast.states[0].answered


@laws
@given(series.map(np.abs), st.sampled_from([MetricKind.COUNT, MetricKind.BYTES, MetricKind.RATE, MetricKind.SECONDS]))
def test_what_cannot_be_negative_is_not_forecast_negative(values, kind):
    assert forecast_panel(panel_of(values, kind=kind), ASKED, {}).values.min() >= 0


@laws
@given(series.map(lambda values: np.abs(values) % 100.0))
def test_a_percentage_stays_within_its_bounds(values):
    forecast = forecast_panel(panel_of(values, kind=MetricKind.PERCENT), ASKED, {}).values
    assert forecast.min() >= 0
    assert forecast.max() <= 100


@laws
@given(series.map(np.abs))
def test_no_quantile_of_a_counter_ever_falls(values):
    forecast = forecast_panel(panel_of(np.cumsum(values), kind=MetricKind.COUNTER), ASKED, {}).values
    assert (np.diff(forecast, axis=1) >= -1e-9 * np.abs(forecast).max()).all()


@settings(laws, max_examples=30)
@given(
    series.map(np.abs),
    st.floats(0.0, 5.0),
    st.floats(-100.0, 100.0),
    st.floats(-0.99, 3.0),
    st.sampled_from(Combination),
)
def test_no_quantile_of_a_counter_ever_falls_under_events_and_scenarios(values, factor, offset, rate, how):
    times = HOUR_MS * np.arange(values.size, dtype=np.int64)
    counter = Series(SeriesId("total"), times, np.cumsum(values), "", MetricKind.COUNTER)
    known = Annotations((Event("sale", int(times[-8]), int(times[-1]) + 4 * HOUR_MS, factor + 0.01, offset),))
    forecast = forecast_series(counter, 8, (0.1, 0.5, 0.9), known)
    ground = ground_of(prepared_series(counter, known, None), forecast.times_ms, known.events)
    paths = simulate_paths(counter, (30, 8), 0, known)
    grown = with_scenario(forecast, paths, Scenario("s", (rate,), 0.5, how), 0, ground)
    for found in (forecast.values, grown.values):
        rises = np.diff(found, axis=0, prepend=np.full((1, 3), counter.values[-1]))
        assert (rises >= -1e-9 * np.abs(found).max()).all()


@laws
@given(series)
def test_the_same_series_gives_the_same_bits(values):
    first, second = (forecast_panel(panel_of(values), ASKED, {}).values for _ in range(2))
    assert first.tobytes() == second.tobytes()

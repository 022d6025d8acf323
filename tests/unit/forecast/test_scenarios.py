"""Growth applied to a forecast or to a stated start, and growth measured from a past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, daily_wave, hours, series_of

from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.forecast import Annotations, Combination, Event, Scenario
from plimsoll.domain.series import MetricKind, Series, SeriesId
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.forecast.paths import simulate_paths
from plimsoll.forecast.scenarios import ground_of, growth_factors, growth_of_history, with_scenario
from plimsoll.forecast.single import forecast_series, prepared_series


def ground(series, forecast, *events):
    return ground_of(prepared_series(series, Annotations(events=events), None), forecast.times_ms, events)


def test_a_course_of_growth_multiplies_by_its_rates():
    months = START_MS + (np.arange(1, 25) * 30.4375 * DAY_MS).astype(np.int64)
    factors = growth_factors(months, START_MS, Scenario("s", (0.25,)), 3, 0)
    np.testing.assert_allclose(factors[0], 1.25 ** np.arange(1, 25))


def test_a_stated_number_of_users_grows_by_rates_that_change():
    months = START_MS + (np.arange(1, 4) * 30.4375 * DAY_MS).astype(np.int64)
    scenario = Scenario("launch", (0.5, 0.1), initial=10_000.0)
    series = Series(SeriesId("users"), months - 90 * DAY_MS, np.array([1.0, 2.0, 4.0]))
    forecast = forecast_series(series, 3, (0.5,))
    scaled = with_scenario(forecast, np.ones((100, 3)), scenario, 0, ground(series, forecast))
    ratios = scaled.values[1:, 0] / scaled.values[:-1, 0]
    assert (ratios > 1).all()
    assert scaled.values[0, 0] > 10_000


def test_spread_widens_a_course_with_the_root_of_time():
    months = START_MS + (np.arange(1, 17) * 30.4375 * DAY_MS).astype(np.int64)
    logs = np.log(growth_factors(months, START_MS, Scenario("s", (0.0,), spread=0.1), 5000, 0))
    assert logs[:, 15].std() / logs[:, 3].std() == pytest.approx(2, rel=0.05)


def test_a_range_of_rates_is_an_interval_from_the_lowest_course_to_the_highest():
    """Its mean was taken for certain: all quantiles of a forecast were one."""
    months = START_MS + (np.array([1, 6]) * 30.4375 * DAY_MS).astype(np.int64)
    logs = np.log(growth_factors(months, START_MS, Scenario("s", (0.1,), rate_range=(0.05, 0.2)), 5000, 0))
    low, middle, high = (np.log1p(rate) * np.array([1, 6]) for rate in (0.05, 0.1, 0.2))
    found = np.quantile(logs, (0.0, 0.1, 0.5, 0.9, 1.0), axis=0)
    within = (low, 0.8 * low + 0.2 * middle, middle, 0.2 * middle + 0.8 * high, high)
    np.testing.assert_allclose(found, within, rtol=0.03)
    assert np.ptp(logs[:, 1] / logs[:, 0]) < 1e-9  # each future keeps its place


@pytest.mark.parametrize("steps", [3, 12])
def test_the_interval_of_growth_measured_over_a_short_past_holds_four_of_five_futures_of_its_own_kind(
    steps: int,
) -> None:
    months = START_MS + (np.arange(1, 13) * 30.4375 * DAY_MS).astype(np.int64)
    random, held = np.random.default_rng(3), []
    for seed in range(400):
        past, ahead = random.normal(0.02, 0.1, steps), random.normal(0.02, 0.1, 12).cumsum()
        seen = Scenario("s", (np.expm1(past.mean()),), spread=past.std(ddof=1), measured_steps=steps)
        low, high = np.quantile(np.log(growth_factors(months, START_MS, seen, 500, seed)), [0.1, 0.9], axis=0)
        held.append((low <= ahead) & (ahead <= high))
    assert np.mean(held, axis=0) == pytest.approx(0.8, abs=0.06)  # three standard errors


def test_added_growth_moves_every_quantile_by_the_same():
    series = series_of(daily_wave(480))
    forecast, paths = forecast_series(series, 24, (0.1, 0.5, 0.9)), simulate_paths(series, (500, 24), 0)
    plain, grown = (
        with_scenario(forecast, paths, Scenario("s", (rate,), combination=Combination.ADD), 0, ground(series, forecast))
        for rate in (0.0, 1.0)
    )
    moved = grown.values - plain.values
    np.testing.assert_allclose(moved[:, 0], moved[:, 2])


def under(series, horizon, scenario, *events):
    """Return the medians of a forecast under a scenario."""
    known = Annotations(events=events)
    forecast = forecast_series(series, horizon, (0.1, 0.5, 0.9), known)
    paths = simulate_paths(series, (400, horizon), 0, known)
    return with_scenario(forecast, paths, scenario, 0, ground(series, forecast, *events)).values


def test_added_growth_does_not_hang_on_the_hour_at_which_history_ends():
    values, double = daily_wave(480), Scenario("s", (1.0,), combination=Combination.ADD)
    still = replace(double, monthly_rates=(0.0,))
    gained = [
        (under(one, 24, double)[-1] - under(one, 24, still)[-1])[1]
        for one in (series_of(values[: 480 - cut]) for cut in (0, 6, 12, 18))
    ]
    assert gained == pytest.approx([values.mean() * (2 ** (1 / 30.4375) - 1)] * 4, rel=0.02)


def test_added_growth_is_that_of_the_level_with_the_event_that_acts():
    series, clock = series_of(daily_wave(480)), hours(600)
    launch, double = Event("launch", int(clock[492]), None, factor=3.0), Scenario("s", (1.0,))
    add = replace(double, combination=Combination.ADD)
    moved = under(series, 24, add, launch) - under(series, 24, replace(add, monthly_rates=(0.0,)), launch)
    months = np.arange(1, 25) / (24 * 30.4375)
    np.testing.assert_allclose(
        moved[:, 1] / (2**months - 1),
        np.where(np.arange(24) < 12, 1, 3) * moved[0, 1] / (2 ** months[0] - 1),
        rtol=1e-6,
    )


def test_one_step_ahead_has_grown_by_a_step():
    series = series_of(daily_wave(60) + 500, step_ms=7 * DAY_MS)
    short, long = (under(series, steps, Scenario("s", (0.5,)))[0, 1] for steps in (1, 2))
    still = under(series, 1, Scenario("s", (0.0,)))[0, 1]
    assert short / still == pytest.approx(1.5 ** (7 / 30.4375), rel=1e-6)
    assert long / short == pytest.approx(1, rel=0.02)


COUNTED = np.cumsum(daily_wave(480))


@pytest.mark.parametrize("values", [COUNTED, np.concatenate([COUNTED[:300], COUNTED[:180]])], ids=["plain", "reset"])
@pytest.mark.parametrize(
    "scenario",
    [
        None,
        Scenario("s", (0.3,), 0.2),
        Scenario("s", (-0.9,), 0.5),
        Scenario("s", (-0.9,), combination=Combination.ADD),
        Scenario("s", (0.5,), combination=Combination.ADD),
    ],
    ids=["none", "grows", "shrinks", "shrinks_added", "grows_added"],
)
@pytest.mark.parametrize("factor", [1.0, 0.0, 3.0], ids=["no_event", "stands_still", "is_three_times"])
def test_no_quantile_of_a_counter_falls_under_events_and_scenarios(values, scenario, factor):
    series, clock = series_of(values, MetricKind.COUNTER), hours(600)
    event = Event("sale", int(clock[490]), int(clock[500]), factor=factor)
    if scenario is None:
        found = forecast_series(series, 48, (0.1, 0.5, 0.9), Annotations(events=(event,))).values
    else:
        found = under(series, 48, scenario, event)
    assert (np.diff(found, axis=0, prepend=np.full((1, 3), values[-1])) >= -1e-9 * values[-1]).all()
    assert (np.diff(found, axis=1) >= -1e-9 * values[-1]).all()


def test_an_event_multiplies_what_a_counter_gains_and_not_its_total():
    series, clock = series_of(COUNTED, MetricKind.COUNTER), hours(600)
    last = int(clock[479])
    event = Event("sale", last + 5 * HOUR_MS, last + 8 * HOUR_MS, factor=2.0, offset=7.0)
    plain, known = (forecast_series(series, 12, (0.5,), Annotations(events=e)).values for e in ((), (event,)))
    gains = [np.diff(values, axis=0, prepend=np.full((1, 1), COUNTED[-1])) for values in (plain, known)]
    np.testing.assert_allclose(gains[1][5:8], gains[0][5:8] * 2 + 7)
    np.testing.assert_allclose(gains[1][[0, 4, 8, 11]], gains[0][[0, 4, 8, 11]])


def test_an_event_that_has_begun_is_taken_off_what_a_counter_gained():
    clock, begun = hours(600), 400
    event = Event("launch", int(clock[begun - 1]), None, factor=2.0)
    gained = daily_wave(480)
    seen = np.cumsum(np.where(np.arange(480) >= begun, 2 * gained, gained))
    plain = np.diff(forecast_series(series_of(COUNTED, MetricKind.COUNTER), 12, (0.5,)).values[:, 0])
    launched = series_of(seen, MetricKind.COUNTER)
    known = np.diff(forecast_series(launched, 12, (0.5,), Annotations(events=(event,))).values[:, 0])
    np.testing.assert_allclose(known, 2 * plain, rtol=1e-6)


def test_a_counter_that_grows_gains_more_and_more():
    series = series_of(COUNTED, MetricKind.COUNTER)
    still, grown = (
        np.diff(under(series, 96, Scenario("s", (rate,)))[:, 1], prepend=COUNTED[-1]) for rate in (0.0, 1.0)
    )
    wanted = still * 2 ** (np.arange(1, 97) / (24 * 30.4375))
    np.testing.assert_allclose(grown.cumsum(), wanted.cumsum(), rtol=2e-3)


@pytest.mark.parametrize(
    ("values", "kind", "bound"),
    [
        (np.minimum(daily_wave(480, level=80.0), 100), MetricKind.PERCENT, 100.0),
        (np.full(480, 0.8), MetricKind.RATIO, 1.0),
        (np.full(480, 80.0), MetricKind.PERCENT, 100.0),
    ],
    ids=["percent", "constant_ratio", "constant_percent"],
)
@pytest.mark.parametrize("initial", [None, 90.0], ids=["laid_on", "from_a_start"])
def test_no_event_or_scenario_passes_the_bound_of_a_kind(values, kind, bound, initial):
    series = series_of(values, kind)
    event = Event("sale", int(hours(600)[490]), None, factor=2.0)
    forecast = forecast_series(series, 48, (0.1, 0.5, 0.9), Annotations(events=(event,)))
    assert forecast.values.max() == bound
    assert simulate_paths(series, (50, 48), 0, Annotations(events=(event,))).max() == bound
    grown = under(series, 48, Scenario("s", (3.0,), 0.1, initial=initial), event)
    assert grown.max() <= bound


def test_growth_of_the_past_is_measured_by_months():
    days = np.arange(400)
    series = series_of(100 * 1.05 ** (days / 30.4375), step_ms=DAY_MS)
    rate, spread, _ = growth_of_history(series)
    assert rate == pytest.approx(0.05, abs=0.002)
    assert spread < 0.002


@pytest.mark.parametrize(("apart", "count"), [(1, 24), (3, 13), (12, 6)], ids=["months", "quarters", "years"])
def test_growth_of_the_past_is_that_of_a_month_however_far_apart_samples_are(apart, count):
    """Five percent a month must not become 16 for quarterly samples or 80 for yearly ones."""
    times = (np.datetime64("2026-09") - apart * np.arange(count)[::-1]).astype("M8[ms]").astype(np.int64)
    rate, spread, _ = growth_of_history(Series(SeriesId("users"), times, 1.05 ** (apart * np.arange(count))))
    assert rate == pytest.approx(0.05, abs=0.001)
    assert spread < 0.003


def test_the_spread_of_quarters_is_told_as_that_of_months():
    times = (np.datetime64("2026-09") - 3 * np.arange(60)[::-1]).astype("M8[ms]").astype(np.int64)
    logs = np.random.default_rng(0).normal(0, 0.1 * 3**0.5, 60).cumsum()
    assert growth_of_history(Series(SeriesId("users"), times, np.exp(logs)))[1] == pytest.approx(0.1, rel=0.2)


def test_growth_over_months_without_samples_is_not_that_of_one():
    days, draw = np.arange(800), np.random.default_rng(0)
    grown = 1.05 ** (days / 30.4375) * np.exp(draw.normal(0, 0.05, 800))
    grown[100:300] = np.nan
    assert growth_of_history(series_of(grown, step_ms=DAY_MS))[0] == pytest.approx(0.05, abs=0.003)


def test_growth_of_the_past_of_a_counter_is_that_of_its_gains():
    rates = 100 * 1.05 ** (np.arange(400) / 30.4375)
    totals = np.cumsum(rates)
    totals[250:] -= totals[249]  # a restart
    rate, spread, _ = growth_of_history(series_of(totals, MetricKind.COUNTER, step_ms=DAY_MS))
    assert (rate, spread) == pytest.approx((0.05, 0.0), abs=0.01)


@pytest.mark.parametrize("kind", [MetricKind.COUNT, MetricKind.COUNTER])
def test_growth_of_the_past_holds_no_event(kind):
    rates = 100 * 1.05 ** (np.arange(400) / 30.4375)
    launch = Event("launch", START_MS + 299 * DAY_MS + 1, None, factor=2.0)
    rates[300:] *= 2
    series = series_of(np.cumsum(rates) if kind is MetricKind.COUNTER else rates, kind, step_ms=DAY_MS)
    assert growth_of_history(series, Annotations(events=(launch,)))[0] == pytest.approx(0.05, abs=0.002)
    assert growth_of_history(series)[0] > 0.08


def test_growth_of_a_short_past_is_not_guessed():
    with pytest.raises(NothingToAnswer, match="whole months"):
        growth_of_history(series_of(daily_wave(480)))

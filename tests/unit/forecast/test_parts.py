"""Seasons, grids, pools, grades, annotations and scenarios, each by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, daily_wave, hours, panel_of, request

from plimsoll.domain.errors import NothingToAnswer, UsageError
from plimsoll.domain.forecast import (
    Accuracy,
    Annotations,
    Changepoint,
    Combination,
    Event,
    ForecastState,
    Grade,
    IgnoreWindow,
    Scenario,
)
from plimsoll.domain.series import MetricKind, Series, SeriesId, Window
from plimsoll.forecast.accuracy import grade_of, skill_error, verdict
from plimsoll.forecast.annotations import ordinary, with_events
from plimsoll.forecast.calibration import GRID, NO_POOL, PRIOR, as_of_now, pool_of, ticket
from plimsoll.forecast.frequency import step_of
from plimsoll.forecast.grid import on_grid
from plimsoll.forecast.panel import forecast_panel, pools_of
from plimsoll.forecast.paths import simulate_paths
from plimsoll.forecast.scenarios import ground_of, growth_factors, growth_of_history, with_scenario
from plimsoll.forecast.seasons import rescaled, seasons_for
from plimsoll.forecast.single import forecast_series, prepared_series

DAY_MS = 24 * HOUR_MS


def series_of(values, kind=MetricKind.UNKNOWN, step_ms=HOUR_MS):
    return Series(SeriesId("s"), START_MS + step_ms * np.arange(len(values)), np.asarray(values, float), "", kind)


def ground(series, forecast, *events):
    return ground_of(prepared_series(series, Annotations(events=events), None), forecast.times_ms, events)


@pytest.mark.parametrize(
    ("word", "step_ms"),
    [
        ("10s", 10_000),
        ("5min", 300_000),
        ("5T", 300_000),
        ("h", HOUR_MS),
        ("H", HOUR_MS),
        ("D", DAY_MS),
        ("W", 7 * DAY_MS),
    ],
)
def test_a_frequency_word_is_a_step(word, step_ms):
    assert step_of(word) == step_ms


@pytest.mark.parametrize("word", ["", "M", "MS", "0h", "fortnight", "-5min", "5", "h" * 100])
def test_a_word_without_a_fixed_step_is_refused(word):
    with pytest.raises(UsageError, match="fixed step"):
        step_of(word)


@pytest.mark.parametrize(
    ("step_ms", "named", "expected"),
    [
        (HOUR_MS, (24,), (24, 168, 0)),
        (HOUR_MS, (24, 168), (24, 168, 0)),
        (HOUR_MS, (1,), (1, 0, 0)),
        (300_000, (288,), (288, 2016, 0)),
        (DAY_MS, (7,), (7, 0, 364)),
        (7 * DAY_MS, (52,), (52, 0, 0)),
        (10_000, (1,), (1, 0, 0)),
        (HOUR_MS, None, (24, 168, 0)),
        (DAY_MS, None, (7, 0, 364)),
        (31 * DAY_MS, None, (12, 0, 0)),
        (30 * DAY_MS, None, (12, 0, 0)),
        (92 * DAY_MS, None, (4, 0, 0)),
        (45 * DAY_MS, None, (1, 0, 0)),
    ],
)
def test_seasons_are_the_named_ones_and_those_of_the_calendar(step_ms, named, expected):
    seasons = seasons_for(step_ms, named)
    assert (seasons.main, seasons.long, seasons.year) == expected


def test_a_named_season_is_told_in_the_series_own_steps():
    assert rescaled((24,), HOUR_MS, 300_000) == (288,)
    assert rescaled((1,), HOUR_MS, 300_000) == (1,)  # none stays none


def test_a_grid_leaves_gaps_open_and_ends_at_the_last_sample():
    grid = on_grid(hours(6)[[0, 1, 4, 5]], np.array([1.0, 2.0, 5.0, 6.0]), HOUR_MS)
    np.testing.assert_array_equal(grid.values, [1, 2, np.nan, np.nan, 5, 6])
    assert grid.end_ms == hours(6)[-1]


def test_a_small_pool_leans_on_the_prior_and_a_large_one_on_itself():
    errors = np.random.default_rng(0).normal(size=(6, 50))
    few, many = pool_of([errors]), pool_of([np.random.default_rng(i).normal(size=(6, 50)) for i in range(200)])
    assert few.series == 1
    at = GRID.index(0.9)
    assert abs(few.factors[at] - PRIOR[at]) < abs(many.factors[at] - PRIOR[at])
    assert many.factors[at] == pytest.approx(1.28, abs=0.1)


def test_a_skew_is_believed_of_many_series_and_hardly_of_a_few():
    def skew(count):
        factors = pool_of([np.random.default_rng(i).exponential(size=(6, 50)) for i in range(count)]).factors
        return (factors[-3] + factors[2]) / (factors[-3] - factors[2])

    assert skew(2) < 0.1
    assert skew(250) > 0.3


def test_the_inner_quantiles_are_read_from_the_newest_window_and_the_tails_from_all():
    def factors(older):
        draws = [np.random.default_rng(i).normal(size=(6, 50)) for i in range(100)]
        return pool_of([np.vstack([older * errors[:-1], errors[-1:]]) for errors in draws]).factors

    calm, wild = factors(1.0), factors(4.0)
    inner = [GRID.index(level) for level in (0.1, 0.3, 0.7, 0.9)]
    assert calm[inner].tolist() == wild[inner].tolist()
    assert wild[GRID.index(0.975)] > 2 * calm[GRID.index(0.975)]
    assert (np.diff(factors(0.1)) >= 0).all()


def test_errors_over_scales_of_few_windows_are_told_as_wide_as_those_of_now():
    draw = np.random.default_rng(0)
    mean_squares = draw.exponential(size=(6, 400_000)).cumsum(axis=0) / np.arange(1, 7)[:, None]
    errors = np.full(mean_squares.shape, np.nan)
    errors[2:] = draw.normal(size=(4, 400_000)) / np.sqrt(mean_squares[1:5])  # row w over a scale of w windows
    told = as_of_now(errors)
    assert errors[2].std() > 1.25 * np.sqrt(6 / 5)
    np.testing.assert_allclose(told.std(axis=1), np.sqrt(6 / 5), rtol=0.03)
    inside = [np.quantile(np.abs(row), 0.95) for row in told]
    assert max(inside) < 1.05 * min(inside)


def test_windows_over_too_few_or_without_anything_known_say_nothing_of_width():
    errors = np.full((6, 3), 2.0)
    errors[3] = np.nan
    np.testing.assert_array_equal(as_of_now(errors), as_of_now(np.vstack([np.full((2, 3), 99.0), errors[2:]])))
    assert as_of_now(errors).shape == (3, 3)
    assert as_of_now(errors[:2]).size == 0
    assert pool_of([errors[:2]]) is NO_POOL


def test_one_series_that_broke_with_a_perfect_past_does_not_widen_its_neighbor_without_end():
    calm = np.random.default_rng(0).normal(size=(6, 50))
    broken = np.full((6, 50), 1e-14)
    broken[2:] = 2e5
    factors = pool_of([calm, broken]).factors
    assert np.abs(factors).max() < 10


def test_factors_rise_with_the_level_beyond_the_grid_too():
    factors = NO_POOL.at((0.0001, 0.001, 0.005, 0.3, 0.5, 0.9, 0.999, 0.9999))
    assert (np.diff(factors) > 0).all()
    assert factors[4] == 0


def test_a_ticket_depends_on_name_and_seed_alone():
    assert ticket("a", 0) == ticket("a", 0)
    assert len({ticket("a", 0), ticket("a", 1), ticket("b", 0)}) == 3


@pytest.mark.parametrize(
    ("skill", "coverage", "grade"),
    [
        (0.4, 0.8, Grade.A),
        (0.4, 0.5, Grade.B),
        (0.2, 0.8, Grade.B),
        (0.1, 0.8, Grade.C),
        (0.0, 0.8, Grade.D),
        (-0.1, 0.8, Grade.E),
        (-0.1, 0.1, Grade.E),
    ],
)
def test_a_grade_follows_skill_and_honest_width(skill, coverage, grade):
    assert grade_of(Accuracy(1 - skill, 1.0, coverage, 6, 100)) is grade


def test_a_forecast_that_is_no_better_says_so():
    noise = np.random.default_rng(0).normal(size=800).cumsum()
    forecast = forecast_series(series_of(noise), 24, seasons=(1,))
    assert forecast.accuracy is not None
    assert "no better than seasonal naive" in verdict(Accuracy(1.0, 1.0, 0.8, 6, 10))
    assert ("no better" in forecast.why) == (forecast.accuracy.skill <= 0)


def test_samples_of_a_clock_that_jitters_are_forecast_as_those_of_one_that_does_not():
    """Stepped by their least distance they lost the day: seasonal naive was three times as far off."""
    wave = series_of(daily_wave(24 * 30, seed=3))
    late = np.random.default_rng(3).integers(0, 60_000, len(wave))
    even, odd = (forecast_series(one, 24) for one in (wave, replace(wave, times_ms=wave.times_ms + late)))
    assert odd.accuracy.naive_mase == pytest.approx(even.accuracy.naive_mase, rel=0.1)
    assert odd.accuracy.mase == pytest.approx(even.accuracy.mase, rel=0.1)


def test_skill_is_told_with_what_chance_leaves_of_it():
    """Two letters lie between draws of one walk: the error that one draw tells is how far they scatter."""
    found = [
        forecast_series(series_of(1000 + np.cumsum(np.random.default_rng(draw).normal(0, 5, 240))), 24).accuracy
        for draw in range(40)
    ]
    scatter = np.std([one.skill for one in found])
    told = np.sqrt(np.mean([one.skill_error**2 for one in found]))
    assert told == pytest.approx(scatter, rel=0.35)
    assert verdict(Accuracy(0.8, 1.0, 0.8, 6, 10, 0.123)) == "20% less error than seasonal naive, ± 12 points"
    assert verdict(Accuracy(0.8, 1.0, 0.8, 6, 10)) == "20% less error than seasonal naive"


def test_windows_that_know_nothing_have_no_part_in_the_error_of_skill():
    errors, naive = np.array([[1.0], [2.0], [0.0], [3.0]]), np.array([[4.0], [4.0], [0.0], [4.0]])
    known = [0, 1, 3]
    assert skill_error(errors, naive) == skill_error(errors[known], naive[known])


@pytest.mark.parametrize("windows", [[1.0], [0.0, 0.0, 2.0]], ids=["one_window", "one_that_decides"])
def test_one_window_has_no_error_of_skill(windows):
    errors = np.array(windows)[:, None]
    assert skill_error(errors, errors) is None


def test_an_untested_forecast_has_the_lowest_grade_and_no_accuracy():
    forecast = forecast_series(series_of([1.0, 2.0, 4.0]), 5)
    assert (forecast.grade, forecast.accuracy, forecast.state) == (Grade.F, None, ForecastState.SHORT_HISTORY)


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
    assert "repeats" in forecast.why


def test_what_went_below_zero_is_no_counter():
    forecast = forecast_series(series_of(-np.arange(240.0), MetricKind.COUNTER), 24)
    assert forecast.values[-1, 2] == pytest.approx(-263, abs=2)
    assert "below the zero of a counter" in forecast.why


def test_an_empty_series_is_answered():
    assert forecast_series(series_of([]), 5).state is ForecastState.CANNOT_TELL


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


@pytest.mark.parametrize(("size", "grade"), [(3, Grade.F), (9, Grade.F), (10, Grade.A)])
def test_a_handful_of_equal_samples_is_not_graded(size, grade):
    forecast = forecast_series(series_of(np.full(size, 7.0)), 3)
    assert (forecast.state, forecast.grade) == (ForecastState.CONSTANT, grade)
    assert ("not tested" in forecast.why) is (grade is Grade.F)


def test_taking_off_an_event_leaves_a_counter_as_it_was_read_and_nothing_below_what_was_seen():
    event = Event("campaign", START_MS, None, factor=1.0, offset=5.0)
    read = series_of([2.0, 7.0, 9.0], MetricKind.COUNTER)
    assert ordinary(read, Annotations(events=(event,))).values.tolist() == [2, 7, 9]
    count = series_of([2.0, 7.0, np.nan, 9.0], MetricKind.COUNT)
    np.testing.assert_array_equal(ordinary(count, Annotations(events=(event,))).values, [0, 2, np.nan, 4])


@pytest.mark.parametrize(("kind", "bound"), [(MetricKind.PERCENT, 100.0), (MetricKind.RATIO, 1.0)])
def test_no_quantile_passes_the_bound_of_its_kind(kind, bound):
    values = np.minimum(daily_wave(480, level=90.0), 100.0) * bound / 100.0
    forecast = forecast_panel(panel_of([values], kinds=[kind]), request(), {})
    assert forecast.values.max() <= bound
    assert forecast.values.min() >= 0


def test_paths_have_the_forecasts_own_quantiles():
    series = series_of(daily_wave(480))
    paths = simulate_paths(series, 48, 4000, seed=1)
    forecast = forecast_series(series, 48, (0.1, 0.5, 0.9))
    np.testing.assert_allclose(np.quantile(paths, (0.1, 0.5, 0.9), axis=0).T, forecast.values, rtol=2e-3)
    np.testing.assert_array_equal(paths, simulate_paths(series, 48, 4000, seed=1))


def test_paths_of_a_walk_hang_together_and_those_of_noise_do_not():
    draw = np.random.default_rng(0)
    walk, noise = draw.normal(size=960).cumsum() + 1000, draw.normal(size=960) + 1000
    together = [
        np.corrcoef(simulate_paths(series_of(values), 48, 1000, 0, seasons=(1,))[:, [30, 32]].T)[0, 1]
        for values in (walk, noise)
    ]
    assert together[0] > 0.8
    assert abs(together[1]) < 0.4


def test_a_fleet_says_how_many_series_stood_behind_its_widths():
    panel = panel_of([daily_wave(240, seed) for seed in range(7)])
    assert [pool.series for pool in pools_of(panel, request()).values()] == [7]


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


def test_added_growth_moves_every_quantile_by_the_same():
    series = series_of(daily_wave(480))
    forecast, paths = forecast_series(series, 24, (0.1, 0.5, 0.9)), simulate_paths(series, 24, 500, 0)
    plain, grown = (
        with_scenario(forecast, paths, Scenario("s", (rate,), combination=Combination.ADD), 0, ground(series, forecast))
        for rate in (0.0, 1.0)
    )
    moved = grown.values - plain.values
    np.testing.assert_allclose(moved[:, 0], moved[:, 2])


def under(series, horizon, scenario, *events):
    """The medians of a forecast under a scenario."""
    known = Annotations(events=events)
    forecast = forecast_series(series, horizon, (0.1, 0.5, 0.9), known)
    paths = simulate_paths(series, horizon, 400, 0, known)
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
    assert simulate_paths(series, 48, 50, 0, Annotations(events=(event,))).max() == bound
    grown = under(series, 48, Scenario("s", (3.0,), 0.1, initial=initial), event)
    assert grown.max() <= bound


def test_growth_of_the_past_is_measured_by_months():
    days = np.arange(400)
    series = series_of(100 * 1.05 ** (days / 30.4375), step_ms=DAY_MS)
    rate, spread = growth_of_history(series)
    assert rate == pytest.approx(0.05, abs=0.002)
    assert spread < 0.002


@pytest.mark.parametrize(("apart", "count"), [(1, 24), (3, 13), (12, 6)], ids=["months", "quarters", "years"])
def test_growth_of_the_past_is_that_of_a_month_however_far_apart_samples_are(apart, count):
    """Five percent a month were told as 16 of quarters and as 80 of years."""
    times = (np.datetime64("2026-09") - apart * np.arange(count)[::-1]).astype("M8[ms]").astype(np.int64)
    rate, spread = growth_of_history(Series(SeriesId("users"), times, 1.05 ** (apart * np.arange(count))))
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
    rate, spread = growth_of_history(series_of(totals, MetricKind.COUNTER, step_ms=DAY_MS))
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

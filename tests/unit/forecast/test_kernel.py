"""What the kernel's parts find in series of known nature."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import daily_wave, panel_of, request

from plimsoll.domain.series import MetricKind
from plimsoll.forecast.compiled import empty_answer, outlook_many
from plimsoll.forecast.kernel import engine
from plimsoll.forecast.kernel.autoregression import solve
from plimsoll.forecast.kernel.backtesting import backtest
from plimsoll.forecast.kernel.clean import bridge_gaps, level_shifts, replace_outliers, unusual_steps
from plimsoll.forecast.kernel.methods import METHODS
from plimsoll.forecast.kernel.nature import Nature
from plimsoll.forecast.kernel.order import middle_of, middle_of_few
from plimsoll.forecast.kernel.periods import own_period
from plimsoll.forecast.kernel.sawtooth import falls_in
from plimsoll.forecast.kernel.spread import horizon_scale
from plimsoll.forecast.kernel.weights import method_weights
from plimsoll.forecast.kernel.windows import rolling_origins, windows_that_count
from plimsoll.forecast.panel import forecast_panel


def middle(values, kind=MetricKind.UNKNOWN, horizon=48):
    return forecast_panel(panel_of([values], kinds=[kind]), request(horizon), {}).values[0, :, 2]


def shifts_in(values, m):
    steps = np.empty(values.size - 1)
    limit = unusual_steps(values, m, steps)
    return level_shifts(values, m, steps, limit, 5, np.full(steps.size, False))


def weights_of(errors, left_out):
    weights = np.empty(len(errors[0]))
    method_weights(np.array(errors), left_out, weights)
    return weights


def test_a_migration_is_found_where_it_happened_and_is_not_learned_as_growth():
    growth = np.cumsum(np.random.default_rng(0).gamma(4, 0.25, 400))
    moved = growth + np.where(np.arange(400) >= 300, 500.0, 0.0)
    places, heights = shifts_in(moved, 1)
    assert places.tolist() == [300]
    assert heights[0] == pytest.approx(500, rel=0.02)
    np.testing.assert_allclose(np.diff(middle(moved)), np.diff(middle(growth)), atol=0.2)


def test_a_shift_that_is_taken_back_stays():
    visited = np.where((np.arange(400) >= 200) & (np.arange(400) < 300), 50.0, 10.0)
    noisy = visited + np.random.default_rng(0).normal(0, 0.5, 400)
    assert shifts_in(noisy, 1)[0].size == 0


def test_the_morning_of_each_day_is_no_shift():
    working = np.where(np.arange(480) % 24 >= 8, 100.0, 5.0) + np.random.default_rng(0).normal(0, 1, 480)
    assert shifts_in(working, 24)[0].size == 0


def test_a_freak_sample_takes_the_value_its_neighbors_suggest():
    wave = daily_wave(240)
    wave[100] += 10_000
    steps = np.empty(wave.size - 1)
    limit = unusual_steps(wave, 24, steps)
    assert replace_outliers(wave, steps, limit, 1, np.full(steps.size, False)) == 1
    assert abs(wave[100] - daily_wave(240)[100]) < 30


def test_a_gap_is_bridged_with_the_shape_of_the_season():
    wave = daily_wave(240)
    holed = wave.copy()
    holed[120:144] = np.nan
    bridged = np.empty(240)
    bridge_gaps(holed, 24, bridged)
    assert np.abs(bridged - wave).max() < 25
    np.testing.assert_array_equal(bridged[:120], wave[:120])


def test_the_reset_of_a_saw_tooth_is_predicted():
    tooth = np.arange(400.0) % 50
    assert falls_in(tooth, tooth.size)[0].tolist() == list(range(50, 400, 50))
    future = middle(tooth[:380])
    assert np.argmin(np.diff(future)) == pytest.approx(19, abs=2)
    assert future[:18].max() > 45
    assert future[22:30].max() < 15


@pytest.mark.parametrize(
    ("period", "found"), [(60, 60), (37, 0)], ids=["on_the_hour_by_minutes", "off_every_natural_period"]
)
def test_a_period_is_looked_for_among_the_natural_ones(period, found):
    beat = np.where(np.arange(1200) % period < 5, 10.0, 0.0) + np.random.default_rng(0).normal(0, 0.5, 1200)
    assert own_period(beat, np.array([15, 30, 60, 360])) == found


def test_a_random_walk_beats_in_no_period():
    walk = np.random.default_rng(0).normal(0, 1, 1200).cumsum()
    assert own_period(walk, np.array([15, 30, 60, 360])) == 0


def test_a_batch_job_on_the_hour_is_forecast_without_anyone_naming_its_season():
    values = np.where(np.arange(1440) % 60 < 6, 80.0, 20.0) + np.random.default_rng(0).normal(0, 1, 1440)
    times = 60_000 * np.arange(1440, dtype=np.int64)
    panel = panel_of([values], [times])
    from plimsoll.domain.panel import Request

    future = forecast_panel(panel, Request(120, (0.5,), 60_000, (1,)), {}).values[0, :, 0]
    expected = np.where(np.arange(1440, 1560) % 60 < 6, 80.0, 20.0)
    assert np.abs(future - expected).mean() < 4


def test_a_weekend_is_a_day_of_another_type_after_few_weeks():
    weekend = (np.arange(26 * 24) // 24 % 7) >= 5
    whole = daily_wave(26 * 24) * np.where(weekend, 0.3, 1.0)
    past, ahead = whole[: 19 * 24], whole[19 * 24 : 21 * 24]  # forecast on Friday night
    error = np.abs(middle(past) - ahead).mean()
    assert error < 0.3 * np.abs(np.tile(past[-24:], 2) - ahead).mean()
    assert error < 12


def test_a_counter_goes_on_at_its_rate_after_resets():
    rates = 10 + 5 * np.sin(np.arange(480) * 2 * np.pi / 24)
    counter = np.cumsum(rates)
    counter[200:] -= counter[200]
    future = middle(counter, MetricKind.COUNTER, 24)
    assert future[-1] - counter[-1] == pytest.approx(240, rel=0.05)
    assert np.ptp(np.diff(future)) > 5


@pytest.mark.parametrize("size", [5, 12, 13, 14, 30, 100, 1000])
@pytest.mark.parametrize("m", [1, 24])
def test_origins_rise_and_end_at_the_last_sample(size, m):
    origins = rolling_origins(np.zeros(size), 24, m)
    assert origins[-1] == size
    assert (np.diff(origins) > 0).all()
    assert (origins >= min(4, size)).all()


@pytest.mark.parametrize(
    ("unread", "expected"),
    [
        (slice(0, 0), [60, 68, 76, 84, 92, 100]),
        (slice(70, 98), [44, 52, 60, 92, 100]),
        (slice(72, 88), [60, 68, 84, 92, 100]),
        (slice(50, 98), [28, 36, 44, 92, 100]),
        (slice(0, 90), [84, 92, 100]),
    ],
    ids=["all_read", "outage_just_ended", "outage_ended_a_while_ago", "long_outage", "nothing_before"],
)
def test_windows_pass_over_what_was_not_read(unread, expected):
    actual = np.zeros(100)
    actual[unread] = np.nan
    origins = rolling_origins(actual, 8, 1)
    assert origins[-len(expected) :].tolist() == expected


@pytest.mark.parametrize(
    ("slopes", "unread", "counted"),
    [
        ((0, 0, 1, 2, 1, 2), (), (False, False, True, True, True)),
        ((1, 2, 1, 2, 1, 2), (), (True,) * 5),
        ((0, 0, 0, 0, 2, 1), (), (True,) * 5),
        ((1, 2, 1, 2, 1, 0), (), (True,) * 5),
        ((0,) * 6, range(18, 22), (True, False, True, True, True)),
        ((0,) * 6, range(19, 21), (True,) * 5),
        ((0,) * 6, range(7, 52), (False,) * 5),
        ((0, 2, 1, 2, 1, 2), range(38, 42), (False, True, True, False, True)),
    ],
    ids=[
        "two_knew_no_line",
        "all_knew",
        "too_few_knew",
        "no_line_today",
        "not_read",
        "two_not_read",
        "none_read",
        "both",
    ],
)
def test_the_errors_of_a_window_count_that_knew_what_a_forecast_knows(slopes, unread, counted):
    origins, slopes = np.arange(10, 70, 10), np.array(slopes, dtype=float)
    actual = np.ones(60)
    actual[list(unread)] = np.nan
    assert tuple(windows_that_count(origins, slopes, actual, 10, True)) == counted


def test_a_window_of_which_little_is_known_does_not_count():
    origins, slopes, actual = np.arange(10, 70, 10), np.zeros(6), np.ones(60)
    actual[41:48] = np.nan
    assert tuple(windows_that_count(origins, slopes, actual, 10, False)) == (True, True, True, False, True)
    actual[:41] = np.nan  # little is left to compare it with
    assert tuple(windows_that_count(origins, slopes, actual, 10, False)) == (False, False, False, True, True)


def test_the_best_method_weighs_most_and_weights_sum_to_one():
    weights = weights_of([[1.0, 2.0, 4.0], [1.0, 3.0, 2.0]], -1)
    assert weights.sum() == pytest.approx(1)
    assert weights.argmax() == 0
    assert weights[0] > 0.95


def test_windows_in_which_nothing_is_known_do_not_count():
    known, unknown = np.array([1.0, 2.0]), np.full(2, np.nan)
    np.testing.assert_array_equal(weights_of([known, unknown], 0), weights_of([known], -1))


def test_the_scale_of_errors_that_grow_with_the_root_of_the_horizon_grows_nearly_so():
    errors = np.tile(np.sqrt(np.arange(1.0, 101.0)), (6, 1))
    scale = np.empty(100)
    horizon_scale(errors, 0.0, 0.0, scale)
    assert 1.6 < scale[99] / scale[24] <= 2.0


def test_what_widths_are_read_from_knows_nothing_of_what_came_after():
    draw = np.random.default_rng(0)
    origins, paths = np.array([40, 50, 60, 70, 80, 90]), draw.normal(size=(6, METHODS, 10))
    before = draw.normal(size=90)
    after = np.where(np.arange(90) < 70, before, 50.0 * before)
    answers = empty_answer(1, 10, with_errors=True), empty_answer(1, 10, with_errors=True)
    for actual, answer in zip((before, after), answers, strict=True):
        backtest(
            origins,
            paths,
            actual,
            Nature(
                1,
                0,
                0,
                10,
                False,
                False,
                np.zeros(origins.size),
                np.full(origins.size - 1, True),
                np.ones(origins.size),
            ),
            answer,
            0,
        )
    calm, wild = (answer.standardized[0] for answer in answers)
    assert np.isnan(calm[:2]).all()  # the first two windows have no past to measure a scale
    np.testing.assert_array_equal(calm[2], wild[2])
    assert np.abs(wild[3]).mean() > 20 * np.abs(calm[3]).mean()


def test_the_solver_agrees_with_linear_algebra():
    draw = np.random.default_rng(0).normal(size=(20, 6))
    matrix, right = draw.T @ draw, np.arange(6.0)
    answer = np.empty(6)
    solve(matrix.copy(), right, answer)
    np.testing.assert_allclose(answer, np.linalg.solve(matrix, right))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 101])
def test_the_middle_is_the_median_whatever_the_order(size):
    draw = np.random.default_rng(size)
    for values in (draw.normal(size=size), draw.integers(0, 3, size).astype(float), np.arange(size)[::-1] * 1.0):
        assert middle_of(values.copy(), size) == np.median(values)
        assert middle_of_few(values.copy(), size) == np.median(values)


@pytest.mark.parametrize(
    ("values", "is_sum"),
    [
        (daily_wave(240), 0),
        (np.where(np.arange(240) % 7 == 3, np.nan, daily_wave(240)), 0),
        (np.arange(240.0) % 50, 0),
        (np.abs(daily_wave(240)), 1),
        (daily_wave(30) - 100, 0),
        (daily_wave(1500) * 1.001 ** np.arange(1500), 0),
    ],
    ids=["wave", "gaps", "saw_tooth", "counter", "short", "compounding"],
)
def test_the_machine_code_says_what_the_functions_say(values, is_sum):
    shape, periods = np.array([[24, 168, 0, is_sum]]), np.array([6, 12, 24, 168])
    truths = np.where(np.arange(values.size) % 5 == 2, np.nan, values)
    answers = empty_answer(1, 12, with_errors=True), empty_answer(1, 12, with_errors=True)
    for run, answer in zip((engine.outlook_many, outlook_many()), answers, strict=True):
        run(values, truths, np.array([0, values.size]), shape, periods, answer)
    for plain, fast in zip(*answers, strict=True):
        np.testing.assert_allclose(fast, plain, rtol=1e-6, atol=1e-6)

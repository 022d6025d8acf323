"""Factors from the errors of a fleet: every series has the same weight, however long its past."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import daily_wave, panel_of, request

from plimsoll.forecast.calibration import GRID, NO_POOL, PRIOR, factors_of, pool_of, rescaled_to_now, sampling_rank
from plimsoll.forecast.panel import pools_of


def test_a_series_with_a_long_past_counts_no_more_than_one_with_a_short_one() -> None:
    long, short = np.tile([-1.0, 1.0], (5, 100)), np.array([[-9.0, 9.0]])
    factors = dict(zip(GRID, factors_of([long, short]), strict=True))
    assert (factors[0.1], factors[0.9]) == (pytest.approx(-9.0, abs=1.0), pytest.approx(9.0, abs=1.0))


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
    errors[2:] = draw.normal(size=(4, 400_000)) / np.sqrt(mean_squares[1:5])  # row w has a scale from w windows
    told = rescaled_to_now(errors)
    assert errors[2].std() > 1.25 * np.sqrt(6 / 5)
    np.testing.assert_allclose(told.std(axis=1), np.sqrt(6 / 5), rtol=0.03)
    inside = [np.quantile(np.abs(row), 0.95) for row in told]
    assert max(inside) < 1.05 * min(inside)


def test_windows_over_too_few_or_without_anything_known_say_nothing_of_width():
    errors = np.full((6, 3), 2.0)
    errors[3] = np.nan
    np.testing.assert_array_equal(
        rescaled_to_now(errors), rescaled_to_now(np.vstack([np.full((2, 3), 99.0), errors[2:]]))
    )
    assert rescaled_to_now(errors).shape == (3, 3)
    assert rescaled_to_now(errors[:2]).size == 0
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
    assert sampling_rank("a", 0) == sampling_rank("a", 0)
    assert len({sampling_rank("a", 0), sampling_rank("a", 1), sampling_rank("b", 0)}) == 3


def test_a_fleet_says_how_many_series_stood_behind_its_widths():
    panel = panel_of([daily_wave(240, seed) for seed in range(7)])
    assert [pool.series for pool in pools_of(panel, request()).values()] == [7]

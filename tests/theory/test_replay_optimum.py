"""The lower bound of cost against dynamic programming over every choice there is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from plimsoll.simulation.optimum import exact, least_hours, least_misses

HOUR_S = 3600.0


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("misses", [0, 1, 3])
def test_the_bound_is_the_optimum_when_every_step_weighs_the_same(seed, misses):
    random = np.random.default_rng(seed)
    need = random.integers(1, 9, size=12)
    load = np.ones(12)
    bound = least_hours(load, need, 2, HOUR_S, misses / 12)
    assert bound == pytest.approx(exact(load, need, (2, 10), misses, lag=1))


@pytest.mark.parametrize("seed", range(10))
def test_start_up_time_costs_nothing_where_the_future_is_known(seed):
    need = np.random.default_rng(seed).integers(2, 9, size=10)
    need[:3] = np.sort(need[:3])[::-1]  # nothing can be started before the history begins
    load = np.ones(10)
    assert exact(load, need, (2, 10), 0, lag=3) == exact(load, need, (2, 10), 0, lag=1)


@pytest.mark.parametrize("seed", range(10))
def test_least_misses_undoes_least_hours(seed):
    random = np.random.default_rng(seed)
    load = random.uniform(10, 100, size=200)
    need = np.ceil(load / 8).astype(np.int64)
    for ratio in (0.01, 0.1, 0.3):
        hours = least_hours(load, need, 2, 60.0, ratio)
        assert least_misses(load, need, 2, 60.0, hours) == pytest.approx(ratio, abs=1e-9)


def test_a_budget_below_the_minimum_fleet_cannot_be_met():
    assert least_misses(np.array([10.0, 10.0]), np.array([5, 5]), 2, HOUR_S, 1.0) == 1.0


def test_a_looser_slo_never_costs_more():
    random = np.random.default_rng(3)
    load = random.uniform(10, 100, size=100)
    need = np.ceil(load / 8).astype(np.int64)
    hours = [least_hours(load, need, 2, 60.0, ratio) for ratio in np.linspace(0, 1, 21)]
    assert all(one >= other for one, other in pairwise(hours))

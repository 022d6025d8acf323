"""The lower bound of cost against dynamic programming over every choice there is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.changed_source import changed

from plimsoll.domain.series import Times, Values
from plimsoll.simulation import optimum
from plimsoll.simulation.optimum import least_hours, least_misses

HOUR_S = 3600.0


def exact(load: Values, need: Times, bounds: tuple[int, int], misses: int, lag: int) -> float:
    """Find the least replica-steps at which at most `misses` steps are outside the SLO, for a fleet with start-up lag.

    Dynamic programming over (step, ready replicas, missed steps). A rise of the ready count must be requested `lag`
    steps before; during the first `lag` steps the count can only fall from the initial count, which is free to choose.
    """
    least, most = bounds
    counts = np.arange(least, most + 1)
    cost = np.full((counts.size, misses + 1), np.inf)
    for i, count in enumerate(counts):
        miss = int(count < need[0])
        if miss <= misses:
            cost[i, miss] = count
    for t in range(1, load.size):
        cost = _next(cost, counts, int(need[t]), rising=t >= lag)
    return float(cost.min())


def _next(cost: Values, counts: Times, need: int, *, rising: bool) -> Values:
    after = np.full_like(cost, np.inf)
    for i, count in enumerate(counts):
        reachable = cost if rising else cost[i:]
        best = reachable.min(axis=0)
        miss = int(count < need)
        after[i, miss:] = best[: best.size - miss] + count
    return after


def is_the_optimum(seed: int, misses: int, rules=optimum) -> bool:
    need = np.random.default_rng(seed).integers(1, 9, size=12)
    bound = rules.least_hours(np.ones(12), need, 2, HOUR_S, misses / 12)
    return bool(bound == pytest.approx(exact(np.ones(12), need, (2, 10), misses, lag=1)))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("misses", [0, 1, 3])
def test_the_bound_is_the_optimum_when_every_step_weighs_the_same(seed, misses):
    assert is_the_optimum(seed, misses)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param("np.argsort(-worth", "np.argsort(worth", id="the_least_worth_is_given_up_first"),
        pytest.param("miss_ratio * float(load.sum())", "0.0", id="nothing_is_given_up"),
        pytest.param(
            "left = np.maximum(total - before, 0.0)", "left = np.full_like(before, total)", id="all_are_given_up"
        ),
        pytest.param("(saved[order] * given_up)", "(saved * given_up)", id="savings_out_of_order"),
    ],
)
def test_a_changed_bound_is_told_apart_by_dynamic_programming(was, becomes):
    rules = changed(optimum, was, becomes)
    assert not all(is_the_optimum(seed, misses, rules) for seed in range(4) for misses in (1, 3))


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
    """Nor is the step kept that the least fleet would serve: there are too few hours for that fleet."""
    assert least_misses(np.array([10.0, 10.0]), np.array([5, 2]), 2, HOUR_S, 1.0) == 1.0


@pytest.mark.parametrize("load", [10.0, 0.0])
def test_a_budget_for_every_step_misses_nothing(load):
    assert least_misses(np.full(2, load), np.array([5, 5]), 2, HOUR_S, 10.0) == 0.0


def test_a_looser_slo_never_costs_more():
    random = np.random.default_rng(3)
    load = random.uniform(10, 100, size=100)
    need = np.ceil(load / 8).astype(np.int64)
    hours = [least_hours(load, need, 2, 60.0, ratio) for ratio in np.linspace(0, 1, 21)]
    assert all(one >= other for one, other in pairwise(hours))

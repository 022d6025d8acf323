"""Rows with autocorrelated errors carry less information than as many independent rows."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.capacity.carried_over import carried_over, times_as_wide
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.model import Values
from plimsoll.capacity.unit_cost import cache_benefit, resource_cost

ROWS = 120
COLUMNS = np.column_stack(
    [np.ones(ROWS), np.sin(np.arange(ROWS) / 9), np.random.default_rng(1).random(ROWS), np.zeros(ROWS)]
)
LATE = np.abs(np.subtract.outer(np.arange(ROWS), np.arange(ROWS)))  # distance of two rows


def errors(correlation: float, seed: int) -> Values:
    return np.linalg.cholesky(correlation**LATE) @ np.random.default_rng(seed).standard_normal(ROWS)


@pytest.mark.parametrize("correlation", [0.3, 0.8])
def test_intervals_are_as_wide_as_generalized_least_squares_says(correlation: float) -> None:
    columns = COLUMNS[:, :3]
    inverse = np.linalg.inv(columns.T @ columns)
    spread = inverse @ columns.T @ correlation**LATE @ columns @ inverse
    exact = np.sqrt(np.maximum(np.diag(spread) / np.diag(inverse), 1))
    assert times_as_wide(columns, correlation) == pytest.approx(exact, rel=1e-9)
    assert exact[1] > 1.2, "a column that moves slowly"
    assert times_as_wide(COLUMNS, correlation)[3] == 1.0, "a kind that never came"


@pytest.mark.parametrize("correlation", [0.4, 0.8])
def test_the_correlation_of_errors_is_found_behind_what_a_fit_leaves_of_them(correlation: float) -> None:
    leave = np.eye(ROWS) - COLUMNS @ np.linalg.pinv(COLUMNS)
    left = [leave @ errors(correlation, seed) for seed in range(30)]
    assert np.mean([carried_over(one, COLUMNS) for one in left]) == pytest.approx(correlation, abs=0.03)


def test_chance_is_no_correlation() -> None:
    leave = np.eye(ROWS) - COLUMNS @ np.linalg.pinv(COLUMNS)
    found = [carried_over(leave @ errors(0.0, seed), COLUMNS) for seed in range(30)]
    assert np.count_nonzero(found) <= 4
    assert carried_over(np.zeros(ROWS), COLUMNS) == 0.0


def test_costs_and_benefits_of_rows_that_follow_each_other_have_wider_intervals() -> None:
    rate, normals, off = 100 + 60 * COLUMNS[:, 1], normals_of(1, 256), errors(0.8, 3)
    ratio = rate / 200
    shuffled = np.random.default_rng(5).permutation(off)
    costs = [resource_cost("cpu", "", 0.3 + 0.004 * rate + 0.05 * one, {"a": rate}, normals) for one in (off, shuffled)]
    benefits = [cache_benefit("x", ratio, 0.2 - 0.15 * ratio + 0.01 * one, normals) for one in (off, shuffled)]
    pairs = [
        (costs[0].per_unit["a"], costs[1].per_unit["a"]),
        (costs[0].idle, costs[1].idle),
        *((getattr(benefits[0], name), getattr(benefits[1], name)) for name in ("miss_s", "hit_s", "benefit_s")),
    ]
    for correlated, independent in pairs:
        assert correlated.high - correlated.value > 1.5 * (independent.high - independent.value)
        assert correlated.value - correlated.low > 1.5 * (independent.value - independent.low)


def test_no_interval_of_a_cost_is_widened_past_zero() -> None:
    used = 0.3 + 0.05 * errors(0.8, 3)
    cost = resource_cost("cpu", "", used, {"a": 100 + 60 * COLUMNS[:, 1]}, normals_of(1, 256)).per_unit["a"]
    assert cost.low == 0.0

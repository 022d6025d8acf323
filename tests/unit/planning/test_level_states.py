"""The posterior of a level is that of a Kalman filter, in matrices, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.planning.level_states import CELLS, posterior

GAPS = (7, 8, 20)


def level() -> np.ndarray:
    random = np.random.default_rng(11)
    levels = 500.0 + np.cumsum(random.normal(1.0, 3.0, 40)) + random.normal(0.0, 2.0, 40)
    levels[list(GAPS)] = np.nan
    return levels


FOUND = posterior(level())


@pytest.mark.parametrize("cell", range(0, len(CELLS), 23))
def test_each_cell_ends_where_the_filter_ends(cell: int) -> None:
    phi, noise, wander, paced, rho = CELLS[cell]
    move = np.array([[1.0, 1.0, 0.0], [0.0, rho, 0.0], [0.0, 0.0, phi]])
    shaken, seen = np.diag([0.0, wander, 1.0]), np.array([1.0, 0.0, 1.0])
    levels = FOUND.forms[0].levels
    state, cov = np.array([levels[0], 0.0, 0.0]), np.diag([1e6, 1e4 * paced, 1 / (1 - phi**2)])
    for step, value in enumerate(levels):
        if step:
            state, cov = move @ state, move @ cov @ move.T + shaken
        if np.isfinite(value):
            gain = cov @ seen / (seen @ cov @ seen + noise)
            state, cov = state + gain * (value - seen @ state), cov - np.outer(gain, seen @ cov)
    assert FOUND.states[0, cell] == pytest.approx(state, rel=1e-6, abs=1e-6)
    root = FOUND.root[cell]
    assert root @ root.T == pytest.approx(cov, rel=1e-6, abs=1e-6)


def test_one_step_errors_are_in_units_of_their_deviation_and_weights_add_up_to_one() -> None:
    assert (FOUND.errors**2).mean(axis=0) == pytest.approx(np.ones(FOUND.variances.shape))
    assert FOUND.weights.sum() == pytest.approx(1.0)

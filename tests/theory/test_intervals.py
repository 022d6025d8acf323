"""Draws about a fitted line are Student's t under even noise, and hold the truth as often as they say under any."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtrit

from plimsoll.capacity.draws import draw
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.least_squares import free_optimum
from plimsoll.capacity.models.base_plus_per_unit import BasePlusPerUnit
from plimsoll.capacity.noise import NOISE_SHAPES, NoiseShape, noise_weights

LINE = BasePlusPerUnit()
LOAD = np.linspace(20, 150, 7)
TRUTH = np.array([0.13, 0.005])


def test_draws_about_a_line_are_students_t_with_n_minus_p_degrees() -> None:
    even = np.ones(LOAD.size)
    measured = LINE.predict(TRUTH, LOAD) + 0.02 * np.random.default_rng(2).standard_normal(LOAD.size)
    found = free_optimum(LINE, LOAD, measured, even, TRUTH)
    assert found is not None
    drawn = draw(LINE, LOAD, measured, found, normals_of(1, 40_000).table(LOAD.size, 40_000))
    assert drawn is not None
    error = np.sqrt(np.diag(np.linalg.inv(found.slopes.T @ found.slopes)) * found.squares / (LOAD.size - 2))
    for probability in (0.025, 0.16, 0.84, 0.975):
        seen = np.quantile((drawn - found.parameters) / error, probability, axis=0)
        assert seen == pytest.approx(stdtrit(LOAD.size - 2, probability), rel=0.04)


@pytest.mark.parametrize("shape", NOISE_SHAPES, ids=lambda shape: shape.name)
def test_intervals_of_a_line_under_a_known_noise_shape_hold_the_truth_in_95_of_100_tests(shape: NoiseShape) -> None:
    random, true = np.random.default_rng(3), LINE.predict(TRUTH, LOAD)
    spread = 1 / np.sqrt(noise_weights(true, true, shape))
    errors = normals_of(1, 600).table(LOAD.size, 600) * spread
    tests, held = 1000, np.zeros(2)
    for _ in range(tests):
        measured = true + 0.02 * spread * random.standard_normal(LOAD.size)
        found = free_optimum(LINE, LOAD, measured, np.ones(LOAD.size), TRUTH)
        assert found is not None
        drawn = draw(LINE, LOAD, measured, found, errors)
        assert drawn is not None
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        held += (low <= TRUTH) & (high >= TRUTH)
    assert held / tests == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / tests))

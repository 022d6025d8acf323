"""What nobody can know ahead."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.simulation.noise import level_known_misses, noise_ratio


def test_the_noise_of_a_steady_level_is_its_relative_deviation():
    load = np.random.default_rng(1).normal(100.0, 10.0, size=50_000)
    assert noise_ratio(load) == pytest.approx(0.1, rel=0.03)


def test_a_smooth_demand_has_no_noise():
    assert noise_ratio(np.full(100, 5.0)) == 0.0


def test_where_nothing_is_asked_nothing_is_noise_and_nothing_is_missed():
    none = np.zeros(100)
    assert (noise_ratio(none), level_known_misses(none, 10.0, (2, 500), 1000.0)[0]) == (0.0, 0.0)


def test_with_a_generous_budget_nothing_is_missed():
    load = np.random.default_rng(1).uniform(50, 150, size=1000)
    assert level_known_misses(load, 10.0, (2, 500), 1000 * 40.0)[0] == 0.0


def test_a_smaller_budget_never_misses_less():
    load = np.random.default_rng(1).uniform(50, 150, size=1000)
    misses = [level_known_misses(load, 10.0, (2, 500), 1000 * count)[0] for count in (9.0, 11.0, 13.0, 16.0)]
    assert misses == sorted(misses, reverse=True)


def test_a_spike_of_one_step_is_not_known_from_the_steps_around_it():
    load = np.full(600, 100.0)
    load[300] = 400.0
    assert level_known_misses(load, 10.0, (2, 500), 600 * 14.0)[0] == pytest.approx(400.0 / load.sum())

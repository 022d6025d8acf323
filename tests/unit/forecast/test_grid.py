"""Samples put on a grid leave gaps open."""

from __future__ import annotations

import numpy as np
from tests.unit.forecast.panels import HOUR_MS, hours

from plimsoll.forecast.grid import on_grid


def test_a_grid_leaves_gaps_open_and_ends_at_the_last_sample():
    grid = on_grid(hours(6)[[0, 1, 4, 5]], np.array([1.0, 2.0, 5.0, 6.0]), HOUR_MS)
    np.testing.assert_array_equal(grid.values, [1, 2, np.nan, np.nan, 5, 6])
    assert grid.end_ms == hours(6)[-1]


def test_samples_of_two_readers_lie_on_the_step_of_each():
    """Two servers scrape a target seven seconds apart: seven seconds are no step, and neither are both samples one."""
    times = np.add.outer(hours(40), [0, 7_000]).ravel()
    grid = on_grid(times, np.arange(80.0), HOUR_MS)
    assert (grid.step.ms, grid.values.tolist()) == (HOUR_MS, list(np.arange(1.0, 80.0, 2.0)))
    assert grid.remarks == ("40 samples left out for a later one in the same step",)

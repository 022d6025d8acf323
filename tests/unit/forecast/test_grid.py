"""Samples put on a grid leave gaps open."""

from __future__ import annotations

import numpy as np
from tests.unit.forecast.panels import HOUR_MS, hours

from plimsoll.forecast.grid import on_grid


def test_a_grid_leaves_gaps_open_and_ends_at_the_last_sample():
    grid = on_grid(hours(6)[[0, 1, 4, 5]], np.array([1.0, 2.0, 5.0, 6.0]), HOUR_MS)
    np.testing.assert_array_equal(grid.values, [1, 2, np.nan, np.nan, 5, 6])
    assert grid.end_ms == hours(6)[-1]

"""What known events change in simulated futures."""

from __future__ import annotations

import numpy as np
from tests.unit.planning.histories import DAY_MS, START_MS

from plimsoll.domain.forecast import Event
from plimsoll.planning.first_passage import Futures
from plimsoll.planning.known_events import under_events
from plimsoll.planning.runway_grid import Grid


def test_an_event_acts_on_the_gain_of_its_day_after_days_that_are_gaps() -> None:
    """A counter gains 1 a day, and its last two days are gaps: the first future day took three gains for its own."""
    levels = np.array([1.0, 2.0, 3.0, np.nan, np.nan])
    grid = Grid(START_MS, DAY_MS, levels, np.zeros(1), np.zeros((5, 1)), relative=False, is_total=True)
    usual = Futures(np.array([[6.0, 7.0, 8.0]]), np.zeros((1, 3), dtype=np.intp))
    doubled = Event("sale", START_MS, START_MS + DAY_MS, factor=2.0)
    np.testing.assert_allclose(under_events(usual, grid, [doubled]).levels, [[7.0, 8.0, 9.0]])

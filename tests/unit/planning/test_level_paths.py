"""Futures of levels, against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.planning.level_paths import line_paths

FUTURES, HISTORY = 4000, 60


@pytest.mark.parametrize("mid_day", [0.0, 0.75], ids=["between_days", "in_mid_day"])
@pytest.mark.parametrize("steps", [(30,), (12, 40), (8, 29, 47)], ids=len)
def test_stairs_come_again_as_often_as_they_came_and_that_is_uncertain(steps: tuple[int, ...], mid_day: float) -> None:
    """Poisson steps at a gamma rate in as much time: as many on average, and none in 2^-n of the futures.

    They came half a step less often, at a rate as if it were known, and in mid-day they were noise.
    """
    days = np.arange(HISTORY)
    levels = sum((1.0 * (days >= step) - mid_day * (days == step) for step in steps), np.full(HISTORY, 3.0))
    ends = line_paths(levels, HISTORY, FUTURES, np.random.default_rng(0))[:, -1] - levels[-1]
    assert ends.mean() == pytest.approx(len(steps), rel=0.06)
    assert np.mean(ends < 0.5) == pytest.approx(0.5 ** len(steps), abs=0.03)

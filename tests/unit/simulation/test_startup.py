"""Start-up delays as they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.domain.system import Startup
from plimsoll.simulation.startup import delays

MANY = 20_000


def test_without_spread_every_start_takes_the_median():
    assert set(delays(Startup(120.0), 60.0, 100, 1).tolist()) == {2}


@pytest.mark.parametrize(("share", "seconds"), [(0.5, 100.0), (0.95, 300.0)])
def test_the_quantiles_are_those_of_the_model(share, seconds):
    drawn = delays(Startup(100.0, 300.0), 1.0, MANY, 1)
    assert np.quantile(drawn, share) == pytest.approx(seconds, rel=0.03)


def test_failed_starts_are_tried_again():
    drawn = delays(Startup(60.0, failure_ratio=0.25), 60.0, MANY, 1)
    assert drawn.mean() == pytest.approx(1 / (1 - 0.25), rel=0.02)  # the mean of a geometric count of tries


def test_a_start_takes_one_step_at_least():
    assert delays(Startup(0.0), 60.0, 10, 1).min() == 1


def test_the_same_seed_draws_the_same():
    assert np.array_equal(delays(Startup(60.0, 90.0), 1.0, 50, 7), delays(Startup(60.0, 90.0), 1.0, 50, 7))

"""First passage of a Brownian motion with drift has a closed form (the inverse Gaussian distribution).

P(T <= t) = Phi((m t - a) / (s sqrt t)) + exp(2 m a / s^2) Phi((-a - m t) / (s sqrt t)). A walk observed in discrete
steps passes as the motion passes a + 0.5826 s sqrt(step) (Broadie, Glasserman & Kou 1997).
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import binom

from plimsoll.planning.first_passage import Futures, first_passage
from plimsoll.planning.runway_grid import Grid

DAY = 86_400_000
PATHS, DAYS = 20_000, 60


def passed_by(time: float, level: float, drift: float, spread: float) -> float:
    root = spread * np.sqrt(time)
    echo = np.exp(2 * drift * level / spread**2) * ndtr((-level - drift * time) / root)
    return float(ndtr((drift * time - level) / root) + echo)


@pytest.mark.parametrize(
    ("level", "drift", "spread"),
    [
        pytest.param(10.0, 0.3, 1.0, id="drifts_towards_the_limit"),
        pytest.param(8.0, 0.0, 1.0, id="no_drift"),
        pytest.param(5.0, -0.1, 1.0, id="drifts_away"),
    ],
)
def test_quantiles_and_the_probability_of_none_are_those_of_the_inverse_gaussian(
    level: float, drift: float, spread: float
) -> None:
    walks = np.cumsum(np.random.default_rng(5).normal(drift, spread, (PATHS, DAYS)), axis=1)
    grid = Grid(0, DAY, np.zeros(1), np.zeros(1), np.zeros((1, 1)), relative=False)
    futures = Futures(walks, np.zeros(walks.shape, dtype=np.intp))
    passage = first_passage(grid, futures, level, 1, DAYS * DAY)
    corrected = level + 0.5826 * spread
    none = 1 - passed_by(DAYS, corrected, drift, spread)
    low, high = binom.interval(0.9999, PATHS, none)
    assert low / PATHS - 0.01 <= passage.probability_none <= high / PATHS + 0.01
    for share, found in ((0.1, passage.early_ms), (0.5, passage.p50_ms), (0.9, passage.late_ms)):
        if found is None:
            assert passed_by(DAYS, corrected, drift, spread) < share + 0.02
        else:
            days = found / DAY
            assert passed_by(days - 1, corrected, drift, spread) - 0.02 <= share
            assert passed_by(days, corrected, drift, spread) + 0.02 >= share

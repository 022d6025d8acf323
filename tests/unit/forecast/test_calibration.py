"""What is read from the errors of a fleet: every series counts the same, however long its past."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.forecast.calibration import GRID, factors_of


def test_a_series_with_a_long_past_counts_no_more_than_one_with_a_short_one() -> None:
    long, short = np.tile([-1.0, 1.0], (5, 100)), np.array([[-9.0, 9.0]])
    factors = dict(zip(GRID, factors_of([long, short]), strict=True))
    assert (factors[0.1], factors[0.9]) == (pytest.approx(-9.0, abs=1.0), pytest.approx(9.0, abs=1.0))

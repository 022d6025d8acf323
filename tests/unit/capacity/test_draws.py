"""Quantiles of weighted draws and the table of Student's t agree with direct computation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtr

from plimsoll.capacity.draws import weighted_quantiles
from plimsoll.capacity.family import _student_below

ENDS = np.array([0.005, 0.025, 0.3, 0.5, 0.7, 0.975, 0.995])


@pytest.mark.parametrize("size", [1, 7, 150, 3000], ids=["one", "few", "hundreds", "thousands_of_which_tails_are_read"])
@pytest.mark.parametrize("lightest", [1.0, 0.01], ids=["alike", "a_third_that_weighs_next_to_nothing"])
def test_a_quantile_has_its_share_of_the_weight_below_it(size: int, lightest: float) -> None:
    random = np.random.default_rng(size)
    values, weights = random.standard_normal(size), np.where(np.arange(size) % 3, 1.0, lightest)
    values[weights < 1] -= 3  # the draws of small weight form the tail
    for probability, found in zip(ENDS, weighted_quantiles(values, weights, ENDS), strict=True):
        below, to = weights[values < found].sum(), weights[values <= found].sum()
        assert below <= probability * weights.sum() * (1 + 1e-12)
        assert to >= probability * weights.sum() * (1 - 1e-12)


def test_draws_without_a_value_stay_at_the_upper_end() -> None:
    values = np.array([1.0, 2.0, np.inf, np.inf, 3.0])
    assert weighted_quantiles(values, np.ones(5), np.array([0.3, 0.9])).tolist() == [2.0, np.inf]


@pytest.mark.parametrize("freedom", [2, 3, 9, 26])
def test_students_table_is_right_to_a_millionth_however_far_out(freedom: int) -> None:
    off = np.concatenate([np.linspace(-40, 40, 9001), [-1e300, 1e300, -np.inf, np.inf]])
    assert _student_below(off, freedom) == pytest.approx(stdtr(freedom, off), abs=1e-6)

"""Intervals of scores: none from too little, and the right width where the steps are independent."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.domain.time_spans import DAY_S
from plimsoll.simulation.bootstrap_interval import block_length, ratio_interval, sum_interval


@pytest.mark.parametrize(
    ("steps", "step_s", "length"),
    [
        pytest.param(28_800, 60.0, 1440, id="a_day"),
        pytest.param(7200, 60.0, 720, id="a_tenth_of_less_than_ten_days"),
        pytest.param(5, 60.0, 1, id="one_step_at_least"),
        pytest.param(100, 2 * DAY_S, 1, id="steps_longer_than_a_day"),
    ],
)
def test_a_block_is_a_day_or_a_tenth_of_a_shorter_history(steps: int, step_s: float, length: int) -> None:
    assert block_length(steps, step_s) == length


@pytest.mark.parametrize("steps", [15, 16])
def test_too_few_steps_have_no_interval(steps: int) -> None:
    amounts = np.arange(float(steps))
    for found in (sum_interval(amounts, 60.0, 1), ratio_interval(amounts, np.ones(steps), 60.0, 1)):
        assert (found.low is None, found.high is None) == ((steps < 16,) * 2)


def test_steps_that_fill_no_whole_number_of_blocks_count_too() -> None:
    found = sum_interval(np.full(109, 2.0), 60.0, 1)
    assert (found.value, found.low, found.high) == pytest.approx((218.0, 218.0, 218.0))


def test_of_independent_steps_the_interval_is_as_wide_as_that_of_their_mean() -> None:
    missed = np.random.default_rng(1).normal(10.0, 3.0, 5000)
    found = ratio_interval(missed, np.ones(missed.size), DAY_S, 1)
    assert found.value == pytest.approx(missed.mean())
    assert found.low is not None
    assert found.high is not None
    half = 1.96 * missed.std() / np.sqrt(missed.size)
    assert [found.value - found.low, found.high - found.value] == pytest.approx([half, half], rel=0.15)


def test_where_nothing_is_offered_the_ratio_is_zero() -> None:
    found = ratio_interval(np.zeros(50), np.zeros(50), 60.0, 1)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)

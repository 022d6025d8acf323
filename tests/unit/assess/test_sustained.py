"""Sustained conditions: judged over the whole window, gaps known."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.assess.sustained import Truth, held_past
from plimsoll.domain.limit import Direction
from plimsoll.domain.series import Series, SeriesId, Window

FIVE_MINUTES = Window(0, 300_000)
HIGH = Direction.HIGH_IS_BAD


def every_30_s(*values: float, start_ms: int = 0) -> Series:
    times = start_ms + 30_000 * np.arange(len(values), dtype=np.int64)
    return Series(SeriesId("cpu"), times, np.array(values, dtype=np.float64))


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        pytest.param([0.9] * 10, Truth.YES, id="all_of_the_window"),
        pytest.param([0.9] * 9 + [0.7], Truth.NO, id="one_sample_at_the_level_refutes"),
        pytest.param([0.1] + [0.9] * 9, Truth.NO, id="true_only_at_the_end"),
        pytest.param([0.9] * 4 + [np.nan] * 4 + [0.9] * 2, Truth.UNKNOWN, id="not_a_number_is_a_gap"),
        pytest.param([np.nan] * 5 + [0.1] * 5, Truth.NO, id="refuted_in_spite_of_a_gap"),
        pytest.param([0.9] * 4 + [np.nan] + [0.9] * 5, Truth.YES, id="a_gap_as_long_as_may_be"),
        pytest.param([0.9] * 10 + [0.1], Truth.YES, id="a_sample_at_the_end_is_of_the_next_window"),
        pytest.param([], Truth.UNKNOWN, id="no_sample_at_all"),
    ],
)
def test_a_condition_is_judged_over_all_of_the_window(values: list[float], answer: Truth) -> None:
    assert held_past(every_30_s(*values), 0.7, FIVE_MINUTES, 60, HIGH).holds is answer


def test_a_window_that_is_only_half_covered_is_unknown() -> None:
    late = every_30_s(*[0.9] * 5, start_ms=150_000)
    found = held_past(late, 0.7, FIVE_MINUTES, 60, HIGH)
    assert (found.holds, found.why) == (Truth.UNKNOWN, "cannot tell: 2.5m of the window have no sample")


def test_no_sample_is_no_proof_however_long_a_gap_may_be() -> None:
    assert held_past(every_30_s(), 0.7, FIVE_MINUTES, 3600, HIGH).holds is Truth.UNKNOWN


def test_low_is_bad_looks_the_other_way() -> None:
    found = held_past(every_30_s(*[0.4] * 10), 0.7, FIVE_MINUTES, 60, Direction.LOW_IS_BAD)
    assert (found.holds, found.why) == (Truth.YES, "10 samples, all below 0.7")
    assert held_past(every_30_s(*[0.4] * 10), 0.7, FIVE_MINUTES, 60, HIGH).why == "10 of 10 samples not above 0.7"

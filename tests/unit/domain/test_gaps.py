"""Between two samples there is a gap where they lie further apart than one and a half steps of their series."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.domain.gaps import unfilled
from plimsoll.domain.series import Gap, Series, SeriesId, Window

CPU = SeriesId("cpu")


@pytest.mark.parametrize(
    ("next_ms", "left"), [(270, ()), (271, (Window(181, 271),))], ids=["one_and_a_half_steps", "more"]
)
def test_samples_fill_a_gap_as_far_as_they_lie_near(next_ms: int, left: tuple[Window, ...]) -> None:
    times = np.array([0, 60, 120, 180, next_ms, next_ms + 60], dtype=np.int64)
    gap = Gap(CPU, Window(0, next_ms + 60), "no answer")
    assert tuple(one.window for one in unfilled([gap], [Series(CPU, times, np.ones(6))])) == left

"""Windows and events in rings give what a look at the whole history gives, all the way round."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.policy.kernel.layout import RING
from plimsoll.policy.kernel.rings import events_within, push_event, push_extreme

TIMES = np.cumsum(np.random.default_rng(1).integers(1, 4, 300)).astype(float)
VALUES = np.random.default_rng(2).integers(-6, 7, 300).astype(float)
WINDOW_S = 7.0  # at most seven samples are younger


@pytest.mark.parametrize(("sign", "extreme"), [(1.0, max), (-1.0, min)])
def test_the_extreme_of_a_window_is_that_of_all_samples_younger_than_it(sign, extreme):
    ring, position = np.zeros(8, RING), (0, 0)
    for n, (now_s, value) in enumerate(zip(TIMES, VALUES, strict=True)):
        position = push_extreme(ring, position, now_s, value, WINDOW_S, sign)
        young = VALUES[: n + 1][now_s - TIMES[: n + 1] < WINDOW_S]
        assert ring[position[0]]["value"] == extreme(young)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_events_of_a_period_are_those_of_one_direction_younger_than_it(sign):
    ring, position = np.zeros(8, RING), (0, 0)
    for n, (now_s, value) in enumerate(zip(TIMES, VALUES, strict=True)):
        position = push_event(ring, position, now_s, value)
        young = VALUES[: n + 1][now_s - TIMES[: n + 1] < WINDOW_S] * sign
        assert events_within(ring, position, now_s, WINDOW_S, sign) == ((young > 0).sum(), young[young > 0].sum())

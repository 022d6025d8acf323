"""The steps decide whether throughput falls or levels off, not the law fitted to them."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.capacity.decline import KneedLaw, confidence_of_decline
from plimsoll.capacity.model import Values

USERS = np.linspace(1.0, 220.0, 12)
SHARP, LAW = KneedLaw(8.0, stays=True), KneedLaw(1.0)
FLAT = SHARP.predict(np.array([50.0, 36.0]), USERS)
FALLING = LAW.predict(np.array([90.0, 36.0, 1e-4]), USERS)
RISING = KneedLaw(1.0, stays=True).predict(np.array([90.0, 36.0]), USERS)


@pytest.mark.parametrize(
    ("throughput", "least", "most"),
    [
        pytest.param(FALLING, 0.999, 1.0, id="the_law_itself"),
        pytest.param(KneedLaw(5.0).predict(np.array([55.0, 35.0, 2e-5]), USERS), 0.999, 1.0, id="a_sharp_knee_falls"),
        pytest.param(RISING, 0.0, 0.0, id="most_at_the_highest_load"),
        pytest.param(np.round(FLAT), 0.0, 0.0, id="flat"),
        pytest.param(FLAT + 3 * np.cos(3 * USERS), 0.0, 0.8, id="flat_with_a_ripple"),
        pytest.param(np.full(USERS.size, 300.0) - np.arange(12) % 3, 0.0, 0.8, id="full_from_the_first_step_on"),
    ],
)
def test_confidence_is_high_only_where_throughput_falls(throughput: Values, least: float, most: float) -> None:
    found = confidence_of_decline(USERS, throughput)
    assert found is not None
    assert least <= found <= most


def test_four_steps_tell_nothing_and_an_idle_step_adds_nothing() -> None:
    assert confidence_of_decline(USERS[:4], FALLING[:4]) is None
    assert confidence_of_decline(np.array([0.0, *USERS[:4]]), np.array([0.0, *FALLING[:4]])) is None
    noisy = scattered(FALLING, 3)
    assert confidence_of_decline(np.array([0.0, *USERS]), np.array([0.0, *noisy])) == confidence_of_decline(
        USERS, noisy
    )


def test_of_six_steps_two_are_left_to_tell_scatter_by() -> None:
    found = confidence_of_decline(np.arange(10.0, 61, 10), np.array([100, 200, 280, 320, 300, 270.0]))
    assert found == pytest.approx(0.94, abs=0.02)  # with six degrees of freedom it would be 0.99


def scattered(throughput: Values, seed: int) -> Values:
    return np.asarray(throughput * (1 + 0.04 * np.random.default_rng(seed).standard_normal(USERS.size)))


def test_scatter_of_four_percent_seldom_makes_a_fall_and_seldom_hides_one() -> None:
    flat, falling = (
        [confidence_of_decline(USERS, scattered(one, seed)) for seed in range(10)] for one in (FLAT, FALLING)
    )
    assert sum(one is not None and one >= 0.95 for one in flat) <= 1
    assert sum(one is not None and one >= 0.95 for one in falling) >= 9

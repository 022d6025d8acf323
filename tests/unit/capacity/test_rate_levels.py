"""A request rate is cut into levels; ramps, pauses and idle time are none."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.capacity.rate_levels import rate_levels

EVEN_100 = np.full(60, 100.0)


def test_levels_lie_inside_their_seconds_of_runs_of_hours_too() -> None:
    """Beyond 4,000 seconds one cell holds several seconds."""
    for seconds, edge in ((60, 2), (1501, 5)):
        found = rate_levels(np.repeat([50.0, 100, 150], seconds))
        assert len(found) == 3
        for number, (start, end) in enumerate(found):
            low, high = number * seconds, (number + 1) * seconds
            assert low <= start <= low + edge * (number > 0)
            assert high - edge * (number < 2) <= end <= high


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        pytest.param(np.r_[EVEN_100, np.zeros(8), EVEN_100], [(0, 58), (70, 128)], id="a_pause_parts_two_levels"),
        pytest.param(np.r_[np.zeros(50), EVEN_100, np.zeros(50)], [(52, 108)], id="idle_time_is_no_level"),
        pytest.param(np.r_[EVEN_100 * 10, EVEN_100 * 10.3], [(0, 120)], id="within_five_percent"),
        pytest.param(np.linspace(1000, 1050, 300), [(0, 300)], id="a_drift_of_five_percent"),
        pytest.param(np.linspace(1000, 1250, 300), [], id="a_slow_ramp"),
        pytest.param(np.full(4, 9.0), [], id="too_short"),
        pytest.param(np.zeros(60), [], id="nothing"),
    ],
)
def test_what_is_a_level_and_what_is_none(rate: np.ndarray, expected: list[tuple[int, int]]) -> None:
    found = rate_levels(rate)
    assert np.array(found).reshape(-1, 2) == pytest.approx(np.array(expected, dtype=float).reshape(-1, 2), abs=2)


def test_chance_finds_no_other_load_in_half_an_hour() -> None:
    rate = np.random.default_rng(4).poisson(100, 2000).astype(float)
    loads = [float(rate[start:end].mean()) for start, end in rate_levels(rate)]
    assert loads == pytest.approx([100.0] * len(loads), rel=0.03)

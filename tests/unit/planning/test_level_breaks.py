"""Steps that stay and spikes that go are found in levels, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from plimsoll.planning.level_breaks import cleaned

STILL = np.zeros(60)
NOISE = np.random.default_rng(7).normal(0.0, 1.0, 60)


def changed(levels: np.ndarray, where: slice | int, by: float) -> np.ndarray:
    """The same levels with `by` added at `where`."""
    levels = levels.copy()
    levels[where] += by
    return levels


@pytest.mark.parametrize(
    ("levels", "steps", "spikes"),
    [
        pytest.param(STILL, [], [], id="all zero"),
        pytest.param(changed(STILL, 20, 5.0), [], [5.0], id="zero but for one spike"),
        pytest.param(changed(STILL, slice(30, None), 5.0), [5.0], [], id="zero, then a step"),
        pytest.param(np.arange(60.0), [], [], id="a straight line"),
        pytest.param(changed(np.arange(60.0), slice(30, None), -40.0), [-40.0], [], id="a climb that falls once"),
        pytest.param(changed(np.arange(60.0), slice(20, 22), 30.0), [], [30.0, 30.0], id="a spike of two in a climb"),
        pytest.param(NOISE, [], [], id="noise"),
        pytest.param(changed(NOISE, slice(30, None), -40.0), [-40.0], [], id="a step down in noise"),
        pytest.param(changed(NOISE, 20, 60.0), [], [60.0], id="a spike in noise"),
        pytest.param(changed(NOISE, -1, 60.0), [], [], id="the newest level may be the start of a step"),
        pytest.param(changed(NOISE, slice(-2, None), -40.0), [-40.0], [], id="a step down two levels ago"),
        pytest.param(changed(NOISE, slice(-2, None), -5.0), [], [], id="two levels that are low by chance"),
        pytest.param(changed(STILL[:10], 5, 9.0), [], [], id="too few levels to tell"),
    ],
)
def test_breaks_are_found_with_their_size(levels: np.ndarray, steps: list[float], spikes: list[float]) -> None:
    found = cleaned(levels)
    assert found.steps == pytest.approx(steps, abs=3.0)
    assert found.spikes == pytest.approx(spikes, abs=3.0)
    assert np.isnan(found.levels).sum() == len(spikes)


@given(arrays(np.float64, st.integers(1, 80), elements=st.sampled_from([0.0, 0.0, 0.0, 1.0, -2.0, 1e9, np.nan])))
def test_any_levels_come_to_an_end_and_the_newest_stays(levels: np.ndarray) -> None:
    found = cleaned(levels)
    assert found.levels.shape == levels.shape
    assert np.array_equal(found.levels[-1:], levels[-1:], equal_nan=True)
    assert np.isfinite(found.steps).all()
    assert np.isfinite(found.spikes).all()


@pytest.mark.parametrize("step", [0.0, 60.0], ids=["growth_alone", "and_a_step"])
def test_what_grew_in_a_gap_is_no_step(step: float) -> None:
    """Three days unknown at 20 a day: the next level lies 80 above the last known one."""
    levels = changed(20.0 * np.arange(60.0) + NOISE, slice(33, None), step)
    levels[30:33] = np.nan
    found = cleaned(levels)
    assert found.steps == pytest.approx([step] if step else [], abs=4.0)
    assert np.nanmax(np.abs(np.diff(found.levels) - 20.0)) < 5.0


def test_a_level_that_stands_still_goes_by_its_steps() -> None:
    """One step lies between two days, another in the middle of one: its mean lies between."""
    stairs = 3.0 + (np.arange(60) >= 10) + (np.arange(60) >= 30) * 1.0 - 0.75 * (np.arange(60) == 30)
    found = cleaned(stairs)
    assert found.is_stairs
    np.testing.assert_allclose(found.steps, [1.0, 1.0])
    np.testing.assert_array_equal(found.levels, np.full(60, 5.0))


@pytest.mark.parametrize(
    "levels",
    [
        pytest.param(STILL, id="nothing moves"),
        pytest.param(np.arange(60.0), id="a straight line"),
        pytest.param(np.arange(60) // 3 * 1.0, id="steps every third day are a line"),
        pytest.param(changed(NOISE, slice(30, None), 40.0), id="a step in noise"),
        pytest.param(np.maximum(np.arange(60.0), 45.0), id="growth that began"),
        pytest.param(np.minimum(np.arange(60.0), 15.0), id="growth that ended"),
    ],
)
def test_what_moves_always_or_never_is_no_stairs(levels: np.ndarray) -> None:
    assert not cleaned(levels).is_stairs

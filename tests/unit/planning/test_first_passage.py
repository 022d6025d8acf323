"""First passage of simulated futures, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.planning.first_passage import Futures, first_passage
from plimsoll.planning.runway_grid import Grid

DAY = 86_400_000.0


def flat_grid(shapes: list[float] | None = None) -> Grid:
    shape = np.array([shapes or [0.0]], dtype=float)
    return Grid(0, int(DAY), np.zeros(1), np.zeros(1), shape, relative=False)


def futures(levels: list[list[float]]) -> Futures:
    found = np.array(levels, dtype=float)
    return Futures(found, np.zeros(found.shape, dtype=np.intp))


def test_quantiles_are_the_times_by_which_that_share_has_passed() -> None:
    """Path i of ten passes on day i + 1, so 10, 50 and 90 % have passed after 1, 5 and 9 days."""
    paths = [[0.0] * i + [1.0] * (10 - i) for i in range(10)]
    passage = first_passage(flat_grid(), futures(paths), 1.0, 1, 10 * DAY)
    assert (passage.early_ms, passage.p50_ms, passage.late_ms) == (1 * DAY, 5 * DAY, 9 * DAY)
    assert passage.probability_none == 0.0


@pytest.mark.parametrize(
    ("passing", "known"),
    [
        pytest.param(0, (False, False, False), id="none"),
        pytest.param(1, (True, False, False), id="a_tenth_exactly"),
        pytest.param(4, (True, False, False), id="below_half"),
        pytest.param(5, (True, True, False), id="half_exactly"),
        pytest.param(9, (True, True, True), id="nine_tenths_exactly"),
    ],
)
def test_a_quantile_past_the_horizon_is_none(passing: int, known: tuple[bool, bool, bool]) -> None:
    paths = [[1.0]] * passing + [[0.0]] * (10 - passing)
    passage = first_passage(flat_grid(), futures(paths), 1.0, 1, DAY)
    found = tuple(part is not None for part in (passage.early_ms, passage.p50_ms, passage.late_ms))
    assert found == known
    assert passage.probability_none == pytest.approx(1 - passing / 10)


def test_a_passage_after_the_horizon_does_not_count() -> None:
    assert first_passage(flat_grid(), futures([[0.0, 1.0]]), 1.0, 1, 1.5 * DAY).probability_none == 1.0


def test_the_shape_of_a_day_says_at_which_hour_the_limit_is_passed() -> None:
    """Four samples a day, the third of them 0.5 above the level: it passes after three quarters of a day."""
    grid = flat_grid([0.0, -0.5, 0.5, 0.0])
    assert first_passage(grid, futures([[0.6]]), 1.0, 1, DAY).early_ms == 0.75 * DAY


def test_low_is_bad_looks_at_the_lowest_sample() -> None:
    grid = flat_grid([0.0, -0.5, 0.5, 0.0])
    assert first_passage(grid, futures([[0.6]]), 0.1, -1, DAY).early_ms == 0.5 * DAY
    assert first_passage(grid, futures([[0.7]]), 0.1, -1, DAY).probability_none == 1.0


def test_a_relative_shape_grows_with_the_level() -> None:
    grid = Grid(0, int(DAY), np.ones(1), np.ones(1), np.array([[0.0, 0.2]]), relative=True)
    assert first_passage(grid, futures([[1.0, 5.0]]), 6.0, 1, 2 * DAY).early_ms == 2 * DAY

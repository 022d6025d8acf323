"""First passage of simulated futures, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.domain.forecast import Event
from plimsoll.planning.first_passage import Futures, first_passage
from plimsoll.planning.known_events import under_events
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


def test_a_slot_that_the_shape_does_not_know_hides_no_other() -> None:
    passage = first_passage(flat_grid([np.nan, 0.5]), futures([[0.6]]), 1.0, 1, DAY)
    assert passage.early_ms == DAY


def test_low_is_bad_looks_at_the_lowest_sample() -> None:
    grid = flat_grid([0.0, -0.5, 0.5, 0.0])
    assert first_passage(grid, futures([[0.6]]), 0.1, -1, DAY).early_ms == 0.5 * DAY
    assert first_passage(grid, futures([[0.7]]), 0.1, -1, DAY).probability_none == 1.0


def test_a_relative_shape_grows_with_the_level() -> None:
    grid = Grid(0, int(DAY), np.ones(1), np.ones(1), np.array([[0.0, 0.2]]), relative=True)
    assert first_passage(grid, futures([[1.0, 5.0]]), 6.0, 1, 2 * DAY).early_ms == 2 * DAY


def test_an_event_changes_samples_and_not_the_level_alone() -> None:
    """A level of 0.5 with a peak of 0.8, doubled: 1.6 at the peak, where the level alone would make it 1.3."""
    grid = flat_grid([0.0, -0.3, 0.3, 0.0])
    event = Event("promo", round(DAY) + 1, None, factor=2.0)
    doubled = under_events(futures([[0.5, 0.5]]), grid, [event])
    assert first_passage(grid, doubled, 1.5, 1, 2 * DAY).early_ms == 1.75 * DAY
    assert first_passage(grid, doubled, 1.65, 1, 2 * DAY).early_ms is None
    assert first_passage(grid, doubled, 0.45, -1, 2 * DAY).early_ms == 0.5 * DAY


@pytest.mark.parametrize(
    ("start", "end", "passes"),
    [
        pytest.param(2.5, 3.0, 2.5, id="the_hours_it_lasts"),
        pytest.param(2.25, 2.5, 2.25, id="from_its_first_moment_up_to_its_end"),
        pytest.param(2.3, 2.4, 2.5, id="between_two_samples_it_is_in_the_later"),
        pytest.param(2.0, 3.0, 2.0, id="a_whole_day"),
        pytest.param(1.9, 2.1, 2.0, id="over_midnight"),
    ],
)
def test_an_event_of_hours_is_seen_in_the_hours_it_lasts(start: float, end: float, passes: float) -> None:
    """Samples lie at each quarter of a day; an event counts even if the middle of no day lies within it."""
    grid = flat_grid([0.0, 0.0, 0.0, 0.0])
    event = Event("batch", round(start * DAY), round(end * DAY), factor=3.0)
    tripled = under_events(futures([[0.5] * 4]), grid, [event])
    assert first_passage(grid, tripled, 1.0, 1, 4 * DAY).early_ms == passes * DAY


@pytest.mark.parametrize("change", [{"factor": 1.5}, {"offset": 0.4}], ids=["factor", "offset"])
def test_a_small_event_of_hours_is_seen_as_a_large_one(change: dict[str, float]) -> None:
    batch = Event("batch", round(2.5 * DAY), round(3 * DAY), **change)
    changed = under_events(futures([[0.8] * 4]), flat_grid([0.0] * 4), [batch])
    assert first_passage(flat_grid([0.0] * 4), changed, 1.0, 1, 4 * DAY).early_ms == 2.5 * DAY


def test_events_follow_each_other_on_a_sample() -> None:
    grid = flat_grid([0.0, 0.2])
    events = [Event("more", 0, None, offset=0.1), Event("twice", 0, None, factor=2.0)]
    both = under_events(futures([[0.5]]), grid, events)
    assert first_passage(grid, both, 1.59, 1, DAY).early_ms == DAY
    assert first_passage(grid, both, 1.61, 1, DAY).early_ms is None


def test_a_counter_gains_more_for_as_much_of_a_period_as_an_event_lasts() -> None:
    """It gains 4 a day in steps of a quarter; gains of half a day are doubled."""
    grid = Grid(0, int(DAY), np.array([10.0]), np.zeros(1), np.zeros((1, 4)), relative=False, is_total=True)
    usual = futures([[14.0, 18.0, 22.0]])
    event = Event("sale", round(1.5 * DAY), round(2 * DAY), factor=2.0)
    assert under_events(usual, grid, [event]).levels.tolist() == [[14.0, 19.0, 24.0]]

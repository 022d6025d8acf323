"""Hours and days that tell how a resource goes towards its limit, and those that do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.unit.planning.histories import DAY_MS, HOUR_MS, LIMIT, START_MS, history, runway_of

from plimsoll.domain.limit import Direction
from plimsoll.domain.series import MetricKind, as_datetime
from plimsoll.planning.near_limit import near_limit
from plimsoll.planning.runway_grid import Grid, grid_of

SEEN = 60
TIMES = START_MS + HOUR_MS * np.arange(150 * 24, dtype=np.int64)
DAYS = np.arange(TIMES.size) // 24
WORKING_DAY = DAYS % 7 < 5
WORKING_HOUR = WORKING_DAY & np.isin(np.arange(TIMES.size) % 24, range(9, 18))


def grid_with(values: np.ndarray, step_ms: int = HOUR_MS) -> Grid:
    seen = SEEN * DAY_MS // step_ms
    return grid_of(START_MS + step_ms * np.arange(seen, dtype=np.int64), values[:seen], step_ms)


def noise(size: int = TIMES.size) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.01, size)


@pytest.mark.parametrize("scaled", [False, True], ids=["nights_stay", "nights_grow_with_the_days"])
@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("step_ms", [HOUR_MS, DAY_MS], ids=["hours", "days"])
def test_working_hours_that_grow_are_dated_by_their_growth(step_ms: int, direction: Direction, scaled: bool) -> None:
    """Counted with nights and weekends, they grow too slowly: dates came weeks late, or there were none."""
    top = 0.4 + 0.004 * DAYS
    used = np.where(WORKING_HOUR, top, 0.2 * top if scaled else 0.1)
    used = used.reshape(-1, step_ms // HOUR_MS).max(axis=1)
    used += noise(used.size)
    values, limit = (used, 0.8) if direction is Direction.HIGH_IS_BAD else (1 - used, 0.2)
    truth = history(days=150, step_ms=step_ms)
    seen = SEEN * DAY_MS // step_ms
    passed = as_datetime(int(truth.times_ms[np.flatnonzero(used >= 0.8)[0]]))
    known = replace(truth, times_ms=truth.times_ms[:seen], values=values[:seen])
    breach = runway_of(known, replace(LIMIT, soft=None, hard=limit, direction=direction)).row.breach
    assert breach is not None
    assert breach.p50 is not None
    assert abs(breach.p50 - passed) < timedelta(days=7)


def test_weekends_that_go_another_way_are_gaps_and_keep_their_shapes() -> None:
    grid = grid_with(np.where(WORKING_DAY, 0.4 + 0.004 * DAYS, 0.1) + noise())
    levels = near_limit(grid, 1).levels
    np.testing.assert_array_equal(np.isfinite(levels), np.arange(SEEN) % 7 < 5)
    assert np.isfinite(near_limit(grid, 1).shapes).all()


def test_weekends_that_are_next_to_nothing_are_gaps() -> None:
    """Their ratios to the usual weekend scatter by a third, and say nothing of growth."""
    grid = grid_with(np.where(WORKING_HOUR, 1.0, 0.0) + np.abs(noise()))
    grid = replace(grid, levels=np.where(np.arange(SEEN) % 7 < 5, grid.levels, 3 * noise(SEEN)))
    assert np.isnan(near_limit(grid, 1).levels[np.arange(SEEN) % 7 >= 5]).all()


def test_levels_are_those_of_the_hours_that_grow() -> None:
    busy = np.isin(np.arange(TIMES.size) % 24, range(9, 18))
    top = 0.4 + 0.004 * DAYS
    grid = near_limit(grid_with(1 - (np.where(busy, top, 0.1) + noise())), -1)
    np.testing.assert_allclose(grid.levels, 1 - top[: SEEN * 24 : 24], atol=0.02)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    "values",
    [
        pytest.param(0.4 + 0.002 * DAYS + 0.2 * WORKING_HOUR + noise(), id="business_hours_on_a_line"),
        pytest.param(0.4 + 0.2 * WORKING_HOUR, id="without_noise_or_growth"),
        pytest.param(0.4 + 0.001 * DAYS + 0.1 * WORKING_DAY, id="without_noise"),
        pytest.param(0.4 + np.repeat(np.cumsum(noise(150)), 24) + 0.2 * WORKING_HOUR + noise(), id="random_walk"),
        pytest.param(np.abs(noise()), id="noise"),
        pytest.param(np.zeros(TIMES.size), id="nothing"),
    ],
)
def test_where_all_go_together_nothing_changes(values: np.ndarray, sign: int) -> None:
    grid = grid_with(values)
    assert near_limit(grid, sign) is grid


@pytest.mark.parametrize("loose", [1.0, 8.0])
@pytest.mark.parametrize("far", [~WORKING_HOUR, ~WORKING_DAY], ids=["nights", "weekends"])
def test_what_is_far_from_the_limit_and_comes_nearer_stays(far: np.ndarray, loose: float) -> None:
    """A nightly job that grows under flat days gets there first; by the days alone nothing would ever be reached."""
    grid = grid_with(np.where(far, 0.2 + 0.005 * DAYS + loose * noise(), 0.6 + noise()))
    assert near_limit(grid, 1) is grid


def test_a_counter_stays_one() -> None:
    """The gains of working hours grow, so early and late hours of its days go apart."""
    totals = np.cumsum(WORKING_HOUR * (1 + DAYS / 30))
    grid = near_limit(replace(grid_with(totals), is_total=True), 1)
    assert grid.is_total


def test_an_hour_that_was_read_on_few_days_tells_nothing() -> None:
    """Noon was read on ten days, and grew."""
    series = history(days=SEEN, wave=0, per_day=0)
    hours = np.arange(len(series))
    noon = hours % 24 == 12
    values = series.values + noon * (0.1 + 0.01 * hours / 24)
    kept = ~noon | np.isin(hours // 24, [3, 4, 11, 18, 20, 29, 36, 37, 45, 53])
    grid = grid_of(series.times_ms[kept], values[kept], HOUR_MS)
    assert near_limit(grid, 1) is grid


@pytest.mark.parametrize("days", [1, 3, 13])
def test_a_few_days_cannot_tell(days: int) -> None:
    series = history(days=days, step_ms=60_000)
    grid = grid_of(series.times_ms, series.values, 60_000)
    assert near_limit(grid, 1) is grid


def test_the_pace_is_that_of_working_days_however_short_the_horizon() -> None:
    """History ends with a weekend: what three days grow was told as the growth of one."""
    values = np.where(WORKING_DAY, 0.4 + 0.004 * DAYS, 0.1) + 0.1 * noise()
    known = replace(history(), times_ms=TIMES[: SEEN * 24 + 48], values=values[: SEEN * 24 + 48], kind=MetricKind.RATIO)
    paces = [runway_of(known, horizon_s=days * 86_400.0).row.why.split(";")[0] for days in (1, 7, 90)]
    assert [pace.split()[0] for pace in paces] == ["rises"] * 3
    assert all(0.35 < float(pace.split()[1]) < 0.45 for pace in paces), paces

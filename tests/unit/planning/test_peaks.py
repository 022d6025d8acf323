"""The peaks of future days: as high as exponential excesses of the highest tenth, in either direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.histories import DAY_MS, HOUR_MS, START_MS, runway_of

from plimsoll.domain.limit import Limit
from plimsoll.domain.series import Series, SeriesId
from plimsoll.planning.first_passage import futures_of, worst_of
from plimsoll.planning.peaks import with_new_peaks
from plimsoll.planning.runway_grid import Floats, Grid

PATHS, DAYS = 400, 90
GUMBEL = -np.log(-np.log((np.arange(60) + 0.5) / 60))  # sixty daily maxima, whose tail is exponential with mean 1


def grid_with(peaks: Floats, *, relative: bool = False, sign: int = 1) -> Grid:
    """Days of two samples, one at the level of 10 and one at the peak."""
    shapes = np.column_stack([np.zeros(peaks.size), np.expm1(sign * peaks) if relative else sign * peaks])
    return Grid(START_MS, DAY_MS, np.full(peaks.size, 10.0), np.zeros(1) + relative, shapes, relative)


def peaks_ahead(grid: Grid, sign: int = 1) -> Floats:
    """How far each future day lies from the level of 10, (paths, days), in the unit of the peaks."""
    rng = np.random.default_rng(0)
    futures = with_new_peaks(grid, futures_of(grid, np.full((PATHS, DAYS), 10.0), rng), sign, rng)
    worst = worst_of(grid.shapes, sign)[futures.shape_rows]
    if grid.relative:
        return np.asarray(sign * np.log(futures.levels * (1 + worst) / 10))
    return np.asarray(sign * (futures.levels + worst - 10))


@pytest.mark.parametrize("sign", [1, -1], ids=["high_is_bad", "low_is_bad"])
@pytest.mark.parametrize("relative", [False, True], ids=["added", "relative"])
def test_the_highest_peak_of_the_past_is_passed_as_often_as_days_alike_pass_it(relative: bool, sign: int) -> None:
    """Of 60 past and 90 future days that are alike one of the latter has the highest peak in 60 of 100 cases."""
    peaks = GUMBEL - GUMBEL.min() + 0.5
    ahead = peaks_ahead(grid_with(peaks, relative=relative, sign=sign), sign)
    assert (ahead.max(axis=1) > peaks.max()).mean() == pytest.approx(0.6, abs=0.15)
    assert ahead.mean() == pytest.approx(peaks.mean(), rel=0.05)


def test_peaks_below_the_highest_tenth_stay_what_they_were() -> None:
    ahead = peaks_ahead(grid_with(GUMBEL + 3))
    low = ahead[ahead < np.sort(GUMBEL)[-7] + 3]
    assert np.isin(low.round(9), (GUMBEL + 3).round(9)).all()


@pytest.mark.parametrize(
    "grid",
    [
        pytest.param(grid_with(np.full(60, 2.0)), id="all_alike"),
        pytest.param(grid_with(np.arange(19.0)), id="too_few"),
        pytest.param(replace(grid_with(GUMBEL), shapes=np.zeros((60, 1))), id="one_sample_a_day"),
    ],
)
def test_where_there_is_no_tail_nothing_changes(grid: Grid) -> None:
    rng = np.random.default_rng(0)
    futures = futures_of(grid, np.full((PATHS, DAYS), 10.0), rng)
    assert with_new_peaks(grid, futures, 1, rng) is futures


def test_the_chance_of_a_new_record_of_heavy_noise_is_told() -> None:
    """Of flat series with hourly noise of heavy tails half pass a limit just above all that was seen."""
    told, seen = [], []
    for seed in range(16):
        noise = 50 + np.random.default_rng(seed).standard_t(4, 150 * 24)
        past, ahead = noise[: 60 * 24], noise[60 * 24 :]
        hard = float(past.max()) + 0.1
        series = Series(SeriesId("load"), START_MS + HOUR_MS * np.arange(past.size, dtype=np.int64), past)
        told.append(runway_of(series, Limit("load", "", "test", hard=hard)).row.probability_none)
        seen.append(ahead.max() < hard)
    assert np.mean(told) == pytest.approx(np.mean(seen), abs=0.2)

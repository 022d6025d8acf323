"""When does each simulated future first pass a limit, and what are the quantiles of that time?

The quantile q of first passage is the smallest time by which at least a share q of the futures has passed. Where fewer
pass within the horizon, the quantile lies past it and is None. So p50 is None exactly where the probability of no
passage is above one half.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.planning.runway_grid import Floats, Grid

QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Futures:
    """Future levels (paths, horizon) including the season, and the past period from which each one takes its shape.

    `factors` and `offsets` (horizon, k) are the effect of known events on the samples of each period: sample x factor +
    offset; None without events.
    """

    levels: Floats
    shape_rows: NDArray[np.intp]
    factors: Floats | None = None
    offsets: Floats | None = None

    @property
    def means(self) -> Floats:
        """The mean of each future period under events, (paths, horizon)."""
        if self.factors is None or self.offsets is None:
            return self.levels
        return np.asarray(self.levels * self.factors.mean(axis=1) + self.offsets.mean(axis=1))


@dataclass(frozen=True)
class Passage:
    """First passage of one limit: milliseconds after the last sample at 10, 50 and 90 %, None past the horizon."""

    early_ms: float | None
    p50_ms: float | None
    late_ms: float | None
    probability_none: float


def futures_of(grid: Grid, paths: Floats, rng: np.random.Generator) -> Futures:
    """Give each future period the shape of a random past one, at the same place in the season if there is one."""
    usable = np.flatnonzero(np.isfinite(grid.shapes).any(axis=1))
    season = grid.season.size
    rows = np.empty(paths.shape, dtype=np.intp)
    for place in range(season):
        of_place = usable[usable % season == place]
        pool = of_place if of_place.size else usable
        steps = np.flatnonzero((grid.levels.size + np.arange(paths.shape[1])) % season == place)
        rows[:, steps] = pool[rng.integers(0, pool.size, size=(paths.shape[0], steps.size))]
    return Futures(grid.seasoned(paths), rows)


def first_passage(
    grid: Grid, futures: Futures, limit: float, sign: int, horizon_ms: float, observed_ms: float = 0.0
) -> Passage:
    """Compute quantiles of first passage of `limit`; `sign` is 1 where high is bad and -1 where low is.

    Whole periods within `observed_ms` of the start have been observed, on days that are not typical, without a passage.
    """
    passed = sign * _worst_samples(grid, futures, sign) >= sign * limit
    passed[:, : int(max(observed_ms, 0.0) // grid.period_ms)] = False
    paths = np.flatnonzero(passed.any(axis=1))
    steps = passed[paths].argmax(axis=1)
    times = np.full(passed.shape[0], np.inf)
    samples = _samples(grid, futures, paths, steps)
    times[paths] = steps * grid.period_ms + _time_in_period(grid, sign * samples >= sign * limit)
    times[times > horizon_ms] = np.inf
    return _quantiles(times)


def _worst_samples(grid: Grid, futures: Futures, sign: int) -> Floats:
    """Compute the worst sample of each future period, (paths, horizon)."""
    worst = worst_of(grid.shapes, sign)[futures.shape_rows]
    found = futures.levels * (1 + worst) if grid.relative else futures.levels + worst
    if futures.factors is None or futures.offsets is None:
        return found
    changed = found * futures.factors[:, 0] + futures.offsets[:, 0]
    in_part = (np.ptp(futures.factors, axis=1) > 0) | (np.ptp(futures.offsets, axis=1) > 0)
    for step in np.flatnonzero(in_part):  # periods in which events begin or end
        samples = _samples(grid, futures, np.arange(found.shape[0]), np.full(found.shape[0], step))
        changed[:, step] = sign * _most(sign * samples)
    return np.asarray(changed)


def _samples(grid: Grid, futures: Futures, paths: NDArray[np.intp], steps: NDArray[np.intp]) -> Floats:
    """Compute the samples of some future periods, one path and step each, (n, k), NaN where the shape has none."""
    levels, shapes = futures.levels[paths, steps, None], grid.shapes[futures.shape_rows[paths, steps]]
    samples = levels * (1 + shapes) if grid.relative else levels + shapes
    if futures.factors is None or futures.offsets is None:
        return np.asarray(samples)
    return np.asarray(samples * futures.factors[steps] + futures.offsets[steps])


def worst_of(shapes: Floats, sign: int) -> Floats:
    """Return the worst finite value of each row of (n, k), zero where there is none."""
    return sign * _most(sign * shapes)


def _most(values: Floats) -> Floats:
    """Return the largest finite number of each row, zero where there is none."""
    most = np.where(np.isfinite(values), values, -np.inf).max(axis=1)
    return np.asarray(np.where(np.isfinite(most), most, 0.0), dtype=np.float64)


def _time_in_period(grid: Grid, passed: NDArray[np.bool_]) -> Floats:
    """Return how far into their period samples (n, k) first pass the limit: the end of that sample, in ms."""
    slots = np.where(passed.any(axis=1), passed.argmax(axis=1), passed.shape[1] - 1)
    return np.asarray((slots + 1) * grid.period_ms / passed.shape[1], dtype=np.float64)


def _quantiles(times: Floats) -> Passage:
    ordered = np.sort(times)
    found = [ordered[int(np.ceil(q * times.size - 1e-9)) - 1] for q in QUANTILES]
    early, p50, late = (float(time) if np.isfinite(time) else None for time in found)
    return Passage(early, p50, late, float(np.mean(~np.isfinite(times))))

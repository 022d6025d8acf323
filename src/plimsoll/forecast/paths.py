"""How might it go, step after step? Futures whose quantiles at each step are the forecast's own.

A scenario acts on whole futures, but quantiles at each step do not show how errors depend on one another. The
backtest's standardized errors do. With phi their correlation from step to step,

    z_k = phi z_(k-1) + u_k

where the u are drawn in blocks from the backtest (block bootstrap, Kuensch 1989, on the innovations of the error). The
paths are then ranked at each step, and each rank takes the forecast's quantile of that level (the Schaake shuffle,
Clark et al. 2004). So the dependence is the backtest's and the width the calibrated one. A counter's futures keep their
rank throughout: if ranks changed, some total would have to fall, and keeping it from falling would add gains that no
quantile contains.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Annotations, ForecastState
from plimsoll.domain.series import Series, Values
from plimsoll.forecast.kernel.nature import Matrix
from plimsoll.forecast.known_changes import Course, changed
from plimsoll.forecast.panel import Pools
from plimsoll.forecast.single import constant_course, outlook_and_pool, prepared_series, quantiles_at, times_ahead
from plimsoll.forecast.sporadic import is_sporadic, own_past_is_better

FEWEST_INNOVATIONS = 8


def simulate_paths(
    series: Series,
    shape: tuple[int, int],
    seed: int,
    annotations: Annotations | None = None,
    seasons: tuple[int, ...] | None = None,
    pools: Pools | None = None,
) -> NDArray[np.float64]:
    """Simulate futures of `series`, shape (paths, horizon); all NaN where no forecast can be made.

    The same seed gives the same paths. At each step their quantiles are those of the forecast with the same `pools`.
    """
    known = annotations or Annotations()
    horizon = shape[1]
    prepared = prepared_series(series, known, seasons)
    if prepared.state is ForecastState.CANNOT_TELL:
        return np.full(shape, np.nan)
    times = times_ahead(prepared, horizon)
    if prepared.state is ForecastState.CONSTANT:
        return changed(constant_course(prepared, shape[::-1]), times, prepared, known.events).T
    outlook, pool, _ = outlook_and_pool(series, prepared, horizon, pools)
    ranks = ranked(error_walks(outlook.standardized, shape, seed))
    is_own = is_sporadic(prepared) and own_past_is_better(prepared, outlook, pool)
    if prepared.is_counter:
        ranks[:] = ranks[:, -1:]
    levels = np.hstack([ranks.T, np.full((horizon, 1), 0.5)])
    values = quantiles_at(levels, prepared, outlook, pool, is_own)
    course = Course(values[:, :-1], ranks.T, values[:, -1], outlook.scale)
    return changed(course, times, prepared, known.events).T


def error_walks(standardized: Matrix, shape: tuple[int, int], seed: int) -> Matrix:
    """Simulate standardized errors from zero, shape (paths, horizon), from the backtest's innovations.

    They are drawn in blocks, each with a random sign. Without enough of them each walk is a normal random walk.
    """
    draw = np.random.default_rng(seed)
    phi, innovations = persistence(standardized)
    if innovations.size < FEWEST_INNOVATIONS:
        return np.asarray(draw.standard_normal(shape).cumsum(axis=1))
    paths, horizon = shape
    block = max(2, round(horizon ** (1 / 3)))
    blocks = -(-horizon // block)
    starts = draw.integers(0, innovations.size, size=(paths, blocks))
    places = (starts[:, :, None] + np.arange(block)) % innovations.size
    signs = draw.choice((-1.0, 1.0), size=(paths, blocks, 1))
    steps = (innovations[places] * signs).reshape(paths, -1)[:, :horizon]
    for k in range(1, horizon):
        steps[:, k] += phi * steps[:, k - 1]
    return np.asarray(steps)


def persistence(standardized: Matrix) -> tuple[float, Values]:
    """Estimate the correlation of errors from step to step, 0..1, and the innovations that remain.

    The mean of a window is not removed: an error that lasts the whole horizon is what persistence means.
    """
    before, after = standardized[:, :-1].ravel(), standardized[:, 1:].ravel()
    both = np.isfinite(before) & np.isfinite(after)
    before, after = before[both], after[both]
    size = float(before @ before)
    phi = min(max(float(before @ after) / size, 0.0), 1.0) if size > 0.0 else 1.0
    return phi, after - phi * before


def ranked(walks: Matrix) -> Matrix:
    """Turn each step's values into levels between 0 and 1 by their rank among the paths."""
    order = np.argsort(walks, axis=0, kind="stable")
    ranks = np.empty(walks.shape)
    np.put_along_axis(ranks, order, np.arange(walks.shape[0])[:, None] + 0.5, axis=0)
    ranks /= walks.shape[0]
    return ranks

"""What does a day look like for a series with only one on record? Like that of its fleet, if the fleet agrees.

    shape_p = median over series of (mean at phase p / mean),   y_t = x_t shape_p(t)

A series of under two main seasons has no reliable season of its own. The series of its pool that have one give theirs,
aligned by the clock. Where most of them agree, the shape is divided out of the short series before the kernel sees it
and multiplied back afterwards. This is kept only where it reduced the error in the short series' own backtest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import ForecastState
from plimsoll.domain.series import Values
from plimsoll.forecast.calibration import Pool
from plimsoll.forecast.outlook import Outlook, origins_of, outlook_of
from plimsoll.forecast.preparation import Prepared

NAME = "on the season that its fleet shares"
FEWEST_SERIES = 10
AGREEMENT = 0.5  # share of a series' own shape that the shared one must explain, in the median
LEAST_SHARE = 0.02  # of the mean: a smaller value at any phase cannot be divided by


def phases(prepared: Prepared, first: int, count: int) -> NDArray[np.int64]:
    """Return the clock phases of `count` steps from step `first` of a prepared series."""
    start = prepared.step.ordinal(prepared.end_ms) - (prepared.values.size - 1) + first
    return np.asarray((start + np.arange(count, dtype=np.int64)) % prepared.seasons.main)


def own_shape(prepared: Prepared) -> Values | None:
    """Compute the mean at each phase over the mean of all; None without two whole seasons at or above zero."""
    main, values = prepared.seasons.main, prepared.values
    whole = values[values.size % main if main > 1 else 0 :]
    if main < 2 or prepared.is_counter or whole.size < 2 * main or not np.nanmin(whole, initial=0.0) >= 0.0:
        return None
    places, known = phases(prepared, values.size - whole.size, whole.size), ~np.isnan(whole)
    counts = np.bincount(places[known], minlength=main)
    total = np.bincount(places[known], weights=whole[known], minlength=main)
    if not counts.all() or not total.sum() > 0.0:
        return None
    means = total / counts
    return np.asarray(means / means.mean(), dtype=np.float64)


def shared_shape(fleet: Sequence[Prepared]) -> Values | None:
    """Compute the shape that most series of a fleet share, mean one; None where they are few or disagree."""
    found = [shape for one in fleet if (shape := own_shape(one)) is not None]
    if len(found) < FEWEST_SERIES or len({shape.size for shape in found}) > 1:
        return None
    shapes = np.array(found)
    shared = np.median(shapes, axis=0)
    swings = ((shapes - 1.0) ** 2).sum(axis=1)
    left = ((shapes - shared) ** 2).sum(axis=1)
    explained = 1.0 - left / np.where(swings > 0.0, swings, np.inf)
    agreed = np.median(np.where(swings > 0.0, explained, 0.0)) >= AGREEMENT
    return shared / shared.mean() if agreed and shared.min() > LEAST_SHARE else None


def borrow_season(prepared: Prepared, horizon: int, pool: Pool) -> Outlook | None:
    """Forecast a short series with its pool's shape; None where that does not apply or is no better in the backtest."""
    shape = pool.shape
    applies = prepared.state is ForecastState.SHORT_HISTORY and not prepared.is_counter
    if shape is None or not applies or shape.size != prepared.seasons.main or not np.nanmin(prepared.values) >= 0.0:
        return None
    size = prepared.values.size
    course = shape[phases(prepared, 0, size + horizon)]
    plain = outlook_of(prepared, horizon)
    level = outlook_of(replace(prepared, values=prepared.values / course[:size]), horizon)
    errors = level.errors.copy()
    for window, origin in enumerate(origins_of(prepared, horizon)):
        errors[window] *= course[origin : origin + horizon]
    if not np.nansum(np.abs(errors)) < np.nansum(np.abs(plain.errors)):
        return None
    ahead = course[size:]
    center, scale = level.center * ahead, level.scale * ahead
    return replace(level, center=center, scale=scale, errors=errors, naive_errors=plain.naive_errors)

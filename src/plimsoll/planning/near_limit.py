"""Which hours and days tell how a resource goes towards its limit? Those at which it comes near.

Nights and weekends may stay as they are while working hours grow. Counted with them, they are time without growth: the
mean of a day and the course of all days grow too slowly, and dates come weeks late.

So the hours of the day are split at the middle of their usual samples. Where the half far from the limit falls behind
the other from day to day, levels are means of the half near the limit alone, and that half is split again. Days are
split by their place in the season in the same way. Those far from the limit count as gaps where they fall behind the
others, or scatter three times as much. What is far and comes nearer (a nightly job that grows) may get there first, and
stays.

Whether they fall behind is judged by the t statistic of the slope of the difference: what moves the whole level is no
part of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.planning.runway_grid import Flags, Floats, Grid, row_means, with_levels_of

_APART = 4.0
_LOOSE = 3.0
_FEWEST_DAYS, _FEWEST_SEASONS = 14, 4
_MOST_DAYS = 0.5  # a share: an hour that few days show tells nothing
_ROUNDING = 1e-9


def near_limit(grid: Grid, sign: int) -> Grid:
    """Take the levels of a history from the hours and days near the limit, where the others go apart from these.

    `sign` is 1 where high is bad and -1 where low is.
    """
    slots = _near_slots(sign * grid.samples[_near_places(grid, sign) & np.isfinite(grid.levels)])
    return _by_near_places(grid if slots.all() else with_levels_of(grid, slots), sign)


def _near_places(grid: Grid, sign: int) -> Flags:
    """Say which periods (n,) have a place in the season in the half near the limit; all where there is no season."""
    return _upper_half(sign * grid.season)[np.arange(grid.levels.size) % grid.season.size]


def _upper_half(values: Floats) -> Flags:
    """Say which values (n,), NaN where unknown, are not below the middle of their range."""
    return np.asarray(values >= (np.nanmax(values) + np.nanmin(values)) / 2)


def _near_slots(samples: Floats) -> Flags:
    """Say which slots of days alike tell how their highest samples grow, (k,) of samples (n, k)."""
    near = np.ones(samples.shape[1], dtype=np.bool_)
    if len(samples) < _FEWEST_DAYS:
        return near
    known = np.isfinite(samples).mean(axis=0) > _MOST_DAYS
    while known.any():
        usual = np.full(known.size, np.nan)
        usual[known] = np.nanmedian((samples - row_means(samples)[:, None])[:, known], axis=0)
        upper = _upper_half(usual)
        others, highest = (np.where(slots, samples, np.nan) for slots in (known & ~upper, upper))
        if not _falls_behind(row_means(others), row_means(highest)):
            break
        near, known, samples = upper, upper, highest
    return near


def _by_near_places(grid: Grid, sign: int) -> Grid:
    length, near = grid.season.size, _near_places(grid, sign)
    seasons = grid.levels.size // length
    if near.all() or seasons < _FEWEST_SEASONS:
        return grid
    others, nearest = (np.where(these, grid.levels, np.nan) for these in (~near, near))
    far, close = (sign * row_means(part[-seasons * length :].reshape(seasons, length)) for part in (others, nearest))
    loose = _scatter(others) > _LOOSE * _scatter(nearest) + _rounding(nearest) and not _falls_behind(close, far)
    return replace(grid, levels=nearest) if loose or _falls_behind(far, close) else grid


def _falls_behind(others: Floats, nearest: Floats) -> bool:
    """Whether a course (n,), NaN where unknown, falls ever farther below another, beyond doubt and rounding."""
    known = np.flatnonzero(np.isfinite(others - nearest))
    if known.size < _FEWEST_SEASONS:
        return False
    times, differences = known - known.mean(), (others - nearest)[known]
    slope = float(times @ differences) / float(times @ times)
    error = _scatter(others - nearest) / float(np.sqrt(times @ times))
    return -slope > _APART * error + _rounding(nearest)


def _scatter(values: Floats) -> float:
    """Return the standard deviation of values (n,), three of them known, NaN elsewhere, about a straight line."""
    known = np.flatnonzero(np.isfinite(values))
    line = np.polynomial.Polynomial.fit(known, values[known], 1)
    return float(np.sqrt(((values[known] - line(known)) ** 2).sum() / (known.size - 2)))


def _rounding(values: Floats) -> float:
    return _ROUNDING * float(np.nanmax(np.abs(values)))

"""Where does a level break? Steps that stay (a migration, a clean-up, a deployment) and spikes that go.

A break is no part of the pace: a slope fitted across one is wrong before and after it. So breaks are removed before the
course is estimated, and added to the futures again at the rate at which they came.

A spike differs from the running median of five, after the usual rise is subtracted, by more than eight robust standard
deviations (1.4826 times the median absolute deviation, Hampel 1974). A step is where the medians of five levels before
and after differ from the usual rise by more than six, mostly between two neighbors. A step in the last days has fewer
than five levels after it. With at least two of them it counts if it is more than twelve, the course being extrapolated
from them at its usual rise. If more than a few in a hundred levels would be breaks, the series has none: that is its
noise.

A level that stands still but for a few moves (a count of servers or of tenants) is stairs: each move is a step, and
moves of successive levels are one, for a step in mid-day changes the means of two days. Many in a row are growth that
began, or ended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_SIDE = 5
_STEP, _FRESH_STEP, _SPIKE = 6.0, 12.0, 8.0
_FRESH = 2  # least number of levels after a step
_MOST_STEPS, _MOST_SPIKES, _MOST_STAIRS = 0.06, 0.1, 0.1
_LONGEST_STEP = 3  # moves: one step in mid-day and another on the next
_ROBUST = 1.4826
_LEAST_SPREAD = 0.05  # of a usual move: the least spread, for a course without noise
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Cleaned:
    """Levels (n,) moved to the newest step, spikes as gaps; the sizes of the steps and spikes that were removed.

    `is_stairs` says that the level moves by its steps alone.
    """

    levels: Floats
    steps: Floats
    spikes: Floats
    is_stairs: bool = False


def cleaned(levels: Floats) -> Cleaned:
    """Remove steps and spikes from `levels`, shape (n,), NaN for gaps."""
    where = np.flatnonzero(np.isfinite(levels))
    if where.size < 4 * _SIDE:
        return Cleaned(levels, np.empty(0), np.empty(0))
    values = _without_gap_growth(levels[where], where)
    smooth, spikes = _without_spikes(values)
    lifted = levels.copy()
    lifted[where[spikes]] = np.nan
    stairs = _stairs(smooth)
    if stairs.size:
        lifted[np.isfinite(lifted)] = smooth[-1]
        return Cleaned(lifted, stairs, (values - smooth)[spikes], is_stairs=True)
    found = _steps(smooth)
    if len(found) > max(2, _MOST_STEPS * values.size):
        found = []
    for place, size in found:
        lifted[: where[place]] += size
    return Cleaned(lifted, np.array([size for _, size in found]), (values - smooth)[spikes])


def _without_gap_growth(values: Floats, where: Indices) -> Floats:
    """Subtract what the usual move adds over gaps: growth that was not observed is no step."""
    moves = np.diff(where)
    missing = np.concatenate([[0], np.cumsum(moves - 1)])
    return np.asarray(values - float(np.median(np.diff(values) / moves)) * missing)


def _spread(values: Floats) -> float:
    return _ROBUST * float(np.median(np.abs(values - np.median(values))))


def _running_median(values: Floats) -> Floats:
    """Return the medians of each `_SIDE` neighbors; np.median takes ten times as long for windows this small."""
    windows = sliding_window_view(values, _SIDE)
    return np.asarray(np.partition(windows, _SIDE // 2, axis=1)[:, _SIDE // 2], dtype=np.float64)


def _without_spikes(values: Floats) -> tuple[Floats, Indices]:
    """Replace spikes by the running median, and return where they were; the newest value is never a spike."""
    moves = np.diff(values)
    course = float(np.median(moves)) * np.arange(values.size)  # the corner before a fall in a climb is no spike
    middles = _running_median(np.pad(values - course, _SIDE // 2, mode="edge")) + course
    least = max(_LEAST_SPREAD * float(np.median(np.abs(moves))), _ROUNDING * float(np.abs(values).max()))
    far = np.abs(values - middles) > _SPIKE * max(_spread(values - middles), _spread(moves), least)
    far[-1] = False
    if far.sum() > _MOST_SPIKES * values.size:
        far[:] = False
    return np.where(far, middles, values), np.flatnonzero(far)


def _stairs(values: Floats) -> Floats:
    """Return the sizes of the steps of a level that stands still between them; none of any other level."""
    moves = np.diff(values)
    moving = np.flatnonzero(np.abs(moves) > _ROUNDING * float(np.abs(values).max()))
    runs = np.split(moves[moving], np.flatnonzero(np.diff(moving) > 1) + 1)
    if moving.size == 0 or len(runs) > _MOST_STAIRS * values.size or max(map(len, runs)) > _LONGEST_STEP:
        return np.empty(0)
    return np.array([run.sum() for run in runs])


def _steps(values: Floats) -> list[tuple[int, float]]:
    """Find the first index after each step, and its size, the largest first."""
    middles = _running_median(np.concatenate([values, _extrapolated(values)]))
    places = np.arange(_SIDE, values.size - _FRESH + 1)
    rises = middles[places] - middles[places - _SIDE]
    settled = places <= values.size - _SIDE
    usual = float(np.median(rises[settled]))
    odd = rises - usual
    least = max(_LEAST_SPREAD * abs(usual), _ROUNDING * float(np.abs(values).max()))
    limits = np.where(settled, _STEP, _FRESH_STEP) * max(_spread(rises[settled]), least)
    left, found = np.where(np.abs(odd) > limits, np.abs(odd), 0.0), []
    moves = np.diff(values) - usual / _SIDE
    while left.max() > 0.0:
        top = int(np.argmax(left))
        near = np.arange(max(1, places[top] - 2), min(values.size - _FRESH, places[top] + 2) + 1)
        place = int(near[np.argmax(np.sign(odd[top]) * moves[near - 1])])
        if moves[place - 1] * np.sign(odd[top]) > 0.5 * abs(odd[top]):
            found.append((place, float(odd[top])))
        left[max(0, top - _SIDE) : top + _SIDE + 1] = 0.0
    return found


def _extrapolated(values: Floats) -> Floats:
    """Extrapolate the levels after the newest at the usual rise from the mean of the newest."""
    usual = float(np.median(np.diff(values)))
    ahead = np.arange(1, _SIDE - _FRESH + 1) + (_FRESH - 1) / 2.0
    return np.asarray(np.mean(values[-_FRESH:]) + usual * ahead, dtype=np.float64)

"""The whole of one series' forecast, and of many: repair, try, weigh, measure.

Nothing of one series reaches another: the same series gives the same numbers bit for bit in any company, on any core.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.candidates import all_paths
from plimsoll.forecast.kernel.clean import bridge_gaps, level_shifts, remove_shifts, tame_freaks
from plimsoll.forecast.kernel.methods import METHODS, NAIVE, RECENT_MEDIAN, SEASONAL_NAIVE
from plimsoll.forecast.kernel.nature import Cube, Matrix, Nature, Places, Values
from plimsoll.forecast.kernel.periods import own_period
from plimsoll.forecast.kernel.sawtooth import falls_in
from plimsoll.forecast.kernel.spread import errors_of, horizon_scale, left_out_errors, usual_move
from plimsoll.forecast.kernel.weights import method_weights, window_errors
from plimsoll.forecast.kernel.windows import rolling_origins

FLOOR = 1e-4  # least scale, as a share of the usual step


@njit(cache=True, nogil=True)
def repaired(raw: Values, m: int, toothless: bool) -> tuple[Values, Values, bool]:
    """Answer the series that errors are measured on, the one the methods see, and whether it is a saw tooth."""
    actual = bridge_gaps(raw, m)
    toothed = not toothless and falls_in(actual, actual.size)[0].size > 0
    if not toothed:
        places, heights = level_shifts(actual, m)
        remove_shifts(actual, places, heights)
    seen = actual.copy()
    tame_freaks(seen, m)
    actual[np.isnan(raw)] = np.nan
    return actual, seen, toothed


@njit(cache=True, nogil=True)
def attempt(raw: Values, nature: Nature, periods: Places) -> tuple[Places, Cube, Values]:
    """Try every method on one series; answer origins, paths and the series that errors are measured on.

    Seasons that the series is too short for are dropped; where none is left, one of `periods` is looked for. A
    counter's paths and actual values are summed up again, counted from the last sample, so that errors are those of the
    counter.
    """
    m, long, year = nature.m if raw.size >= 2 * nature.m + 2 else 1, nature.long, nature.year
    actual, seen, toothed = repaired(raw, m, nature.is_sum)
    origins = rolling_origins(raw.size, nature.horizon, m)
    if m == 1:
        long = own_period(seen, periods, seen.size)
    if origins[0] < long + m + 2:
        long = 0
    if origins[0] < year + 2 * m + 2:
        year = 0
    paths = np.empty((origins.size, METHODS, nature.horizon))
    known = Nature(m, long, year, nature.horizon, seen.min() >= 0.0, toothed, nature.is_sum)
    all_paths(seen, origins, known, paths)
    if nature.is_sum:
        actual = summed(seen, origins, actual, paths)
    return origins, paths, actual


@njit(cache=True, nogil=True)
def summed(seen: Values, origins: Places, actual: Values, paths: Cube) -> Values:
    """Sum paths up in place from where each starts; answer the counter itself, 0 at the last sample."""
    total = np.cumsum(seen)
    total -= total[-1]
    for index in range(origins.size):
        start = total[origins[index] - 1]
        for c in range(METHODS):
            paths[index, c] = start + np.cumsum(np.maximum(paths[index, c], 0.0))
    total[np.isnan(actual)] = np.nan
    return total


@njit(cache=True, nogil=True)
def fallback_weights() -> Values:
    """Answer the weights of a series too short for any window: the last value and the recent median."""
    weights = np.zeros(METHODS)
    weights[NAIVE], weights[RECENT_MEDIAN] = 0.6, 0.4
    return weights


@njit(cache=True, nogil=True)
def usual_step(actual: Values) -> float:
    """Answer the mean size of the known steps."""
    step = np.abs(np.diff(actual))
    known = step[~np.isnan(step)]
    return known.mean() if known.size else 0.0


@njit(cache=True, nogil=True)
def judge(origins: Places, paths: Cube, actual: Values, floor: float) -> tuple[Values, Values, Matrix, Matrix]:
    """Answer weights, scale (h,), left-out errors and standardized errors (windows, h) from the backtest windows."""
    windows, horizon = paths.shape[0] - 1, paths.shape[2]
    by_window = window_errors(paths, origins, actual)
    each = np.empty((windows, METHODS))
    for w in range(windows):
        each[w] = method_weights(by_window, w if windows > 1 else -1)
    errors = left_out_errors(paths, origins, actual, each)
    move = usual_move(actual, horizon)
    standardized = np.full((windows, horizon), np.nan)
    for w in range(windows):
        without = horizon_scale(errors, w, floor, move)
        if windows > 1 and without[0] > 0.0:
            standardized[w] = errors[w] / without
    return method_weights(by_window, -1), horizon_scale(errors, -1, floor, move), errors, standardized


@njit(cache=True, nogil=True)
def outlook(raw: Values, nature: Nature, periods: Places) -> tuple[Values, Values, Values, Matrix, Matrix, Matrix]:
    """Answer one series' center and scale (h,), weights, and the errors of its windows, shape (windows, h) each.

    These are the left-out errors, the same standardized, and those of seasonal naive; NaN where nothing was known.
    At least one sample of `raw` must be known; its seasons are the wanted ones, and `positive` and `toothed` are found.
    """
    origins, paths, actual = attempt(raw, nature, periods)
    windows = origins.size - 1
    usual = usual_step(actual)
    weights, errors = fallback_weights(), np.empty((0, nature.horizon))
    scale = (usual + FLOOR * usual) * np.sqrt(np.arange(1, nature.horizon + 1))
    standardized, naive_errors = errors, errors
    if windows > 0:
        weights, scale, errors, standardized = judge(origins, paths, actual, FLOOR * usual)
        naive_errors = errors_of(paths[:, SEASONAL_NAIVE], origins, actual)
    center = np.zeros(nature.horizon)
    for c in range(METHODS):
        center += weights[c] * paths[windows, c]
    return center, scale, weights, errors, standardized, naive_errors


@njit(cache=True, nogil=True)
def lay_out(center: Values, scale: Values, factors: Values, bounds: Values, is_sum: bool, out: Matrix) -> None:
    """Write the quantiles center + scale * factor within `bounds` (lower, upper) into `out`, shape (h, levels).

    A counter's quantiles never fall.
    """
    for k in range(center.size):
        for j in range(factors.size):
            value = center[k] + scale[k] * factors[j]
            if is_sum and k > 0:
                value = max(value, out[k - 1, j])
            out[k, j] = min(max(value, bounds[0]), bounds[1])


@njit(cache=True, nogil=True)
def outlook_many(values: Values, offsets: Places, shapes: Places, periods: Places, terms: Matrix, out: Cube) -> None:
    """Forecast many series, `values[offsets[i]:offsets[i+1]]` each, into `out`, shape (series, h, levels).

    `shapes` has one row a series: season, long season, year, and 1 for a counter's increments; `terms` too: lower and
    upper bound (infinite for none), then the factor of each level.
    """
    for i in range(offsets.size - 1):
        is_sum = shapes[i, 3] == 1
        nature = Nature(shapes[i, 0], shapes[i, 1], shapes[i, 2], out.shape[1], False, False, is_sum)
        answer = outlook(values[offsets[i] : offsets[i + 1]], nature, periods)
        lay_out(answer[0], answer[1], terms[i, 2:], terms[i, :2], is_sum, out[i])

"""What do the backtest windows show? The weights of the methods, the scale of errors, and the errors themselves.

An error is made with weights that did not see its window. The errors from which the fleet's intervals are calibrated
are stricter: they are those of the forecast from each earlier origin as it would have been made then, over the scale as
it would have been measured then. Both use earlier windows only, because a scale that knows what came after is closer to
the truth than any scale can be at its time. How the scale follows the level, how much the series moved lately and how
far the methods disagree are measured anew at each origin, too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.forecast.kernel.agreement import cover_disagreement
from plimsoll.forecast.kernel.level import follow_level
from plimsoll.forecast.kernel.methods import METHODS, NAIVE, RECENT_MEDIAN, SEASONAL_NAIVE
from plimsoll.forecast.kernel.nature import Answer, Cube, Matrix, Nature, Places, Values
from plimsoll.forecast.kernel.spread import errors_of, horizon_scale, left_out_errors, usual_move, weighted_path
from plimsoll.forecast.kernel.weights import method_weights, window_errors

EARLIER = 2  # windows needed before an origin to measure a scale
FLOOR = 1e-4  # least scale, as a share of the usual step


def usual_step(actual: Values) -> float:
    """Return the mean absolute value of the known steps."""
    total, known = 0.0, 0
    for i in range(1, actual.size):
        step = abs(actual[i] - actual[i - 1])
        if not np.isnan(step):
            total += step
            known += 1
    return total / known if known > 0 else 0.0


def backtest(origins: Places, paths: Cube, actual: Values, nature: Nature, answer: Answer, i: int) -> None:
    """Write row `i` of the answer from the paths of all methods, shape (origins, methods, h)."""
    windows = origins.size - 1
    if windows > 0:
        backtest_windows(origins, paths, actual, nature, answer, i)
    else:
        without_backtest(usual_step(actual), answer, i)
    weighted_path(paths[windows], answer.weights[i], answer.center[i])


def without_backtest(usual: float, answer: Answer, i: int) -> None:
    """Weight the last value and the recent median of a series too short for any window."""
    answer.weights[i] = 0.0
    answer.weights[i, NAIVE], answer.weights[i, RECENT_MEDIAN] = 0.6, 0.4
    for k in range(answer.scale.shape[1]):
        answer.scale[i, k] = (1.0 + FLOOR) * usual * (k + 1.0) ** 0.5


def backtest_windows(origins: Places, paths: Cube, actual: Values, nature: Nature, answer: Answer, i: int) -> None:
    """Weight the methods by their windows and measure the scale; for errors, at each earlier origin, too."""
    windows, horizon = origins.size - 1, paths.shape[2]
    errors, weights = np.empty((windows, horizon)), np.empty(METHODS)
    scale, path = np.empty(horizon), np.empty(horizon)
    with_errors = i < answer.errors.shape[0]
    for w in range(min(EARLIER, windows) if with_errors else windows, windows + 1):
        known = actual[: origins[w]]
        weigh_methods(origins[: w + 1], paths, known, errors[:w], weights)
        counted = drop_uncounted(errors[:w], nature.counts)
        weighted_path(paths[w], weights, path)
        move = usual_move(known, horizon, nature.m, nature.long, nature.slopes[w])
        horizon_scale(errors[:w], FLOOR * usual_step(known), move, scale)
        follow_level(errors[:w], origins, known, path, scale)
        scale *= nature.movement[w]
        cover_disagreement(paths[w], weights, path, scale)
        if w < windows and nature.counts[w] and counted >= EARLIER:
            for k in range(min(horizon, actual.size - origins[w])):
                if scale[k] > 0.0:
                    answer.standardized[i, w, k] = (actual[origins[w] + k] - path[k]) / scale[k]
    answer.weights[i], answer.scale[i] = weights, scale
    if with_errors:
        errors_of(paths[:, SEASONAL_NAIVE], origins, actual, answer.naive_errors[i])
        for w in range(windows):
            answer.errors[i, w] = errors[w]


def drop_uncounted(errors: Matrix, counts: NDArray[np.bool_]) -> int:
    """Make the errors of windows that do not count NaN, in place, and return how many do."""
    counted = 0
    for w in range(errors.shape[0]):
        if counts[w]:
            counted += 1
        else:
            errors[w] = np.nan
    return counted


def weigh_methods(origins: Places, paths: Cube, actual: Values, errors: Matrix, weights: Values) -> None:
    """Write the errors of each window under weights that did not see it, and the current weights."""
    windows = origins.size - 1
    by_window = window_errors(paths, origins, actual)
    each = np.empty((windows, METHODS))
    for w in range(windows):
        method_weights(by_window, w if windows > 1 else -1, each[w])
    left_out_errors(paths, origins, actual, each, errors)
    method_weights(by_window, -1, weights)

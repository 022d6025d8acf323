"""What do the backtest windows say? Weights of the methods, the scale of errors, and the errors themselves.

Each window is judged by weights and a scale that did not see it.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.methods import METHODS, NAIVE, RECENT_MEDIAN, SEASONAL_NAIVE
from plimsoll.forecast.kernel.nature import Answer, Cube, Places, Values
from plimsoll.forecast.kernel.spread import errors_of, horizon_scale, left_out_errors, usual_move, weighted_path
from plimsoll.forecast.kernel.weights import method_weights, window_errors

FLOOR = 1e-4  # least scale, as a share of the usual step


def usual_step(actual: Values) -> float:
    """Answer the mean size of the known steps."""
    total, known = 0.0, 0
    for i in range(1, actual.size):
        step = abs(actual[i] - actual[i - 1])
        if not np.isnan(step):
            total += step
            known += 1
    return total / known if known > 0 else 0.0


def judge(origins: Places, paths: Cube, actual: Values, answer: Answer, i: int) -> None:
    """Write row `i` of the answer from the paths of all methods, shape (origins, methods, h)."""
    windows, usual = origins.size - 1, usual_step(actual)
    if windows > 0:
        tried(origins, paths, actual, FLOOR * usual, answer, i)
    else:
        untried(usual, answer, i)
    weighted_path(paths[windows], answer.weights[i], answer.center[i])


def untried(usual: float, answer: Answer, i: int) -> None:
    """Weigh the last value and the recent median of a series too short for any window."""
    answer.weights[i] = 0.0
    answer.weights[i, NAIVE], answer.weights[i, RECENT_MEDIAN] = 0.6, 0.4
    for k in range(answer.scale.shape[1]):
        answer.scale[i, k] = (1.0 + FLOOR) * usual * (k + 1.0) ** 0.5


def tried(origins: Places, paths: Cube, actual: Values, floor: float, answer: Answer, i: int) -> None:
    """Weigh by the windows, and measure scale and errors."""
    windows, horizon = origins.size - 1, paths.shape[2]
    by_window = window_errors(paths, origins, actual)
    each = np.empty((windows, METHODS))
    for w in range(windows):
        method_weights(by_window, w if windows > 1 else -1, each[w])
    errors = np.empty((windows, horizon))
    left_out_errors(paths, origins, actual, each, errors)
    move, without = usual_move(actual, horizon), np.empty(horizon)
    method_weights(by_window, -1, answer.weights[i])
    horizon_scale(errors, -1, floor, move, answer.scale[i])
    if i >= answer.errors.shape[0]:
        return
    errors_of(paths[:, SEASONAL_NAIVE], origins, actual, answer.naive_errors[i])
    for w in range(windows):
        horizon_scale(errors, w, floor, move, without)
        for k in range(horizon):
            answer.errors[i, w, k] = errors[w, k]
            if windows > 1 and without[k] > 0.0:
                answer.standardized[i, w, k] = errors[w, k] / without[k]

"""How much does each method count? By its mean absolute error over the backtest windows, newer ones weighted more.

    e_c = sum_w d^(age) e_wc / sum_w d^(age),      weight_c ~ (e_best / e_c)^6

There is no optimizer: over a handful of windows fitted combinations lose to such simple ones (the "forecast combination
puzzle", Claeskens et al. 2016).
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Cube, Matrix, Places, Values
from plimsoll.forecast.kernel.sums import distance_of

SHARPNESS = 6
FORGETTING = 0.9


def window_errors(paths: Cube, origins: Places, actual: Values) -> Matrix:
    """Return mean absolute errors, shape (windows, methods); NaN for a window in which nothing is known."""
    windows, methods, horizon = origins.size - 1, paths.shape[1], paths.shape[2]
    errors = np.empty((windows, methods))
    truth, expected, places = np.empty(horizon), np.empty(horizon), np.empty(horizon, dtype=np.int64)
    for w in range(windows):
        known = 0
        for k in range(min(horizon, actual.size - origins[w])):
            if not np.isnan(actual[origins[w] + k]):
                truth[known], places[known] = actual[origins[w] + k], k
                known += 1
        for c in range(methods):
            if known == horizon:
                total = distance_of(paths[w, c], truth)
            else:
                for i in range(known):
                    expected[i] = paths[w, c, places[i]]
                total = distance_of(expected[:known], truth[:known])
            errors[w, c] = total / known if known > 0 else np.nan
    return errors


def mean_errors(errors: Matrix, left_out: int, mean: Values) -> None:
    """Write the mean error of each method over all windows but `left_out` (-1: none); NaN without a window."""
    windows, methods = errors.shape
    mean[:] = 0.0
    total, weight = 0.0, 1.0
    for w in range(windows - 1, -1, -1):
        if w != left_out and not np.isnan(errors[w, 0]):
            for c in range(methods):
                mean[c] += weight * errors[w, c]
            total += weight
        weight *= FORGETTING
    for c in range(methods):
        mean[c] = mean[c] / total if total > 0.0 else np.nan


def method_weights(errors: Matrix, left_out: int, weights: Values) -> None:
    """Write the weights of the methods, shape (methods,), from all windows but `left_out` (-1: from all).

    If no other window is known, the window itself is used; if that is unknown, too, all methods get the same weight.
    """
    mean_errors(errors, left_out, weights)
    if np.isnan(weights[0]):
        mean_errors(errors, -1, weights)
    worst, best = weights[0], weights[0]
    for c in range(weights.size):
        worst, best = max(worst, weights[c]), min(best, weights[c])
    if np.isnan(worst) or worst == 0.0:
        weights[:] = 1.0 / weights.size
        return
    least, total = 1e-9 * worst, 0.0
    for c in range(weights.size):
        weights[c] = ((best + least) / (weights[c] + least)) ** SHARPNESS
        total += weights[c]
    for c in range(weights.size):
        weights[c] /= total

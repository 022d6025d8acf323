"""How much does each method count? By its mean absolute error over the backtest windows, newer ones counting more.

    e_c = sum_w d^(age) e_wc / sum_w d^(age),      weight_c ~ (e_best / e_c)^6

No optimizer: over a handful of windows fitted combinations lose to such plain ones (the "forecast combination puzzle",
Claeskens et al. 2016).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.nature import Cube, Matrix, Places, Values

SHARPNESS = 6
FORGETTING = 0.9


@njit(cache=True)
def window_errors(paths: Cube, origins: Places, actual: Values) -> Matrix:
    """Answer mean absolute errors, shape (windows, methods); NaN for a window in which nothing is known."""
    windows, methods, horizon = origins.size - 1, paths.shape[1], paths.shape[2]
    errors = np.full((windows, methods), np.nan)
    for w in range(windows):
        reach = min(horizon, actual.size - origins[w])
        for c in range(methods):
            total, known = 0.0, 0
            for k in range(reach):
                value = actual[origins[w] + k]
                if not np.isnan(value):
                    total += abs(paths[w, c, k] - value)
                    known += 1
            if known > 0:
                errors[w, c] = total / known
    return errors


@njit(cache=True)
def mean_errors(errors: Matrix, left_out: int) -> Values:
    """Answer the mean error of each method over all windows but `left_out` (-1: over all); NaN without a window."""
    windows, methods = errors.shape
    mean = np.zeros(methods)
    total, weight = 0.0, 1.0
    for w in range(windows - 1, -1, -1):
        if w != left_out and not np.isnan(errors[w, 0]):
            for c in range(methods):
                mean[c] += weight * errors[w, c]
            total += weight
        weight *= FORGETTING
    return mean / total if total > 0.0 else np.full(methods, np.nan)


@njit(cache=True)
def method_weights(errors: Matrix, left_out: int) -> Values:
    """Answer the weights of the methods, shape (methods,), from all windows but `left_out` (-1: from all).

    Where nothing else is known the window itself speaks, and where that is unknown too all methods count the same.
    """
    mean = mean_errors(errors, left_out)
    if np.isnan(mean[0]):
        mean = mean_errors(errors, -1)
    worst = mean.max()
    if np.isnan(mean[0]) or worst == 0.0:
        return np.full(mean.size, 1.0 / mean.size)
    least = 1e-9 * worst
    weights: Values = ((mean.min() + least) / (mean + least)) ** SHARPNESS
    weights /= weights.sum()
    return weights

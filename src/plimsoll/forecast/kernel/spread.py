"""How wide may the truth lie from the forecast, and how does that grow with the horizon?

The error of each window is measured with weights that did not see that window. Their mean size over windows, newer ones
counting more, is laid on a power of the horizon,

    scale_k = s k^b,   0 <= b <= 1

with b from a regression on horizon bins that is pulled to B0: a stationary series has b near 0, a random walk 1/2, a
wrong slope 1. The size s is raised where windows differ, and pulled to what the series usually moves (`caution`).
Errors divided by the scale made without them are the standardized errors that the fleet's intervals are read from.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.nature import Cube, Matrix, Places, Values

BINS = 6
FORGETTING = 0.85
B0, B0_STRENGTH = 0.25, 2.0
PULL, PULL_LIMIT = 0.2, 5.0


@njit(cache=True)
def errors_of(expected: Matrix, origins: Places, actual: Values) -> Matrix:
    """Answer actual less expected, shape (windows, h), one row of `expected` an origin; NaN where nothing is known."""
    windows, horizon = origins.size - 1, expected.shape[1]
    errors = np.full((windows, horizon), np.nan)
    for w in range(windows):
        for k in range(min(horizon, actual.size - origins[w])):
            errors[w, k] = actual[origins[w] + k] - expected[w, k]
    return errors


@njit(cache=True)
def left_out_errors(paths: Cube, origins: Places, actual: Values, all_weights: Matrix) -> Matrix:
    """Answer the errors of each window under its own weights, `all_weights` of shape (windows, methods)."""
    windows, methods, horizon = origins.size - 1, paths.shape[1], paths.shape[2]
    expected = np.zeros((windows, horizon))
    for w in range(windows):
        for c in range(methods):
            for k in range(horizon):
                expected[w, k] += all_weights[w, c] * paths[w, c, k]
    return errors_of(expected, origins, actual)


@njit(cache=True)
def usual_move(actual: Values, horizon: int) -> float:
    """Answer the mean size of the known changes over a horizon, or over half the series where that is shorter."""
    lag = max(1, min(horizon, actual.size // 2))
    total, known = 0.0, 0
    for i in range(lag, actual.size):
        change = abs(actual[i] - actual[i - lag])
        if not np.isnan(change):
            total += change
            known += 1
    return total / known if known > 0 else 0.0


@njit(cache=True)
def horizon_scale(errors: Matrix, left_out: int, floor: float, move: float) -> Values:
    """Answer the scale of errors at each step, shape (h,), from all windows but `left_out` (-1: from all)."""
    windows, horizon = errors.shape
    size, weight = np.zeros(horizon), np.zeros(horizon)
    means, count = np.zeros(windows), 0
    forget = 1.0
    for w in range(windows - 1, -1, -1):
        if w != left_out or windows == 1:
            total, known = 0.0, 0
            for k in range(horizon):
                if not np.isnan(errors[w, k]):
                    total += abs(errors[w, k])
                    known += 1
                    size[k] += forget * abs(errors[w, k])
                    weight[k] += forget
            if known > 0:
                means[count] = total / known
                count += 1
        forget *= FORGETTING
    total_weight = weight.sum()
    if total_weight == 0.0:
        return np.full(horizon, floor)
    mean = size.sum() / total_weight
    scale: Values = np.arange(1, horizon + 1) ** growth_exponent(size, weight, mean)
    norm = (scale * weight).sum() / total_weight
    scale *= mean * caution(means[:count], mean, move) / norm
    scale += floor
    return scale


@njit(cache=True)
def caution(means: Values, mean: float, move: float) -> float:
    """Answer how much wider than its mean error the scale of a series shall be.

    Windows that differ are told by their root mean square. A handful of windows may have been a lucky or an unlucky
    stretch: the whole past's usual move over a horizon pulls with an exponent of `PULL`.
    """
    average = means.mean()
    if not average > 0.0 or not mean > 0.0:
        return 1.0
    unlike = np.sqrt((means * means).mean()) / average
    pull = min(max(move / (mean * unlike), 1.0 / PULL_LIMIT), PULL_LIMIT) ** PULL
    return float(unlike * pull)


@njit(cache=True)
def growth_exponent(size: Values, weight: Values, mean: float) -> float:
    """Answer the exponent b of the horizon, by ridge regression of log size on log step over bins."""
    horizon = size.size
    bins = min(BINS, horizon)
    x, y = np.zeros(bins), np.zeros(bins)
    used = 0
    for i in range(bins):
        first, end = i * horizon // bins, (i + 1) * horizon // bins
        known = weight[first:end].sum()
        if known > 0.0 and mean > 0.0:
            x[used] = np.log((first + end + 1) / 2.0)
            y[used] = np.log(size[first:end].sum() / known + 0.02 * mean)
            used += 1
    if used < 2:
        return B0
    x, y = x[:used] - x[:used].mean(), y[:used] - y[:used].mean()
    slope = ((x * y).sum() + B0_STRENGTH * B0) / ((x * x).sum() + B0_STRENGTH)
    return float(min(max(slope, 0.0), 1.0))

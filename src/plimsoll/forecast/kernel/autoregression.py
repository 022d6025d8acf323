"""What do the last steps, the last day and the last week say of the next step? Ridge regression on chosen lags.

    x_t = c + sum_l b_l x_(t-l),   b = argmin sum d^(age) e^2 + k sum b^2

The normal equations are carried forward from origin to origin, so that all backtest windows cost one pass over the
samples (Hoerl & Kennard 1970 for the ridge; forgetting as in recursive least squares). Forecasts feed on themselves.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.nature import Matrix, Places, Values

HALVINGS = 60  # what is so many half-lives before the first origin is left out
RUNAWAY = 12.0  # standard deviations at which a recursion is stopped from exploding


@njit(cache=True)
def lags_for(m: int, long: int, shortest: int) -> Places:
    """Choose lags around 1, the season, twice the season and the long season that `shortest` samples can carry."""
    wanted = [1, 2, 3, m - 1, m, m + 1, 2 * m - 1, 2 * m, 2 * m + 1] if m > 1 else [1, 2, 3, 4, 5, 6, 8, 12]
    if long > m:
        wanted += [long - 1, long, long + 1]
    chosen = [1]
    for lag in wanted:
        if lag >= 1 and lag not in chosen and lag * 1.5 + 8 < shortest:
            chosen.append(lag)
    return np.array(chosen)


@njit(cache=True)
def solve(matrix: Matrix, right: Values, size: int, answer: Values) -> None:
    """Solve a symmetric positive system by Cholesky in place; a vanishing pivot is lifted, not raised for."""
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= matrix[i, k] * matrix[j, k]
            if i == j:
                matrix[i, i] = np.sqrt(max(rest, 1e-12))
            else:
                matrix[i, j] = rest / matrix[j, j]
    for i in range(size):
        rest = right[i]
        for k in range(i):
            rest -= matrix[i, k] * answer[k]
        answer[i] = rest / matrix[i, i]
    for i in range(size - 1, -1, -1):
        rest = answer[i]
        for k in range(i + 1, size):
            rest -= matrix[k, i] * answer[k]
        answer[i] = rest / matrix[i, i]


@njit(cache=True)
def autoregress(x: Values, origins: Places, lags: Places, ridge: float, forgetting: float, out: Matrix) -> None:
    """Write the recursive forecasts from each of the rising `origins` into `out`, shape (origins, h).

    `x` is standardized, so that the ridge and the stop against runaway mean the same for every series.
    """
    size, horizon = lags.size + 1, out.shape[1]
    gram, moment = np.zeros((size, size)), np.zeros(size)
    row, weights = np.ones(size), np.empty(size)
    matrix = np.empty((size, size))
    path = np.empty(x.size + horizon)
    t, weight = lags.max(), 1.0
    if forgetting < 1.0:
        t = max(t, origins[0] - int(HALVINGS * np.log(0.5) / np.log(forgetting)))
    for index in range(origins.size):
        origin = origins[index]
        while t < origin:
            for i in range(size - 1):
                row[i] = x[t - lags[i]]
            for i in range(size):
                weighted = weight * row[i]
                for j in range(i + 1):
                    gram[i, j] += weighted * row[j]
                moment[i] += weighted * x[t]
            weight /= forgetting
            t += 1
        trace = 0.0
        for i in range(size - 1):
            trace += gram[i, i]
        matrix[:, :] = gram
        for i in range(size - 1):
            matrix[i, i] += ridge * trace / (size - 1) + 1e-9
        matrix[size - 1, size - 1] += 1e-9
        solve(matrix, moment, size, weights)
        path[:origin] = x[:origin]
        for k in range(horizon):
            value = weights[size - 1]
            for i in range(size - 1):
                value += weights[i] * path[origin + k - lags[i]]
            path[origin + k] = min(max(value, -RUNAWAY), RUNAWAY)
            out[index, k] = path[origin + k]

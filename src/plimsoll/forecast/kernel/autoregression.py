"""What do the last steps, the last day and the last week say about the next step? Ridge regression on chosen lags.

    x_t = c + sum_l b_l x_(t-l),   b = argmin sum d^(age) e^2 + k sum b^2

The normal equations are updated from origin to origin, so that all backtest windows cost one pass over the samples
(Hoerl & Kennard 1970 for the ridge; forgetting as in recursive least squares). Forecasts are recursive: each step uses
the ones before it.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Matrix, Places, Values
from plimsoll.forecast.kernel.sums import mean_of, product_of

HALVINGS = 60  # samples so many half-lives before the first origin are left out
RUNAWAY = 12.0  # standard deviations at which a recursion is clipped, so that it cannot explode


def lags_for(m: int, long: int, shortest: int) -> Places:
    """Choose lags around 1, the season, twice the season and the long season that `shortest` samples can support."""
    near = (1, 2, 3, m - 1, m, m + 1, 2 * m - 1, 2 * m, 2 * m + 1) if m > 1 else (1, 2, 3, 4, 5, 6, 8, 12, 12)
    chosen = np.ones(len(near) + 3, dtype=np.int64)
    count = 1
    for lag in (*near, long - 1, long, long + 1):
        is_new = lag > 1 and lag * 1.5 + 8 < shortest
        for i in range(count):
            is_new = is_new and chosen[i] != lag
        if is_new:
            chosen[count] = lag
            count += 1
    return chosen[:count]


def solve(matrix: Matrix, right: Values, answer: Values) -> None:
    """Solve a symmetric positive system by Cholesky decomposition in place; a vanishing pivot is raised above zero.

    Column by column, so that no operation waits for the one before it.
    """
    size = answer.size
    column, inverse = np.empty(size), np.empty(size)
    for j in range(size):
        inverse[j] = 1.0 / max(matrix[j, j], 1e-12) ** 0.5
        answer[j] = right[j]
        for i in range(j + 1, size):
            column[i] = matrix[i, j] * inverse[j]
            matrix[i, j] = column[i]
        for i in range(j + 1, size):
            for k in range(j + 1, i + 1):
                matrix[i, k] -= column[i] * column[k]
    for j in range(size):
        answer[j] *= inverse[j]
        for i in range(j + 1, size):
            answer[i] -= matrix[i, j] * answer[j]
    for i in range(size - 1, -1, -1):
        answer[i] *= inverse[i]
        for k in range(i):
            answer[k] -= matrix[i, k] * answer[i]


def autoregress(x: Values, origins: Places, lags: Places, ridge: float, forgetting: float, out: Matrix) -> None:
    """Write the recursive forecasts from each of the rising `origins` into `out`, shape (origins, h).

    `x` is standardized, so that the ridge and the clipping mean the same for every series.
    """
    size, horizon = lags.size + 1, out.shape[1]
    gram, matrix = np.zeros((size, size)), np.empty((size, size))
    moment, weights = np.zeros(size), np.empty(size)
    path = np.empty(x.size + horizon)
    first, done = 0, 0
    for i in range(lags.size):
        first = max(first, lags[i])
    if forgetting < 1.0:
        first = max(first, origins[0] - int(HALVINGS * np.log(0.5) / np.log(forgetting)))
    importance = growing_weights(x.size, first, forgetting)
    for index in range(origins.size):
        origin = origins[index]
        gather(x, (first, origin), lags, importance, gram, moment)
        first = max(first, origin)
        ridged(gram, ridge, matrix)
        solve(matrix, moment, weights)
        for k in range(done, origin):
            path[k] = x[k]
        done = origin
        recur(path, origin, lags, weights, out[index])


def growing_weights(size: int, first: int, forgetting: float) -> Values:
    """Return a weight for each sample from `first`, where it is 1, rising by a constant factor."""
    weights = np.ones(size)
    for i in range(first + 1, size):
        weights[i] = weights[i - 1] / forgetting
    return weights


def gather(x: Values, rows: tuple[int, int], lags: Places, importance: Values, gram: Matrix, moment: Values) -> None:
    """Add the samples from the first up to the second of `rows` to the normal equations, with the constant last."""
    first, end, terms = rows[0], max(rows), lags.size
    weighted = importance[first:end].copy()
    for i in range(terms, -1, -1):
        if i < terms:
            for k in range(end - first):
                weighted[k] = importance[first + k] * x[first - lags[i] + k]
        else:
            gram[i, i] += mean_of(weighted, 0, end - first) * (end - first) if end > first else 0.0
        for j in range(min(i + 1, terms)):
            gram[i, j] += product_of(weighted, x[first - lags[j] : end - lags[j]])
        moment[i] += product_of(weighted, x[first:end])


def ridged(gram: Matrix, ridge: float, matrix: Matrix) -> None:
    """Write the normal equations with the ridge on all but the constant into `matrix`."""
    terms = gram.shape[0] - 1
    trace = 0.0
    for i in range(terms):
        trace += gram[i, i]
    for i in range(terms + 1):
        for j in range(i + 1):
            matrix[i, j] = gram[i, j]
        matrix[i, i] += 1e-9 + (ridge * trace / terms if i < terms else 0.0)


def recur(path: Values, origin: int, lags: Places, weights: Values, out: Values) -> None:
    """Continue `path` recursively after `origin`, in place and into `out`; the nearest lags are added last."""
    terms = lags.size
    for k in range(out.size):
        value = weights[terms]
        for i in range(terms - 1, -1, -1):
            value += weights[i] * path[origin + k - lags[i]]
        path[origin + k] = min(max(value, -RUNAWAY), RUNAWAY)
        out[k] = path[origin + k]

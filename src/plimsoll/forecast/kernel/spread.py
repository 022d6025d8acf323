"""How far may the truth lie from the forecast, and how does that grow with the horizon?

The error of each window is measured with weights that did not see it. A power of the horizon is fitted to the mean
absolute errors over windows, newer ones weighted more,

    scale_k = s k^b,   0 <= b <= 1

with b from a regression over bins of the horizon that is shrunk towards B0: a stationary series has b near 0, a random
walk 1/2, a wrong slope 1. The size s is raised where windows differ, and pulled towards what the series usually moves
(`caution`). Where errors grow with the forecast, the scale then follows it (`level`); it follows how much the series
moved lately (`movement`), and is at least the distance between the methods where they disagree (`agreement`).
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Cube, Matrix, Places, Values

BINS = 6
FORGETTING = 0.85
B0, B0_STRENGTH = 0.25, 2.0
PULL, PULL_LIMIT = 0.2, 5.0


def errors_of(expected: Matrix, origins: Places, actual: Values, errors: Matrix) -> None:
    """Write actual less expected, shape (windows, h), one row of `expected` for each origin; NaN where unknown."""
    for w in range(origins.size - 1):
        for k in range(errors.shape[1]):
            place = origins[w] + k
            errors[w, k] = actual[place] - expected[w, k] if place < actual.size else np.nan


def weighted_path(paths: Matrix, weights: Values, path: Values) -> None:
    """Write the weighted mean of the methods' paths, shape (methods, h), into `path`."""
    path[:] = 0.0
    for c in range(weights.size):
        for k in range(path.size):
            path[k] += weights[c] * paths[c, k]


def left_out_errors(paths: Cube, origins: Places, actual: Values, all_weights: Matrix, errors: Matrix) -> None:
    """Write the errors of each window under its own weights, `all_weights` of shape (windows, methods)."""
    expected = np.empty(errors.shape)
    for w in range(origins.size - 1):
        weighted_path(paths[w], all_weights[w], expected[w])
    errors_of(expected, origins, actual, errors)


def usual_move(actual: Values, horizon: int, m: int, long: int, slope: float = 0.0) -> float:
    """Return the mean absolute change over a horizon, or a shorter span in phase with it if half the series is less.

    Growth by `slope` a step is no change.
    """
    lag = in_phase(horizon, max(1, actual.size // 2), m, long)
    return mean_move(actual, lag, lag, slope)[0]


def mean_move(actual: Values, first: int, lag: int, slope: float) -> tuple[float, int]:
    """Return the mean absolute change over `lag` steps up to each sample from `first` on, and how many are known.

    Growth by `slope` a step is no change.
    """
    total, known = 0.0, 0
    for i in range(max(first, lag), actual.size):
        change = abs(actual[i] - actual[i - lag] - slope * lag)
        if not np.isnan(change):
            total += change
            known += 1
    return (total / known if known > 0 else 0.0), known


def in_phase(horizon: int, most: int, m: int, long: int) -> int:
    """Return the horizon, or, where it is longer than `most`, the horizon less whole seasons.

    Two hours at unlike phases of a day are as far apart as night and noon, however little the series moves over a
    horizon of days.
    """
    for season in (long, m):
        if season > 0:
            lag = horizon - season * max(0, -((most - horizon) // season))
            if lag > 0:
                return lag
    return most


def horizon_scale(errors: Matrix, floor: float, move: float, scale: Values) -> None:
    """Write the scale of errors at each step, shape (h,), from all windows, newer ones weighted more.

    Where no error is known, it is the usual `move` over a horizon, growing as a random walk's.
    """
    windows, horizon = errors.shape
    size, weight = np.zeros(horizon), np.zeros(horizon)
    means, count, forget = np.zeros(windows), 0, 1.0
    total_size, total_weight = 0.0, 0.0
    for w in range(windows - 1, -1, -1):
        total, known = 0.0, 0
        for k in range(horizon):
            if not np.isnan(errors[w, k]):
                total += abs(errors[w, k])
                known += 1
                size[k] += forget * abs(errors[w, k])
                weight[k] += forget
        total_size += forget * total
        total_weight += forget * known
        if known > 0:
            means[count] = total / known
            count += 1
        forget *= FORGETTING
    if total_weight == 0.0:
        for k in range(horizon):
            scale[k] = floor + move * ((k + 1.0) / horizon) ** 0.5
        return
    mean = total_size / total_weight
    power_of_horizon(growth_exponent(size, weight, mean), mean * caution(means, count, mean, move), weight, scale)
    for k in range(horizon):
        scale[k] += floor


def power_of_horizon(exponent: float, mean: float, weight: Values, scale: Values) -> None:
    """Write a power of the step whose weighted mean is `mean` into `scale`."""
    total, known = 0.0, 0.0
    for k in range(scale.size):
        scale[k] = np.exp(exponent * np.log(k + 1.0))
        total += scale[k] * weight[k]
        known += weight[k]
    for k in range(scale.size):
        scale[k] *= mean * known / total


def caution(means: Values, count: int, mean: float, move: float) -> float:
    """Return the factor by which a series' scale exceeds its mean error, from the mean errors of its windows.

    Windows that differ are summarized by their root mean square. A handful of windows may have been lucky or unlucky,
    so the usual move over a horizon in the whole past pulls on the scale with an exponent of `PULL`.
    """
    total, squares = 0.0, 0.0
    for w in range(count):
        total += means[w]
        squares += means[w] * means[w]
    if not total > 0.0 or not mean > 0.0:
        return 1.0
    unlike = (squares / count) ** 0.5 / (total / count)
    pull = min(max(move / (mean * unlike), 1.0 / PULL_LIMIT), PULL_LIMIT)
    return float(unlike * np.exp(PULL * np.log(pull)))


def growth_exponent(size: Values, weight: Values, mean: float) -> float:
    """Return the exponent b of the horizon, by ridge regression of log size on log step over bins."""
    horizon = size.size
    bins = min(BINS, horizon)
    xs, ys, xx, xy, used = 0.0, 0.0, 0.0, 0.0, 0
    for i in range(bins):
        first, end = i * horizon // bins, (i + 1) * horizon // bins
        known, total = 0.0, 0.0
        for k in range(first, end):
            known += weight[k]
            total += size[k]
        if known > 0.0 and mean > 0.0:
            x, y = np.log((first + end + 1) / 2.0), np.log(total / (known * mean) + 0.02)
            xs, ys, xx, xy, used = xs + x, ys + y, xx + x * x, xy + x * y, used + 1
    if used < 2:
        return B0
    slope = (xy - xs * ys / used + B0_STRENGTH * B0) / (xx - xs * xs / used + B0_STRENGTH)
    return float(min(max(slope, 0.0), 1.0))

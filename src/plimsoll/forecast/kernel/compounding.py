"""Does a series grow by a share of what it is? Then the methods see its logarithms, in which such growth is a line.

The backtest cannot tell. Where the horizon is nearly as long as the past, its windows begin with the first quarter of
that, in which a line and growth that compounds are one. So the whole past is asked, by its means of whole seasons. A
line, a line in the logarithms and a parabola there (growth that slows, though in logarithms) are compared by

    misfit = n/2 log sum e_i^2 + sum log curve_i,    r_i = mean_i / curve_i - 1,    e_i = r_i - phi r_(i-1)

the negative log-likelihood of errors in proportion to the curve that are autoregressive of first order. Growth
compounds where the second is more likely than the first by odds of `CLEAR`, the third is not more likely than it by as
much, and where it matters: at the horizon the two part by more than the means usually do from the curve.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.innovations import innovations_of
from plimsoll.forecast.kernel.nature import Cube, Places, Values
from plimsoll.forecast.kernel.seasonal import season_means
from plimsoll.forecast.kernel.sums import product_of
from plimsoll.forecast.kernel.trend import line_of

FEWEST = 8  # means of seasons that show a curve
CLEAR = 3.0  # log of the odds from which one curve is taken instead of another
LEAST_ERROR = 1e-4  # share of the level by which any curve is taken to be off
MOST_GROWTH = 3.0  # log of how far a path may go past the highest sample


def compounds(y: Values, season: int, horizon: int) -> bool:
    """Whether the growth of `y`, of which `season` is the longest season, clearly compounds, and matters so far off."""
    count = y.size // season
    if count < FEWEST or not lowest_of(y) > 0.0:
        return False
    means, logs = season_means(y, y.size, season, count), np.empty(count)
    for i in range(count):
        logs[i] = np.log(means[i])
    rate, end = line_of(logs, 0, count)
    if not rate > 0.0:
        return False
    curve = np.empty(count)
    for i in range(count):
        curve[i] = np.exp(end - rate * (count - 1 - i))
    compound = misfit(means, curve)
    if misfit(means, line_along(means, curve)) - compound <= CLEAR:
        return False
    if compound - misfit(means, slowed(logs, curve)) > CLEAR:
        return False
    apart, ahead = residuals(means, curve), rate * horizon / season
    return bool(np.exp(ahead) - 1.0 - ahead > (product_of(apart, apart) / count) ** 0.5)


def exponentials_of(logs: Values, origins: Places, paths: Cube) -> None:
    """Turn the paths of all methods, (origins, methods, h), from the logarithms (n,) they saw into values, in place.

    A line through a handful of logarithms may lead anywhere, and an error beyond all measure would make those of all
    other methods look alike: no path goes past e^`MOST_GROWTH` times the highest sample before its origin.
    """
    highest, seen = logs[0], 0
    for index in range(origins.size):
        for i in range(seen, origins[index]):
            highest = max(highest, logs[i])
        seen = origins[index]
        for c in range(paths.shape[1]):
            for k in range(paths.shape[2]):
                paths[index, c, k] = np.exp(min(paths[index, c, k], highest + MOST_GROWTH))


def lowest_of(y: Values) -> float:
    """Return the least value."""
    lowest = y[0]
    for value in y:
        lowest = min(lowest, value)
    return float(lowest)


def line_along(means: Values, curve: Values) -> Values:
    """Fit a line to the means, each over its error, which is in proportion to the curve."""
    total, wx, wy, wxx, wxy = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(means.size):
        weight = (curve[0] / curve[i]) ** 2
        total, wx, wy = total + weight, wx + weight * i, wy + weight * means[i]
        wxx, wxy = wxx + weight * i * i, wxy + weight * i * means[i]
    slope = (wxy - wx * wy / total) / (wxx - wx * wx / total)
    line = np.empty(means.size)
    for i in range(means.size):
        line[i] = (wy - slope * wx) / total + slope * i
    return line


def slowed(logs: Values, curve: Values) -> Values:
    """Fit a parabola that opens downward to the logarithms; where it would open upward, it is the curve itself."""
    count = logs.size
    middle, mean_square = (count - 1) / 2.0, (count * count - 1.0) / 12.0
    squares, product = 0.0, 0.0
    for i in range(count):
        bend = (i - middle) ** 2 - mean_square
        squares, product = squares + bend * bend, product + bend * logs[i]
    bent = np.empty(count)
    for i in range(count):
        bent[i] = curve[i] * np.exp(min(product / squares, 0.0) * ((i - middle) ** 2 - mean_square))
    return bent


def residuals(means: Values, curve: Values) -> Values:
    """Return the distance of the means from the curve as a share of it."""
    apart = np.empty(means.size)
    for i in range(means.size):
        apart[i] = means[i] / curve[i] - 1.0
    return apart


def misfit(means: Values, curve: Values) -> float:
    """Return the negative log-likelihood of the means, but for a constant; infinite for a curve that is not above 0."""
    if not lowest_of(curve) > 0.0:
        return np.inf
    count, apart = means.size, residuals(means, curve)
    logs = 0.0
    for i in range(count):
        logs += np.log(curve[i])
    return float(0.5 * count * np.log(innovations_of(apart) + count * LEAST_ERROR**2) + logs)

"""Does a series grow along a straight line? Then the methods see it without that line, and every path continues it.

Where the noise of an hour is as large as the growth of weeks, the backtest hardly tells growth from none, and most
methods see none. So the whole past is asked, by its means of seasons, each less the usual mean of its phase of the
longest season (that of a day less that of its weekday). Where the season is the longest, its own means are asked if
they are `MANY`, and the samples otherwise. Four courses are compared by

    misfit = n/2 log sum e_i^2,    e_i = r_i - phi r_(i-1)

the negative log-likelihood of autoregressive residuals r, of n free means: a level, a line, a parabola, and a random
walk that drifts, whose e are the changes less their mean. A series grows along a line, with a deterministic trend
instead of a stochastic one (Nelson & Plosser 1982), where the second is more likely than the first and the last by odds
of `CLEAR`, and the third not more likely than it by odds of `BENT`. How steep the line is, every origin tells anew from
what lies before it.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.innovations import innovations_of
from plimsoll.forecast.kernel.nature import Matrix, Places, Values
from plimsoll.forecast.kernel.seasonal import season_means
from plimsoll.forecast.kernel.sums import mean_of, product_of
from plimsoll.forecast.kernel.trend import line_of

FEWEST_LONG = 3  # longest seasons whose means show a line, and whose phases show their usual means
FEWEST = 7  # means, less one for each phase, that show a line
MANY = 16  # longest seasons from which on their own means show a line
CLEAR = 4.0  # log of the odds from which a line is taken instead of a level or a random walk
BENT = 2.0  # log of the odds from which a line is not taken
LEAST_ERROR = 1e-4  # share of the means by which any course is taken to be off


def grows_along_line(y: Values, longest: int, m: int) -> bool:
    """Whether the growth of `y`, of which `longest` is the longest season and `m` the season, is clearly a line."""
    seasons = y.size // longest
    span = m if m < longest or seasons >= MANY else 1
    phases = longest // span if longest % span == 0 else 1
    count = seasons * phases
    free = count - phases
    if seasons < FEWEST_LONG or free < FEWEST:
        return False
    level = season_means(y, y.size, longest // phases, count)
    least = LEAST_ERROR * LEAST_ERROR * product_of(level, level)
    walk = np.empty(count)
    for i in range(1, count):
        walk[i] = level[i] - level[i - 1]
    walk[0] = walk[phases]  # the first change is unknown, and stands for itself a season later
    subtract_phases(level, phases)
    subtract_phases(walk, phases)
    line, bent = np.empty(count), np.empty(count)
    subtract_line(level, phases, line, bent)
    by_level, by_line = misfit(innovations_of(level), least, free), misfit(innovations_of(line), least, free)
    by_walk, by_bent = misfit(product_of(walk, walk), least, free), misfit(innovations_of(bent), least, free)
    return min(by_level, by_walk) - by_line > CLEAR and by_line - by_bent <= BENT


def slopes_of_line(y: Values, origins: Places, longest: int, m: int, horizon: int, positive: bool) -> Values:
    """Return how steep, a step, each origin sees the line along which `y` clearly grows, (origins,); 0 without one.

    The slope is that of the means of whole seasons before the origin. What was never below zero does not fall along a
    line that is below zero by the horizon.
    """
    slopes = np.zeros(origins.size)
    if not grows_along_line(y, longest, m):
        return slopes
    for index in range(origins.size):
        season = longest if origins[index] >= FEWEST_LONG * longest else m
        count = origins[index] // season
        means = season_means(y, origins[index], season, count)
        slopes[index] = line_of(means, 0, count)[0] / season if count > 2 else 0.0
    if positive and mean_of(y, y.size - longest, y.size) + slopes[origins.size - 1] * (longest / 2.0 + horizon) < 0.0:
        slopes[:] = 0.0
    return slopes


def without_line(y: Values, origin: int, slope: float) -> Values:
    """Return `y` less a line of this slope that is 0 at the last sample before `origin`."""
    rest = np.empty(y.size)
    for i in range(y.size):
        rest[i] = y[i] - slope * (i - (origin - 1))
    return rest


def continue_line(slope: float, out: Matrix) -> None:
    """Add the line to the paths of all methods from one origin, shape (methods, h), in place."""
    for c in range(out.shape[0]):
        for k in range(out.shape[1]):
            out[c, k] += slope * (k + 1.0)


def subtract_phases(x: Values, phases: int) -> None:
    """Subtract the mean of each phase, in place."""
    for phase in range(phases):
        total = 0.0
        for i in range(phase, x.size, phases):
            total += x[i]
        mean = total / (x.size // phases)
        for i in range(phase, x.size, phases):
            x[i] -= mean


def subtract_line(level: Values, phases: int, line: Values, bent: Values) -> None:
    """Write what a line over the longest seasons, and a parabola over them, leave of the `level` without phases."""
    seasons = level.size // phases
    middle, mean_square = (seasons - 1) / 2.0, (seasons * seasons - 1.0) / 12.0
    slope, bend, squares = 0.0, 0.0, 0.0
    for i in range(level.size):
        at = i // phases - middle
        slope += at * level[i]
        bend += (at * at - mean_square) * level[i]
        squares += (at * at - mean_square) ** 2
    slope, bend = slope / (mean_square * level.size), bend / squares
    for i in range(level.size):
        at = i // phases - middle
        line[i] = level[i] - slope * at
        bent[i] = line[i] - bend * (at * at - mean_square)


def misfit(squares: float, least: float, free: int) -> float:
    """Return the negative log-likelihood of errors with this sum of squares, but for a constant."""
    return float(0.5 * free * np.log(squares + least + 1e-300))

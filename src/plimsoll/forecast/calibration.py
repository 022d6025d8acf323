"""How many scales must an interval be wide to hold what it says? Read from the errors of the fleet.

Every series' backtest errors, divided by the scale made before them, are pooled by kind and step over a sample of
series; their weighted quantiles, every series weighing the same, are the factors (split conformal prediction, Vovk et
al. 2005, pooled as in Stankeviciute et al. 2021).

The scale under an old error was measured on fewer windows than the forecast of now has, so that the error looks
larger. Windows' mean squared errors are about as unlike as they are large, which is two degrees of freedom each; an
error over a scale of w windows is then a Student's t of 2 w, its deviation sqrt(w / (w - 1)). It is told as of now's n:

    e' = e sqrt(n / (n - 1)) / sqrt(w / (w - 1))

Up to the 80 % interval the newest window alone is read, which needs it least; further out one window has too few
errors, and all are read. A small pool leans on the prior below: with N series its own factors weigh N / (N + 10). The
median keeps factor 0: the center is already made for least absolute error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Levels
from plimsoll.domain.series import MetricKind, Values

GRID: Levels = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995)
# Factors of the upper half; chosen by rolling backtest on the training part of ten sets of all kinds.
_PRIOR_HALF = (0.0, 0.205, 0.475, 0.8, 1.6, 2.1, 2.75, 3.8, 4.7)
PRIOR: NDArray[np.float64] = np.array([-f for f in reversed(_PRIOR_HALF[1:])] + list(_PRIOR_HALF))
PRIOR_SERIES = 10
INNER = (0.1, 0.9)  # levels between which the newest window alone is read
MOST_SCALES = 20.0  # no error counts for more: one series that broke with a perfect past is no measure for its fleet
SAMPLE_SIZE = 256  # series a kind whose errors are pooled


@dataclass(frozen=True, slots=True)
class PoolKey:
    """What is pooled together: one kind of metric at one step."""

    kind: MetricKind
    step_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Factors at the levels of `GRID`, and how many series they were measured on (0: the prior alone).

    `shape` (main season,) is the season that the series share (`borrowed`), None where there is none.
    """

    factors: Values
    series: int
    shape: Values | None = None

    def at(self, levels: Levels) -> Values:
        """The factors at any levels: linear between the grid's in terms of normal scores, rising with the level."""
        from scipy.special import ndtri  # dear to load, and most commands do without

        grid, wanted = ndtri(np.asarray(GRID)), ndtri(np.asarray(levels))
        inside = np.interp(wanted, grid, self.factors)
        beyond = np.where(np.abs(wanted) > grid[-1], wanted / grid[-1], 1.0)
        return np.asarray(inside * np.maximum(np.abs(beyond), 1.0), dtype=np.float64)


NO_POOL = Pool(PRIOR, 0)


def pool_of(standardized: Sequence[NDArray[np.float64]]) -> Pool:
    """Pool the standardized errors of sampled series, one array (windows, h) each, NaN where nothing was known."""
    known = [told for errors in standardized if (told := as_of_now(errors)).size]
    if not known:
        return NO_POOL
    levels, count = np.asarray(GRID), len(known)
    outer = (levels < INNER[0]) | (levels > INNER[1])
    measured = np.where(outer, factors_of(known), factors_of([errors[-1:] for errors in known]))
    return Pool((count * outward(measured) + PRIOR_SERIES * PRIOR) / (count + PRIOR_SERIES), count)


def as_of_now(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tell standardized errors (windows, h) as they were over a scale of as many windows as there are now.

    Row w stands over a scale of the w windows before it. Rows that know nothing are left out, and rows over one window
    or none, which say nothing of width.

    >>> as_of_now(np.full((6, 1), 3.0)).round(2).ravel().tolist()
    [2.32, 2.68, 2.85, 2.94]
    """
    windows = np.flatnonzero(np.isfinite(errors).any(axis=1))
    windows = windows[windows > 1]
    if not windows.size:
        return errors[windows]
    now = windows[-1] + 1
    return np.asarray(errors[windows] * np.sqrt(now / (now - 1) * (windows - 1) / windows)[:, None])


def factors_of(known: Sequence[NDArray[np.float64]]) -> Values:
    """Answer the quantiles of errors at the levels of `GRID` less their median, every series weighing the same."""
    each = [np.clip(errors[np.isfinite(errors)], -MOST_SCALES, MOST_SCALES) for errors in known]
    weights = np.concatenate([np.full(errors.size, 1.0 / errors.size) for errors in each])
    measured = weighted_quantiles(np.concatenate(each), weights, GRID)
    return np.asarray(measured - measured[len(GRID) // 2])


def outward(factors: Values) -> Values:
    """Let factors rise with the level: no outer quantile lies within an inner one."""
    middle = factors.size // 2
    lower = np.minimum.accumulate(factors[middle::-1])[::-1]
    return np.concatenate([lower, np.maximum.accumulate(factors[middle:])[1:]])


def weighted_quantiles(values: Values, weights: Values, levels: Levels) -> Values:
    """Answer quantiles of weighted values, each value in the middle of its share.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), (0.5,)).tolist()
    [2.0]
    """
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    middle = (share - 0.5 * weights[order]) / share[-1]
    return np.asarray(np.interp(levels, middle, values[order]), dtype=np.float64)


def ticket(unique_id: str, seed: int) -> int:
    """Draw a series' number for the sample: the lowest numbers are in it, whatever the order and the neighbors."""
    return int.from_bytes(blake2b(f"{seed}:{unique_id}".encode(), digest_size=8).digest(), "big")

"""By how many scales must an interval be wide to reach its nominal level? Factors from the errors of the fleet.

Every series' backtest errors are divided by the scale made before them and pooled by kind and step over a sample of
series. Their weighted quantiles, every series with the same total weight, are the factors (split conformal prediction,
Vovk et al. 2005, pooled as in Stankeviciute et al. 2021).

The scale under an old error was measured on fewer windows than today's, so the error looks larger. The mean squared
errors of windows vary about as much as they are large, which is two degrees of freedom each. An error over a scale of w
windows is then a Student's t of 2 w degrees of freedom, with standard deviation sqrt(w / (w - 1)). It is rescaled to
today's n windows:

    e' = e sqrt(n / (n - 1)) / sqrt(w / (w - 1))

Up to the 80 % interval only the newest window is used, which needs this least; for wider intervals one window has too
few errors, and all are used. A small pool is shrunk towards the prior below: with N series its own factors have weight
N / (N + 10). The median keeps factor 0, because the center already minimizes the absolute error.
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
# Factors of the upper half, chosen by rolling backtests on the training part of ten data sets of all kinds.
_PRIOR_HALF = (0.0, 0.205, 0.475, 0.8, 1.6, 2.1, 2.75, 3.8, 4.7)
PRIOR: NDArray[np.float64] = np.array([-f for f in reversed(_PRIOR_HALF[1:])] + list(_PRIOR_HALF))
PRIOR_SERIES = 10
INNER = (0.1, 0.9)  # between these levels, both included, only the newest window is used
MOST_SCALES = 20.0  # errors are clipped here: one series that broke with a perfect past must not widen its fleet
SAMPLE_SIZE = 256  # series of each kind whose errors are pooled


@dataclass(frozen=True, slots=True)
class PoolKey:
    """What is pooled together: one kind of metric at one step."""

    kind: MetricKind
    step_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Factors at the levels of `GRID`, and the number of series they were measured on (0: the prior alone).

    `shape` (main season,) is the season that the series share (`borrowed`), None where there is none.
    """

    factors: Values
    series: int
    shape: Values | None = None

    def at(self, levels: Levels) -> Values:
        """Interpolate the factors at any levels, linearly in normal scores; they rise with the level."""
        from scipy.special import ndtri  # slow to import, and most commands do without it

        grid, wanted = ndtri(np.asarray(GRID)), ndtri(np.asarray(levels))
        inside = np.interp(wanted, grid, self.factors)
        beyond = np.where(np.abs(wanted) > grid[-1], wanted / grid[-1], 1.0)
        return np.asarray(inside * np.maximum(np.abs(beyond), 1.0), dtype=np.float64)


NO_POOL = Pool(PRIOR, 0)


def pool_of(standardized: Sequence[NDArray[np.float64]]) -> Pool:
    """Pool the standardized errors of sampled series, one array (windows, h) each, NaN where unknown."""
    known = [rescaled for errors in standardized if (rescaled := rescaled_to_now(errors)).size]
    if not known:
        return NO_POOL
    levels, count = np.asarray(GRID), len(known)
    outer = (levels < INNER[0]) | (levels > INNER[1])
    measured = np.where(outer, factors_of(known), factors_of([errors[-1:] for errors in known]))
    return Pool((count * monotone(measured) + PRIOR_SERIES * PRIOR) / (count + PRIOR_SERIES), count)


def rescaled_to_now(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rescale standardized errors (windows, h) as if their scale came from as many windows as there are now.

    Row w has a scale from the w windows before it. Rows without a known error are left out, and so are those with a
    scale from one window or none, which says nothing about width.

    >>> rescaled_to_now(np.full((6, 1), 3.0)).round(2).ravel().tolist()
    [2.32, 2.68, 2.85, 2.94]
    """
    windows = np.flatnonzero(np.isfinite(errors).any(axis=1))
    windows = windows[windows > 1]
    if not windows.size:
        return errors[windows]
    now = windows[-1] + 1
    return np.asarray(errors[windows] * np.sqrt(now / (now - 1) * (windows - 1) / windows)[:, None])


def factors_of(known: Sequence[NDArray[np.float64]]) -> Values:
    """Compute the quantiles of errors at the levels of `GRID` less their median, every series with the same weight."""
    each = [np.clip(errors[np.isfinite(errors)], -MOST_SCALES, MOST_SCALES) for errors in known]
    weights = np.concatenate([np.full(errors.size, 1.0 / errors.size) for errors in each])
    measured = weighted_quantiles(np.concatenate(each), weights, GRID)
    return np.asarray(measured - measured[len(GRID) // 2])


def monotone(factors: Values) -> Values:
    """Make factors rise with the level: no outer quantile lies within an inner one."""
    middle = factors.size // 2
    lower = np.minimum.accumulate(factors[middle::-1])[::-1]
    return np.concatenate([lower, np.maximum.accumulate(factors[middle:])[1:]])


def weighted_quantiles(values: Values, weights: Values, levels: Levels) -> Values:
    """Compute quantiles of weighted values in any order, each value in the middle of its share.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), (0.5,)).tolist()
    [2.0]
    """
    order = np.lexsort((weights, values))  # equal values by weight, or sums would differ in their last bit
    share = np.cumsum(weights[order])
    middle = (share - 0.5 * weights[order]) / share[-1]
    return np.asarray(np.interp(levels, middle, values[order]), dtype=np.float64)


def sampling_rank(unique_id: str, seed: int) -> int:
    """Hash a series' identity to a number; the sample takes the lowest, independently of order and of other series."""
    return int.from_bytes(blake2b(f"{seed}:{unique_id}".encode(), digest_size=8).digest(), "big")

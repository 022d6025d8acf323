"""Is it zero most of the time? Demand that comes now and then has no path that a mean or a scale could follow.

    q(level) at every step = quantile(level) of the newest own samples, zeros included

which covers how much and how often at once (Croston 1972 separates the two; Willemain, Smart & Schwarz 2004 resample
the past). It is used where at least half of the newest samples are zero and its pinball loss in the backtest is lower
than that of center and scale: a job that comes at its hour keeps its season.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.domain.forecast import ForecastState
from plimsoll.domain.series import Values
from plimsoll.forecast.calibration import Pool
from plimsoll.forecast.kernel.nature import Matrix
from plimsoll.forecast.outlook import Outlook, origins_of
from plimsoll.forecast.preparation import Prepared

SEASONS_KEPT, FEWEST_KEPT = 8, 200
TENTHS = tuple(tenth / 10 for tenth in range(1, 10))
NAME = "own past, mostly zero"


def is_sporadic(prepared: Prepared) -> bool:
    """Whether at least half of the newest samples are zero, and none is negative."""
    if prepared.state is not ForecastState.OK or prepared.is_counter:
        return False
    newest = newest_of(prepared, prepared.values.size)
    return bool(2 * np.count_nonzero(newest == 0.0) >= newest.size > 0 and newest.min() >= 0.0)


def newest_of(prepared: Prepared, end: int) -> Values:
    """Return the newest known samples before `end`."""
    kept = max(SEASONS_KEPT * prepared.seasons.main, FEWEST_KEPT)
    newest = prepared.values[max(0, end - kept) : end]
    return newest[~np.isnan(newest)]


def own_past_is_better(prepared: Prepared, outlook: Outlook, pool: Pool) -> bool:
    """Whether quantiles of a sporadic series' own past had less pinball loss in the backtest than center and scale."""
    factors, own, centered = pool.at(TENTHS), 0.0, 0.0
    for errors, origin in zip(outlook.errors, origins_of(prepared, outlook.center.size), strict=False):
        truth = prepared.values[origin : origin + errors.size]
        seen = ~np.isnan(truth) & np.isfinite(errors[: truth.size])
        past = newest_of(prepared, origin)
        if seen.any() and past.size:
            center = (truth - errors[: truth.size])[seen, None]
            quantiles = np.maximum(center + outlook.scale[: truth.size][seen, None] * factors, 0.0)
            centered += pinball(truth[seen], quantiles)
            own += pinball(truth[seen], np.quantile(past, TENTHS)[None])
    return own < centered


def pinball(truth: Values, quantiles: Matrix) -> float:
    """Compute the summed pinball loss of the tenths, `quantiles` of shape (n or 1, 9)."""
    missed = truth[:, None] - quantiles
    levels = np.asarray(TENTHS)
    return float(np.maximum(levels * missed, (levels - 1.0) * missed).sum())


def with_own_errors(prepared: Prepared, outlook: Outlook) -> Outlook:
    """Return the outlook with the errors of the own past's median in place of those of the center."""
    errors = np.full_like(outlook.errors, np.nan)
    for row, origin in zip(errors, origins_of(prepared, outlook.center.size), strict=False):
        truth = prepared.values[origin : origin + row.size]
        past = newest_of(prepared, origin)
        if past.size:
            row[: truth.size] = truth - np.median(past)
    return replace(outlook, errors=errors)


def own_coverage(prepared: Prepared, outlook: Outlook) -> float:
    """Compute the share of the backtest's points inside the 80 % interval of the past before their window."""
    inside = []
    for origin in origins_of(prepared, outlook.center.size):
        past = newest_of(prepared, origin)
        truth = prepared.values[origin : origin + outlook.center.size]
        if past.size:
            low, high = np.quantile(past, (0.1, 0.9))
            inside.append((truth[~np.isnan(truth)] >= low) & (truth[~np.isnan(truth)] <= high))
    return float(np.concatenate(inside).mean()) if inside else float("nan")

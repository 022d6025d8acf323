"""What would perfect knowledge cost? The lower bound of replica-hours at an SLO, and of misses at a budget.

With start-up time known in advance and immediate scale-in, every step can be served by exactly the replicas it needs,
so without misses nothing is cheaper than sum(max(min, need)). A step that is given up costs `min` instead. Each step is
then a choice of two, and the cheapest choice at a miss ratio is a knapsack problem. Its linear relaxation gives up
steps in the order of replicas saved per load missed, the last one in part. It is a lower bound, within one step of the
optimum.
"""

from __future__ import annotations

import numpy as np

from plimsoll.domain.series import Times, Values


def least_hours(load: Values, need: Times, least: int, step_s: float, miss_ratio: float) -> float:
    """Bound replica-hours from below where at most `miss_ratio` of all load is outside the SLO.

    >>> least_hours(np.array([1.0, 9.0]), np.array([4, 10]), 2, 3600.0, 0.1), least_hours(
    ...     np.array([1.0, 9.0]), np.array([4, 10]), 2, 3600.0, 0.0)
    (12.0, 14.0)
    """
    floor = np.maximum(need, least)
    saved = floor - least
    order = _by_savings(load, saved)
    given_up = _shares_up_to(load[order], miss_ratio * float(load.sum()))
    return float((floor.sum() - (saved[order] * given_up).sum()) * step_s / 3600.0)


def least_misses(load: Values, need: Times, least: int, step_s: float, hours: float) -> float:
    """Bound the share of load outside the SLO from below at a budget of replica-hours; 1 if the budget is too small."""
    floor = np.maximum(need, least)
    saved = floor - least
    to_save = float(floor.sum()) - hours * 3600.0 / step_s
    if to_save <= 0 or load.sum() <= 0:
        return 0.0
    if to_save > saved.sum():
        return 1.0
    order = _by_savings(load, saved)
    order = order[saved[order] > 0]  # giving up what costs the minimum anyway saves nothing
    given_up = _shares_up_to(saved[order].astype(np.float64), to_save)
    return float((load[order] * given_up).sum() / load.sum())


def _by_savings(load: Values, saved: Times) -> Times:
    """Order the steps by replicas saved per load missed, the best first; returns their places."""
    worth = np.where(load > 0, saved / np.where(load > 0, load, 1.0), np.inf)
    return np.argsort(-worth, kind="stable")


def _shares_up_to(amounts: Values, total: float) -> Values:
    """Return the share taken of each amount, in order, until `total` is reached."""
    before = np.concatenate([[0.0], np.cumsum(amounts)[:-1]])
    left = np.maximum(total - before, 0.0)
    return np.where(amounts > 0, np.minimum(1.0, left / np.where(amounts > 0, amounts, 1.0)), 1.0)

"""Which part of demand is unpredictable? The noise of single steps around the level, and what it costs.

The level of a step is the mean over some steps before and after it, without itself; no forecast knows the steps after.
Even a policy that knew the level could only keep headroom against the noise. The load it would miss at a budget of
replica-hours, with the best number of steps for the mean, shows how much forecasts of the level could gain.
"""

from __future__ import annotations

import numpy as np

from plimsoll.domain.series import Times, Values

LEVEL_STEPS = 5
AROUND = (2, 4, 6, 10, 20, 30)
_HALVINGS = 50


def level_of(load: Values, steps: int = LEVEL_STEPS) -> Values:
    """Return the centered mean over `steps` steps, shorter at the ends.

    >>> level_of(np.array([1.0, 2.0, 3.0, 4.0]), 3).tolist()
    [1.5, 2.0, 3.0, 3.5]
    """
    summed = np.concatenate([[0.0], np.cumsum(load)])
    places = np.arange(load.size)
    first, last = np.maximum(places - steps // 2, 0), np.minimum(places + steps // 2 + 1, load.size)
    level: Values = (summed[last] - summed[first]) / (last - first)
    return level


def noise_ratio(load: Values) -> float:
    """Return the standard deviation around the level as a share of mean load, corrected for noise in the level.

    A centered mean over n steps contains 1/n of the step's own noise, so the deviation from it is that of the noise
    times sqrt(1 - 1/n).
    """
    deviation = load - level_of(load)
    mean = float(load.mean())
    return float(np.sqrt(np.mean(deviation**2) / (1 - 1 / LEVEL_STEPS))) / mean if mean > 0 else 0.0


def around(load: Values, steps: int) -> Values:
    """Return for each step the mean over the `steps` steps around it, without itself; fewer at the ends.

    >>> around(np.array([1.0, 2.0, 6.0, 4.0]), 2).tolist()
    [2.0, 3.5, 3.0, 6.0]
    """
    level = level_of(load, steps + 1)
    places = np.arange(load.size)
    counted = np.minimum(places + steps // 2 + 1, load.size) - np.maximum(places - steps // 2, 0)
    others: Values = (level * counted - load) / np.maximum(counted - 1, 1)
    return others


def level_known_misses(load: Values, unit: float, bounds: tuple[int, int], replica_steps: float) -> tuple[float, int]:
    """Return the least share of load outside the SLO for replicas = ceil(factor x level / unit) at a budget.

    `unit` is the demand that one replica carries within the SLO; the factor is the largest that the budget allows. The
    second result is the number of steps around each step that gave the least share.
    """
    found = []
    for steps in AROUND:
        level = around(load, steps)
        ready = _largest_within(level, unit, bounds, replica_steps)
        offered = float(load.sum())
        found.append((float(load[load > unit * ready].sum()) / offered if offered > 0 else 0.0, steps))
    return min(found)


def _largest_within(level: Values, unit: float, bounds: tuple[int, int], replica_steps: float) -> Times:
    low, high = 0.0, 64.0
    for _ in range(_HALVINGS):
        factor = (low + high) / 2
        if float(_sized(level, factor, unit, bounds).sum()) > replica_steps:
            high = factor
        else:
            low = factor
    return _sized(level, low, unit, bounds)


def _sized(level: Values, factor: float, unit: float, bounds: tuple[int, int]) -> Times:
    return np.clip(np.ceil(factor * level / unit), *bounds).astype(np.int64)

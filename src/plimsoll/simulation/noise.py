"""What of a demand can nobody know ahead? The noise of single steps around the level, and what it costs.

The level is the mean over a few steps before and after, which no forecast has. A policy that knew it could still only
hold headroom against the noise; what it would miss at a budget of replica-hours shows what forecasts could gain.
"""

from __future__ import annotations

import numpy as np

from plimsoll.domain.series import Times, Values

LEVEL_STEPS = 5
_HALVINGS = 50


def level_of(load: Values, steps: int = LEVEL_STEPS) -> Values:
    """Answer the centered mean over `steps` steps, shorter at the ends.

    >>> level_of(np.array([1.0, 2.0, 3.0, 4.0]), 3).tolist()
    [1.5, 2.0, 3.0, 3.5]
    """
    summed = np.concatenate([[0.0], np.cumsum(load)])
    places = np.arange(load.size)
    first, last = np.maximum(places - steps // 2, 0), np.minimum(places + steps // 2 + 1, load.size)
    level: Values = (summed[last] - summed[first]) / (last - first)
    return level


def noise_ratio(load: Values, steps: int = LEVEL_STEPS) -> float:
    """Answer the standard deviation around the level as a share of the mean; the level's own part is taken out.

    A centered mean over n steps holds 1/n of the noise itself, so that the deviation is that of the noise times
    sqrt(1 - 1/n).
    """
    deviation = load - level_of(load, steps)
    mean = float(load.mean())
    return float(np.sqrt(np.mean(deviation**2) / (1 - 1 / steps))) / mean if mean > 0 else 0.0


def level_known_misses(load: Values, unit: float, bounds: tuple[int, int], replica_steps: float) -> float:
    """Answer the share of load outside the SLO for replicas = ceil(factor x level / unit) at a budget.

    `unit` is the demand that one replica carries within the SLO; the factor is the largest that the budget allows.
    """
    level = level_of(load)
    low, high = 0.0, 64.0
    for _ in range(_HALVINGS):
        factor = (low + high) / 2
        if float(_sized(level, factor, unit, bounds).sum()) > replica_steps:
            high = factor
        else:
            low = factor
    missed = load > unit * _sized(level, low, unit, bounds)
    return float(load[missed].sum() / load.sum()) if load.sum() > 0 else 0.0


def _sized(level: Values, factor: float, unit: float, bounds: tuple[int, int]) -> Times:
    return np.clip(np.ceil(factor * level / unit), *bounds).astype(np.int64)

"""How uncertain is a score? Circular block bootstrap over the steps (Politis and Romano 1992).

Successive steps are correlated, so whole blocks are drawn: a day of steps, or a tenth of all steps if that is shorter.
With fewer than 16 steps no interval is given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.estimate import Estimate
from plimsoll.domain.series import Values
from plimsoll.domain.time_spans import DAY_S

_BLOCKS = 10  # of which a history consists at least
_FEWEST_STEPS = 16
DRAWS = 1000
_TAIL = 0.025


def ratio_interval(upper: Values, lower: Values, step_s: float, seed: int) -> Estimate:
    """Estimate sum(upper) / sum(lower) with its 95 % interval; both have one entry a step."""
    value = float(upper.sum() / lower.sum()) if lower.sum() > 0 else 0.0
    drawn = _drawn_sums(np.vstack([upper, lower]), step_s, seed)
    if drawn is None:
        return Estimate(value)
    ratios = drawn[0] / np.where(drawn[1] > 0, drawn[1], 1.0)
    low, high = np.quantile(ratios, [_TAIL, 1 - _TAIL])
    return Estimate(value, float(low), float(high))


def sum_interval(amounts: Values, step_s: float, seed: int) -> Estimate:
    """Estimate a sum over the steps with its 95 % interval."""
    drawn = _drawn_sums(amounts[None, :], step_s, seed)
    total = float(amounts.sum())
    if drawn is None:
        return Estimate(total)
    low, high = np.quantile(drawn[0], [_TAIL, 1 - _TAIL])
    return Estimate(total, float(low), float(high))


def block_length(steps: int, step_s: float) -> int:
    """Return the number of steps in one block."""
    return max(1, min(round(DAY_S / step_s), steps // _BLOCKS))


def _drawn_sums(rows: NDArray[np.float64], step_s: float, seed: int) -> NDArray[np.float64] | None:
    """Draw bootstrap sums of each row, shape (rows, draws), scaled to the number of steps."""
    steps = rows.shape[1]
    if steps < _FEWEST_STEPS:
        return None
    block = block_length(steps, step_s)
    wrapped = np.cumsum(np.concatenate([np.zeros((rows.shape[0], 1)), rows, rows[:, :block]], axis=1), axis=1)
    sums = wrapped[:, block:] - wrapped[:, :-block]
    count = steps // block
    starts = np.random.default_rng(seed).integers(0, steps, size=(DRAWS, count))
    drawn: NDArray[np.float64] = sums[:, starts].sum(axis=2) * (steps / (count * block))
    return drawn

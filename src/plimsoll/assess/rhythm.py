"""Do the hours of the day, or the days of the week, differ by more than chance?

From each sample the course of the series is taken: the line through the means of whole cycles (a cycle is a day or a
week, counted from the first sample), so that what rises or falls has no rhythm. Of the rest, the mean over each slot of
each cycle is one value. Every second cycle names the busiest slot and the quietest for the others, which tell by how
much these differ, and the other way round. Slots differ if the differences d of all C cycles lie above zero:

    mean d > t sd d / sqrt(C)        t of Student's distribution with C - 1 degrees of freedom, one-sided at 0.5 %

No cycle judges slots that it helped to choose, and samples of one cycle may depend on one another in any way.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from plimsoll.domain.series import Times, Values

FEWEST_CYCLES = 3
_CHANCE = 0.005
_ROUNDING = 1e-9


def whole_cycles(times_ms: Times, step_ms: int, period_ms: int) -> int:
    """How many whole cycles samples (n,) span."""
    return int((times_ms[-1] - times_ms[0] + step_ms) // period_ms)


def slots_differ(times_ms: Times, values: Values, slots: Times, step_ms: int, period_ms: int) -> bool:
    """Whether the slots (n,) of finite samples (n,) differ from cycle to cycle by more than chance."""
    inside = times_ms < times_ms[0] + whole_cycles(times_ms, step_ms, period_ms) * period_ms
    times, kept = (times_ms[inside] - times_ms[0]).astype(np.float64), values[inside]
    _, cycle = np.unique((times_ms[inside] - times_ms[0]) // period_ms, return_inverse=True)
    _, slot = np.unique(slots[inside], return_inverse=True)
    shape = int(cycle.max(initial=-1)) + 1, int(slot.max(initial=-1)) + 1
    if shape[0] < FEWEST_CYCLES or shape[1] < 2:
        return False
    residuals = kept - _course(times, kept, cycle)
    differences = _differences(_means(residuals, cycle * shape[1] + slot, shape[0] * shape[1]).reshape(shape))
    differences = differences[np.isfinite(differences)]
    if differences.size < FEWEST_CYCLES or differences.mean() <= _ROUNDING * float(np.abs(kept).max()):
        return False
    error = float(differences.std(ddof=1)) / float(np.sqrt(differences.size))
    return bool(differences.mean() > float(stdtrit(differences.size - 1, 1 - _CHANCE)) * error)


def _differences(cells: Values) -> Values:
    """In each cycle of cells (cycles, slots), the busiest slot of every second other one less the quietest of them."""
    differences = np.full(len(cells), np.nan)
    for first in (0, 1):
        others = cells[first::2]
        count = np.isfinite(others).sum(axis=0)
        means = np.divide(np.nansum(others, axis=0), count, out=np.full(count.size, np.nan), where=count > 0)
        if count.any():
            own = slice(1 - first, None, 2)
            differences[own] = cells[own, np.nanargmax(means)] - cells[own, np.nanargmin(means)]
    return differences


def _course(times: Values, values: Values, cycle: Times) -> Values:
    """The line through the means of the cycles, carried on at both ends."""
    count = int(cycle.max()) + 1
    at, means = (_carried_on(_means(one, cycle, count)) for one in (times, values))
    return np.asarray(np.interp(times, at, means), dtype=np.float64)


def _carried_on(means: Values) -> Values:
    return np.concatenate([[2 * means[0] - means[1]], means, [2 * means[-1] - means[-2]]])


def _means(values: Values, keys: Times, count: int) -> Values:
    """The mean of the values of each of `count` keys; NaN for one without a value."""
    counts = np.bincount(keys, minlength=count)
    sums = np.bincount(keys, weights=values, minlength=count)
    return np.asarray(np.divide(sums, counts, out=np.full(count, np.nan), where=counts > 0), dtype=np.float64)

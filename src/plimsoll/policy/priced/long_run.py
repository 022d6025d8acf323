"""How large are errors in the long run? Quantiles of a histogram of standardized errors, updated periodically."""

from __future__ import annotations

import math

from plimsoll.policy.priced.layout import (
    BINS,
    COUNTED,
    LONG_KNOWN,
    LONG_RUN,
    QUANTILES,
    PricedMemory,
    PricedProgram,
)

_EVERY = 256  # steps between two updates of the quantiles
_LEARNING_STEPS = 10  # errors of the first steps are not counted
_ENOUGH = 50


def count_error(program: PricedProgram, memory: PricedMemory, step: int) -> None:
    """Add the error of a step to the histogram, and remove the error that is older than the long run."""
    mask, first = memory.standardized.size - 1, program.lag + _LEARNING_STEPS
    if step >= first:
        memory.histogram[_bin(memory.standardized[step & mask])] += 1
        memory.state[COUNTED] += 1
    if step - LONG_RUN >= first:
        memory.histogram[_bin(memory.standardized[(step - LONG_RUN) & mask])] -= 1
        memory.state[COUNTED] -= 1
    if step % _EVERY == _EVERY - 1 and memory.state[COUNTED] >= _ENOUGH:
        _take_quantiles(memory)


def _bin(error: float) -> int:
    """Return the bin of a standardized error z, by z / (1 + |z|): narrow near 0, wide far out, covering every z."""
    if not abs(error) < math.inf:  # NaN, too
        return BINS - 1 if error > 0 else 0
    return int((error / (1.0 + abs(error)) + 1.0) / 2.0 * (BINS - 1))


def _take_quantiles(memory: PricedMemory) -> None:
    below, found = 0.0, 0
    for i in range(BINS):
        below += memory.histogram[i]
        while found < QUANTILES and below >= (found + 0.5) / QUANTILES * memory.state[COUNTED]:
            share = 2.0 * (i + 0.5) / (BINS - 1) - 1.0
            memory.long_run[found] = share / max(1.0 - abs(share), 1e-3)
            found += 1
    memory.state[LONG_KNOWN] = 1.0

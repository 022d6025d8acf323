"""What goes wrong, and when? Faults in a policy's input, placed over a history from a seed.

Work and fleet are not affected; only the policy's input is false. Each fault comes in windows of ten steps, at random
places, over about a twentieth of the history; the clock jumps an hour ahead once and back later.
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from plimsoll.domain.series import Times

NONE, MISSING, STALE, ZERO, SPIKE, HALF_MISSING, CLOCK_JUMP = range(7)
WINDOW_STEPS = 10
SHARE = 0.05
SPIKE_FACTOR = 10.0
JUMP_S = 3600.0


class Fault(str, Enum):
    """A fault by its name on the command line."""

    MISSING = "missing"  # no sample
    STALE = "stale"  # the sample from before the window, ever older
    ZERO = "zero"  # the sample reads 0
    SPIKE = "spike"  # the sample reads ten times what it is
    HALF_MISSING = "half-missing"  # half of the pods report nothing
    CLOCK_JUMP = "clock-jump"  # the clock is an hour ahead


_CODES = {
    Fault.MISSING: MISSING,
    Fault.STALE: STALE,
    Fault.ZERO: ZERO,
    Fault.SPIKE: SPIKE,
    Fault.HALF_MISSING: HALF_MISSING,
    Fault.CLOCK_JUMP: CLOCK_JUMP,
}


def faults_by_step(fault: Fault | None, steps: int, seed: int) -> Times:
    """Return the fault code of each step, NONE (0) where there is none."""
    codes = np.zeros(steps, dtype=np.int64)
    if fault is None or steps == 0:
        return codes
    if fault is Fault.CLOCK_JUMP:
        codes[steps // 3 : 2 * steps // 3] = CLOCK_JUMP
        return codes
    windows = max(1, round(SHARE * steps / WINDOW_STEPS))
    starts = np.random.default_rng(seed).integers(1, max(2, steps - WINDOW_STEPS), size=windows)
    for start in starts.tolist():
        codes[start : start + WINDOW_STEPS] = _CODES[fault]
    return codes

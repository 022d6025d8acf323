"""How many replicas serve, when new ones need some steps to start? Scale-out waits, scale-in does not.

What is asked for at step t serves from step t + lag. On the way in, replicas that have not started yet are called off
first, the newest first; the rest leave at once. Plain Python that Numba can compile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plimsoll.domain.series import Times

DESIRED, READY = 0, 1


class LaggedFleet(NamedTuple):
    """`counts` holds the desired and the ready replicas; `pending[t % lag]` what was asked for at step t."""

    counts: Times
    pending: Times


def lagged_fleet(replicas: int, lag: int) -> LaggedFleet:
    """Lay out a fleet of which all replicas are ready."""
    return LaggedFleet(np.array([replicas, replicas], dtype=np.int64), np.zeros(lag, dtype=np.int64))


def arrive(fleet: LaggedFleet, step: int) -> int:
    """Let those become ready that were asked for a lag ago; answer the ready replicas."""
    slot = step % fleet.pending.size
    fleet.counts[READY] += fleet.pending[slot]
    fleet.pending[slot] = 0
    return int(fleet.counts[READY])


def order(fleet: LaggedFleet, step: int, replicas: int) -> int:
    """Ask for a count at a step that has arrived; answer the change of the desired count."""
    change = replicas - int(fleet.counts[DESIRED])
    fleet.counts[DESIRED] = replicas
    lag = fleet.pending.size
    if change > 0:
        fleet.pending[step % lag] += change
    elif change < 0:
        cut = -change
        for back in range(1, lag):
            slot = (step - back) % lag
            called_off = min(int(fleet.pending[slot]), cut)
            fleet.pending[slot] -= called_off
            cut -= called_off
        fleet.counts[READY] -= cut
    return change

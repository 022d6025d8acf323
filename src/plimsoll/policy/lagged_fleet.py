"""How many replicas serve, when new ones need some steps to start? Scale-out waits, scale-in does not.

Replicas requested at step t serve from step t + lag. Scale-in first cancels replicas that have not started yet, the
newest first; the rest leave at once. Plain Python that Numba can compile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plimsoll.domain.series import Times

DESIRED, READY = 0, 1


class LaggedFleet(NamedTuple):
    """`counts` holds the desired and the ready replicas; `pending[t % lag]` the replicas requested at step t."""

    counts: Times
    pending: Times


def lagged_fleet(replicas: int, lag: int) -> LaggedFleet:
    """Lay out a fleet of which all replicas are ready."""
    return LaggedFleet(np.array([replicas, replicas], dtype=np.int64), np.zeros(lag, dtype=np.int64))


def arrive(fleet: LaggedFleet, step: int) -> int:
    """Make the replicas ready that were requested `lag` steps ago; return the number of ready replicas."""
    slot = step % fleet.pending.size
    fleet.counts[READY] += fleet.pending[slot]
    fleet.pending[slot] = 0
    return int(fleet.counts[READY])


def order(fleet: LaggedFleet, step: int, replicas: int) -> int:
    """Request a count at a step, after `arrive`; return the change of the desired count."""
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

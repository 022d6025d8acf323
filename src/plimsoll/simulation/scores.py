"""How good was a trajectory? Load outside the SLO, hours, changes, flaps and the elasticity measures.

d is the demanded number of replicas of a step, max(1, ceil(load / (utilization x per replica))), s the ready ones.

    theta_u = mean(max(d - s, 0) / d)      tau_u = share of steps with d > s
    theta_o = mean(max(s - d, 0) / d)      tau_o = share of steps with s > d
    instability = share of steps in which s and d do not move in the same direction

SPEC elasticity: Herbst, Kounev, Reussner 2013 (ICAC), and Herbst et al. 2018, "Quantifying cloud performance and
dependability" (the instability measure, here by steps). A worked example is in knowledge/elasticity/measures.yaml.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.replay import Measures
from plimsoll.domain.series import Times, Values

_FLAP_WITHIN_S = 600.0


def demanded(load: Values, per_replica: float, utilization: float) -> Times:
    """Return the replicas each step needs to hold the SLO, at least 1.

    >>> demanded(np.array([0.0, 80.0, 81.0]), 100.0, 0.8).tolist()
    [1, 1, 2]
    """
    return np.maximum(1, np.ceil(load / (utilization * per_replica))).astype(np.int64)


def outside_slo(load: Values, ready: Times, per_replica: float, utilization: float) -> NDArray[np.bool_]:
    """Mark the steps whose load was more than the ready replicas carry within the SLO."""
    return load > utilization * per_replica * ready


def measure(load: Values, ready: Times, need: Times, missed: NDArray[np.bool_], step_s: float) -> Measures:
    """Score a trajectory; all arrays have one entry a step, `missed` marks the steps outside the SLO."""
    short, spare = np.maximum(need - ready, 0), np.maximum(ready - need, 0)
    offered = float(load.sum())
    moves = np.sign(np.diff(ready))
    return Measures(
        slo_miss_load_ratio=float(load[missed].sum()) / offered if offered > 0 else 0.0,
        slo_minutes=float(missed.sum()) * step_s / 60.0,
        replica_hours=float(ready.sum()) * step_s / 3600.0,
        ideal_replica_hours=float(need.sum()) * step_s / 3600.0,
        theta_u=float(np.mean(short / need)),
        theta_o=float(np.mean(spare / need)),
        tau_u=float(np.mean(short > 0)),
        tau_o=float(np.mean(spare > 0)),
        instability=float(np.mean(moves != np.sign(np.diff(need)))) if load.size > 1 else 0.0,
        changes=int(np.count_nonzero(moves)),
        flaps=flaps(ready, step_s),
    )


def flaps(ready: Times, step_s: float) -> int:
    """Count the changes that reversed the change before within ten minutes.

    >>> flaps(np.array([2, 3, 2, 2, 4]), 60.0), flaps(np.array([2, 3, 3, 2]), 3600.0)
    (2, 0)
    """
    moves = np.sign(np.diff(ready))
    places = np.flatnonzero(moves)
    turned = moves[places[1:]] != moves[places[:-1]]
    soon = np.diff(places) * step_s <= _FLAP_WITHIN_S
    return int(np.count_nonzero(turned & soon))

"""Where does a run of proposals lead under a behavior? The user stories of KEP-853, step by step."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.domain.platform_policy import HpaPolicy
from plimsoll.policy.hpa.reconcile import Remembered, after_scaling, settled


def trajectory(policy: HpaPolicy, start: int, proposals: Sequence[int], sync_period_s: float) -> tuple[int, ...]:
    """Return the size after each step.

    At time 0 the size that was found is remembered and the first proposal decided; each later one comes a sync period
    after the one before.
    """
    remembered = Remembered(recommendations=((0.0, start),))
    sizes: list[int] = []
    size = start
    for step, proposal in enumerate(proposals):
        now_s = step * sync_period_s
        outcome = settled(policy, remembered, size, proposal, now_s)
        remembered = after_scaling(policy, outcome.remembered, outcome.replicas - size, now_s)
        size = outcome.replicas
        sizes.append(size)
    return tuple(sizes)

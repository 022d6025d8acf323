"""Is a replica healthy? Probes in a row -> a verdict, with grace for those that just started.

A verdict changes only after so many probes of the other kind in a row. During its grace period a replica that has not
been healthy yet is starting: it neither serves nor counts as unhealthy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from plimsoll.domain.policy_restraints import HealthCheck


class Health(str, Enum):
    """What a replica is taken for."""

    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is remembered of one replica: its verdict, and how many probes in a row spoke against it."""

    health: Health = Health.STARTING
    against: int = 0


def probed(check: HealthCheck, pulse: Pulse, answered_well: bool, age_s: float) -> Pulse:
    """Take one probe in; `age_s` is how long ago the replica started.

    >>> check, pulse = HealthCheck("/health"), Pulse()
    >>> for _ in range(2): pulse = probed(check, pulse, True, 30.0)
    >>> pulse.health.value
    'healthy'
    """
    well = pulse.health is Health.HEALTHY
    against = 0 if answered_well == well else pulse.against + 1
    if against >= (check.unhealthy_after if well else check.healthy_after):
        return Pulse(Health.UNHEALTHY if well else Health.HEALTHY)
    out_of_grace = pulse.health is Health.STARTING and age_s >= check.grace_s
    return Pulse(Health.UNHEALTHY if out_of_grace else pulse.health, against)

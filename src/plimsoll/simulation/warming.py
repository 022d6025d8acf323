"""Compile the loops of replays, so that no later call waits for the compiler."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import SignalUse, Target
from plimsoll.domain.policy_restraints import Limits
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.domain.system import Startup
from plimsoll.simulation.runs import replayed
from plimsoll.simulation.setting import Rules, Setting


def warm_up() -> None:
    """Replay a few steps of each kind of policy under each set of rules; the machine code stays in the cache."""
    setting = Setting(np.full(12, 500.0), 0.0, 60.0, 100.0, 0.8, Startup(120.0), 2, 20)
    policies = (
        HpaPolicy("hpa", 2, 20, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70),)),
        Policy("own", Limits(2, 20), (SignalUse("cpu"),), targets=(Target("cpu", 0.7),)),
        PricedPolicy("priced", 2, 20, 100.0, 0.2),
    )
    for rules in Rules:
        for policy in policies:
            replayed(policy, replace(setting, rules=rules))

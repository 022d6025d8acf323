"""A compiled replay is the replay: the same decisions as the loops it was compiled from, to the last replica."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.policy.rehearsal import above, all_below, policy_of

from plimsoll.domain.platform_policy import HpaBehavior, HpaMetric, HpaPolicy, HpaRate, HpaRules, MetricType, TargetType
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Condition, Direction, Form, PredictiveFloor, Side, SignalUse, Target
from plimsoll.domain.policy_restraints import (
    Cooldowns,
    Corroboration,
    DropGuard,
    HealthGuard,
    Limits,
    Rate,
    ReversalGuard,
    Stabilization,
)
from plimsoll.domain.priced_policy import Account, PricedPolicy, Season
from plimsoll.domain.system import Startup
from plimsoll.simulation import runs
from plimsoll.simulation.faults import Fault
from plimsoll.simulation.setting import Rules, Setting

STEPS, EVERY_S = 1100, 300.0  # four days: a predictive floor needs two to know its forecast


def setting(rules: Rules) -> Setting:
    """A demand with a wave, noise and falls to nothing; samples of memory are missing, and in a queue pods are."""
    draw, steps = np.random.default_rng(7), np.arange(STEPS)
    load = np.maximum(0.1, 12 + 8 * np.sin(steps / 90) + draw.normal(0, 2, STEPS) - 14 * ((steps % 700) > 640))
    memory = np.where(steps % 17 == 3, np.nan, 0.7 * load)
    recorded = (("memory", memory), ("p95", 0.8 + 0.01 * load))
    fault = Fault.HALF_MISSING if rules is Rules.QUEUED else None
    return Setting(
        load, 1_700_000_000.0, EVERY_S, 1.0, 0.8, Startup(600.0), 2, 60, rules, fault, service_s=0.1,
        demand=frozenset({"requests"}), recorded=recorded,
    )  # fmt: skip


def everything() -> Policy:
    uses = (SignalUse("p95", Form.LEVEL), SignalUse("requests", Form.TOTAL))
    return policy_of(
        above("cpu", 0.9, for_s=600, cooldown_s=1200),
        all_below({"cpu": 0.5, "memory": 0.6}, for_s=1200, cooldown_s=3000),
        targets=(Target("cpu", 0.7), Target("memory", 0.8)),
        signals=uses,
        limits=Limits(2, 60, max_step_out=6, max_step_in=2),
        stabilization=Stabilization(300, 3000),
        cooldowns=Cooldowns(300, 900),
        rates=(Rate(Direction.BOTH, 36_000, actions=30),),
        drop_guard=DropGuard("cpu", 0.5, 1200, 3000),
        reversal_guard=ReversalGuard(0.05),
        health_guard=HealthGuard(),
        corroboration=Corroboration((Condition("p95", Side.BELOW, 0.95),)),
        predictive=PredictiveFloor("requests", 1.0, coverage_window=50, coverage_min=10),
    )


def hpa(behavior: HpaBehavior | None = None) -> HpaPolicy:
    return HpaPolicy("hpa", 2, 60, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70),), behavior)


def priced(account: Account | None) -> PricedPolicy:
    seasons = (Season(3600.0, 1.0),)
    return PricedPolicy("priced", 2, 60, 1.0, 0.1, seasons=seasons, account=account, change_cost=0.05)


BEHAVIOR = HpaRules((HpaRate(True, 50, 60), HpaRate(False, 2, 90)), None, 120)
POLICIES = {
    "a target": policy_of(targets=(Target("cpu", 0.7),)),
    "everything": everything(),
    "hpa": hpa(),
    "hpa, default behavior": hpa(HpaBehavior()),
    "hpa, behavior": hpa(HpaBehavior(BEHAVIOR, BEHAVIOR)),
    "priced": priced(None),
    "priced, beside an hpa": priced(Account(hpa(), opens_at_s=1_700_003_000.0)),
    "priced, for misses": priced(Account(miss_ratio=0.02)),
}


@pytest.mark.parametrize("rules", list(Rules))
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_policy_decides_the_same_compiled_and_not(policy: AnyPolicy, rules: Rules, monkeypatch):
    played = setting(rules).up_to(150) if isinstance(policy, PricedPolicy) else setting(rules)
    fast = runs.replayed(policy, played)
    monkeypatch.setattr(runs, "compiled", lambda function: function)
    slow = runs.replayed(policy, played)
    for name in ("desired", "ready", "reasons", "missed"):
        assert getattr(fast, name).tolist() == getattr(slow, name).tolist(), name
    assert len(set(fast.desired.tolist())) > 5

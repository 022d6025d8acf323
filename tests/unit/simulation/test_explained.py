"""A decision of a replay is told with its reasons, as the live step would tell it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.simulation.test_platform_replays import POLICIES, SETTING

from plimsoll.domain.decision import Guard, Reason
from plimsoll.domain.errors import UsageError
from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Limits, Policy
from plimsoll.domain.policy_proposals import Condition, Direction, Side, SignalUse, Target, TriggerRule
from plimsoll.domain.policy_restraints import Pause
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.simulation.explained import explained
from plimsoll.simulation.runs import replayed
from plimsoll.simulation.setting import Rules

OWN = Policy("own", Limits(2, 60, 3), (SignalUse("cpu"),), evaluate_every_s=60, targets=(Target("cpu", 0.65),))
HPA = HpaPolicy("hpa", 2, 60, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70),))
ALL: tuple[AnyPolicy, ...] = (OWN, HPA, PricedPolicy("priced", 2, 60, 100.0, 0.1), *POLICIES)


@pytest.mark.parametrize("rules", list(Rules))
@pytest.mark.parametrize("policy", ALL, ids=lambda policy: policy.name)
def test_what_is_explained_is_what_was_replayed(policy: AnyPolicy, rules: Rules):
    setting = replace(SETTING, load=SETTING.load[:80], rules=rules)
    run = replayed(policy, setting)
    for step in (1, 30, 79):
        found = explained(policy, setting, step)
        assert (found.from_replicas, found.to_replicas) == (run.desired[step - 1], run.desired[step])
        assert found.time_s == setting.first_s + step * 60.0
        assert found.reasons


def test_reasons_hold_the_evidence_and_the_guard_that_bound():
    surge = replace(SETTING, load=np.where(np.arange(40) < 20, 800.0, 4000.0))
    found = explained(OWN, surge, 20)
    (reason,) = found.reasons
    assert (reason.reason, reason.bound, found.bound_by) == (Reason.ABOVE_SETPOINT, 0.65, Guard.STEP_LIMIT)
    assert reason.value == pytest.approx(4000 / (found.from_replicas * 100))
    by_hpa = explained(HPA, surge, 20)
    assert by_hpa.reasons[0].value == pytest.approx(4000 / (by_hpa.from_replicas * 100))


def test_a_demand_that_is_shown_too_late_is_told_as_stale():
    late = replace(SETTING, rules=Rules.QUEUED, metric_delay_s=3 * SETTING.step_s)
    found = explained(PricedPolicy("priced", 2, 60, 100.0, 0.1), late, 30)
    assert (found.reasons[0].reason, found.bound_by) == (Reason.SIGNAL_STALE, Guard.UNKNOWN_SIGNAL)
    assert found.reasons[0].value == late.load[27]


def test_there_is_no_decision_before_the_first_look():
    with pytest.raises(UsageError, match="at the steps 1 to 479, not at 0"):
        explained(OWN, SETTING, 0)


@pytest.mark.parametrize("rules", list(Rules))
def test_a_pause_of_one_direction_holds_it_until_it_expires(rules: Rules):
    quiet = TriggerRule("quiet", Direction.IN, (Condition("cpu", Side.BELOW, 0.5),), step=1)
    busy = TriggerRule("busy", Direction.OUT, (Condition("cpu", Side.ABOVE, 0.7),), step=1)
    setting = replace(SETTING, load=np.where(np.arange(60) < 5, 3000.0, 300.0), rules=rules)
    until_s = setting.first_s + 30 * 60.0
    policy = replace(OWN, targets=(), triggers=(busy, quiet), pauses=(Pause(Direction.IN, until_s),))
    run = replayed(policy, setting)
    assert run.desired[4] > run.desired[0]  # outwards is not paused
    assert np.flatnonzero(np.diff(run.desired) < 0)[0] + 1 == 30  # the first step at which it has expired

"""The compiled step is the step: the same decisions as the functions it was compiled from, to the last replica."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tests.unit.policy.rehearsal import above, all_below, policy_of

from plimsoll.domain.platform_policy import HpaBehavior, HpaMetric, HpaPolicy, HpaRate, HpaRules, MetricType, TargetType
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
from plimsoll.policy.compiled import compiled
from plimsoll.policy.hpa.rules import memory_of as hpa_memory_of
from plimsoll.policy.hpa.rules import program_of as hpa_program_of
from plimsoll.policy.hpa.totals import HpaReading, hpa_acted, hpa_decide
from plimsoll.policy.kernel.layout import fresh_reading, fresh_trail
from plimsoll.policy.kernel.stages import acted, decide
from plimsoll.policy.program import memory_of, program_of

EVERY_S = 30.0


def own_run(program: Any, memory: Any, reading: Any, trail: Any, load: Any, sizes: Any) -> None:
    situation, size = reading.situation, 10.0
    for i in range(load.size):
        situation["now_s"], situation["desired"], situation["ready"] = i * 30.0, size, size
        situation["ahead"], situation["for_now"] = load[i] * 1.1, load[max(i - 4, 0)]
        for k in range(reading.values.size):
            reading.values[k] = load[i] / size
        if i % 17 == 3:
            reading.values[0] = math.nan
        wanted = decide(program, memory, reading, trail)
        acted(program, memory, trail, i * 30.0, wanted - size)
        sizes[i], size = wanted, wanted


def hpa_run(program: Any, memory: Any, reading: Any, load: Any, sizes: Any) -> None:
    size = 10
    for i in range(load.size):
        reading.usage[0] = math.nan if i % 17 == 3 else load[i]
        reading.requests[0] = size * 1.0
        reading.missing[0], reading.unready[0] = i % 5 == 0, i % 7 == 0
        wanted = hpa_decide(program, memory, reading, i * 30.0, size, size)
        hpa_acted(program, memory, i * 30.0, wanted - size)
        sizes[i], size = wanted, wanted


def demand() -> Any:
    rng = np.random.default_rng(7)
    steps = np.arange(3000)
    return np.maximum(0.1, 12 + 8 * np.sin(steps / 90) + rng.normal(0, 2, steps.size) - 14 * ((steps % 700) > 640))


def everything() -> Policy:
    levels = (SignalUse("p95", Form.LEVEL),)
    return policy_of(
        above("cpu", 0.9, for_s=60, cooldown_s=120),
        all_below({"cpu": 0.5, "memory": 0.6}, for_s=120, cooldown_s=300),
        targets=(Target("cpu", 0.7), Target("memory", 0.8)),
        signals=levels,
        limits=Limits(2, 60, max_step_out=6, max_step_in=2),
        stabilization=Stabilization(30, 300),
        cooldowns=Cooldowns(30, 90),
        rates=(Rate(Direction.BOTH, 3600, actions=30),),
        drop_guard=DropGuard("cpu", 0.5, 120, 300),
        reversal_guard=ReversalGuard(0.05),
        health_guard=HealthGuard(),
        corroboration=Corroboration((Condition("p95", Side.BELOW, 0.95),)),
        predictive=PredictiveFloor("cpu", 1.0, coverage_window=50, coverage_min=10),
    )


@pytest.mark.parametrize(
    "policy", [policy_of(targets=(Target("cpu", 0.7),)), everything()], ids=["plain", "everything"]
)
def test_a_policy_of_ours_decides_the_same_compiled_and_not(policy: Policy):
    program, load, found = program_of(policy), demand(), []
    for run in (own_run, compiled(own_run)):
        sizes = np.zeros(load.size)
        run(program, memory_of(policy, EVERY_S), fresh_reading(program), fresh_trail(program), load, sizes)
        found.append(sizes)
    assert found[0].tolist() == found[1].tolist()
    assert len(set(found[0].tolist())) > 5


RULES = HpaRules((HpaRate(True, 50, 60), HpaRate(False, 2, 90)), None, 120)


@pytest.mark.parametrize("behavior", [None, HpaBehavior(), HpaBehavior(RULES, RULES)], ids=["none", "default", "rules"])
def test_an_hpa_decides_the_same_compiled_and_not(behavior: HpaBehavior | None):
    policy = HpaPolicy("web", 2, 60, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70),), behavior)
    program, load, found = hpa_program_of(policy), demand(), []
    for run in (hpa_run, compiled(hpa_run)):
        sizes = np.zeros(load.size)
        reading = HpaReading(np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1))
        run(program, hpa_memory_of(policy, 10, 0.0, EVERY_S), reading, load, sizes)
        found.append(sizes)
    assert found[0].tolist() == found[1].tolist()
    assert len(set(found[0].tolist())) > 5

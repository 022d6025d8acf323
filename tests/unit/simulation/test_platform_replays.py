"""KEDA, AWS and nomad-autoscaler policies are replayed by the very step that runs live, in both worlds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from plimsoll.domain.platform_policy import (
    AwsStep,
    AwsStepPolicy,
    AwsStepScaling,
    AwsTargetTracking,
    KedaPolicy,
    KedaTrigger,
    NomadCheck,
    NomadPolicy,
    NomadTargetValue,
    NomadThreshold,
)
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.system import Startup
from plimsoll.simulation.runs import replayed
from plimsoll.simulation.setting import Rules, Setting

LOAD = 1500 + 700 * np.sin(np.arange(480) / 480 * 2 * math.pi)
SETTING = Setting(LOAD, 1_767_225_600.0, 60.0, 100.0, 0.8, Startup(120.0), 2, 60)
ALARMS = (
    AwsStepPolicy("cpu", 0.75, True, (AwsStep(0, 0.1, 2), AwsStep(0.1, None, 4))),
    AwsStepPolicy("cpu", 0.5, False, (AwsStep(None, 0, -1),), evaluation_periods=5),
)
POLICIES: tuple[AnyPolicy, ...] = (
    KedaPolicy("keda", (KedaTrigger("prometheus", "requests", 70.0),), min=2, max=60),
    AwsTargetTracking("aws tracking", "cpu", 0.65, 2, 60, scale_out_cooldown_s=60),
    AwsStepScaling("aws steps", ALARMS, 2, 60, warmup_s=120),
    NomadPolicy("nomad target", (NomadCheck("cpu", "cpu", NomadTargetValue(0.65, 0.05)),), 2, 60, cooldown_s=120),
    NomadPolicy(
        "nomad threshold",
        (
            NomadCheck("high", "cpu", NomadThreshold(0.75, None, delta=2, within_bounds_trigger=1), "tiers"),
            NomadCheck("low", "cpu", NomadThreshold(None, 0.5, delta=-1, within_bounds_trigger=1), "tiers"),
        ),
        2, 60, cooldown_s=120,
    ),
)  # fmt: skip


@pytest.mark.parametrize("rules", list(Rules))
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_it_follows_the_demand_up_and_down(policy: AnyPolicy, rules: Rules):
    run = replayed(policy, replace(SETTING, rules=rules))
    needed = np.ceil(LOAD / 80)
    peak, trough = int(LOAD.argmax()), int(LOAD.argmin())
    assert run.desired[peak] >= needed[peak]
    assert run.desired[trough:].min() < run.desired[peak]
    assert 2 <= run.desired.min() <= run.desired.max() <= 60
    assert run.missed.mean() < 0.15

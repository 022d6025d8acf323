"""A replay decides as the live step would, given one observation after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.simulation.test_explained import HPA, OWN

from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy_proposals import Direction
from plimsoll.domain.policy_restraints import Cooldowns, Pause, PeakWindow, Schedule, Stabilization
from plimsoll.domain.system import Startup
from plimsoll.policy.lagged_fleet import lagged_fleet
from plimsoll.simulation.course import Course, fresh_course
from plimsoll.simulation.faults import Fault
from plimsoll.simulation.runs import replayed, steps_between_decisions, world_of
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.stepped import queued_stepped, run_stepped
from plimsoll.simulation.world import World

MIDNIGHT_S, HOUR_S, STEPS = 1_767_225_600.0, 3600.0, 288
LOAD = 1500 + 900 * np.sin(np.arange(STEPS) / 20) + np.random.default_rng(3).normal(0, 60, STEPS)
SETTING = Setting(LOAD, MIDNIGHT_S, 300.0, 100.0, 0.8, Startup(600.0, 900.0), 2, 60)
PLAIN_OWN = replace(OWN, evaluate_every_s=SETTING.step_s)


def at(hour: float) -> float:
    return MIDNIGHT_S + hour * HOUR_S


POLICIES: dict[str, AnyPolicy] = {
    "own": PLAIN_OWN,
    "floor_by_day": replace(PLAIN_OWN, schedules=(Schedule("day", 6 * HOUR_S, 6 * HOUR_S, min=25),)),
    "ceiling_by_night": replace(PLAIN_OWN, schedules=(Schedule("night", 2 * HOUR_S, 4 * HOUR_S, max=12),)),
    "target_at_once": replace(PLAIN_OWN, schedules=(Schedule("rush", 9 * HOUR_S, 2 * HOUR_S, target=40),)),
    "peak_held": replace(PLAIN_OWN, peaks=(PeakWindow("sale", at(4), at(9), lead_s=HOUR_S),)),
    "peak_with_more": replace(PLAIN_OWN, peaks=(PeakWindow("sale", at(4), at(9), 20, 0.5, hold_scale_in=False),)),
    "paused": replace(PLAIN_OWN, pauses=(Pause(Direction.OUT, at(6)), Pause(Direction.IN, at(12)))),
    "slowed": replace(PLAIN_OWN, stabilization=Stabilization(600.0, 1800.0), cooldowns=Cooldowns(300.0, 1200.0)),
    "hpa": HPA,
}


CASES = [(name, rules) for name in POLICIES for rules in Rules if (name, rules) != ("hpa", Rules.PLAIN)]


@pytest.mark.parametrize(("name", "rules"), CASES, ids=[f"{name}-{rules.value}" for name, rules in CASES])
def test_a_replay_decides_as_the_live_step_does(name: str, rules: Rules) -> None:
    """Except an HPA by the plain rules, which know no unready pods."""
    setting = replace(SETTING, rules=rules)
    policy, live = POLICIES[name], live_run(POLICIES[name], setting)
    found = replayed(policy, setting)
    assert live.desired.tolist() == found.desired.tolist()
    assert live.ready.tolist() == found.ready.tolist()
    if policy not in (PLAIN_OWN, HPA):
        assert found.desired.tolist() != replayed(PLAIN_OWN, setting).desired.tolist()


@pytest.mark.parametrize("name", POLICIES)
def test_a_replay_shows_a_policy_the_clock_that_jumped_and_its_schedules_too(name: str) -> None:
    setting = replace(SETTING, rules=Rules.QUEUED, fault=Fault.CLOCK_JUMP)
    live = live_run(POLICIES[name], setting)
    assert live.desired.tolist() == replayed(POLICIES[name], setting).desired.tolist()


def live_run(policy: AnyPolicy, setting: Setting) -> Course | World:
    if setting.rules is Rules.QUEUED:
        world = world_of(setting, steps_between_decisions(policy, setting))
        queued_stepped(policy, world, setting)
        return world
    course = fresh_course(setting.load, setting.first_s, setting.step_s, setting.per_replica)
    run_stepped(policy, lagged_fleet(setting.start, setting.lag), course, setting)
    return course


def test_a_starting_pod_of_an_hpa_counts_as_idle_when_it_scales_out() -> None:
    """1,600 are 80 % of 20 pods, so 23 are wanted; 1,700 are 85 % of the 20, but 73 % of 23, which is near enough."""
    load = np.array([1400.0, 1600.0, 1700.0, 1700.0])
    setting = Setting(load, MIDNIGHT_S, 60.0, 100.0, 0.7, Startup(600.0), 2, 60, Rules.QUEUED)
    assert replayed(HPA, setting).desired.tolist() == [20, 23, 23, 23]

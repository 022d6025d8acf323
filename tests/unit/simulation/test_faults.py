"""What is shown falsely leads to nothing worse than waiting: each fault replayed, the safe outcome asserted."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, KedaPolicy, KedaTrigger, MetricType, TargetType
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Form, SignalUse, Target
from plimsoll.domain.policy_restraints import DropGuard, HealthGuard, Limits
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.domain.response import Response
from plimsoll.domain.system import Startup
from plimsoll.simulation.faults import SHARE, WINDOW_STEPS, Fault, faults_by_step
from plimsoll.simulation.feeds import feeds_of
from plimsoll.simulation.queued import shown_signal
from plimsoll.simulation.runs import Run, replayed, world_of
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.world import AGE_S, BUSY, SHOWN_STEP, serve, show

STEPS = 2880
LEARNED = 300  # steps after which a fall can be told from those there were
LATE_SEED = 6  # its first fault comes after that
LOAD = 1500 + 500 * np.sin(np.arange(STEPS) / 1440 * 2 * math.pi) + np.random.default_rng(1).normal(0, 30, STEPS)
SETTING = Setting(LOAD, 1_767_225_600.0, 60.0, 100.0, 0.8, Startup(120.0), 2, 60, Rules.QUEUED)

OWN = Policy(
    "own", Limits(2, 60, max_step_out=5),
    (SignalUse("cpu"), SignalUse("demand", Form.TOTAL, "count")), evaluate_every_s=60.0,
    targets=(Target("cpu", 0.65),), drop_guard=DropGuard("demand", 0.4), health_guard=HealthGuard(0.2),
)  # fmt: skip
HPA = HpaPolicy("hpa", 2, 60, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 65),))
PRICED = PricedPolicy("priced", 2, 60, per_replica=100.0, price=0.05)


def under(policy: AnyPolicy, fault: Fault) -> tuple[Run, np.ndarray]:
    """The run, and the places of steps that follow a step within the fault and lie in it themselves."""
    codes = faults_by_step(fault, STEPS, SETTING.seed)
    inside = np.flatnonzero((codes[1:] > 0) & (codes[:-1] > 0)) + 1
    return replayed(policy, replace(SETTING, fault=fault)), inside


def lately_false(fault: Fault) -> np.ndarray:
    """The steps of a fault that has lasted for less than one window: several may follow on one another."""
    codes = faults_by_step(fault, STEPS, SETTING.seed)
    return np.array([t for t in np.flatnonzero(codes) if (codes[max(0, t - WINDOW_STEPS + 1) : t] == 0).any()])


def scaled_in(run: Run, places: np.ndarray) -> np.ndarray:
    return places[run.desired[places] < run.desired[places - 1]]


@pytest.mark.parametrize("policy", [OWN, PRICED], ids=lambda policy: policy.name)
def test_a_missing_demand_never_scales_in(policy: AnyPolicy):
    run, inside = under(policy, Fault.MISSING)
    assert inside.size > SHARE * STEPS / 2
    assert scaled_in(run, inside).size == 0


def test_a_missing_metric_scales_an_hpa_in_only_by_what_was_proposed_before():
    run, inside = under(HPA, Fault.MISSING)
    assert (run.desired[inside] == run.desired[inside - 1]).all()


def test_a_stale_metric_never_scales_in_once_it_is_too_old():
    run, _ = under(OWN, Fault.STALE)
    codes = faults_by_step(Fault.STALE, STEPS, SETTING.seed)
    old = np.array([t for t in range(4, STEPS) if (codes[t - 3 : t + 1] > 0).all()])
    assert old.size
    assert scaled_in(run, old).size == 0


@pytest.mark.parametrize("late", [0, 3, WINDOW_STEPS])
def test_a_stale_sample_is_the_last_that_was_shown_before_however_late_that_came(late: int):
    world = world_of(replace(SETTING, fault=Fault.STALE, metric_delay_s=60.0 * late))
    first = int(np.flatnonzero(world.faults)[0])
    assert first > late
    for t in range(first + 3):
        serve(world, t)
        show(world, t)
        before = min(t, first - 1)
        assert world.shown[SHOWN_STEP] == max(0, before - late)
        assert world.shown[AGE_S] == 60.0 * (t - max(0, before - late))


@pytest.mark.parametrize("policy", [OWN, PRICED], ids=lambda policy: policy.name)
def test_what_is_always_shown_too_late_to_act_on_moves_nothing(policy: AnyPolicy):
    run = replayed(policy, replace(SETTING, metric_delay_s=600.0))
    late = np.arange(STEPS) * SETTING.step_s > 300.0
    assert np.unique(run.desired[late]).size == 1


def test_a_demand_that_reads_zero_is_not_believed_at_once():
    held, fell = (under(policy, Fault.ZERO)[0] for policy in (OWN, replace(OWN, drop_guard=None)))
    young = lately_false(Fault.ZERO)
    assert scaled_in(held, young).size == 0
    assert scaled_in(fell, young).size > 0


def test_a_learned_policy_doubts_a_zero_that_never_was():
    codes = faults_by_step(Fault.ZERO, STEPS, LATE_SEED)
    first = int(np.flatnonzero(codes)[0])
    assert first > LEARNED
    run = replayed(PRICED, replace(SETTING, fault=Fault.ZERO, seed=LATE_SEED))
    assert scaled_in(run, np.arange(first, first + WINDOW_STEPS)).size == 0


def test_a_spike_grows_by_no_more_than_the_step_limit_and_the_maximum():
    run, _ = under(OWN, Fault.SPIKE)
    assert np.diff(run.desired).max() == 5
    assert run.desired.max() <= 60


def test_an_average_over_the_pods_that_speak_is_what_each_carries_and_their_total_is_too_small():
    setting = replace(SETTING, fault=Fault.HALF_MISSING)
    world = world_of(setting)
    uses = (SignalUse("cpu"), SignalUse("demand"), SignalUse("rps"), SignalUse("demand", Form.TOTAL))
    feeds, step = feeds_of(uses, setting), int(np.flatnonzero(world.faults)[0])
    for t in range(step + 1):
        serve(world, t)
        show(world, t)
    shown = [shown_signal(feeds, i, world) for i in range(len(uses))]
    busy, ready = world.observed[BUSY, step], world.ready[step]
    spoken = LOAD[step] * (1 - ready // 2 / ready)
    assert shown == pytest.approx([busy, 100.0 * busy, 100.0 * busy / 60.0, spoken])


@pytest.mark.parametrize("name", ["demand", "recorded", "stated"])
def test_an_average_over_the_pods_is_shown_as_late_as_their_use(name: str):
    """No replica is ever full here: each carries a hundred times its use, and both ask for the same at every step."""
    stated = Response("stated", (0.0, 100.0), (0.0, 100.0))
    late = replace(SETTING, metric_delay_s=180.0, recorded=(("recorded", LOAD),), responses=(stated,))
    by_use, by_load = (
        replayed(Policy("one", Limits(30, 90), (use,), evaluate_every_s=60.0, targets=(target,)), late)
        for use, target in (
            (SignalUse("cpu", stale_after_s=600.0), Target("cpu", 0.4)),
            (SignalUse(name, stale_after_s=600.0), Target(name, 40.0)),
        )
    )
    assert np.abs(np.diff(by_use.desired)).sum() > 1000  # it swings: what it starts is seen three steps later
    assert (by_load.desired == by_use.desired).all()


@pytest.mark.parametrize("fault", [None, *Fault])
def test_the_autoscaler_that_keda_creates_decides_as_one_of_its_own_under_every_fault(fault: Fault | None):
    trigger = KedaTrigger("cpu", "cpu", 65, TargetType.UTILIZATION)
    short = replace(SETTING, load=1500 + 900 * np.sin(np.arange(720) / 60 * 2 * math.pi), fault=fault)
    by_keda, by_hpa = (replayed(policy, short) for policy in (KedaPolicy("keda", (trigger,), 2, 60), HPA))
    assert np.diff(by_hpa.desired).any()
    assert (by_keda.desired == by_hpa.desired).all()


def test_half_of_the_pods_silent_holds_every_scale_in():
    run, inside = under(OWN, Fault.HALF_MISSING)
    assert scaled_in(run, inside).size == 0


def test_the_clock_is_ahead_in_the_middle_third_of_the_history():
    assert np.flatnonzero(faults_by_step(Fault.CLOCK_JUMP, 90, 1)).tolist() == list(range(30, 60))


@pytest.mark.parametrize("policy", [OWN, HPA, PRICED], ids=lambda policy: policy.name)
def test_a_clock_that_jumps_ahead_and_back_costs_nothing(policy: AnyPolicy):
    run, _ = under(policy, Fault.CLOCK_JUMP)
    calm = replayed(policy, SETTING)
    assert run.missed.sum() <= calm.missed.sum() + 5
    assert run.ready.sum() == pytest.approx(calm.ready.sum(), rel=0.02)


@pytest.mark.parametrize("policy", [OWN, HPA, PRICED], ids=lambda policy: policy.name)
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
def test_limits_hold_under_every_fault(policy: AnyPolicy, fault: Fault):
    run, _ = under(policy, fault)
    assert run.desired.min() >= 2
    assert run.desired.max() <= 60

"""Guards, limits and the trust of a forecast at their very edges, and in the direction that is met more seldom."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from tests.unit.policy.rehearsal import START_S, above, all_below, observed, policy_of, rehearse, sizes
from tests.unit.policy.test_guards import PREDICTIVE, only, with_guard

from plimsoll.domain.decision import Guard, Reason
from plimsoll.domain.observation import ForecastReading
from plimsoll.domain.policy_proposals import Condition, Direction, Mode, Side, Target, TriggerRule
from plimsoll.domain.policy_restraints import (
    DropGuard,
    Granularity,
    HealthGuard,
    Limits,
    ReversalGuard,
    Stabilization,
)
from plimsoll.policy.kernel.layout import fresh_trail
from plimsoll.policy.kernel.stages import decide
from plimsoll.policy.memory import Kept
from plimsoll.policy.program import memory_of, program_of
from plimsoll.policy.step import reading_of, step


def test_as_many_unhealthy_as_are_allowed_hold_nothing():
    assert (
        only(with_guard(health_guard=HealthGuard(0.2)), observed(10, {"cpu": 0.3}, ready=8, unhealthy=2)).bound_by
        is None
    )


def test_a_drop_is_over_where_the_load_is_just_back():
    guarded = with_guard(drop_guard=DropGuard("cpu", largest_ratio=0.5, over_s=120, confirm_s=600))
    assert sizes(guarded, [{"cpu": 0.6}, {"cpu": 0.1}, {"cpu": 0.3}], start=10) == [10, 10, 5]


def test_a_window_upwards_holds_no_scale_in():
    assert sizes(with_guard(stabilization=Stabilization(up_s=60)), [{"cpu": 0.6}, {"cpu": 0.3}], start=10) == [10, 5]


def test_a_window_looks_back_as_far_as_before_once_the_clock_was_set_back():
    steady, memory, found = with_guard(stabilization=Stabilization(down_s=90)), Kept("web"), []
    for now_s, cpu in ((0, 0.6), (-86_400, 0.3), (-86_400 + 60, 0.3), (-86_400 + 90, 0.3)):
        decision, memory = step(steady, memory, observed(10, {"cpu": cpu}), START_S + now_s)
        found.append(decision.to_replicas)
    assert found == [10, 10, 10, 5]


@pytest.mark.parametrize(("threshold", "count"), [(0.7, 5), (0.75, 4)], ids=["as_before", "changed_meanwhile"])
def test_a_rule_that_was_changed_waits_its_whole_duration_anew(threshold: float, count: int):
    """What was remembered of the rule before speaks of another threshold."""
    memory = Kept("web")
    for index, bound in enumerate((0.7, 0.7, threshold)):
        policy = policy_of(above("cpu", bound, for_s=60.0))
        decision, memory = step(policy, memory, observed(4, {"cpu": 0.9}), START_S + 30.0 * index)
    assert decision.to_replicas == count


@pytest.mark.parametrize(("cpu", "count"), [(0.3, 10), (0.9, 15)])
def test_a_target_may_only_scale_out(cpu: float, count: int):
    outwards = policy_of(targets=(Target("cpu", 0.6, scale_in=False),))
    assert only(outwards, observed(10, {"cpu": cpu})).to_replicas == count


@pytest.mark.parametrize("cpu", [0.3, 0.9])
def test_a_target_that_is_not_alone_asks_for_nothing_by_itself(cpu: float):
    beside = policy_of(targets=(Target("cpu", 0.6, alone=False),))
    assert only(beside, observed(10, {"cpu": cpu})).to_replicas == 10


@pytest.mark.parametrize(("then", "window_s"), [(0.9, 60), (0.1, 90)], ids=["out", "in"])
def test_the_window_that_held_a_change_is_that_of_its_direction(then: float, window_s: float):
    steady = with_guard(stabilization=Stabilization(up_s=60, down_s=90))
    (effect,) = rehearse(steady, [{"cpu": 0.6}, {"cpu": then}], start=10)[1].guards
    assert (effect.guard, effect.limit) == (Guard.STABILIZATION, window_s)


def test_a_target_too_lets_scale_in_go_no_further_than_it_would_leave_it():
    decision = only(with_guard(reversal_guard=ReversalGuard(0.2)), observed(10, {"cpu": 0.3}))
    assert (decision.to_replicas, decision.bound_by) == (6, Guard.REVERSAL)  # 3 / (0.6 x 1.1 x 0.8) = 5.7


@pytest.mark.parametrize(("alone", "count"), [(True, 10), (False, 5)])
def test_a_target_that_only_sizes_what_a_trigger_asks_for_undoes_nothing(alone: bool, count: int):
    sized = policy_of(
        all_below({"cpu": 0.5}, step=8),
        targets=(Target("queue", 10.0, alone=alone),),
        reversal_guard=ReversalGuard(0.5),
    )
    assert only(sized, observed(10, {"cpu": 0.2, "queue": 50.0})).to_replicas == count


@pytest.mark.parametrize(
    ("current", "needed", "step_limit", "count"),
    [
        pytest.param(16, 8, None, 8, id="an_allowed_count_stands"),
        pytest.param(16, 4, 9, 8, id="inwards_it_rounds_up"),
        pytest.param(16, 4, 5, 16, id="inwards_to_where_it_is"),
        pytest.param(6, 1, 1, 6, id="inwards_never_beyond_a_count_that_is_not_allowed"),
        pytest.param(4, 16, 5, 8, id="outwards_it_rounds_down"),
        pytest.param(4, 16, 3, 4, id="outwards_to_where_it_is"),
        pytest.param(5, 16, 2, 5, id="outwards_never_below_a_count_that_is_not_allowed"),
        pytest.param(2, 0, None, 0, id="none_is_allowed"),
    ],
)
def test_what_a_step_limit_leaves_is_rounded_to_an_allowed_count_towards_where_it_is(
    current: int, needed: int, step_limit: int | None, count: int
):
    limits = Limits(0, 64, step_limit, step_limit, Granularity.POWER_OF_TWO)
    shards = policy_of(targets=(Target("queue", 10.0),), limits=limits)
    decision = only(shards, observed(current, {"queue": 10.0 * needed}))
    assert decision.to_replicas == count
    assert any(effect.guard is Guard.GRANULARITY for effect in decision.guards) == (step_limit is not None)


def test_a_forecast_is_not_judged_by_a_demand_that_nobody_saw():
    memory, unseen = Kept("web"), replace(observed(4, {"cpu": None}), forecast=ForecastReading(4.0, 1.0))
    for index in range(10):
        decision, memory = step(PREDICTIVE, memory, unseen, START_S + 30 * index)
    assert decision.to_replicas == 8


def test_a_forecast_is_demoted_below_its_slack_and_comes_back_at_its_quantile():
    """Of the last ten: 8 or more as forecast keep it; demoted at 7, it stays so at 8, and comes back at 9."""
    memory, found = Kept("web"), []
    for index, good in enumerate([True] * 8 + [False] * 3 + [True] * 10):
        seen = replace(observed(4, {"cpu": 0.6}), forecast=ForecastReading(4.0, 9.0 if good else 1.0))
        decision, memory = step(PREDICTIVE, memory, seen, START_S + 30 * index)
        found.append(decision.trail[-1].because.reason is Reason.FORECAST_FLOOR)
    assert found == [True] * 11 + [False] * 9 + [True]


@pytest.mark.parametrize(
    ("mode", "for_s", "counts"),
    [
        pytest.param(Mode.ALL, 60, [4, 4, 4, 5, 6], id="all_as_long_as_the_youngest"),
        pytest.param(Mode.ANY, 60, [4, 4, 5, 6, 7], id="any_as_long_as_the_oldest"),
    ],
)
@pytest.mark.parametrize("first", ["cpu", "p95"])
def test_conditions_that_came_one_after_the_other_held_for(mode: Mode, for_s: float, counts: list[int], first: str):
    conditions = (Condition("cpu", Side.ABOVE, 0.7), Condition("p95", Side.ABOVE, 0.3))
    policy = policy_of(TriggerRule("busy", Direction.OUT, conditions, mode, for_s=for_s))
    busy, second = {"cpu": 0.9, "p95": 0.4}, "p95" if first == "cpu" else "cpu"
    assert sizes(policy, [{**busy, second: 0.1}, *[busy] * 4]) == counts


def test_a_look_missed_is_no_hole_and_two_are():
    waits = policy_of(above("cpu", 0.7, for_s=120))
    assert sizes(waits, [{"cpu": 0.9}] * 3, every_s=60) == [4, 4, 5]
    assert sizes(waits, [{"cpu": 0.9}] * 3, every_s=61) == [4, 4, 4]


def test_what_a_rule_asked_for_in_a_former_step_is_not_told_again():
    program = program_of(policy := policy_of(above("cpu", 0.7)))
    memory, trail = memory_of(policy), fresh_trail(program)
    for cpu, asked in ((0.9, 5.0), (0.1, math.nan)):
        decide(program, memory, reading_of(policy, program, observed(4, {"cpu": cpu}), START_S), trail)
        assert trail.rules["count"].tolist() == pytest.approx([asked], nan_ok=True)


def test_a_reason_names_the_signal_that_held_where_two_have_one_threshold():
    conditions = (Condition("cpu", Side.ABOVE, 0.8), Condition("memory", Side.ABOVE, 0.8))
    decision = only(policy_of(TriggerRule("busy", Direction.OUT, conditions)), observed(4, {"cpu": 0.2, "memory": 0.9}))
    assert [(one.signal, one.value) for one in decision.reasons] == [("memory", 0.9)]

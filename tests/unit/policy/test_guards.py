"""Each guard holds what it should and lets through what it should; the decision names the one that bound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.policy.rehearsal import START_S, above, all_below, observed, policy_of, rehearse, sizes

from plimsoll.domain.decision import Action, Decision, Guard, Reason
from plimsoll.domain.observation import Fleet, ForecastReading, Observation, Value
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import (
    Condition,
    Direction,
    Form,
    PredictiveFloor,
    QueueDrain,
    Side,
    SignalUse,
    StepBand,
    StepTable,
    Target,
)
from plimsoll.domain.policy_restraints import (
    Cooldowns,
    Corroboration,
    DropGuard,
    Granularity,
    HealthGuard,
    Limits,
    Pause,
    PeakWindow,
    Rate,
    ReversalGuard,
    Schedule,
    Stabilization,
)
from plimsoll.policy.memory import Kept
from plimsoll.policy.step import step

SHRINKS = policy_of(targets=(Target("cpu", 0.6),))


def only(policy: Policy, observation: Observation) -> Decision:
    return step(policy, Kept(policy.name), observation, START_S)[0]


def with_guard(**guards: object) -> Policy:
    return replace(SHRINKS, **guards)  # type: ignore[arg-type]


HELD = [
    pytest.param({"health_guard": HealthGuard(0.2)}, {"unhealthy": 3}, Guard.UNHEALTHY, id="mass_unhealth"),
    pytest.param(
        {"corroboration": Corroboration((Condition("p95", Side.BELOW, 0.3),))}, {}, Guard.CORROBORATION, id="slow"
    ),
    pytest.param({"pauses": (Pause(Direction.IN, None),)}, {}, Guard.PAUSE, id="paused_inwards"),
    pytest.param({"pauses": (Pause(Direction.BOTH, START_S + 1),)}, {}, Guard.PAUSE, id="pause_not_yet_expired"),
    pytest.param({"peaks": (PeakWindow("sale", START_S - 10, START_S + 10),)}, {}, Guard.PEAK_WINDOW, id="known_peak"),
]


@pytest.mark.parametrize(("guards", "fleet", "bound"), HELD)
def test_a_scale_in_is_held_by(guards: dict[str, object], fleet: dict[str, object], bound: Guard):
    policy = with_guard(**guards, signals=(*SHRINKS.signals, SignalUse("p95", Form.LEVEL, "seconds")))
    decision = only(policy, observed(10, {"cpu": 0.2, "p95": 0.3}, **fleet))
    assert (decision.action, decision.bound_by) == (Action.HOLD, bound)


@pytest.mark.parametrize(("ready", "action"), [(0, Action.HOLD), (10, Action.SCALE_IN)])
def test_no_replica_is_let_go_while_none_of_those_wanted_is_there(ready: int, action: Action):
    policy = policy_of(targets=(Target("queue", 10.0),), health_guard=HealthGuard(0.2))
    decision = only(policy, observed(10, {"queue": 20.0}, ready=ready))
    assert decision.action is action
    assert (decision.bound_by is Guard.UNHEALTHY) == (ready == 0)


def test_a_load_below_zero_is_unknown_and_lets_no_replica_go():
    decision = only(policy_of(targets=(Target("queue", 10.0),)), observed(10, {"queue": -1.0}))
    assert decision.action is Action.HOLD


LET_THROUGH = [
    pytest.param({"health_guard": HealthGuard(0.2)}, {"unhealthy": 2}, id="few_unhealthy"),
    pytest.param({"corroboration": Corroboration((Condition("p95", Side.BELOW, 0.4),))}, {}, id="fast"),
    pytest.param({"pauses": (Pause(Direction.OUT, None),)}, {}, id="paused_outwards_only"),
    pytest.param({"pauses": (Pause(Direction.BOTH, START_S),)}, {}, id="pause_expired_boundary"),
    pytest.param({"peaks": (PeakWindow("sale", START_S - 10, START_S),)}, {}, id="peak_over_boundary"),
]


@pytest.mark.parametrize(("guards", "fleet"), LET_THROUGH)
def test_a_scale_in_is_let_through_with(guards: dict[str, object], fleet: dict[str, object]):
    policy = with_guard(**guards, signals=(*SHRINKS.signals, SignalUse("p95", Form.LEVEL, "seconds")))
    assert only(policy, observed(10, {"cpu": 0.2, "p95": 0.3}, **fleet)).to_replicas == 4


@pytest.mark.parametrize(
    ("paused", "limits", "cpu", "to", "bound"),
    [
        pytest.param(Direction.IN, Limits(1, 8), 0.9, 10, Guard.MAX, id="above_max_asked_out"),
        pytest.param(Direction.IN, Limits(1, 12), 0.9, 12, Guard.MAX, id="within_max_asked_out"),
        pytest.param(Direction.OUT, Limits(12, 20), 0.2, 10, Guard.MIN, id="below_min_asked_in"),
        pytest.param(Direction.OUT, Limits(5, 20), 0.2, 5, Guard.MIN, id="within_min_asked_in"),
        pytest.param(Direction.BOTH, Limits(12, 20), 0.2, 10, Guard.PAUSE, id="below_min_all_paused"),
        pytest.param(Direction.OUT, Limits(1, 8), 0.6, 8, Guard.MAX, id="above_max_out_paused"),
    ],
)
def test_a_pause_never_moves_a_count_further_outside_its_limits(
    paused: Direction, limits: Limits, cpu: float, to: int, bound: Guard
):
    decision = only(with_guard(limits=limits, pauses=(Pause(paused, None),)), observed(10, {"cpu": cpu}))
    assert (decision.to_replicas, decision.bound_by) == (to, bound)


def test_a_roll_out_holds_a_scale_in_unless_the_policy_says_otherwise():
    rolling = Observation(Fleet(10, 10, rolling_out=True), {"cpu": Value(0.2)})
    assert only(with_guard(health_guard=HealthGuard()), rolling).bound_by is Guard.ROLLOUT
    assert only(with_guard(health_guard=HealthGuard(during_rollout=False)), rolling).to_replicas == 4


def test_unknown_corroboration_holds_a_scale_in():
    policy = with_guard(
        corroboration=Corroboration((Condition("p95", Side.BELOW, 0.4),)),
        signals=(*SHRINKS.signals, SignalUse("p95", Form.LEVEL)),
    )
    assert only(policy, observed(10, {"cpu": 0.2})).action is Action.HOLD


def test_an_unknown_number_of_ready_replicas_never_scales_in():
    totals = policy_of(targets=(Target("connections", 25.0),))
    assert only(totals, observed(10, {"connections": 50.0}, ready=None)).bound_by is Guard.UNKNOWN_SIGNAL


def test_a_fall_faster_than_history_ever_showed_is_held_until_it_is_confirmed():
    guarded = with_guard(drop_guard=DropGuard("cpu", largest_ratio=0.5, over_s=120, confirm_s=120))
    found = rehearse(guarded, [{"cpu": 0.6}] * 3 + [{"cpu": 0.1}] * 6, start=10)
    assert [one.to_replicas for one in found[:7]] == [10] * 7
    assert {one.bound_by for one in found[3:7]} == {Guard.DROP}
    assert found[7].to_replicas == 2


def test_a_fall_as_large_as_history_showed_is_no_drop():
    guarded = with_guard(drop_guard=DropGuard("cpu", largest_ratio=0.5, over_s=120, confirm_s=600))
    assert sizes(guarded, [{"cpu": 0.6}, {"cpu": 0.3}], start=10) == [10, 5]


def test_load_that_comes_back_ends_the_drop():
    guarded = with_guard(drop_guard=DropGuard("cpu", largest_ratio=0.5, over_s=120, confirm_s=600))
    found = sizes(guarded, [{"cpu": 0.6}, {"cpu": 0.1}, {"cpu": 0.6}, {"cpu": 0.4}], start=10)
    assert found == [10, 10, 10, 7]


def test_a_scale_in_goes_no_further_than_its_own_scale_out_rule_would_leave_it():
    quiet = all_below({"cpu": 0.5}, step=5)
    rules = policy_of(above("cpu", 0.7), quiet, reversal_guard=ReversalGuard())
    decision = rehearse(rules, [{"cpu": 0.45}], start=10)[0]
    assert (decision.to_replicas, decision.bound_by) == (7, Guard.REVERSAL)  # 0.45 x 10 / 7 = 0.64; with 6: 0.75
    assert sizes(policy_of(above("cpu", 0.7), quiet), [{"cpu": 0.45}], start=10) == [5]


def test_stabilization_down_takes_the_highest_recent_proposal():
    steady = with_guard(stabilization=Stabilization(down_s=90))
    found = sizes(steady, [{"cpu": 0.48}, {"cpu": 0.3}, {"cpu": 0.3}, {"cpu": 0.3}, {"cpu": 0.3}], start=10)
    assert found == [8, 8, 8, 4, 4]


def test_stabilization_up_takes_the_lowest_recent_proposal():
    steady = with_guard(stabilization=Stabilization(up_s=60))
    assert sizes(steady, [{"cpu": 0.6}, {"cpu": 0.9}, {"cpu": 0.9}, {"cpu": 0.9}], start=10) == [10, 10, 15, 15]


def test_no_scale_in_within_its_cooldown_of_any_action():
    cools = with_guard(cooldowns=Cooldowns(in_s=60))
    assert sizes(cools, [{"cpu": 0.9}, {"cpu": 0.1}, {"cpu": 0.1}], start=10) == [15, 15, 3]


def test_a_step_limit_bounds_each_direction():
    bounded = with_guard(limits=Limits(1, 100, max_step_out=2, max_step_in=1))
    assert sizes(bounded, [{"cpu": 0.9}, {"cpu": 0.1}], start=10) == [12, 11]


def test_a_rate_of_replicas_lets_through_what_is_left_of_it():
    rated = with_guard(rates=(Rate(Direction.OUT, 600, replicas=6),))
    found = sizes(rated, [{"cpu": 0.9}] * 3, start=10)
    assert found == [15, 16, 16]


def test_every_rate_that_is_stricter_than_the_one_before_is_noted_however_many_there_are():
    stricter = tuple(Rate(Direction.OUT, 600, replicas=count) for count in range(90, 0, -1))
    decided = only(with_guard(rates=stricter, limits=Limits(1, 200)), observed(100, {"cpu": 6.0}))
    assert decided.to_replicas == 101
    assert len([effect for effect in decided.guards if effect.guard is Guard.RATE]) == 90


def test_limits_hold_whatever_the_metrics_say():
    assert only(with_guard(limits=Limits(2, 5)), observed(9, {"cpu": None})).to_replicas == 5
    assert only(with_guard(limits=Limits(2, 5)), observed(0, {"cpu": 0.9})).to_replicas == 2


def test_the_first_policy_of_a_component_must_stand_at_its_maximum_before_the_second_scales_out():
    second = with_guard(after="bigger machines")
    busy = observed(2, {"cpu": 0.9})
    assert only(second, busy).bound_by is Guard.AFTER
    assert only(second, replace(busy, exhausted=frozenset({"bigger machines"}))).to_replicas == 3


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        pytest.param(Limits(1, 64, granularity=Granularity.POWER_OF_TWO), 8, id="shards_double"),
        pytest.param(Limits(3, 63, granularity=Granularity.MULTIPLE, granule=3), 6, id="three_zones"),
    ],
)
def test_only_allowed_counts_are_decided(limits: Limits, wanted: int):
    shards = policy_of(targets=(Target("connections", 100.0),), limits=limits)
    assert only(shards, observed(4 if limits.min == 1 else 3, {"connections": 510.0})).to_replicas == wanted


def test_workers_drain_the_queue_in_time_beside_what_arrives():
    signals = (SignalUse("queue", Form.TOTAL, "count"), SignalUse("arrivals", Form.TOTAL, "per second"))
    queue = Policy("workers", Limits(1, 50), signals, queues=(QueueDrain("queue", 2.0, 60.0, "arrivals"),))
    decision = only(queue, observed(3, {"queue": 600.0, "arrivals": 6.0}))
    assert (decision.to_replicas, decision.reasons[0].reason) == (8, Reason.QUEUE_DRAIN)


@pytest.mark.parametrize(("cpu", "count"), [(0.7, 10), (0.75, 11), (0.8, 13), (0.95, 13)])
def test_a_step_table_steps_by_the_size_of_the_breach(cpu: float, count: int):
    bands = (StepBand(0.0, 0.1, 1), StepBand(0.1, None, 3))
    table = StepTable("table", Direction.OUT, "cpu", 0.7, bands)
    policy = Policy("web", Limits(1, 50), (SignalUse("cpu"),), step_tables=(table,))
    assert only(policy, observed(10, {"cpu": cpu if cpu != 0.8 else 0.8000001})).to_replicas == count


def test_a_peak_adds_on_top_and_keeps_its_minimum():
    peaks = (PeakWindow("sale", START_S, START_S + 60, min=8, extra_ratio=0.5),)
    assert only(with_guard(peaks=peaks), observed(4, {"cpu": 0.9})).to_replicas == 9
    assert only(with_guard(peaks=peaks), observed(4, {"cpu": 0.6})).to_replicas == 8


PREDICTIVE = with_guard(
    predictive=PredictiveFloor("cpu", per_replica=1.0, utilization=0.5, coverage_min=5, coverage_window=10)
)


def forecast(ahead: float | None, cpu: float = 0.6, for_now: float | None = None) -> Observation:
    seen = observed(4, {"cpu": cpu})
    return seen if ahead is None else replace(seen, forecast=ForecastReading(ahead, for_now))


def test_a_forecast_raises_and_never_lowers():
    assert only(PREDICTIVE, forecast(4.0)).to_replicas == 8
    assert only(PREDICTIVE, forecast(0.1)).to_replicas == 4
    assert only(PREDICTIVE, forecast(1.9, cpu=0.1)).to_replicas == 4  # the floor also stops a scale-in


def test_an_unknown_forecast_never_scales_in():
    assert only(PREDICTIVE, forecast(None, cpu=0.1)).bound_by is Guard.UNKNOWN_SIGNAL


def test_a_forecast_whose_coverage_fails_is_demoted_and_shown():
    memory, decisions = Kept("web"), []
    for index in range(8):
        decision, memory = step(PREDICTIVE, memory, forecast(4.0, for_now=1.0), START_S + 30 * index)
        decisions.append(decision)
    assert [one.to_replicas for one in decisions] == [8] * 5 + [4] * 3
    assert decisions[-1].trail[-1].because.reason is Reason.FORECAST_DEMOTED


def test_a_demoted_forecast_comes_back_when_its_coverage_does():
    memory = Kept("web")
    for index in range(30):
        good = index >= 8
        seen = forecast(4.0, for_now=9.0 if good else 1.0)
        decision, memory = step(PREDICTIVE, memory, seen, START_S + 30 * index)
    assert decision.to_replicas == 8


def test_a_clock_set_back_keeps_ages_and_cooldowns():
    cools = policy_of(above("cpu", 0.7, cooldown_s=600))
    first, memory = step(cools, Kept("web"), observed(4, {"cpu": 0.9}), START_S)
    second, memory = step(cools, memory, observed(5, {"cpu": 0.9}), START_S - 86_400)
    third, _ = step(cools, memory, observed(5, {"cpu": 0.9}), START_S - 86_400 + 600)
    assert [one.to_replicas for one in (first, second, third)] == [5, 5, 6]


def test_a_hole_in_looking_does_not_count_as_a_breach_that_lasted():
    waits = policy_of(above("cpu", 0.7, for_s=300))
    _, memory = step(waits, Kept("web"), observed(4, {"cpu": 0.9}), START_S)
    later, _ = step(waits, memory, observed(4, {"cpu": 0.9}), START_S + 3600)
    assert later.action is Action.HOLD


@pytest.mark.parametrize(("count", "to"), [(4, 5), (8, 5), (10, 5)])
def test_a_forecast_asks_for_no_more_than_a_schedule_allows_from_above_as_from_below(count: int, to: int):
    policy = replace(PREDICTIVE, schedules=(Schedule("night", 0.0, max=5),))
    seen = replace(observed(count, {"cpu": 0.2}), forecast=ForecastReading(4.0, None))
    assert only(replace(policy, schedules=()), seen).to_replicas == 8
    assert only(policy, seen).to_replicas == to

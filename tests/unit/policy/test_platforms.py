"""The platforms' autoscalers decide as their documentation and sources say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.policy.rehearsal import START_S, observed, rehearse, sizes

from plimsoll.domain.decision import Guard, Reason
from plimsoll.domain.observation import Fleet, Missing, Observation, Value
from plimsoll.domain.platform_policy import (
    Adjustment,
    AwsStep,
    AwsStepPolicy,
    AwsStepScaling,
    AwsTargetTracking,
    FallbackBehavior,
    HpaBehavior,
    HpaMetric,
    HpaPolicy,
    HpaRules,
    KedaFallback,
    KedaPolicy,
    KedaTrigger,
    MetricType,
    NomadCheck,
    NomadPolicy,
    NomadTargetValue,
    NomadThreshold,
    SelectPolicy,
    TargetType,
)
from plimsoll.policy.engine import step
from plimsoll.policy.memory import Kept
from plimsoll.policy.platforms.aws import adjusted, step_of
from plimsoll.policy.platforms.keda import fallback_replicas, hpa_of
from plimsoll.policy.platforms.nomad import target_value_count, threshold_count

# HPA in a loop

HPA = HpaPolicy("web", 2, 20, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 50),), HpaBehavior())


def test_an_hpa_scales_up_at_once_and_down_after_its_window():
    assert sizes(HPA, [{"cpu": 0.75}, *[{"cpu": 0.2}] * 21], 4, 15.0) == [6] * 20 + [3] * 2


def test_an_hpa_does_nothing_while_its_metric_fails():
    (decision,) = rehearse(HPA, [{"cpu": None}], 4, 15.0)
    assert (decision.to_replicas, decision.reasons[0].reason) == (4, Reason.SIGNAL_MISSING)


def test_an_hpa_names_its_rate_limit():
    (decision,) = rehearse(HPA, [{"cpu": 3.0}], 4, 15.0)
    assert (decision.to_replicas, decision.bound_by) == (8, Guard.RATE)


NO_SCALE_OUT = HpaBehavior(up=HpaRules(select=SelectPolicy.DISABLED))


@pytest.mark.parametrize(
    ("policy", "run", "start", "bound"),
    [
        pytest.param(HPA, [{"cpu": 0.01}] * 22, 2, Guard.MIN, id="less_than_its_least"),
        pytest.param(replace(HPA, max=6), [{"cpu": 3.0}], 4, Guard.MAX, id="more_than_its_most"),
        pytest.param(replace(HPA, max=6), [{"cpu": 0.75}, {"cpu": 0.2}], 4, Guard.STABILIZATION, id="held_at_its_most"),
        pytest.param(replace(HPA, behavior=NO_SCALE_OUT), [{"cpu": 3.0}], 2, Guard.RATE, id="held_at_its_least"),
    ],
)
def test_an_hpa_at_an_end_of_its_range_names_what_held_it_there(policy, run, start, bound):
    assert rehearse(policy, run, start, 15.0)[-1].bound_by is bound


def test_an_hpa_beyond_its_tolerance_says_so_where_the_count_is_that_of_now():
    seen = Observation(Fleet(3, 2, 1), {"cpu": Value(0.7)})
    (reason,) = step(HPA, Kept("web"), seen, START_S)[0].reasons
    assert reason.reason is Reason.ABOVE_SETPOINT
    (near,) = rehearse(HPA, [{"cpu": 0.52}], 4, 15.0)
    assert near.reasons[0].reason is Reason.WITHIN_TOLERANCE


# KEDA: keda.sh ScaledObject reference; pkg/scaling/executor; pkg/fallback

TRIGGER = KedaTrigger("prometheus", "queue", 10.0, activation_threshold=5.0)
KEDA = KedaPolicy("worker", (TRIGGER,), min=0, max=30, cooldown_period_s=90.0, behavior=HpaBehavior())


@pytest.mark.parametrize(
    ("queue", "count"),
    [pytest.param(5.0, 0, id="at_the_activation_threshold"), pytest.param(5.1, 1, id="above_it"), (None, 0)],
)
def test_keda_activates_above_the_activation_threshold(queue: float | None, count: int):
    assert sizes(KEDA, [{"queue": queue}], 0, 30.0) == [count]


def test_keda_goes_from_zero_to_its_minimum_and_then_the_hpa_decides():
    at_least_two = KedaPolicy("worker", (TRIGGER,), min=2, max=30, idle=0, behavior=HpaBehavior())
    assert sizes(at_least_two, [{"queue": 60.0}] * 3, 0, 30.0) == [2, 6, 6]


def test_keda_goes_to_zero_only_after_the_cooldown_since_it_was_last_active():
    run = [{"queue": 8.0}, *[{"queue": 0.0}] * 5]
    assert sizes(KEDA, run, 1, 30.0) == [1, 1, 1, 1, 0, 0]


def test_keda_wakes_and_rests_only_as_often_as_it_polls_and_its_hpa_always():
    seldom = replace(KEDA, polling_interval_s=120.0)
    wakes = [{"queue": 0.0}, *[{"queue": 60.0}] * 5]
    assert sizes(seldom, wakes, 0, 30.0) == [0, 0, 0, 0, 1, 5]
    rests = [{"queue": 20.0}, {"queue": 30.0}, *[{"queue": 0.0}] * 7]
    assert sizes(replace(seldom, cooldown_period_s=30.0), rests, 2, 30.0) == [2, 3, 3, 3, 0, 0, 0, 0, 0]


def test_a_clock_that_was_set_back_does_not_put_off_when_keda_polls():
    memory = step(KEDA, Kept("worker"), observed(0, {"queue": 0.0}), START_S)[1]
    assert step(KEDA, memory, observed(0, {"queue": 60.0}), START_S - 3600.0)[0].to_replicas == 1


def test_an_external_average_is_a_total_per_replica():
    assert sizes(KEDA, [{"queue": 45.0}], 4, 30.0) == [5]
    assert hpa_of(KEDA).metrics[0].target_type is TargetType.AVERAGE_VALUE
    assert hpa_of(KEDA).min == 1


@pytest.mark.parametrize(
    ("behavior", "current", "stands_in"),
    [
        pytest.param(FallbackBehavior.STATIC, 9, 6, id="static"),
        pytest.param(FallbackBehavior.CURRENT, 9, 9, id="current"),
        pytest.param(FallbackBehavior.CURRENT_IF_HIGHER, 9, 9, id="current_is_higher"),
        pytest.param(FallbackBehavior.CURRENT_IF_HIGHER, 4, 6, id="current_is_not_higher"),
        pytest.param(FallbackBehavior.CURRENT_IF_LOWER, 9, 6, id="current_is_not_lower"),
        pytest.param(FallbackBehavior.CURRENT_IF_LOWER, 4, 4, id="current_is_lower"),
    ],
)
def test_fallback_stands_in_by_its_behavior(behavior: FallbackBehavior, current: int, stands_in: int):
    assert fallback_replicas(KedaFallback(3, 6, behavior), current) == stands_in


def test_fallback_begins_after_more_failures_than_its_threshold():
    falls = KedaPolicy("worker", (TRIGGER,), min=1, max=30, fallback=KedaFallback(2, 6), behavior=HpaBehavior())
    found = rehearse(falls, [{"queue": None}] * 4, 3, 30.0)
    assert [one.to_replicas for one in found] == [3, 3, 6, 6]
    assert found[2].reasons[0].reason is Reason.FALLBACK


def test_one_success_ends_the_count_of_failures():
    falls = KedaPolicy("worker", (TRIGGER,), min=1, max=30, fallback=KedaFallback(2, 6), behavior=HpaBehavior())
    assert sizes(falls, [{"queue": None}, {"queue": None}, {"queue": 30.0}, {"queue": None}], 3, 30.0) == [3] * 4


@pytest.mark.parametrize(
    ("ready", "count"),
    [
        pytest.param(4, 6, id="shared_among_the_ready"),
        pytest.param(3, 6, id="no_whole_share"),
        pytest.param(0, 4, id="none_ready_is_a_failure"),
    ],
)
def test_a_value_falls_back_over_the_ready_replicas(ready: int, count: int):
    value = KedaTrigger("prometheus", "queue", 10.0, TargetType.VALUE)
    falls = KedaPolicy("worker", (value,), min=1, max=30, fallback=KedaFallback(0, 6), behavior=HpaBehavior())
    seen = Observation(Fleet(4, ready), {"queue": Missing("down")})
    assert step(falls, Kept("worker"), seen, START_S)[0].to_replicas == count


def test_cpu_does_not_fall_back_and_a_fallback_to_none_lets_go_to_zero():
    cpu = KedaTrigger("cpu", "cpu", 70, TargetType.UTILIZATION)
    none = KedaFallback(0, 0)
    both = KedaPolicy("worker", (cpu, TRIGGER), min=0, max=30, cooldown_period_s=30.0, fallback=none)
    assert sizes(both, [{"cpu": 0.5, "queue": 60.0}, *[{"cpu": None, "queue": 0.0}] * 2], 2, 30.0) == [4, 4, 0]


@pytest.mark.parametrize(("cpu", "counts"), [(0.01, [1, 1]), pytest.param(None, [0, 0], id="fails")])
def test_with_cpu_alone_an_object_is_active_while_it_is_measured(cpu: float | None, counts: list[int]):
    alone = KedaPolicy("web", (KedaTrigger("cpu", "cpu", 70, TargetType.UTILIZATION),), min=0, max=9)
    assert sizes(alone, [{"cpu": cpu}] * 2, 0, 400.0) == counts


def test_below_its_minimum_without_an_idle_count_a_quiet_object_is_brought_up():
    assert sizes(KedaPolicy("worker", (TRIGGER,), min=3, max=9), [{"queue": 0.0}], 0, 30.0) == [3]


# AWS target tracking: Application Auto Scaling user guide

TRACK = AwsTargetTracking("web", "cpu", 0.5, 1, 20, scale_out_cooldown_s=300, scale_in_cooldown_s=300)


def test_target_tracking_waits_for_three_periods_above_its_target():
    assert sizes(TRACK, [{"cpu": 0.75}] * 3, 4, 60.0) == [4, 4, 6]


def test_target_tracking_scales_in_after_fifteen_periods_well_below_its_target():
    assert sizes(TRACK, [{"cpu": 0.3}] * 15, 10, 60.0) == [10] * 14 + [6]
    assert sizes(TRACK, [{"cpu": 0.46}] * 20, 10, 60.0)[-1] == 10


def test_a_clock_set_back_does_not_freeze_an_alarm():
    memory, counts = Kept("web"), []
    for place, now_s in enumerate((7200, 7260, 7320, 3600, 3660, 3720)):
        seen = observed(4, {"cpu": 0.4 if place < 3 else 0.75})
        decision, memory = step(TRACK, memory, seen, START_S + now_s)
        counts.append(decision.to_replicas)
    assert counts == [4, 4, 4, 4, 4, 6]


def test_missing_data_neither_add_nor_remove():
    assert sizes(TRACK, [{"cpu": 0.3}] * 14 + [{"cpu": None}] * 2, 10, 60.0)[-1] == 10


def test_what_the_last_scale_out_added_counts_towards_the_next_within_its_cooldown():
    found = sizes(TRACK, [{"cpu": 0.75}] * 5, 4, 60.0)
    assert found == [4, 4, 6, 6, 6]
    assert sizes(TRACK, [{"cpu": 0.75}] * 3 + [{"cpu": 1.0}], 4, 60.0)[-1] == 8


def test_scale_in_can_be_left_to_others():
    only_out = AwsTargetTracking("web", "cpu", 0.5, 1, 20, scale_in=False)
    assert sizes(only_out, [{"cpu": 0.1}] * 20, 10, 60.0)[-1] == 10


# AWS step scaling: EC2 Auto Scaling user guide; API reference StepAdjustment

STEPS = (AwsStep(0, 10, 0), AwsStep(10, 20, 10), AwsStep(20, None, 30))
PERCENT = AwsStepPolicy("cpu", 60, True, STEPS, Adjustment.PERCENT)


@pytest.mark.parametrize(
    ("value", "step"),
    [(59.9, None), (60, STEPS[0]), (69.9, STEPS[0]), (70, STEPS[1]), (79.9, STEPS[1]), (80, STEPS[2]), (500, STEPS[2])],
)
def test_above_a_threshold_the_lower_bound_of_a_band_is_in_it(value: float, step: AwsStep | None):
    assert step_of(PERCENT, value) == step


@pytest.mark.parametrize(("value", "place"), [(40, 0), (30.1, 0), (30, 1), (20, 2), (5, 2)])
def test_below_a_threshold_the_upper_bound_of_a_band_is_in_it(value: float, place: int):
    steps = (AwsStep(-10, 0, 0), AwsStep(-20, -10, -10), AwsStep(None, -20, -30))
    assert step_of(AwsStepPolicy("cpu", 40, False, steps, Adjustment.PERCENT), value) == steps[place]


@pytest.mark.parametrize(
    ("current", "percent", "count"),
    [
        pytest.param(10, 30, 13, id="whole"),
        pytest.param(100, 12.7, 112, id="above_1_rounds_down"),
        pytest.param(1, 67, 2, id="between_0_and_1_rounds_to_1"),
        pytest.param(1, -58, 0, id="between_0_and_minus_1_rounds_to_minus_1"),
        pytest.param(10, -66.7, 4, id="below_minus_1_rounds_up"),
    ],
)
def test_a_percentage_is_rounded_as_documented(current: int, percent: float, count: int):
    assert adjusted(current, PERCENT, AwsStep(0, None, percent)) == count


def test_a_percentage_moves_by_at_least_the_least_magnitude():
    least = AwsStepPolicy("cpu", 60, True, STEPS, Adjustment.PERCENT, min_magnitude=2)
    assert adjusted(4, least, AwsStep(0, None, 25)) == 6


def test_an_exact_capacity_is_taken_as_it_stands():
    exact = AwsStepPolicy("cpu", 60, True, STEPS, Adjustment.EXACT)
    assert adjusted(9, exact, AwsStep(0, None, 5)) == 5


def test_an_alarm_needs_enough_data_points_and_gaps_are_none():
    alarm = AwsStepPolicy("cpu", 60, True, (AwsStep(0, None, 1),), evaluation_periods=3, datapoints_to_alarm=2)
    group = AwsStepScaling("web", (alarm,), 1, 20, warmup_s=0)
    assert sizes(group, [{"cpu": 70}, {"cpu": None}, {"cpu": 70}], 4, 60.0) == [4, 4, 5]


@pytest.mark.parametrize(("gap", "count"), [(2, 5), (3, 4)], ids=["two_points_beyond", "no_further"])
def test_an_alarm_looks_two_points_beyond_its_periods_for_data(gap: int, count: int):
    alarm = AwsStepPolicy("cpu", 60, True, (AwsStep(0, None, 1),), evaluation_periods=3)
    group = AwsStepScaling("web", (alarm,), 1, 20, warmup_s=0)
    assert sizes(group, [{"cpu": 70}] * 2 + [{"cpu": None}] * gap + [{"cpu": 70}], 4, 60.0)[-1] == count


def test_instances_that_warm_up_count_as_present_for_the_next_step():
    group = AwsStepScaling("web", (AwsStepPolicy("cpu", 60, True, STEPS, Adjustment.PERCENT),), 1, 50, warmup_s=300)
    found = rehearse(group, [{"cpu": 75}, {"cpu": 75}, {"cpu": 85}], 10, 60.0)
    assert [one.to_replicas for one in found] == [11, 11, 13]  # 30 % of 10, less the one that is on its way
    assert found[1].bound_by is Guard.WARMUP


# nomad-autoscaler: plugins/builtin/strategy


@pytest.mark.parametrize(
    ("count", "value", "wanted"),
    [
        pytest.param(4, 20.2, 4, id="within_the_threshold"),
        pytest.param(4, 20.3, 5, id="just_above_it"),
        pytest.param(4, 19.7, 4, id="just_below_it_rounds_up"),
        pytest.param(4, 10, 2, id="half"),
        pytest.param(0, 30, 2, id="from_zero_the_factor_is_the_count"),
    ],
)
def test_target_value_multiplies_the_count_by_the_factor(count: int, value: float, wanted: int):
    assert target_value_count(NomadTargetValue(20), count, value) == wanted


def test_target_value_of_zero_takes_the_value_as_the_factor():
    assert target_value_count(NomadTargetValue(0), 2, 3) == 6


def test_target_value_keeps_to_its_largest_steps():
    bounded = NomadTargetValue(20, max_scale_up=2, max_scale_down=1)
    assert (target_value_count(bounded, 4, 60), target_value_count(bounded, 4, 5)) == (6, 3)


@pytest.mark.parametrize(
    ("strategy", "points", "wanted"),
    [
        pytest.param(NomadThreshold(80, 100, delta=1, within_bounds_trigger=2), [80, 99.9], 5, id="lower_in_upper_out"),
        pytest.param(NomadThreshold(80, 100, delta=1, within_bounds_trigger=2), [80, 100], None, id="upper_is_out"),
        pytest.param(NomadThreshold(80, None, percentage=30, within_bounds_trigger=1), [200], 6, id="percentage_up"),
        pytest.param(NomadThreshold(None, 20, percentage=-30, within_bounds_trigger=1), [5], 3, id="percentage_down"),
        pytest.param(NomadThreshold(None, 20, value=1, within_bounds_trigger=1), [5], 1, id="value"),
        pytest.param(NomadThreshold(80, delta=1), [90] * 4, None, id="five_points_by_default"),
    ],
)
def test_threshold_acts_on_enough_points_within_bounds(
    strategy: NomadThreshold, points: list[float], wanted: int | None
):
    assert threshold_count(strategy, 4, points) == wanted


def nomad(*checks: NomadCheck, **how: object) -> NomadPolicy:
    return NomadPolicy("web", checks, 1, 20, **how)  # type: ignore[arg-type]


HIGH = NomadThreshold(0.8, None, delta=2, within_bounds_trigger=1)
LOW = NomadThreshold(None, 0.3, delta=-1, within_bounds_trigger=1)


def test_checks_of_a_group_that_say_nothing_do_not_hold_back_the_others():
    tiers = nomad(NomadCheck("high", "cpu", HIGH, "tiers"), NomadCheck("low", "cpu", LOW, "tiers"))
    alone = nomad(NomadCheck("high", "cpu", HIGH), NomadCheck("low", "cpu", LOW))
    assert (sizes(tiers, [{"cpu": 0.1}], 4, 10.0), sizes(alone, [{"cpu": 0.1}], 4, 10.0)) == ([3], [4])


def test_scaling_up_wins_and_then_the_larger_count():
    two = nomad(NomadCheck("cpu", "cpu", NomadTargetValue(0.5)), NomadCheck("queue", "queue", NomadTargetValue(10)))
    assert sizes(two, [{"cpu": 0.75, "queue": 20}], 4, 10.0) == [8]
    assert sizes(two, [{"cpu": 0.75, "queue": 1}], 4, 10.0) == [6]


def test_nothing_is_done_within_the_cooldown_of_an_action():
    found = rehearse(nomad(NomadCheck("cpu", "cpu", NomadTargetValue(0.5)), cooldown_s=20), [{"cpu": 0.6}] * 3, 4, 10.0)
    assert [one.to_replicas for one in found] == [5, 5, 6]
    assert found[1].bound_by is Guard.COOLDOWN


@pytest.mark.parametrize(("on_error", "count"), [("ignore", 8), ("fail", 4)])
def test_a_check_that_fails_is_ignored_or_fails_the_policy(on_error: str, count: int):
    two = (NomadCheck("cpu", "cpu", NomadTargetValue(0.5)), NomadCheck("queue", "queue", NomadTargetValue(10)))
    assert sizes(nomad(*two, on_check_error=on_error), [{"cpu": 1.0, "queue": None}], 4, 10.0) == [count]

"""Policies in the model file: every kind, what they take from their component, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.app.model import model_from_text
from plimsoll.app.model.naming_policies import named_policy, split_words
from plimsoll.domain.errors import InputError, ModelError, PlimsollError, UsageError
from plimsoll.domain.platform_policy import (
    AwsStepScaling,
    AwsTargetTracking,
    HpaPolicy,
    KedaPolicy,
    MetricType,
    NomadPolicy,
    NomadTargetValue,
)
from plimsoll.domain.policy import Axis, ConfidenceRule, Policy
from plimsoll.domain.policy_proposals import Form, Mode, Side
from plimsoll.domain.policy_restraints import Granularity
from plimsoll.domain.system import Component

FRAME = """\
apiVersion: plimsoll/v1
kind: System
metadata: {{name: x}}
components:
  - name: web
    capacity: {{per_replica: 100}}
    startup: {{median: 60s, p95: 180s}}
    replicas: {{min: 2, max: 20}}
    policies:
      - {policy}
"""


def only(policy: str) -> Any:
    return component(policy).policies[0]


def component(policy: str) -> Component:
    return model_from_text(FRAME.format(policy=policy)).system.components[0]


FULL = """\
{name: p, limits: {max_step: 3, multiple_of: 2},
         scale_out: [{signal: cpu, above: 70%, for: 300s, cooldown: 600s, step: 2}],
         scale_in: {all: [{signal: cpu, below: 30%}, {signal: p95, below: 100ms}], for: 900s},
         targets: [{signal: sessions, setpoint: 120, alone: false}],
         step_tables: [{name: t, signal: cpu, threshold: 60%,
           bands: [{from: 0%, to: 10%, change: 1}, {from: 10%, change: 3}]}],
         queues: [{depth: queue_depth, per_worker: 5/s, drain: 60s}],
         schedules: [{at: "06:30", min: 4, days: [mon, fri], time_zone: Europe/Berlin, except_dates: [2026-12-25]}],
         peaks: [{name: sale, start: 2026-11-27T00:00:00Z, end: 2026-11-28T00:00:00, min: 10}],
         predictive: {},
         stabilization: {down: 300s}, cooldowns: {out: 60s, in: 120s},
         rates: [{direction: out, actions: 10}],
         pauses: [{direction: in, until: 2026-01-01T00:00:00Z, reason: audit}],
         drop_guard: {signal: demand, largest: 60%}, reversal_guard: {margin: 5%}, health_guard: {},
         corroboration: [{signal: error_rate, below: 1%}], after: q}
      - {name: q}"""


def test_a_policy_of_our_own_carries_every_rule_in_base_units() -> None:
    policy: Policy = only(FULL)
    out, inward = policy.triggers
    assert (out.for_s, out.cooldown_s, out.step, out.conditions[0].threshold) == (300.0, 600.0, 2, 0.7)
    assert (inward.mode, [part.side for part in inward.conditions]) == (Mode.ALL, [Side.BELOW, Side.BELOW])
    assert inward.conditions[1].threshold == pytest.approx(0.1)
    assert (policy.limits.max_step_out, policy.limits.granularity, policy.limits.granule) == (
        3,
        Granularity.MULTIPLE,
        2,
    )
    assert not policy.targets[0].alone
    assert [band.upper for band in policy.step_tables[0].bands] == [0.1, None]
    assert policy.schedules[0].at_s == 6.5 * 3600
    assert policy.schedules[0].calendar.weekdays == {0, 4}
    assert policy.peaks[0].end_s - policy.peaks[0].start_s == 86400.0
    assert policy.rates[0].period_s == 3600.0
    assert policy.drop_guard is not None
    assert policy.drop_guard.largest_ratio == 0.6
    assert policy.confidence == ConfidenceRule()
    assert policy.after == "q"


def test_what_a_policy_leaves_out_comes_from_its_component() -> None:
    policy: Policy = only(FULL)
    assert (policy.limits.min, policy.limits.max) == (2, 20)
    assert policy.predictive is not None
    assert (policy.predictive.per_replica, policy.predictive.lead_s) == (100.0, 180.0)


def test_each_signal_is_named_once_with_the_form_that_its_name_and_unit_tell() -> None:
    policy: Policy = only(FULL)
    forms = {use.name: use.form for use in policy.signals}
    assert forms["cpu"] is Form.AVERAGE
    assert forms["p95"] is Form.LEVEL
    assert forms["error_rate"] is Form.LEVEL
    assert forms["queue_depth"] is Form.TOTAL
    assert len(forms) == len(policy.signals)


def test_a_declared_form_wins_over_the_usual_one() -> None:
    text = "{name: p, signals: [{name: queue_depth, form: average}], scale_out: {signal: queue_depth, above: 50}}"
    assert only(text).signals[0].form is Form.AVERAGE


def test_an_hpa_takes_all_its_metrics_and_its_behavior() -> None:
    policy = only(
        "{name: h, hpa: {cpu: 70%, memory: 80%, pods: {rps: 100}, external: {queue: 30}, "
        "behavior: {up: {window: 0s, policies: [{percent: 100, period: 15s}, {pods: 4}]}, down: {select: Min}}}}"
    )
    assert isinstance(policy, HpaPolicy)
    assert [(metric.type, metric.target) for metric in policy.metrics] == [
        (MetricType.RESOURCE, 70),
        (MetricType.RESOURCE, 80),
        (MetricType.PODS, 100_000),
        (MetricType.EXTERNAL, 30_000),
    ]
    assert policy.behavior is not None
    assert policy.behavior.up is not None
    assert policy.behavior.up.policies is not None
    assert [(rate.percent, rate.value, rate.period_s) for rate in policy.behavior.up.policies] == [
        (True, 100, 15),
        (False, 4, 60),
    ]


def test_the_other_platforms_policies_are_their_own_objects() -> None:
    keda = only(
        "{name: k, keda: {min: 0, triggers: {scaler: prometheus, name: rps, threshold: 50}, "
        "fallback: {failures: 3, replicas: 6}}}"
    )
    assert isinstance(keda, KedaPolicy)
    assert (keda.min, keda.max, keda.triggers[0].threshold) == (0, 20, 50.0)
    aws = only("{name: a, aws_target_tracking: {signal: cpu, target: 60%}}")
    assert isinstance(aws, AwsTargetTracking)
    assert aws.target == 0.6
    steps = only("{name: s, aws_step_scaling: {alarms: {signal: cpu, above: 60%, steps: [{lower: 0, adjustment: 1}]}}}")
    assert isinstance(steps, AwsStepScaling)
    assert steps.policies[0].above
    nomad = only("{name: n, nomad: {checks: {name: c, signal: cpu, target_value: {target: 70}}}}")
    assert isinstance(nomad, NomadPolicy)
    assert isinstance(nomad.checks[0].strategy, NomadTargetValue)


def test_a_vertical_policy_is_one_over_the_rungs_of_a_ladder() -> None:
    policy = only("{name: v, axis: rungs, ladder: [{name: s, cores: 2}, {name: l, cores: 4, memory: 8GB}]}")
    assert (policy.axis, policy.limits.min, policy.limits.max) == (Axis.RUNGS, 1, 2)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("{name: p, hpa: {cpu: 70%, min: 30}}", "hpa.min: min 30 is above max 20 (see replicas.max of the component)"),
        ("{name: p, limits: {min: 30}}", "limits.min: min 30 is above max 20 (see replicas.max of the component)"),
        ("{name: p, hpa: {cpu: 70%, min: 9, max: 3}}", "min 9 is above max 3 (see <text>:"),
        ("{name: p, limits: {max: 1}}", "limits.max: min 2 is above max 1 (see replicas.min of the component)"),
        ("{name: p, hpa: {}}", "needs at least one of cpu, memory, pods and external"),
        ("{name: p, hpa: {cpu: 70%}, nomad: {checks: []}}", "is of more than one kind"),
        (
            "{name: p, priced: {price: 0.5, reference: {pods: {requests: 50}}}}",
            "priced.reference: is run along on the demand alone, so it can aim at cpu and nothing else",
        ),
        ("{name: p, axis: rungs}", "axis rungs needs a ladder"),
        ("{name: p, scale_out: [{signal: cpu, above: 1, below: 2}]}", "needs one of above and below"),
        ("{name: p, scale_out: [{for: 5s}]}", "needs one of signal, any and all"),
        ("{name: p, nomad: {checks: [{name: c, signal: s}]}}", "needs one of target_value and threshold"),
        ("{name: p, schedules: [{at: '25:00'}]}", "does not have the form it needs"),
        ("{name: p, schedules: [{at: '05:00', time_zone: Mars/Phobos}]}", "is no time zone"),
    ],
)
def test_a_policy_that_cannot_be_carried_out_is_refused(policy: str, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        only(policy)
    assert message in str(caught.value)


def aws_steps(steps: str, alarm: str = "") -> str:
    return f"{{name: p, aws_step_scaling: {{alarms: {{signal: cpu, above: 60%, {alarm}steps: [{steps}]}}}}}}"


def nomad_threshold(words: str) -> str:
    return f"{{name: p, nomad: {{checks: {{name: c, signal: cpu, threshold: {{{words}}}}}}}}}"


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("{name: p, aws_target_tracking: {signal: cpu, target: 0%}}", "target: is not above zero"),
        (
            "{name: p, aws_target_tracking: {signal: cpu, target: 50%, also: {signal: cpu, target: 9}}}",
            "cpu is tracked twice (see <text>:10:",
        ),
        (
            aws_steps("{lower: 0, upper: 0.2, adjustment: 1}, {lower: 0.1, adjustment: 2}"),
            "two steps overlap (see <text>:10:",
        ),
        (aws_steps("{lower: 0, upper: 0.1, adjustment: 1}, {lower: 0.2, adjustment: 2}"), "two steps leave a gap (see"),
        (
            aws_steps("{lower: 0, upper: 0.1, adjustment: 1}"),
            "goes above the threshold, so one step must have no upper",
        ),
        (aws_steps("{lower: -0.1, adjustment: 1}"), "goes below the threshold, so one step must have no lower"),
        (aws_steps("{adjustment: 1}"), "needs a lower bound below its upper bound"),
        (aws_steps("{lower: 0, adjustment: -1}", "adjustment: ExactCapacity, "), "an exact capacity is not negative"),
        (aws_steps("{lower: 0, adjustment: 1}", "datapoints: 3, "), "3 of 1 periods can never breach (see"),
        (nomad_threshold("delta: 1"), "needs one of lower and upper"),
        (nomad_threshold("lower: 1, upper: 1, delta: 1"), "no value lies from 1 to below 1 (see"),
        (nomad_threshold("lower: 1"), "needs exactly one of delta, percentage and value"),
        (nomad_threshold("lower: 1, delta: 1, value: 3"), "needs exactly one of delta, percentage and value"),
    ],
)
def test_a_policy_that_its_platform_refuses_is_refused(policy: str, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        only(policy)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("word", "bounds"),
    [("p", (2, 20)), ("hpa:cpu=70%,min=3,max=9", (3, 9)), ("fixed:12", (12, 12)), ("target:cpu=60%", (2, 20))],
    ids=["of_the_model", "shorthand_of_an_hpa", "a_fixed_number", "one_of_ours"],
)
def test_a_word_names_a_policy(word: str, bounds: tuple[int, int]) -> None:
    policy = named_policy(word, component("{name: p, hpa: {cpu: 70%}}"))
    assert policy.name == word
    assert isinstance(policy, HpaPolicy | Policy)
    limits = (policy.min, policy.max) if isinstance(policy, HpaPolicy) else (policy.limits.min, policy.limits.max)
    assert limits == bounds


@pytest.mark.parametrize(
    ("word", "error", "message"),
    [
        ("pp", UsageError, 'did you mean "p"?'),
        ("hpa:cpu=lots", ModelError, "is not a number of ratio"),
        ("hpa:", ModelError, "needs at least one of"),
        ("fixed:many", ModelError, "whole number"),
        ("hpa:cpu=70%,min=30", ModelError, "min 30 is above max 20"),
        ("missing.yaml", InputError, "cannot be read: no such file or directory"),
        ("/dev/", InputError, "cannot be read: is a directory"),
    ],
)
def test_a_word_that_names_none_says_why(word: str, error: type[PlimsollError], message: str) -> None:
    with pytest.raises(error) as caught:
        named_policy(word, component("{name: p, hpa: {cpu: 70%}}"))
    assert message in str(caught.value)


def test_a_policy_file_takes_its_bounds_from_the_component(tmp_path: Any) -> None:
    path = tmp_path / "proposed.yaml"
    path.write_text(
        "apiVersion: plimsoll/v1\nkind: Policy\npolicy: {name: proposed, targets: [{signal: cpu, setpoint: 60%}]}\n"
    )
    policy = named_policy(str(path), component("{name: p, hpa: {cpu: 70%}}"))
    assert isinstance(policy, Policy)
    assert (policy.name, policy.limits.max) == ("proposed", 20)


def test_a_list_of_words_is_split_where_a_policy_begins() -> None:
    assert split_words("p, hpa:cpu=70%,memory=80%,fixed:3") == ("p", "hpa:cpu=70%,memory=80%", "fixed:3")

"""Which policies are in the output of the AWS command line? Scaling policies, their alarms and the bounds of groups.

    aws autoscaling describe-policies, describe-auto-scaling-groups
    aws application-autoscaling describe-scaling-policies, describe-scalable-targets
    aws cloudwatch describe-alarms

A step policy needs its alarm, which another command prints; the two may be in separate files. Percentages there are
ratios here. Formats: API references of EC2 Auto Scaling and Application Auto Scaling (ScalingPolicy), and of CloudWatch
(MetricAlarm).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from plimsoll.app.manifests.fields import Fields
from plimsoll.app.manifests.spelling import plain_number, plain_share, plain_time
from plimsoll.domain.finding import Finding
from plimsoll.domain.imported import ImportedPolicy

LISTS = ("ScalingPolicies", "MetricAlarms", "AutoScalingGroups", "ScalableTargets")
_UTILIZATIONS = {"CPUUtilization": "cpu", "MemoryUtilization": "memory"}
_EC2, _TRACKING = "TargetTrackingConfiguration", "TargetTrackingScalingPolicyConfiguration"
_STEPS, _WARMUP, _USUAL_COOLDOWN_S = "StepScalingPolicyConfiguration", "EstimatedInstanceWarmup", 300
_PER_REPLICA = {"ALBRequestCountPerTarget": "requests_per_replica"}
_SIDES = {
    "GreaterThanOrEqualToThreshold": "above",
    "GreaterThanThreshold": "above",
    "LessThanOrEqualToThreshold": "below",
    "LessThanThreshold": "below",
}


class AwsBook:
    """The content of all files: policies, alarms by the policies they trigger, bounds by group."""

    def __init__(self, documents: Sequence[Fields]) -> None:
        self.policies = [item for one in documents for item in one.children("ScalingPolicies")]
        self.alarms = {
            arn: alarm
            for one in documents
            for alarm in one.children("MetricAlarms")
            for arn in alarm.texts("AlarmActions")
        }
        groups = [item for one in documents for item in one.children("AutoScalingGroups")]
        targets = [item for one in documents for item in one.children("ScalableTargets")]
        self.bounds = {
            **{one.text("AutoScalingGroupName"): (one.whole("MinSize"), one.whole("MaxSize")) for one in groups},
            **{one.text("ResourceId"): (one.whole("MinCapacity"), one.whole("MaxCapacity")) for one in targets},
        }
        self.findings: list[Finding] = []

    def imported(self) -> Iterator[ImportedPolicy]:
        """Make a policy of all target tracking of a group, and one of all its step policies."""
        tracking: dict[str, list[Fields]] = {}
        steps: dict[str, list[Fields]] = {}
        for policy in self.policies:
            kind = policy.text("PolicyType", "")
            if kind == "TargetTrackingScaling":
                tracking.setdefault(_group(policy), []).append(policy)
            elif kind == "StepScaling":
                steps.setdefault(_group(policy), []).append(policy)
            else:
                message = f"policy {policy.text('PolicyName')} is of the type {kind or 'SimpleScaling'}"
                self.findings.append(Finding("policy-left-out", message, "it is not read", (policy.place(),)))
        yield from (self._tracking(policies) for policies in tracking.values())
        for group, policies in steps.items():
            yield self._steps(group, policies)

    def _tracking(self, policies: Sequence[Fields]) -> ImportedPolicy:
        policy, of_ec2 = policies[0], _EC2 in policies[0].value
        trackings = [one.child(_EC2 if _EC2 in one.value else _TRACKING) for one in policies]
        form = _tracked_form(trackings[0]) | self._bounds(policy)
        if len(trackings) > 1:
            form["also"] = [_tracked_form(one) for one in trackings[1:]]
        # EC2 Auto Scaling has a warm-up and no cooldown here, Application Auto Scaling cooldowns and no warm-up.
        form |= {"cooldown_out": "0s", "cooldown_in": "0s"} if of_ec2 else {"warmup": "0s"}
        for key, sources, field in (
            ("cooldown_out", trackings, "ScaleOutCooldown"),
            ("cooldown_in", trackings, "ScaleInCooldown"),
            ("warmup", policies, _WARMUP),
        ):
            spans_s = [source.whole(field) for source in sources if source.value.get(field) is not None]
            if spans_s:
                form[key] = plain_time(max(spans_s))
        return _file(policy.text("PolicyName"), "target tracking", {"aws_target_tracking": form})

    def _steps(self, group: str, policies: Sequence[Fields]) -> ImportedPolicy:
        form: dict[str, Any] = {"alarms": [self._alarm(policy) for policy in policies], **self._bounds(policies[0])}
        warmups = [policy.whole(_WARMUP) for policy in policies if _WARMUP in policy.value]
        if warmups:
            form["warmup"] = plain_time(max(warmups))
        if _STEPS in policies[0].value:
            cooldown_s = max(policy.child(_STEPS).whole("Cooldown", _USUAL_COOLDOWN_S) for policy in policies)
            form |= {"warmup": "0s", "cooldown": plain_time(cooldown_s)}
        name = policies[0].text("PolicyName") if len(policies) == 1 else re.sub(r"\W+", "-", group)
        return _file(name, f"step scaling of {group}", {"aws_step_scaling": form})

    def _alarm(self, policy: Fields) -> dict[str, Any]:
        alarm = self.alarms.get(policy.text("PolicyARN", ""))
        if alarm is None:
            raise policy.error("has no alarm here; add what `aws cloudwatch describe-alarms` prints", "PolicyName")
        compares = alarm.text("ComparisonOperator")
        side = _SIDES.get(compares)
        if side is None:
            raise alarm.error(f"{compares[:40]!r} is none of {', '.join(_SIDES)}", "ComparisonOperator")
        self.findings += _unread(alarm)
        signal, percent = _signal(alarm.text("MetricName"))
        how = policy.child(_STEPS) if "StepAdjustments" not in policy.value else policy
        form: dict[str, Any] = {"signal": signal, side: _amount(alarm.number("Threshold"), percent=percent)}
        form["steps"] = [_step(one, percent=percent) for one in how.children("StepAdjustments")]
        form["adjustment"] = how.text("AdjustmentType", "ChangeInCapacity")
        for key, source, field in (
            ("min_magnitude", how, "MinAdjustmentMagnitude"),
            ("evaluation_periods", alarm, "EvaluationPeriods"),
            ("datapoints", alarm, "DatapointsToAlarm"),
        ):
            if source.value.get(field) is not None:
                form[key] = source.whole(field)
        if "OrEqual" not in compares:
            form["at_threshold"] = False
        return form | {"period": plain_time(alarm.whole("Period", 60))}

    def _bounds(self, policy: Fields) -> dict[str, int]:
        found = self.bounds.get(_group(policy))
        if found is not None:
            return {"min": found[0], "max": found[1]}
        message = f"the bounds of {_group(policy)} are not given: those of the component hold"
        self.findings.append(Finding("bounds-unknown", message, "", (policy.place("PolicyName"),)))
        return {}


def _unread(alarm: Fields) -> Iterator[Finding]:
    """Name the settings of an alarm that a replay ignores."""
    for field, usual, taken in (
        ("TreatMissingData", "missing", "missing data neither breach nor end a breach here"),
        ("Statistic", "Average", "the average of each period is replayed"),
        ("ExtendedStatistic", None, "the average of each period is replayed"),
    ):
        set_to = alarm.value.get(field)
        if set_to not in (None, usual):
            message = f"alarm {alarm.text('AlarmName')} has {field} {set_to}"
            yield Finding("alarm-setting-left-out", message, taken, (alarm.place(field),))


def _group(policy: Fields) -> str:
    return policy.text("AutoScalingGroupName") if "AutoScalingGroupName" in policy.value else policy.text("ResourceId")


def _tracked_form(how: Fields) -> dict[str, Any]:
    signal, percent = _tracked(how)
    form: dict[str, Any] = {"signal": signal, "target": _amount(how.number("TargetValue"), percent=percent)}
    return form | ({"scale_in": False} if how.value.get("DisableScaleIn") else {})


def _tracked(how: Fields) -> tuple[str, bool]:
    if "PredefinedMetricSpecification" in how.value:
        kind = how.child("PredefinedMetricSpecification").text("PredefinedMetricType")
        return _signal(re.sub(r"^(ASG|ECSService|RDSReader)Average", "", kind))
    return _signal(how.child("CustomizedMetricSpecification").text("MetricName"))


def _signal(metric: str) -> tuple[str, bool]:
    """Return our name of a metric, and whether it is measured in percent."""
    if metric in _UTILIZATIONS:
        return _UTILIZATIONS[metric], True
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", metric)
    return _PER_REPLICA.get(metric, re.sub(r"\W+", "_", words).lower()), False


def _step(step: Fields, *, percent: bool) -> dict[str, Any]:
    bounds = (("lower", "MetricIntervalLowerBound"), ("upper", "MetricIntervalUpperBound"))
    unit = 100.0 if percent else 1.0
    form = {key: plain_number(step.number(field) / unit) for key, field in bounds if step.value.get(field) is not None}
    return {**form, "adjustment": plain_number(step.number("ScalingAdjustment"))}


def _amount(value: float, *, percent: bool) -> str | float:
    return plain_share(value / 100.0) if percent else plain_number(value)


def _file(name: str, origin: str, kind: dict[str, Any]) -> ImportedPolicy:
    policy = {"name": re.sub(r"[^\w.-]+", "-", name), **kind}
    return ImportedPolicy(name, f"AWS {origin}", {"apiVersion": "plimsoll/v1", "kind": "Policy", "policy": policy})

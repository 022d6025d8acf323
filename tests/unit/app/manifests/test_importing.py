"""How an imported autoscaler is read, and which parts of it a replay ignores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plimsoll.app.manifests.importing import import_policies
from plimsoll.app.model.naming_policies import PolicyFile
from plimsoll.domain.errors import InputError, ModelError
from plimsoll.domain.imported import Imported

CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
SCALED = {
    "apiVersion": "keda.sh/v1alpha1",
    "kind": "ScaledObject",
    "metadata": {"name": "worker"},
    "spec": {"scaleTargetRef": {"name": "worker"}, "triggers": [{"type": "cpu", "metadata": {"value": "60"}}]},
}
ALARM = {
    "AlarmName": "high",
    "AlarmActions": ["arn:1"],
    "MetricName": "CPUUtilization",
    "Threshold": 70.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 3,
    "Statistic": "Average",
}


def imported(folder: Path, manifest: dict[str, Any]) -> Imported:
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest))
    return import_policies([path])


def hpa(tolerance: object) -> dict[str, Any]:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {"maxReplicas": 9, "metrics": [CPU], "behavior": {"scaleUp": {"tolerance": tolerance}}},
    }


@pytest.mark.parametrize("tolerance", [0, "0", "0.0"])
def test_a_tolerance_of_zero_is_none_at_all_and_not_the_usual_one(tmp_path: Path, tolerance: object):
    (policy,) = imported(tmp_path, hpa(tolerance)).policies
    assert policy.file["policy"]["hpa"]["behavior"]["up"]["tolerance"] == "0%"


def test_a_tolerance_below_zero_is_refused_as_its_platform_does(tmp_path: Path):
    with pytest.raises(ModelError, match="is below zero"):
        imported(tmp_path, hpa("-0.1"))


def test_a_resource_that_is_neither_cpu_nor_memory_is_written_so_that_it_reads_back(tmp_path: Path):
    manifest = hpa(0.1)
    target = {"type": "Utilization", "averageUtilization": 60}
    manifest["spec"]["metrics"] = [
        CPU,
        {"type": "Resource", "resource": {"name": "ephemeral-storage", "target": target}},
    ]
    (policy,) = imported(tmp_path, manifest).policies
    read = PolicyFile.model_validate(policy.file).policy.hpa
    assert read is not None
    assert (read.cpu, [(one.name, one.utilization) for one in read.metrics]) == (0.7, [("ephemeral-storage", 0.6)])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            {"spec": {"advanced": {"scalingModifiers": {"formula": "a + b"}}}}, "formula-left-out", id="formula"
        ),
        pytest.param({"metadata": {"annotations": {"autoscaling.keda.sh/paused": "true"}}}, "paused", id="paused"),
        pytest.param(
            {"metadata": {"annotations": {"autoscaling.keda.sh/paused-replicas": "0"}}}, "paused", id="at_zero"
        ),
        pytest.param({"metadata": {"annotations": {"autoscaling.keda.sh/paused": "false"}}}, None, id="not_paused"),
    ],
)
def test_what_of_a_scaled_object_is_not_replayed_is_named(tmp_path: Path, changed: dict[str, Any], said: str | None):
    manifest = {
        key: {**value, **changed.get(key, {})} if isinstance(value, dict) else value for key, value in SCALED.items()
    }
    found = {finding.rule for finding in imported(tmp_path, manifest).findings}
    assert found & {"formula-left-out", "paused"} == ({said} if said else set())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            {"TreatMissingData": "breaching"}, ["alarm high has TreatMissingData breaching"], id="missing_data"
        ),
        pytest.param({"Statistic": "Maximum"}, ["alarm high has Statistic Maximum"], id="statistic"),
        pytest.param(
            {"Statistic": None, "ExtendedStatistic": "p90"}, ["alarm high has ExtendedStatistic p90"], id="quantile"
        ),
        pytest.param({"TreatMissingData": "missing"}, [], id="as_replayed"),
    ],
)
def test_what_of_an_alarm_is_not_replayed_is_named(tmp_path: Path, changed: dict[str, Any], said: list[str]):
    assert [finding.message for finding in imported(tmp_path, book(changed)).findings] == said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"AlarmActions": [[]]}, "is to be a list of words", id="actions_that_are_none"),
        pytest.param({"AlarmActions": 3}, "is to be a list of words", id="no_list"),
        pytest.param({"Threshold": float("inf")}, "is to be a number, not 'Infinity'", id="infinite"),
        pytest.param({"Threshold": float("nan")}, "is to be a number, not 'NaN'", id="not_a_number"),
    ],
)
def test_what_an_alarm_cannot_say_is_refused_with_its_place(tmp_path: Path, changed: dict[str, Any], said: str):
    with pytest.raises(InputError, match=said):
        imported(tmp_path, book(changed))


def book(changed: dict[str, Any]) -> dict[str, Any]:
    policy = {
        "PolicyName": "out", "PolicyARN": "arn:1", "AutoScalingGroupName": "web", "PolicyType": "StepScaling",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    }  # fmt: skip
    groups = [{"AutoScalingGroupName": "web", "MinSize": 2, "MaxSize": 9}]
    return {"ScalingPolicies": [policy], "MetricAlarms": [ALARM | changed], "AutoScalingGroups": groups}

"""Policies in files: imported from a cluster, tested with scenarios, refused if they contradict themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.conftest import REPOSITORY, Plimsoll

SCENARIOS = sorted((REPOSITORY / "tests" / "scenarios").glob("*.yaml"))

MANIFESTS = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 10
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
    - type: External
      external: {metric: {name: queue}, target: {type: Value, value: "1500m"}}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 600
      policies: [{type: Percent, value: 10, periodSeconds: 60}]
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {name: web-sizes}
spec:
  targetRef: {kind: Deployment, name: web}
  updatePolicy: {updateMode: Auto}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: worker}
spec:
  scaleTargetRef: {name: worker}
  idleReplicaCount: 0
  minReplicaCount: 2
  triggers:
    - type: prometheus
      metadata: {serverAddress: "http://prometheus:9090", query: sum(jobs), threshold: "20", activationThreshold: "5"}
  fallback: {failureThreshold: 3, replicas: 6, behavior: currentReplicasIfHigher}
"""


AWS = {
    "ScalingPolicies": [
        {
            "PolicyName": "cpu 50", "PolicyARN": "arn:1", "AutoScalingGroupName": "web",
            "PolicyType": "TargetTrackingScaling", "EstimatedInstanceWarmup": 120,
            "TargetTrackingConfiguration": {
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
                "TargetValue": 65.0, "DisableScaleIn": False,
            },
        },
        {
            "PolicyName": "requests", "PolicyARN": "arn:2", "ResourceId": "service/a/b",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"},
                "TargetValue": 260.0, "ScaleOutCooldown": 60, "ScaleInCooldown": 300,
            },
        },
        {
            "PolicyName": "out", "PolicyARN": "arn:3", "AutoScalingGroupName": "web", "PolicyType": "StepScaling",
            "AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": 1, "EstimatedInstanceWarmup": 120,
            "StepAdjustments": [
                {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 10},
                {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 30},
            ],
        },
        {
            "PolicyName": "in", "PolicyARN": "arn:4", "AutoScalingGroupName": "web", "PolicyType": "StepScaling",
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1}],
        },
        {
            "PolicyName": "network", "AutoScalingGroupName": "web", "PolicyType": "TargetTrackingScaling",
            "TargetTrackingConfiguration": {
                "CustomizedMetricSpecification": {"MetricName": "NetworkIn"}, "TargetValue": 5000000.0,
            },
        },
        {"PolicyName": "old", "PolicyARN": "arn:5", "AutoScalingGroupName": "web", "PolicyType": "SimpleScaling"},
    ],
    "AutoScalingGroups": [{"AutoScalingGroupName": "web", "MinSize": 2, "MaxSize": 100}],
    "ScalableTargets": [{"ResourceId": "service/a/b", "MinCapacity": 2, "MaxCapacity": 100}],
}  # fmt: skip
ALARMS = {
    "MetricAlarms": [
        {
            "AlarmName": name, "AlarmActions": [arn], "MetricName": "CPUUtilization", "Threshold": threshold,
            "ComparisonOperator": compares, "EvaluationPeriods": 1, "Period": 300,
        }
        for name, arn, threshold, compares in (
            ("high", "arn:3", 70.0, "GreaterThanOrEqualToThreshold"),
            ("low", "arn:4", 40.0, "LessThanThreshold"),
        )
    ]
}  # fmt: skip
NOMAD = {
    "ID": "ad19848d", "Type": "horizontal", "Enabled": True, "Min": 2, "Max": 100,
    "Target": {"Namespace": "default", "Job": "web", "Group": "api"},
    "Policy": {
        "cooldown": "10m", "evaluation_interval": "30s",
        "check": [
            {"cpu": [{"source": "nomad-apm", "query": "avg_cpu",
                      "strategy": [{"target-value": [{"target": 65}]}]}]},
            {"requests_per_replica": [{"source": "prometheus", "query": "http_rate", "query_window": "5m",
                      "strategy": [{"threshold": [{"lower_bound": 390, "delta": 3, "within_bounds_trigger": 1}]}]}]},
        ],
    },
}  # fmt: skip


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    path = tmp_path / "autoscalers.yaml"
    path.write_text(MANIFESTS)
    return path


def test_every_given_scenario_passes(plimsoll: Plimsoll):
    done = plimsoll("policy", "test", *SCENARIOS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].endswith(" passed, 0 failed")


def test_a_scenario_that_is_not_met_shows_the_difference_and_exits_3(plimsoll: Plimsoll, tmp_path: Path):
    wrong = yaml.safe_load(SCENARIOS[-1].read_text())
    wrong["tests"][0]["expect"][0]["replicas"] = 99
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump(wrong))
    done = plimsoll("policy", "test", path)
    assert done.returncode == 3
    assert "expected 99 replicas, got 8" in done.stdout
    assert "3 -> 8: queue_depth" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 passed, 1 failed"


def test_a_policy_that_contradicts_itself_is_refused_with_both_lines(plimsoll: Plimsoll, tmp_path: Path):
    path = tmp_path / "bad.yaml"
    path.write_text(
        "apiVersion: plimsoll/v1\nkind: PolicyTest\npolicy:\n  name: web\n  scale_out:\n"
        "    - {signal: cpu, above: 40%}\n  scale_in:\n    - {signal: cpu, below: 50%}\n"
        "tests:\n  - {name: x, replicas: 4, observe: {cpu: '80%'}}\n"
    )
    done = plimsoll("policy", "test", path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"plimsoll: {path}:8:")
    assert "scale-in below 0.5 overlaps scale-out above 0.4" in done.stderr
    assert f"see {path}:6:" in done.stderr


def test_an_imported_policy_is_a_policy_file_that_says_the_same(plimsoll: Plimsoll, manifests: Path, tmp_path: Path):
    done = plimsoll("policy", "import", manifests)
    assert done.returncode == 0
    web, worker = yaml.safe_load_all(done.stdout)
    assert web["policy"]["hpa"]["cpu"] == "70%"
    assert web["policy"]["hpa"]["metrics"] == [{"type": "External", "name": "queue", "value": 1.5}]
    assert worker["policy"]["keda"]["fallback"]["behavior"] == "currentReplicasIfHigher"
    (tmp_path / "web.yaml").write_text(yaml.safe_dump(web))
    scenario = {
        "apiVersion": "plimsoll/v1",
        "kind": "PolicyTest",
        "policy_file": "web.yaml",
        "tests": [
            {
                "name": "it scales as its controller would",
                "replicas": 4,
                "every": "15s",
                "observe": {"cpu": "77%x2 78%", "queue": "1x3"},
                "expect": [{"at": "15s", "replicas": 4}, {"at": "30s", "replicas": 5}],
            }
        ],
    }
    (tmp_path / "scenario.yaml").write_text(yaml.safe_dump(scenario))
    assert plimsoll("policy", "test", tmp_path / "scenario.yaml").returncode == 0


def test_policies_of_aws_and_nomad_are_imported_and_replayed(plimsoll: Plimsoll, tmp_path: Path):
    for name, content in (("aws", AWS), ("alarms", ALARMS), ("nomad", NOMAD)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    done = plimsoll("policy", "import", *(tmp_path / f"{name}.json" for name in ("aws", "alarms", "nomad")))
    assert done.returncode == 0, done.stderr
    files = list(yaml.safe_load_all(done.stdout))
    nomad, tracking, requests, steps = (file["policy"] for file in files)
    assert tracking["aws_target_tracking"] == {
        "signal": "cpu", "target": "65%", "min": 2, "max": 100,
        "also": [{"signal": "network_in", "target": 5000000}],
        "warmup": "2m", "cooldown_out": "0s", "cooldown_in": "0s",
    }  # fmt: skip
    assert requests["aws_target_tracking"]["signal"] == "requests_per_replica"
    out, down = steps["aws_step_scaling"]["alarms"]
    assert (out["above"], out["steps"][1]) == ("70%", {"lower": 0.1, "adjustment": 30})
    assert (down["below"], down["period"], down["at_threshold"]) == ("40%", "5m", False)
    assert nomad["nomad"]["checks"][0] == {"name": "cpu", "signal": "cpu", "target_value": {"target": 0.65}}
    for said in (
        "policy old is of the type SimpleScaling",
        "is read as the signal",
    ):
        assert said in done.stderr
    paths = [tmp_path / f"{index}.yaml" for index in range(len(files))]
    for path, file in zip(paths, files, strict=True):
        path.write_text(yaml.safe_dump(file))
    rehearsal = REPOSITORY / "examples" / "rehearsal"
    trace = tmp_path / "days.csv"
    trace.write_text("".join((rehearsal / "demand-synthetic.csv").read_text().splitlines(keepends=True)[:1000]))
    words = ("-m", rehearsal / "plimsoll.yaml", "--compare", ",".join(map(str, paths)), "-o", "json")
    done = plimsoll("replay", trace, *words)
    assert done.returncode == 0, done.stderr
    for one in json.loads(done.stdout)["policies"]:
        assert one["changes"] > 5, one["name"]
        assert one["slo_miss_load_ratio"] < 0.5, one["name"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("aws", AWS, "has no alarm here; add what `aws cloudwatch describe-alarms` prints"),
        ("nomad", {**NOMAD, "Policy": {}}, "holds no check"),
        ("aws", {"ScalingPolicies": [{**AWS["ScalingPolicies"][0], "TargetTrackingConfiguration": {}}]}, "is missing"),
    ],
)
def test_what_is_missing_in_an_import_is_one_line(plimsoll: Plimsoll, tmp_path: Path, name, content, said):
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(content))
    done = plimsoll("policy", "import", path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert said in done.stderr


def test_an_import_says_at_which_load_the_first_replica_is_added_and_what_fights(plimsoll: Plimsoll, manifests: Path):
    said = plimsoll("policy", "import", manifests).stderr
    assert "from 2 replicas, the first is added when cpu averages 78 % of its request, not 70 %" in said
    assert "HPA web and VPA web-sizes (mode Auto) both act on cpu of web: they fight" in said
    document = json.loads(plimsoll("policy", "import", manifests, "-o", "json").stdout)
    assert document["kind"] == "ImportedPolicies"
    assert [policy["name"] for policy in document["policies"]] == ["web", "worker"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("minReplicas: 2", "minReplicas: 20"), "minReplicas 20 is above maxReplicas 10"),
        (("averageUtilization: 70", "averageUtilization: 0"), "is to be above zero"),
        (('value: "1500m"', "value: lots"), "'lots' is no quantity"),
        (
            ("apiVersion: autoscaling/v2", "apiVersion: autoscaling/v9"),
            "'autoscaling/v9' of HorizontalPodAutoscaler is not read",
        ),
        (("type: External\n", "type: Extrenal\n"), "is none of Resource, ContainerResource"),
        (("threshold: ", "treshold: "), "says no threshold that is understood"),
    ],
)
def test_a_manifest_that_is_wrong_is_one_line_with_its_place(
    plimsoll: Plimsoll, tmp_path: Path, change: tuple[str, str], said: str
):
    path = tmp_path / "wrong.yaml"
    path.write_text(MANIFESTS.replace(*change, 1))
    done = plimsoll("policy", "import", path)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.startswith(f"plimsoll: {path}:")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_without_an_autoscaler_answers_nothing(plimsoll: Plimsoll, tmp_path: Path):
    path = tmp_path / "service.yaml"
    path.write_text("apiVersion: v1\nkind: Service\n")
    assert plimsoll("policy", "import", path).returncode == 4


def test_conformance_counts_and_a_malformed_case_fails_alone(plimsoll: Plimsoll, tmp_path: Path):
    good = {"id": "a", "kind": "clamp_default", "expected": {"replicas": 6}}
    good["input"] = {"current_replicas": 3, "desired_replicas": 9, "min_replicas": 1, "max_replicas": 20}
    good["input"] |= {"scale_up_limit_factor": 2, "scale_up_limit_minimum": 4}
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": [good, {"id": "b", "kind": "clamp_default"}]}))
    done = plimsoll("policy", "conformance", path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (3, "1 passed, 1 failed")
    assert "malformed case" in done.stdout


@pytest.mark.parametrize(("content", "said"), [("{", "is not JSON"), ("{}", "holds no list `cases`"), ("[]", None)])
def test_a_malformed_file_of_cases_is_one_clear_line(
    plimsoll: Plimsoll, tmp_path: Path, content: str, said: str | None
):
    path = tmp_path / "cases.json"
    path.write_text(content)
    done = plimsoll("policy", "conformance", path)
    assert done.returncode == (1 if said else 0)
    assert (said or "") in done.stderr


def test_the_given_cases_pass(plimsoll: Plimsoll, shared_data: Path):
    done = plimsoll("policy", "conformance", shared_data / "hpa" / "cases.json")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "107 passed, 0 failed")

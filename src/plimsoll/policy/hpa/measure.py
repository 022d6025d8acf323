"""How many replicas does one metric of an HPA ask for, given pods and samples?

Resource and pods metrics: replica_calculator.go GetResourceReplicas, GetRawResourceReplicas, GetMetricReplicas; object
and external metrics: GetObject(PerPod)MetricReplicas, GetExternal(PerPod)MetricReplicas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from plimsoll.domain.platform_policy import HpaController, HpaMetric, MetricType, TargetType
from plimsoll.policy.hpa.grouping import Groups, group_pods, ready_and_running
from plimsoll.policy.hpa.pods import Pod, ResourceSample, Samples, pod_usage
from plimsoll.policy.hpa.replicas import (
    Goal,
    Sums,
    Tolerance,
    average_replicas,
    pods_replicas,
    truncated,
    value_replicas,
    within,
)
from plimsoll.policy.hpa.requests import HpaMetricError, pod_requests

_MOST_INT64 = 2**63 - 1
_NO_PODS = "no pods returned by selector while calculating replica count"


@dataclass(frozen=True, slots=True)
class Sight:
    """The whole input of one reconcile: pods, and the answer of each metrics API (None: the API failed)."""

    pods: tuple[Pod, ...]
    resource: tuple[ResourceSample, ...] | None = ()
    per_pod: Samples | None = None
    object_milli: int | None = None
    external_milli: tuple[int, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """The replicas a metric asks for, and the usage it reports: percent and thousandths, where they apply."""

    replicas: int
    utilization: int | None = None
    raw_average_milli: int | None = None
    usage_milli: int | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The context that all metrics of one reconcile share."""

    sight: Sight
    controller: HpaController
    tolerance: Tolerance
    now_s: float
    spec_replicas: int
    status_replicas: int


def measure(metric: HpaMetric, scene: Scene) -> Measured:
    """Compute what one metric asks for. Raises HpaMetricError with the controller's text where it cannot."""
    if metric.type is MetricType.UNKNOWN:
        raise HpaMetricError(f"unknown metric source type {metric.name!r}")
    if metric.type in (MetricType.RESOURCE, MetricType.CONTAINER_RESOURCE):
        return _resource(metric, scene)
    if metric.type is MetricType.PODS:
        if scene.sight.per_pod is None or not scene.sight.per_pod:
            raise HpaMetricError(f"unable to get metric {metric.name}: no metrics returned from custom metrics API")
        return _plain(metric.target, scene.sight.per_pod, "", scene)
    if metric.type is MetricType.OBJECT:
        if scene.sight.object_milli is None:
            raise HpaMetricError(f"unable to get metric {metric.name}: no metrics returned from custom metrics API")
        return _total(metric, scene.sight.object_milli, scene)
    if not scene.sight.external_milli:
        raise HpaMetricError(
            f"unable to get external metric {metric.name}: no metrics returned from external metrics API"
        )
    return _total(metric, min(sum(scene.sight.external_milli), _MOST_INT64), scene)


def _resource(metric: HpaMetric, scene: Scene) -> Measured:
    if not scene.sight.resource:
        raise HpaMetricError(
            f"unable to get metrics for resource {metric.name}: no metrics returned from resource metrics API"
        )
    container = metric.container if metric.type is MetricType.CONTAINER_RESOURCE else None
    samples = pod_usage(scene.sight.resource, metric.name, container)
    if metric.target_type is not TargetType.UTILIZATION:
        return _plain(metric.target, samples, metric.name, scene)
    groups, counted = _counted(samples, metric.name, scene)
    requests = pod_requests(scene.sight.pods, container, metric.name)
    both = [name for name in counted if name in requests]
    per = sum(requests[name] for name in both)
    if per == 0:
        raise HpaMetricError("no metrics returned matched known pods")
    usage = sum(counted[name].value_milli for name in both)
    fill = max(100, metric.target)
    sums = Sums(
        usage, per, len(counted), groups.ready_count,
        len(groups.missing), sum(requests[name] for name in groups.missing),
        sum(requests[name] * fill // 100 for name in groups.missing),
        len(groups.unready), sum(requests[name] for name in groups.unready),
    )  # fmt: skip
    count = pods_replicas(sums, Goal(metric.target, 100), scene.tolerance, scene.spec_replicas)
    return Measured(count, truncated(usage * 100, per), usage // len(both))


def _plain(target: int, samples: Samples, resource: str, scene: Scene) -> Measured:
    groups, counted = _counted(samples, resource, scene)
    usage = sum(sample.value_milli for sample in counted.values())
    missing, unready = len(groups.missing), len(groups.unready)
    sums = Sums(
        usage, len(counted), len(counted), groups.ready_count, missing, missing, missing * target, unready, unready
    )
    count = pods_replicas(sums, Goal(target, 1), scene.tolerance, scene.spec_replicas)
    return Measured(count, usage_milli=truncated(usage, len(counted)))


def _counted(samples: Samples, resource: str, scene: Scene) -> tuple[Groups, Samples]:
    """Group the pods and drop the samples of those that do not count."""
    if not scene.sight.pods:
        raise HpaMetricError(_NO_PODS)
    groups = group_pods(scene.sight.pods, samples, resource, scene.controller, scene.now_s)
    dropped = groups.ignored | groups.unready
    counted = {name: sample for name, sample in samples.items() if name not in dropped}
    if not counted:
        raise HpaMetricError("did not receive metrics for targeted pods (pods might be unready)")
    return groups, counted


def _total(metric: HpaMetric, value: int, scene: Scene) -> Measured:
    if metric.target_type is TargetType.AVERAGE_VALUE:
        count = average_replicas(value, metric.target, scene.tolerance, scene.status_replicas)
        usage = min(math.ceil(value / scene.status_replicas), _MOST_INT64) if scene.status_replicas else value
        return Measured(count, usage_milli=usage)
    unasked = scene.spec_replicas == 0 or within(value / metric.target, scene.tolerance)
    if not (scene.sight.pods or unasked):
        raise HpaMetricError(f"unable to calculate ready pods: {_NO_PODS}")
    ready = ready_and_running(scene.sight.pods)
    count = value_replicas(value, metric.target, scene.tolerance, scene.spec_replicas, ready)
    return Measured(count, usage_milli=value)

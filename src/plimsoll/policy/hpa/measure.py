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
class Observed:
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
class Context:
    """The context that all metrics of one reconcile share."""

    observed: Observed
    controller: HpaController
    tolerance: Tolerance
    now_s: float
    spec_replicas: int
    status_replicas: int


def measure(metric: HpaMetric, context: Context) -> Measured:
    """Compute what one metric asks for. Raises HpaMetricError with the controller's text where it cannot."""
    if metric.type is MetricType.UNKNOWN:
        raise HpaMetricError(f"unknown metric source type {metric.name!r}")
    if metric.type in (MetricType.RESOURCE, MetricType.CONTAINER_RESOURCE):
        return _resource(metric, context)
    if metric.type is MetricType.PODS:
        if context.observed.per_pod is None or not context.observed.per_pod:
            raise HpaMetricError(f"unable to get metric {metric.name}: no metrics returned from custom metrics API")
        return _plain(metric.target, context.observed.per_pod, "", context)
    if metric.type is MetricType.OBJECT:
        if context.observed.object_milli is None:
            raise HpaMetricError(f"unable to get metric {metric.name}: no metrics returned from custom metrics API")
        return _total(metric, context.observed.object_milli, context)
    if not context.observed.external_milli:
        raise HpaMetricError(
            f"unable to get external metric {metric.name}: no metrics returned from external metrics API"
        )
    return _total(metric, min(sum(context.observed.external_milli), _MOST_INT64), context)


def _resource(metric: HpaMetric, context: Context) -> Measured:
    if not context.observed.resource:
        raise HpaMetricError(
            f"unable to get metrics for resource {metric.name}: no metrics returned from resource metrics API"
        )
    container = metric.container if metric.type is MetricType.CONTAINER_RESOURCE else None
    samples = pod_usage(context.observed.resource, metric.name, container)
    if metric.target_type is not TargetType.UTILIZATION:
        return _plain(metric.target, samples, metric.name, context)
    groups, counted = _counted(samples, metric.name, context)
    requests = pod_requests(context.observed.pods, container, metric.name)
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
    count = pods_replicas(sums, Goal(metric.target, 100), context.tolerance, context.spec_replicas)
    return Measured(count, truncated(usage * 100, per), usage // len(both))


def _plain(target: int, samples: Samples, resource: str, context: Context) -> Measured:
    groups, counted = _counted(samples, resource, context)
    usage = sum(sample.value_milli for sample in counted.values())
    missing, unready = len(groups.missing), len(groups.unready)
    sums = Sums(
        usage, len(counted), len(counted), groups.ready_count, missing, missing, missing * target, unready, unready
    )
    count = pods_replicas(sums, Goal(target, 1), context.tolerance, context.spec_replicas)
    return Measured(count, usage_milli=truncated(usage, len(counted)))


def _counted(samples: Samples, resource: str, context: Context) -> tuple[Groups, Samples]:
    """Group the pods and drop the samples of those that do not count."""
    if not context.observed.pods:
        raise HpaMetricError(_NO_PODS)
    groups = group_pods(context.observed.pods, samples, resource, context.controller, context.now_s)
    dropped = groups.ignored | groups.unready
    counted = {name: sample for name, sample in samples.items() if name not in dropped}
    if not counted:
        raise HpaMetricError("did not receive metrics for targeted pods (pods might be unready)")
    return groups, counted


def _total(metric: HpaMetric, value: int, context: Context) -> Measured:
    if metric.target_type is TargetType.AVERAGE_VALUE:
        count = average_replicas(value, metric.target, context.tolerance, context.status_replicas)
        usage = min(math.ceil(value / context.status_replicas), _MOST_INT64) if context.status_replicas else value
        return Measured(count, usage_milli=usage)
    unasked = context.spec_replicas == 0 or within(value / metric.target, context.tolerance)
    if not (context.observed.pods or unasked):
        raise HpaMetricError(f"unable to calculate ready pods: {_NO_PODS}")
    ready = ready_and_running(context.observed.pods)
    count = value_replicas(value, metric.target, context.tolerance, context.spec_replicas, ready)
    return Measured(count, usage_milli=value)

"""What is odd about an imported autoscaler? At which load would it add its first replica, and can it act at all?"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.domain.errors import Place
from plimsoll.domain.finding import Finding
from plimsoll.domain.platform_policy import (
    HpaMetric,
    HpaPolicy,
    KedaPolicy,
    MetricType,
    SelectPolicy,
    TargetType,
)
from plimsoll.policy.hpa.replicas import Goal, Sums, pods_replicas
from plimsoll.policy.hpa.rules import tolerance
from plimsoll.policy.platforms.keda import hpa_of

_RESOURCES = (MetricType.RESOURCE, MetricType.CONTAINER_RESOURCE)


def first_scale_out(policy: HpaPolicy, metric: HpaMetric) -> int:
    """Find the smallest average, in percent or thousandths, at which the smallest fleet grows.

    >>> cpu = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70)
    >>> first_scale_out(HpaPolicy("web", 2, 10, (cpu,)), cpu)
    78
    """
    near, count = tolerance(policy.behavior, policy.controller), max(policy.min, 1)
    low, high = metric.target, metric.target * 2 + int(metric.target * near.up) + 2
    while low < high:
        middle = (low + high) // 2
        sums = Sums(middle * count, count, count, count)
        if pods_replicas(sums, Goal(metric.target, 1), near, count) > count:
            high = middle
        else:
            low = middle + 1
    return low


def hpa_lints(policy: HpaPolicy) -> Iterator[Finding]:
    """List what is odd about an HPA."""
    places = (policy.place,) if policy.place else ()
    if policy.min == policy.max:
        yield Finding("cannot-scale", f"{policy.name}: min and max are both {policy.min}", "it never scales", places)
    for metric in policy.metrics:
        yield _first(policy, metric)
        full = metric.type in _RESOURCES and metric.target_type is TargetType.UTILIZATION
        if full and first_scale_out(policy, metric) > 100:
            text = f"{policy.name}: {metric.name} must pass 100 % of its request before a replica is added"
            yield Finding(
                "needs-more-than-requested", text, "it never fires where the limit equals the request", _at(metric)
            )
    down = policy.behavior.down if policy.behavior else None
    if down is not None and down.select is SelectPolicy.DISABLED:
        yield Finding("never-scales-in", f"{policy.name}: scaling down is disabled", "", places)


def _first(policy: HpaPolicy, metric: HpaMetric) -> Finding:
    count, first = max(policy.min, 1), first_scale_out(policy, metric)
    if metric.target_type is TargetType.UTILIZATION:
        what = f"{metric.name} averages {first} % of its request, not {metric.target} %"
    else:
        what = f"{metric.name} averages {first / 1000:g} a replica ({first * count / 1000:g} in all)"
        what += f", not {metric.target / 1000:g}"
    text = f"{policy.name}: from {count} replica{'s' if count > 1 else ''}, the first is added when {what}"
    return Finding("first-replica", text, "", _at(metric))


def keda_lints(policy: KedaPolicy) -> Iterator[Finding]:
    """List what is odd about a ScaledObject."""
    places = (policy.place,) if policy.place else ()
    resources = [trigger for trigger in policy.triggers if trigger.scaler in ("cpu", "memory")]
    if policy.min == 0 and len(resources) == len(policy.triggers):
        text = f"{policy.name}: minReplicaCount is 0, but with CPU and memory alone KEDA never goes to zero"
        yield Finding("never-at-zero", text, "they count as active as long as they are measured", places)
    if policy.idle is not None and policy.idle >= policy.min:
        text = f"{policy.name}: idleReplicaCount {policy.idle} is not below minReplicaCount {policy.min}"
        yield Finding("idle-not-below-minimum", text, "", places)
    for trigger in policy.triggers if policy.fallback else ():
        if trigger in resources:
            text = f"{policy.name}: fallback does not cover trigger {trigger.name}, which is CPU or memory"
            yield Finding("fallback-not-for-trigger", text, "", (trigger.place,) if trigger.place else ())
    yield from hpa_lints(hpa_of(policy))


def both_act(hpa: HpaPolicy, resources: frozenset[str], vpa: str, mode: str) -> Iterator[Finding]:
    """Report an HPA and a self-acting VPA that scale on the same resource of the same target."""
    scaled = {metric.name for metric in hpa.metrics if metric.type in _RESOURCES}
    both = sorted(scaled & resources)
    if both and mode not in ("Off", "Initial"):
        what = f"both act on {' and '.join(both)} of {hpa.target_name}: they fight"
        text = f"HPA {hpa.name} and VPA {vpa} (mode {mode}) {what}"
        yield Finding("two-autoscalers", text, "keep one of them on each resource", (hpa.place,) if hpa.place else ())


def _at(metric: HpaMetric) -> tuple[Place, ...]:
    return (metric.place,) if metric.place else ()

"""One whole reconcile of an HPA: what does it decide, and what do its conditions say? horizontal.go.

The order is that of the controller: read the scale; remember the initial size; handle the cases that need no metric;
metrics; stabilization; rate limits and clamp; write. `Failing` states which outside calls fail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType
from plimsoll.policy.hpa import rules
from plimsoll.policy.hpa.events import Events
from plimsoll.policy.hpa.limits import LIMIT_REASONS, WITHIN_RANGE, Bounds
from plimsoll.policy.hpa.measure import Context, Observed, measure
from plimsoll.policy.hpa.requests import HpaMetricError
from plimsoll.policy.hpa.totals import HpaMemory, hpa_acted, metrics_forbid, settle, without_metrics


class Failing(str, Enum):
    """The outside calls of a reconcile that fail."""

    GET_SCALE = "get_scale"
    UPDATE_SCALE = "update_scale"
    RESOURCE_METRICS = "resource_metrics"
    CUSTOM_METRICS = "custom_metrics"
    EXTERNAL_METRICS = "external_metrics"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the HPA's status."""

    type: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the controller remembers of one HPA: recommendations (time, count), events (time, change, outdated)."""

    recommendations: tuple[tuple[float, int], ...] | None = None
    ups: tuple[tuple[float, int, bool], ...] = ()
    downs: tuple[tuple[float, int, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The outcome: the size asked for, the conditions (each type once), CPU utilization in percent, new memory."""

    replicas: int
    conditions: tuple[Condition, ...]
    remembered: Remembered
    cpu_utilization: int | None = None
    error: str | None = None


_FAILED = {
    MetricType.RESOURCE: "FailedGetResourceMetric",
    MetricType.CONTAINER_RESOURCE: "FailedGetContainerResourceMetric",
    MetricType.PODS: "FailedGetPodsMetric",
    MetricType.OBJECT: "FailedGetObjectMetric",
    MetricType.EXTERNAL: "FailedGetExternalMetric",
    MetricType.UNKNOWN: "InvalidMetricSourceType",
}


def reconcile(
    policy: HpaPolicy,
    remembered: Remembered,
    observed: Observed,
    replicas: tuple[int, int],
    now_s: float,
    failing: frozenset[Failing] = frozenset(),
) -> Reconciled:
    """Make one step; `replicas` are those of the spec and of the status."""
    spec, status = replicas
    if Failing.GET_SCALE in failing:
        return Reconciled(spec, (Condition("AbleToScale", "False", "FailedGetScale"),), remembered)
    if remembered.recommendations is None:
        remembered = replace(remembered, recommendations=((now_s, spec),))
    able = Condition("AbleToScale", "True", "SucceededGetScale")
    at_once = without_metrics(Bounds(policy.min, policy.max), spec)
    if at_once == spec == 0:
        return Reconciled(0, (able, Condition("ScalingActive", "False", "ScalingDisabled")), remembered)
    if at_once >= 0:
        return _written(policy, Reconciled(at_once, (able,), remembered), spec, now_s, failing)
    tolerance = rules.tolerance(policy.behavior, policy.controller)
    context = Context(_available(observed, failing), policy.controller, tolerance, now_s, spec, status)
    proposal = _proposal(policy.metrics, context)
    if isinstance(proposal, Reconciled):
        return replace(proposal, conditions=(able, *proposal.conditions), remembered=remembered)
    outcome = replace(
        settled(policy, remembered, spec, proposal.replicas, now_s), cpu_utilization=proposal.cpu_utilization
    )
    return outcome if outcome.replicas == spec else _written(policy, outcome, spec, now_s, failing)


def _available(observed: Observed, failing: frozenset[Failing]) -> Observed:
    if Failing.RESOURCE_METRICS in failing:
        observed = replace(observed, resource=None)
    if Failing.CUSTOM_METRICS in failing:
        observed = replace(observed, per_pod=None, object_milli=None)
    if Failing.EXTERNAL_METRICS in failing:
        observed = replace(observed, external_milli=None)
    return observed


@dataclass(frozen=True, slots=True)
class _Proposal:
    replicas: int
    cpu_utilization: int | None


def _proposal(metrics: tuple[HpaMetric, ...], context: Context) -> _Proposal | Reconciled:
    """Take the largest of the metrics' proposals; a metric that fails forbids scaling down, never up."""
    best, failures, cpu = 0, [], None
    for metric in metrics:
        try:
            measured = measure(metric, context)
        except HpaMetricError as error:
            failures.append((_FAILED[metric.type], str(error)))
            continue
        best = max(best, measured.replicas)
        if metric.name == "cpu" and cpu is None:
            cpu = measured.utilization
    if metrics_forbid(best, len(failures), len(metrics), context.spec_replicas):
        reason, text = failures[0]
        return Reconciled(
            context.spec_replicas, (Condition("ScalingActive", "False", reason),), Remembered(), cpu, text
        )
    return _Proposal(best, cpu)


def settled(policy: HpaPolicy, remembered: Remembered, spec: int, proposed: int, now_s: float) -> Reconciled:
    """Stabilize a proposal, limit its rate and clamp it; nothing is written yet."""
    memory = _memory(remembered)
    count, steady, code = settle(rules.program_of(policy), memory, now_s, spec, proposed)
    size = int(memory.slots.size[0])
    rows = zip(memory.slots.times_s[:size], memory.slots.counts[:size], strict=True)
    conditions = (
        Condition("AbleToScale", "True", _able_reason(policy, spec, proposed, steady)),
        Condition("ScalingActive", "True", "ValidMetricFound"),
        Condition("ScalingLimited", "False" if code == WITHIN_RANGE else "True", LIMIT_REASONS[code]),
    )
    recommendations = tuple((float(time_s), int(n)) for time_s, n in rows)
    return Reconciled(count, conditions, replace(remembered, recommendations=recommendations))


def _memory(remembered: Remembered) -> HpaMemory:
    return HpaMemory(
        rules.slots(remembered.recommendations or ()), rules.events(remembered.ups), rules.events(remembered.downs)
    )


def _able_reason(policy: HpaPolicy, spec: int, proposed: int, steady: int) -> str:
    if steady == proposed:
        return "ReadyForNewScale"
    return "ScaleUpStabilized" if policy.behavior is not None and proposed >= spec else "ScaleDownStabilized"


def _written(policy: HpaPolicy, wanted: Reconciled, spec: int, now_s: float, failing: frozenset[Failing]) -> Reconciled:
    """Write the new size, and remember the event when a behavior is set; a failed write leaves no event."""
    others = wanted.conditions[1:]
    if Failing.UPDATE_SCALE in failing:
        failed = Condition("AbleToScale", "False", "FailedUpdateScale")
        return replace(wanted, replicas=spec, conditions=(failed, *others))
    conditions = (Condition("AbleToScale", "True", "SucceededRescale"), *others)
    remembered = after_scaling(policy, wanted.remembered, wanted.replicas - spec, now_s)
    return replace(wanted, conditions=conditions, remembered=remembered)


def after_scaling(policy: HpaPolicy, remembered: Remembered, change: int, now_s: float) -> Remembered:
    """Remember a change that was written; without a behavior nothing is."""
    memory = _memory(remembered)
    hpa_acted(rules.program_of(policy), memory, now_s, change)
    return replace(remembered, ups=_happened(memory.ups), downs=_happened(memory.downs))


def _happened(events: Events) -> tuple[tuple[float, int, bool], ...]:
    rows = zip(events.times_s, events.changes, events.outdated, strict=True)
    return tuple((float(time_s), int(n), bool(old)) for time_s, n, old in list(rows)[: int(events.size[0])])

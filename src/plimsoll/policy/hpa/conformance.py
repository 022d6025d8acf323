"""Do the HPA rules give what a case expects? One function for each of the eleven kinds of case.

Each takes the case's input and answers in the form of its `expected`; a field that a case does not expect is not
compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plimsoll.domain.platform_policy import HpaController, HpaPolicy, MetricType
from plimsoll.policy.hpa import case_form as form
from plimsoll.policy.hpa import limits
from plimsoll.policy.hpa.case_form import MalformedCase
from plimsoll.policy.hpa.events import Events, change_within, store
from plimsoll.policy.hpa.grouping import group_pods
from plimsoll.policy.hpa.measure import Context, Observed, measure
from plimsoll.policy.hpa.pods import Pod
from plimsoll.policy.hpa.reconcile import Failing, Remembered, reconcile
from plimsoll.policy.hpa.replicas import Tolerance
from plimsoll.policy.hpa.requests import HpaMetricError, pod_requests
from plimsoll.policy.hpa.rules import down_rules, events, slots, up_rules
from plimsoll.policy.hpa.stabilization import Slots, stabilized, stabilized_by_default
from plimsoll.policy.hpa.trajectory import trajectory

Given = Mapping[str, Any]
Answer = dict[str, Any]


def _replica_calculation(given: Given) -> Answer:
    metric_form = form.mapping(form.field(given, "metric"), "metric")
    metric, controller = form.metric(metric_form), form.controller(given)
    current = form.whole(given, "current_replicas")
    observed = _observed_of(metric_form, metric.type, form.items(given, "pods", form.pod))
    within = Tolerance(controller.tolerance_down, controller.tolerance_up)
    status = form.whole(given, "status_replicas", current)
    try:
        measured = measure(metric, Context(observed, controller, within, form.number(given, "now_s"), current, status))
    except HpaMetricError as error:
        return {"error_contains": str(error)}
    return {
        "replicas": measured.replicas,
        "utilization": measured.utilization,
        "raw_average_milli": measured.raw_average_milli,
        "usage_milli": measured.usage_milli,
    }


def _observed_of(metric: Given, kind: MetricType, pods: tuple[Pod, ...]) -> Observed:
    if kind in (MetricType.RESOURCE, MetricType.CONTAINER_RESOURCE):
        return Observed(pods, resource=form.items(metric, "samples", form.resource_sample))
    if kind is MetricType.PODS:
        return Observed(pods, per_pod=dict(form.items(metric, "samples", form.pod_sample)))
    if kind is MetricType.OBJECT:
        return Observed(pods, object_milli=form.whole(metric, "value_milli"))
    return Observed(pods, external_milli=form.numbers(metric, "values_milli"))


def _reconcile(given: Given) -> Answer:
    hpa, target = (form.mapping(form.field(given, name), name) for name in ("hpa", "target"))
    policy = HpaPolicy(
        "case",
        form.whole(hpa, "min_replicas", 1),
        form.whole(hpa, "max_replicas"),
        form.items(hpa, "metrics", form.metric),
        form.behavior(hpa.get("behavior")),
        form.controller(given),
    )
    now_s = form.number(given, "now_s")
    recent = given.get("recommendations")
    remembered = Remembered(None if recent is None else _recommendations(given, now_s))
    sources = form.mapping(given.get("metrics_sources") or {}, "metrics_sources")
    failing = frozenset(form.member(Failing, name, "fault") for name in given.get("faults") or ())
    observed = form.observed(sources, form.items(given, "pods", form.pod))
    spec = form.whole(target, "spec_replicas")
    sizes = (spec, form.whole(target, "status_replicas", spec))
    outcome = reconcile(policy, remembered, observed, sizes, now_s, failing)
    conditions = [{"type": one.type, "status": one.status, "reason": one.reason} for one in outcome.conditions]
    return {
        "desired_replicas": outcome.replicas,
        "conditions": sorted(conditions, key=lambda one: one["type"]),
        "cpu_utilization": outcome.cpu_utilization,
        "error_contains": outcome.error,
    }


def _behavior_rate_limit(given: Given) -> Answer:
    current, desired = form.whole(given, "current_replicas"), form.whole(given, "desired_replicas")
    ups, downs = _events(given, "scale_up_events"), _events(given, "scale_down_events")
    up = up_rules(form.rules(given.get("scale_up")))
    down = down_rules(form.rules(given.get("scale_down")), HpaController())
    upwards = desired > current
    allowed = (
        limits.up_limit(up, ups, downs, 0.0, current) if upwards else limits.down_limit(down, ups, downs, 0.0, current)
    )
    count, code = limits.clamped(current, desired, _bounds(given), allowed)
    return {"replicas": count, "reason": limits.LIMIT_REASONS[code]}


def _behavior_limit(given: Given) -> Answer:
    current, rules = form.whole(given, "current_replicas"), form.rules(given.get("rules"))
    ups, downs = _events(given, "scale_up_events"), _events(given, "scale_down_events")
    direction = form.field(given, "direction")
    if direction == "up":
        return {"limit": limits.up_limit(up_rules(rules), ups, downs, 0.0, current)}
    if direction == "down":
        return {"limit": limits.down_limit(down_rules(rules, HpaController()), ups, downs, 0.0, current)}
    raise MalformedCase(f"direction {direction!r} is neither up nor down")


def _group_pods(given: Given) -> Answer:
    samples = dict(form.items(given, "metrics", lambda one: form.pod_sample(one, "value")))
    pods = form.items(given, "pods", form.pod)
    now_s, resource = form.number(given, "now_s"), str(given.get("resource") or "")
    groups = group_pods(pods, samples, resource, form.controller(given), now_s)
    named = {name: sorted(getattr(groups, name)) for name in ("unready", "missing", "ignored")}
    return {"ready_count": groups.ready_count, **named}


def _pod_requests(given: Given) -> Answer:
    container, level = given.get("container"), bool(given.get("pod_level_resources_enabled"))
    pods, resource = form.items(given, "pods", form.pod), str(form.field(given, "resource"))
    try:
        return {"requests_milli": pod_requests(pods, container, resource, level)}
    except HpaMetricError as error:
        return {"error_contains": str(error)}


def _stabilize_behavior(given: Given) -> Answer:
    kept = _slots(given)
    windows = (form.number(given, "scale_up_window_s"), form.number(given, "scale_down_window_s"))
    current, desired = form.whole(given, "current_replicas"), form.whole(given, "desired_replicas")
    count = stabilized(kept, 0.0, current, desired, windows)
    return {"replicas": count, "stored": [int(n) for n in kept.counts[: kept.size[0]]]}


def _stabilize_default(given: Given) -> Answer:
    kept = _slots(given)
    window_s = form.number(given, "downscale_stabilization_s")
    count = stabilized_by_default(kept, 0.0, form.whole(given, "desired_replicas"), window_s)
    return {"replicas": count, "stored_count": int(kept.size[0])}


def _store_scale_events(given: Given) -> Answer:
    rules, happened = form.rules(given.get("rules")), _events(given, "events")
    before = change_within(happened, 0.0, 60)
    if rules is not None:
        store(happened, 0.0, form.whole(given, "change"), limits.longest_period(up_rules(rules)))
    rows = [(int(n), bool(o)) for n, o in zip(happened.changes, happened.outdated, strict=True)]
    kept = [{"change": change, "outdated": old} for change, old in rows[: happened.size[0]]]
    return {"events": kept, "change_in_last_60s_before": before}


def _clamp_default(given: Given) -> Answer:
    current, desired = form.whole(given, "current_replicas"), form.whole(given, "desired_replicas")
    cap = (form.number(given, "scale_up_limit_factor"), form.number(given, "scale_up_limit_minimum"))
    count, code = limits.clamped_by_default(current, desired, _bounds(given), cap)
    return {"replicas": count, "reason": limits.LIMIT_REASONS[code]}


def _trajectory(given: Given) -> Answer:
    controller = form.controller(given)
    bounds = form.whole(given, "min_replicas"), form.whole(given, "max_replicas")
    policy = HpaPolicy("case", *bounds, (), form.behavior(given.get("behavior")), controller)
    proposals, start = form.numbers(given, "recommendations"), form.whole(given, "start_replicas")
    return {"replicas": list(trajectory(policy, start, proposals, form.number(given, "sync_period_s")))}


def _recommendations(given: Given, now_s: float = 0.0) -> tuple[tuple[float, int], ...]:
    def remembered(one: Given) -> tuple[float, int]:
        return now_s - form.number(one, "age_s"), form.whole(one, "replicas")

    return form.items(given, "recommendations", remembered)


def _slots(given: Given) -> Slots:
    return slots(_recommendations(given))


def _events(given: Given, name: str) -> Events:
    def happened(one: Given) -> tuple[float, int, bool]:
        return -form.number(one, "age_s"), form.whole(one, "change"), bool(one.get("outdated"))

    return events(form.items(given, name, happened))


def _bounds(given: Given) -> limits.Bounds:
    return limits.Bounds(form.whole(given, "min_replicas"), form.whole(given, "max_replicas"))


KINDS: dict[str, Callable[[Given], Answer]] = {
    "replica_calculation": _replica_calculation,
    "reconcile": _reconcile,
    "behavior_rate_limit": _behavior_rate_limit,
    "behavior_limit": _behavior_limit,
    "group_pods": _group_pods,
    "pod_requests": _pod_requests,
    "stabilize_behavior": _stabilize_behavior,
    "stabilize_default": _stabilize_default,
    "store_scale_events": _store_scale_events,
    "clamp_default": _clamp_default,
    "trajectory": _trajectory,
}


def fault(case: Any) -> str | None:
    """Run one case; return None where it passes, else what is wrong with the answer or with the case.

    >>> given = {"current_replicas": 3, "desired_replicas": 9, "min_replicas": 1, "max_replicas": 20}
    >>> given |= {"scale_up_limit_factor": 2, "scale_up_limit_minimum": 4}
    >>> fault({"id": "a", "kind": "clamp_default", "input": given, "expected": {"replicas": 7}})
    'replicas: expected 7, got 6'
    """
    try:
        source = form.mapping(case, "a case")
        kind, expected = form.field(source, "kind"), form.mapping(form.field(source, "expected"), "expected")
        given = form.mapping(form.field(source, "input"), "input")
        if kind not in KINDS:
            raise MalformedCase(f"kind {kind!r} is not one of {', '.join(KINDS)}")
        if not expected:
            raise MalformedCase("expected is empty")
        return _difference(expected, KINDS[kind](given))
    except MalformedCase as error:
        return f"malformed case: {error}"
    except (ArithmeticError, TypeError, ValueError, AttributeError) as error:
        return f"malformed case: it cannot be computed ({type(error).__name__}: {error})"


def _difference(expected: Mapping[str, Any], got: Answer) -> str | None:
    wrong = [
        f"{name}: expected {wanted!r}, got {got.get(name)!r}"
        for name, wanted in expected.items()
        if not _same(name, wanted, got.get(name))
    ]
    return "; ".join(wrong) or None


def _same(name: str, wanted: Any, got: Any) -> bool:
    if name == "error_contains":
        return isinstance(got, str) and str(wanted) in got
    if name in ("conditions", "unready", "missing", "ignored") and isinstance(wanted, list):
        return bool(sorted(map(str, map(_plain, wanted))) == sorted(map(str, map(_plain, got or ()))))
    return bool(wanted == got)


def _plain(value: Any) -> Any:
    return sorted(value.items()) if isinstance(value, dict) else value

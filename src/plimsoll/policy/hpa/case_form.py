"""How does a conformance case state its input? JSON values -> pods, samples, policies; errors name the field.

Null differs from an empty list: null is "not set". Times are seconds, amounts thousandths.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from plimsoll.domain.platform_policy import (
    HpaBehavior,
    HpaController,
    HpaMetric,
    HpaRate,
    HpaRules,
    MetricType,
    SelectPolicy,
    TargetType,
)
from plimsoll.policy.hpa.measure import Observed
from plimsoll.policy.hpa.pods import Container, ContainerUsage, Pod, Ready, ResourceSample, Sample

T = TypeVar("T")


class MalformedCase(Exception):
    """A case lacks a required field or has a wrong one; the text names the field."""


def mapping(value: Any, name: str) -> Mapping[str, Any]:
    """Take a value as an object."""
    if not isinstance(value, dict):
        raise MalformedCase(f"{name} must be an object, not {_kind(value)}")
    return value


def field(source: Mapping[str, Any], name: str) -> Any:
    """Take a required field."""
    if name not in source:
        raise MalformedCase(f"{name} is missing")
    return source[name]


def number(source: Mapping[str, Any], name: str, default: float | None = None) -> float:
    """Take a number; `default` stands in where the field is absent or null."""
    value = source.get(name) if default is not None else field(source, name)
    if value is None and default is not None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedCase(f"{name} must be a number, not {_kind(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise MalformedCase(f"{name} must be a finite number, not {value}")
    return value


def whole(source: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """Take a whole number."""
    value = number(source, name, default)
    if value != int(value):
        raise MalformedCase(f"{name} must be a whole number, not {value}")
    return int(value)


def items(source: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    """Take a list of objects; null and absent are empty."""
    value = source.get(name)
    if value is not None and not isinstance(value, list):
        raise MalformedCase(f"{name} must be a list, not {_kind(value)}")
    return tuple(read(mapping(one, f"each of {name}")) for one in value or ())


def member(kind: Callable[[Any], T], value: Any, name: str) -> T:
    """Take a value as one of an enumeration."""
    try:
        return kind(value)
    except ValueError:
        raise MalformedCase(f"{name} {value!r} is not known") from None


def amounts(value: Any, name: str) -> dict[str, int]:
    """Take an object of whole numbers."""
    found = mapping(value if value is not None else {}, name)
    return {key: whole(found, key) for key in found}


def container(source: Mapping[str, Any]) -> Container:
    """Read a container; a restartable init container says `restart_policy: Always`."""
    restarts = "Always" in (source.get("restart_policy"), source.get("restartPolicy")) or bool(
        source.get("restartable")
    )
    return Container(str(field(source, "name")), amounts(source.get("requests_milli"), "requests_milli"), restarts)


def pod(source: Mapping[str, Any]) -> Pod:
    """Read a pod."""
    condition = source.get("ready_condition")
    ready = None
    if condition is not None:
        found = mapping(condition, "ready_condition")
        ready = Ready(str(field(found, "status")), number(found, "last_transition_s", 0))
    start, level = source.get("start_time_s"), source.get("pod_level_requests_milli")
    return Pod(
        name=str(field(source, "name")),
        phase=str(source.get("phase", "Running")),
        start_time_s=None if start is None else number(source, "start_time_s"),
        ready=ready,
        deleted=bool(source.get("deleted")),
        containers=items(source, "containers", container),
        init_containers=items(source, "init_containers", container),
        pod_level_milli=None if level is None else amounts(level, "pod_level_requests_milli"),
    )


def usage(source: Mapping[str, Any]) -> ContainerUsage:
    """Read what one container used."""
    return ContainerUsage(str(field(source, "name")), amounts(source.get("usage_milli"), "usage_milli"))


def resource_sample(source: Mapping[str, Any]) -> ResourceSample:
    """Read one pod of the resource metrics API."""
    taken, window = number(source, "timestamp_s", 0), number(source, "window_s", 60)
    return ResourceSample(str(field(source, "pod")), items(source, "containers", usage), taken, window)


def pod_sample(source: Mapping[str, Any], value: str = "value_milli") -> tuple[str, Sample]:
    """Read one pod's value of a custom metric."""
    sample = Sample(whole(source, value), number(source, "timestamp_s", 0), number(source, "window_s", 60))
    return str(field(source, "pod")), sample


def metric(source: Mapping[str, Any]) -> HpaMetric:
    """Read a metric's spec; a type that Kubernetes does not know is kept as unknown."""
    found = str(field(source, "type"))
    if found not in {known.value for known in MetricType}:
        return HpaMetric(MetricType.UNKNOWN, found, TargetType.VALUE, 1)
    target = mapping(field(source, "target"), "target")
    kind = member(TargetType, field(target, "type"), "target.type")
    aim = whole(target, "value" if kind is TargetType.UTILIZATION else "value_milli")
    if aim <= 0:
        raise MalformedCase(f"target must be above zero, not {aim}")
    named = source.get("container")
    name = str(field(source, "resource" if "resource" in source else "name"))
    return HpaMetric(MetricType(found), name, kind, aim, None if named is None else str(named))


def rules(value: Any) -> HpaRules | None:
    """Read the rules of one direction; null is the default."""
    if value is None:
        return None
    source = mapping(value, "rules")
    select, window, tolerance = (source.get(name) for name in ("select_policy", "stabilization_s", "tolerance"))
    return HpaRules(
        policies=None if source.get("policies") is None else items(source, "policies", rate),
        select=None if select is None else member(SelectPolicy, select, "select_policy"),
        stabilization_s=None if window is None else whole(source, "stabilization_s"),
        tolerance=None if tolerance is None else number(source, "tolerance"),
    )


def rate(source: Mapping[str, Any]) -> HpaRate:
    """Read one rate policy."""
    kind = field(source, "type")
    if kind not in ("Pods", "Percent"):
        raise MalformedCase(f"type {kind!r} of a rate policy is neither Pods nor Percent")
    return HpaRate(kind == "Percent", whole(source, "value"), whole(source, "period_s"))


def behavior(value: Any) -> HpaBehavior | None:
    """Read a behavior; null is none."""
    if value is None:
        return None
    source = mapping(value, "behavior")
    return HpaBehavior(rules(source.get("scale_up")), rules(source.get("scale_down")))


def controller(source: Mapping[str, Any]) -> HpaController:
    """Read the controller's flags; those not given keep their production defaults."""
    found = mapping(source.get("controller") or {}, "controller")
    standard = HpaController()
    known = {name: getattr(standard, name) for name in HpaController.__dataclass_fields__}
    return HpaController(**{name: number(found, name, default) for name, default in known.items()})


def observed(source: Mapping[str, Any], pods: tuple[Pod, ...]) -> Observed:
    """Read what the metrics APIs answer in a reconcile."""
    total = source.get("object_milli")
    return Observed(
        pods,
        items(source, "resource", resource_sample),
        dict(items(source, "pods", pod_sample)),
        None if total is None else whole(source, "object_milli"),
        numbers(source, "external_milli"),
    )


def numbers(source: Mapping[str, Any], name: str) -> tuple[int, ...]:
    """Take a list of whole numbers; null and absent are empty."""
    value = source.get(name)
    if value is not None and not isinstance(value, list):
        raise MalformedCase(f"{name} must be a list, not {_kind(value)}")
    return tuple(whole({name: one}, name) for one in value or ())


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: f"the text {value!r}", type(None): "null"}
    return names.get(type(value), f"{value!r}")

"""What does a HorizontalPodAutoscaler of autoscaling/v2 (or v1) say? The manifest -> the policy."""

from __future__ import annotations

from plimsoll.app.manifests.fields import Fields
from plimsoll.domain.platform_policy import (
    HpaBehavior,
    HpaMetric,
    HpaPolicy,
    HpaRate,
    HpaRules,
    MetricType,
    SelectPolicy,
    TargetType,
)

_SECTIONS = {
    MetricType.RESOURCE: "resource",
    MetricType.CONTAINER_RESOURCE: "containerResource",
    MetricType.PODS: "pods",
    MetricType.OBJECT: "object",
    MetricType.EXTERNAL: "external",
}
_TARGETS = {TargetType.AVERAGE_VALUE: "averageValue", TargetType.VALUE: "value"}


def hpa_policy(manifest: Fields) -> HpaPolicy:
    """Read an HPA. Raises InputError at the field that is wrong."""
    spec = manifest.child("spec")
    target = spec.child("scaleTargetRef")
    least, most = spec.whole("minReplicas", 1), spec.whole("maxReplicas")
    if least > most:
        other = spec.place("maxReplicas")
        raise spec.error(f"minReplicas {least} is above maxReplicas {most} (see {other})", "minReplicas")
    return HpaPolicy(
        name=manifest.child("metadata").text("name"),
        min=least,
        max=most,
        metrics=tuple(_metrics(spec)),
        behavior=_behavior(spec),
        target_name=target.text("name", ""),
        place=manifest.place("metadata", "name"),
    )


def _metrics(spec: Fields) -> list[HpaMetric]:
    if "targetCPUUtilizationPercentage" in spec.value:  # autoscaling/v1
        percent = spec.whole("targetCPUUtilizationPercentage")
        place = spec.place("targetCPUUtilizationPercentage")
        return [HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, percent, place=place)]
    found = [metric(one) for one in spec.children("metrics")]
    if not found:  # the API server's own default
        return [HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 80, place=spec.place())]
    return found


def metric(source: Fields) -> HpaMetric:
    """Read one metric."""
    kind = source.one_of(MetricType, "type")
    if kind is MetricType.UNKNOWN:
        raise source.error("is no metric type", "type")
    body = source.child(_SECTIONS[kind])
    resource = kind in (MetricType.RESOURCE, MetricType.CONTAINER_RESOURCE)
    name = body.text("name") if resource else body.child("metric").text("name")
    target = body.child("target")
    target_type = target.one_of(TargetType, "type")
    if target_type is TargetType.UTILIZATION:
        aim = target.whole("averageUtilization")
        if aim <= 0:
            raise target.error("is to be above zero", "averageUtilization")
    else:
        aim = target.milli(_TARGETS[target_type])
    container = body.text("container") if kind is MetricType.CONTAINER_RESOURCE else None
    return HpaMetric(kind, name, target_type, aim, container, source.place())


def _behavior(spec: Fields) -> HpaBehavior | None:
    if spec.value.get("behavior") is None:
        return None
    return behavior(spec.child("behavior"))


def behavior(source: Fields) -> HpaBehavior:
    """Read a behavior."""
    return HpaBehavior(*(_rules(source, name) for name in ("scaleUp", "scaleDown")))


def _rules(source: Fields, name: str) -> HpaRules | None:
    if source.value.get(name) is None:
        return None
    rules = source.child(name)
    selects = rules.value.get("selectPolicy") is not None
    tolerance = None if rules.value.get("tolerance") is None else rules.quantity("tolerance") / 1000
    if tolerance is not None and tolerance < 0:
        raise rules.error("is below zero", "tolerance")
    return HpaRules(
        policies=None
        if rules.value.get("policies") is None
        else tuple(_rate(one) for one in rules.children("policies")),
        select=rules.one_of(SelectPolicy, "selectPolicy") if selects else None,
        stabilization_s=rules.maybe_whole("stabilizationWindowSeconds"),
        tolerance=tolerance,
    )


def _rate(source: Fields) -> HpaRate:
    kind = source.text("type")
    if kind not in ("Pods", "Percent"):
        raise source.error(f"{kind[:40]!r} is neither Pods nor Percent", "type")
    return HpaRate(kind == "Percent", source.whole("value"), source.whole("periodSeconds"))

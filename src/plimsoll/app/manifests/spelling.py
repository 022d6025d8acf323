"""How is a platform's policy written in one of our policy files? The policy -> the input of `PolicySection`."""

from __future__ import annotations

from typing import Any

from plimsoll.app.model.units import written
from plimsoll.domain.platform_policy import (
    FallbackBehavior,
    HpaBehavior,
    HpaController,
    HpaMetric,
    HpaPolicy,
    HpaRules,
    KedaPolicy,
    KedaTrigger,
    MetricType,
    TargetType,
)
from plimsoll.domain.quantity import Dimension

_RESOURCES = ("cpu", "memory")  # have keys of their own
_TARGET_KEYS = {TargetType.AVERAGE_VALUE: "average", TargetType.VALUE: "value"}
Plain = dict[str, Any]


def spelled(policy: HpaPolicy | KedaPolicy) -> Plain:
    """Write a policy as the `policy` of a policy file."""
    if isinstance(policy, HpaPolicy):
        return {"name": policy.name, "hpa": hpa_form(policy)}
    return {"name": policy.name, "keda": _keda(policy)}


def hpa_form(policy: HpaPolicy) -> Plain:
    """Write an HPA as the `hpa` of a policy; values at their default are left out."""
    plain: Plain = {}
    further = []
    for metric in policy.metrics:
        by_request = metric.type is MetricType.RESOURCE and metric.target_type is TargetType.UTILIZATION
        if by_request and metric.name in _RESOURCES and metric.name not in plain:
            plain[metric.name] = plain_share(metric.target / 100)
        else:
            further.append(_metric(metric))
    if further:
        plain["metrics"] = further
    plain |= {"min": policy.min, "max": policy.max}
    usual = HpaController()
    if policy.controller.sync_period_s != usual.sync_period_s:
        plain["every"] = plain_time(policy.controller.sync_period_s)
    if policy.controller.tolerance_up != usual.tolerance_up:
        plain["tolerance"] = plain_share(policy.controller.tolerance_up)
    return plain if policy.behavior is None else plain | {"behavior": _behavior(policy.behavior)}


def _metric(metric: HpaMetric) -> Plain:
    plain: Plain = {"type": metric.type.value, "name": metric.name}
    if metric.container:
        plain["container"] = metric.container
    if metric.target_type is TargetType.UTILIZATION:
        return plain | {"utilization": plain_share(metric.target / 100)}
    return plain | {_TARGET_KEYS[metric.target_type]: plain_number(metric.target / 1000)}


def _behavior(behavior: HpaBehavior) -> Plain:
    sides = {"up": behavior.up, "down": behavior.down}
    return {name: _rules(rules) for name, rules in sides.items() if rules is not None}


def _rules(rules: HpaRules) -> Plain:
    plain: Plain = {}
    if rules.stabilization_s is not None:
        plain["window"] = plain_time(rules.stabilization_s)
    if rules.select is not None:
        plain["select"] = rules.select.value
    if rules.tolerance is not None:
        plain["tolerance"] = plain_share(rules.tolerance)
    if rules.policies:
        plain["policies"] = [
            {"percent" if rate.percent else "pods": rate.value, "period": plain_time(rate.period_s)}
            for rate in rules.policies
        ]
    return plain


def _keda(policy: KedaPolicy) -> Plain:
    plain: Plain = {
        "triggers": [_trigger(trigger) for trigger in policy.triggers],
        "min": policy.min,
        "max": policy.max,
        "every": plain_time(policy.polling_interval_s),
        "cooldown": plain_time(policy.cooldown_period_s),
    }
    if policy.idle is not None:
        plain["idle"] = policy.idle
    if policy.initial_cooldown_s:
        plain["initial_cooldown"] = plain_time(policy.initial_cooldown_s)
    if policy.fallback is not None:
        fallback = policy.fallback
        plain["fallback"] = {"failures": fallback.failure_threshold, "replicas": fallback.replicas}
        if fallback.behavior is not FallbackBehavior.STATIC:
            plain["fallback"]["behavior"] = fallback.behavior.value
    return plain if policy.behavior is None else plain | {"behavior": _behavior(policy.behavior)}


def _trigger(trigger: KedaTrigger) -> Plain:
    plain: Plain = {"scaler": trigger.scaler, "name": trigger.name, "threshold": plain_number(trigger.threshold)}
    if trigger.metric_type is not TargetType.AVERAGE_VALUE:
        plain["metric_type"] = trigger.metric_type.value
    if trigger.activation_threshold:
        plain["activation"] = plain_number(trigger.activation_threshold)
    return plain | ({"metadata": dict(trigger.metadata)} if trigger.metadata else {})


def plain_number(value: float) -> float | int:
    """Write a number as a whole one where it is."""
    return int(value) if value == int(value) else value


def plain_time(seconds: float) -> str | float:
    """Write a span of time with its unit."""
    return written(float(seconds), Dimension.TIME)


def plain_share(ratio: float) -> str | float:
    """Write a share in percent."""
    return written(ratio, Dimension.RATIO)

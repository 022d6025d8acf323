"""How does the file's short form of a platform policy become the platform's own object?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plimsoll.app.model.platform_faults import alarm_faults, target_faults, threshold_faults
from plimsoll.app.model.platform_policies import (
    AwsAlarmSection,
    HpaBehaviorSection,
    HpaMetricSection,
    HpaRulesSection,
    HpaSection,
    NomadCheckSection,
)
from plimsoll.app.model.policies import PolicySection
from plimsoll.app.model.policy_context import Context
from plimsoll.domain.platform_policy import (
    Adjustment,
    AwsStep,
    AwsStepPolicy,
    AwsStepScaling,
    AwsTargetTracking,
    AwsTracked,
    FallbackBehavior,
    HpaBehavior,
    HpaController,
    HpaMetric,
    HpaPolicy,
    HpaRate,
    HpaRules,
    KedaFallback,
    KedaPolicy,
    KedaTrigger,
    MetricType,
    NomadCheck,
    NomadPolicy,
    NomadTargetValue,
    NomadThreshold,
    SelectPolicy,
    TargetType,
)
from plimsoll.domain.policies import PlatformPolicy


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most replicas."""

    min: int
    max: int


def platform_policy(section: PolicySection, kind: str, bounds: Bounds, context: Context) -> PlatformPolicy:
    """Translate a policy of one of the platforms' kinds."""
    return _TRANSLATORS[kind](section, bounds, context)


def _hpa(section: PolicySection, bounds: Bounds, context: Context) -> HpaPolicy:
    own = section.hpa
    if own is None or not (own.cpu or own.memory or own.pods or own.external or own.metrics):
        context.fault("needs at least one of cpu, memory, pods and external", "hpa")
    own = own or HpaSection()
    return HpaPolicy(
        name=section.name,
        min=bounds.min,
        max=bounds.max,
        metrics=_hpa_metrics(own, context),
        behavior=_behavior(own.behavior),
        controller=HpaController(sync_period_s=own.every, tolerance_up=own.tolerance, tolerance_down=own.tolerance),
        target_name=context.component.name,
        place=context.place(),
    )


def _hpa_metrics(own: HpaSection, context: Context) -> tuple[HpaMetric, ...]:
    metrics = [
        HpaMetric(
            MetricType.RESOURCE, name, TargetType.UTILIZATION, round(value * 100), place=context.place("hpa", name)
        )
        for name, value in (("cpu", own.cpu), ("memory", own.memory))
        if value is not None
    ]
    for key, kind, amounts in (("pods", MetricType.PODS, own.pods), ("external", MetricType.EXTERNAL, own.external)):
        for name, amount in amounts.items():
            milli = round(amount.value * 1000)
            place = context.place("hpa", key, name)
            metrics.append(HpaMetric(kind, name, TargetType.AVERAGE_VALUE, milli, place=place))
    spelled = (_spelled_metric(item, index, context) for index, item in enumerate(own.metrics))
    return (*metrics, *spelled)


def _spelled_metric(item: HpaMetricSection, index: int, context: Context) -> HpaMetric:
    utilization = None if item.utilization is None else round(item.utilization * 100)
    average, value = (None if one is None else round(one.value * 1000) for one in (item.average, item.value))
    kinds = (TargetType.UTILIZATION, utilization), (TargetType.AVERAGE_VALUE, average), (TargetType.VALUE, value)
    given = [(kind, target) for kind, target in kinds if target is not None]
    if len(given) != 1:
        context.fault("needs one of utilization, average and value", "hpa", "metrics", index)
        given = [(TargetType.VALUE, 1)]
    kind, target = given[0]
    place = context.place("hpa", "metrics", index)
    return HpaMetric(MetricType(item.type), item.name, kind, target, item.container, place)


def _behavior(section: HpaBehaviorSection | None) -> HpaBehavior | None:
    return HpaBehavior(_rules(section.up), _rules(section.down)) if section else None


def _rules(section: HpaRulesSection | None) -> HpaRules | None:
    if section is None:
        return None
    policies = None
    if section.policies is not None:
        policies = tuple(
            HpaRate(item.pods is None, item.pods or item.percent or 0, round(item.period)) for item in section.policies
        )
    return HpaRules(
        policies=policies,
        select=SelectPolicy(section.select) if section.select else None,
        stabilization_s=round(section.window) if section.window is not None else None,
        tolerance=section.tolerance,
    )


def _keda(section: PolicySection, bounds: Bounds, context: Context) -> KedaPolicy:
    own = section.keda
    assert own is not None  # noqa: S101 the kind was found by this very key
    triggers = (
        KedaTrigger(
            scaler=item.scaler,
            name=item.name,
            threshold=item.threshold,
            metric_type=TargetType(item.metric_type),
            activation_threshold=item.activation,
            metadata=tuple(sorted(item.metadata.items())),
            place=context.place("keda", "triggers", index),
        )
        for index, item in enumerate(own.triggers)
    )
    fallback = own.fallback
    return KedaPolicy(
        name=section.name,
        triggers=tuple(triggers),
        min=bounds.min,
        max=bounds.max,
        idle=own.idle,
        polling_interval_s=own.every,
        cooldown_period_s=own.cooldown,
        initial_cooldown_s=own.initial_cooldown,
        fallback=KedaFallback(fallback.failures, fallback.replicas, FallbackBehavior(fallback.behavior))
        if fallback
        else None,
        behavior=_behavior(own.behavior),
        target_name=context.component.name,
        place=context.place(),
    )


def _aws_target(section: PolicySection, bounds: Bounds, context: Context) -> AwsTargetTracking:
    own = section.aws_target_tracking
    assert own is not None  # noqa: S101 the kind was found by this very key
    target_faults(own, context)
    return AwsTargetTracking(
        name=section.name,
        signal=own.signal,
        target=own.target.value,
        min=bounds.min,
        max=bounds.max,
        scale_in=own.scale_in,
        scale_out_cooldown_s=own.cooldown_out,
        scale_in_cooldown_s=own.cooldown_in,
        warmup_s=own.warmup,
        period_s=own.period,
        also=tuple(AwsTracked(item.signal, item.target.value, item.scale_in) for item in own.also),
        place=context.place(),
    )


def _aws_steps(section: PolicySection, bounds: Bounds, context: Context) -> AwsStepScaling:
    own = section.aws_step_scaling
    assert own is not None  # noqa: S101 the kind was found by this very key
    return AwsStepScaling(
        name=section.name,
        policies=tuple(_aws_alarm(alarm, index, context) for index, alarm in enumerate(own.alarms)),
        min=bounds.min,
        max=bounds.max,
        warmup_s=own.warmup,
        cooldown_s=own.cooldown,
        place=context.place(),
    )


def _aws_alarm(alarm: AwsAlarmSection, index: int, context: Context) -> AwsStepPolicy:
    threshold = alarm.above or alarm.below
    if threshold is None or (alarm.above is not None and alarm.below is not None):
        context.fault("needs one of above and below", "aws_step_scaling", "alarms", index)
    alarm_faults(alarm, index, context)
    return AwsStepPolicy(
        signal=alarm.signal,
        threshold=threshold.value if threshold else 0.0,
        above=alarm.above is not None,
        steps=tuple(AwsStep(step.lower, step.upper, step.adjustment) for step in alarm.steps),
        adjustment=Adjustment(alarm.adjustment),
        min_magnitude=alarm.min_magnitude,
        evaluation_periods=alarm.evaluation_periods,
        datapoints_to_alarm=alarm.datapoints,
        period_s=alarm.period,
        at_threshold=alarm.at_threshold,
        place=context.place("aws_step_scaling", "alarms", index),
    )


def _nomad(section: PolicySection, bounds: Bounds, context: Context) -> NomadPolicy:
    own = section.nomad
    assert own is not None  # noqa: S101 the kind was found by this very key
    return NomadPolicy(
        name=section.name,
        checks=tuple(
            NomadCheck(
                name=check.name,
                signal=check.signal,
                strategy=_strategy(check, index, context),
                group=check.group or "",
                query_window_s=check.window,
                on_error=check.on_error,
                place=context.place("nomad", "checks", index),
            )
            for index, check in enumerate(own.checks)
        ),
        min=bounds.min,
        max=bounds.max,
        cooldown_s=own.cooldown,
        cooldown_up_s=own.cooldown_on_scale_up,
        evaluation_interval_s=own.every,
        on_check_error=own.on_error,
        place=context.place(),
    )


def _strategy(check: NomadCheckSection, index: int, context: Context) -> NomadTargetValue | NomadThreshold:
    if (check.target_value is None) == (check.threshold is None):
        context.fault("needs one of target_value and threshold", "nomad", "checks", index)
    if check.threshold is not None:
        threshold_faults(check.threshold, index, context)
        return NomadThreshold(**dict(check.threshold))
    target = check.target_value
    return NomadTargetValue(**dict(target)) if target else NomadTargetValue(1.0)


_TRANSLATORS: dict[str, Callable[[PolicySection, Bounds, Context], PlatformPolicy]] = {
    "hpa": _hpa,
    "keda": _keda,
    "aws_target_tracking": _aws_target,
    "aws_step_scaling": _aws_steps,
    "nomad": _nomad,
}

"""Policies of the platforms, written short: HPA, KEDA, AWS target tracking and step scaling, nomad-autoscaler.

`min` and `max` are the component's own where they are left out.
"""

from typing import Annotated, Literal

from pydantic import Field

from plimsoll.app.model.section import Name, Number, OneOrMany, Section, Text, Whole
from plimsoll.app.model.units import Amount, Ratio, Seconds


class HpaRateSection(Section):
    """One rate policy of an HPA."""

    pods: Whole | None = Field(default=None, ge=1, description="At most so many pods in the period.")
    percent: Whole | None = Field(default=None, ge=1, description="At most so many percent of the pods in the period.")
    period: Seconds = Field(default=60.0, gt=0, description="The period.")


class HpaRulesSection(Section):
    """The rules of one direction of an HPA."""

    window: Seconds | None = Field(default=None, ge=0, le=3600, description="Stabilization window.")
    policies: tuple[HpaRateSection, ...] | None = Field(default=None, min_length=1, description="Rate policies.")
    select: Literal["Max", "Min", "Disabled"] | None = Field(default=None, description="Which of the policies counts.")
    tolerance: Ratio | None = Field(default=None, description="Tolerance of this direction.")


class HpaBehaviorSection(Section):
    """The behavior of an HPA; an absent direction takes its defaults."""

    up: HpaRulesSection | None = Field(default=None, description="Scaling up.")
    down: HpaRulesSection | None = Field(default=None, description="Scaling down.")


class HpaMetricSection(Section):
    """One metric of an HPA, spelled out: any of the five types, with one kind of target."""

    type: Literal["Resource", "ContainerResource", "Pods", "Object", "External"] = Field(description="Its type.")
    name: Name = Field(description="The resource or the metric.")
    container: Name | None = Field(default=None, description="The container, for ContainerResource.")
    utilization: Ratio | None = Field(default=None, gt=0, description="Utilization aimed at, of the request.")
    average: Amount | None = Field(default=None, description="Average per pod aimed at.")
    value: Amount | None = Field(default=None, description="Value aimed at.")


class HpaSection(Section):
    """A HorizontalPodAutoscaler (autoscaling/v2)."""

    cpu: Ratio | None = Field(default=None, gt=0, description="Average processor utilization aimed at, of the request.")
    memory: Ratio | None = Field(default=None, gt=0, description="Average memory utilization aimed at, of the request.")
    pods: dict[Name, Amount] = Field(default={}, description="Average per pod aimed at, by metric.")
    external: dict[Name, Amount] = Field(
        default={}, description="Average per pod of an external metric aimed at, by metric."
    )
    metrics: tuple[HpaMetricSection, ...] = Field(default=(), description="Further metrics, of any type.")
    min: Whole | None = Field(default=None, ge=0, description="Never fewer.")
    max: Whole | None = Field(default=None, ge=1, description="Never more.")
    behavior: HpaBehaviorSection | None = Field(
        default=None, description="How fast; the default behavior if not given."
    )
    every: Seconds = Field(default=15.0, gt=0, description="The controller's sync period.")
    tolerance: Ratio = Field(default=0.1, description="The controller's tolerance.")


class KedaTriggerSection(Section):
    """One trigger of a ScaledObject."""

    scaler: Name = Field(description="Its type: prometheus, cron, rabbitmq.")
    name: Name = Field(description="The metric's name.")
    threshold: Number = Field(gt=0, description="The threshold of its HPA metric.")
    metric_type: Literal["Utilization", "Value", "AverageValue"] = Field(
        default="AverageValue", description="What it means."
    )
    activation: Number = Field(default=0.0, description="Above this it activates from 0 to 1.")
    metadata: dict[Name, Text] = Field(default={}, description="The scaler's own settings.")


class KedaFallbackSection(Section):
    """What replaces a trigger while it fails."""

    failures: Whole = Field(description="After more than so many failures in a row.")
    replicas: Whole = Field(ge=0, description="Stand in with so many replicas.")
    behavior: Literal["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"] = Field(
        default="static", description="How."
    )


class KedaSection(Section):
    """A ScaledObject (keda.sh/v1alpha1)."""

    triggers: Annotated[tuple[KedaTriggerSection, ...], OneOrMany] = Field(description="Its triggers.")
    min: Whole | None = Field(default=None, ge=0, description="Never fewer.")
    max: Whole | None = Field(default=None, ge=1, description="Never more.")
    idle: Whole | None = Field(default=None, ge=0, description="Replicas while no trigger is active.")
    every: Seconds = Field(default=30.0, gt=0, description="Polling interval, for going between 0 and 1.")
    cooldown: Seconds = Field(default=300.0, description="Wait after the last activity before going to zero.")
    initial_cooldown: Seconds = Field(default=0.0, description="Wait after creation before going to zero.")
    fallback: KedaFallbackSection | None = Field(default=None, description="What replaces a trigger while it fails.")
    behavior: HpaBehaviorSection | None = Field(default=None, description="The behavior of its HPA.")


class AwsTrackedSection(Section):
    """A further metric that the same group tracks."""

    signal: Name = Field(description="The metric.")
    target: Amount = Field(description="The number aimed at, above zero.")
    scale_in: bool = Field(default=True, description="Whether it may scale in.")


class AwsTargetSection(Section):
    """Target tracking of an Auto Scaling group."""

    signal: Name = Field(description="The metric.")
    target: Amount = Field(description="The number aimed at, above zero.")
    also: Annotated[tuple[AwsTrackedSection, ...], OneOrMany] = Field(
        default=(), description="Further metrics: one is enough to scale out, all must agree to scale in."
    )
    min: Whole | None = Field(default=None, ge=0, description="Never fewer.")
    max: Whole | None = Field(default=None, ge=1, description="Never more.")
    scale_in: bool = Field(default=True, description="Whether it may scale in.")
    cooldown_out: Seconds = Field(default=300.0, description="Scale-out cooldown.")
    cooldown_in: Seconds = Field(default=300.0, description="Scale-in cooldown.")
    warmup: Seconds = Field(default=300.0, description="Instance warm-up.")
    period: Seconds = Field(default=60.0, gt=0, description="Period of the metric.")


class AwsStepBandSection(Section):
    """One step adjustment."""

    lower: Number | None = Field(default=None, description="Lower bound, relative to the alarm's threshold.")
    upper: Number | None = Field(default=None, description="Upper bound, relative to the alarm's threshold.")
    adjustment: Number = Field(description="By how much.")


class AwsAlarmSection(Section):
    """One alarm with its step adjustments."""

    signal: Name = Field(description="The metric.")
    above: Amount | None = Field(default=None, description="The alarm's threshold, at or above.")
    below: Amount | None = Field(default=None, description="The alarm's threshold, at or below.")
    steps: tuple[AwsStepBandSection, ...] = Field(min_length=1, description="The step adjustments.")
    adjustment: Literal["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"] = Field(
        default="ChangeInCapacity", description="How an adjustment is read."
    )
    min_magnitude: Whole = Field(default=0, ge=0, description="Least change of a percentage adjustment.")
    evaluation_periods: Whole = Field(default=1, ge=1, description="Periods that are looked at.")
    datapoints: Whole | None = Field(default=None, ge=1, description="Periods of these that must breach.")
    at_threshold: bool = Field(default=True, description="Whether a value at the threshold breaches.")
    period: Seconds = Field(default=60.0, gt=0, description="Period of the metric.")


class AwsStepSection(Section):
    """Step scaling of an Auto Scaling group."""

    alarms: Annotated[tuple[AwsAlarmSection, ...], OneOrMany] = Field(description="Its alarms.")
    min: Whole | None = Field(default=None, ge=0, description="Never fewer.")
    max: Whole | None = Field(default=None, ge=1, description="Never more.")
    warmup: Seconds = Field(default=300.0, description="Instance warm-up (EC2 Auto Scaling).")
    cooldown: Seconds = Field(default=0.0, description="Cooldown (Application Auto Scaling).")


class NomadTargetSection(Section):
    """The strategy `target-value`."""

    target: Number = Field(ge=0, description="The number aimed at; with 0 the metric is the factor.")
    threshold: Number = Field(default=0.01, ge=0, description="So near to 1 the factor changes nothing.")
    max_scale_up: Whole | None = Field(default=None, ge=0, description="At most so many more at a time.")
    max_scale_down: Whole | None = Field(default=None, ge=0, description="At most so many fewer at a time.")


class NomadThresholdSection(Section):
    """The strategy `threshold`."""

    lower: Number | None = Field(default=None, description="Lower bound.")
    upper: Number | None = Field(default=None, description="Upper bound.")
    delta: Whole | None = Field(default=None, description="Change by so many.")
    percentage: Number | None = Field(default=None, description="Change by so many percent.")
    value: Whole | None = Field(default=None, ge=0, description="Change to so many.")
    within_bounds_trigger: Whole = Field(default=5, ge=1, description="So many data points must lie within.")


class NomadCheckSection(Section):
    """One check of a scaling block."""

    name: Name = Field(description="The check's name.")
    signal: Name = Field(description="What it queries.")
    target_value: NomadTargetSection | None = Field(default=None, description="The strategy `target-value`.")
    threshold: NomadThresholdSection | None = Field(default=None, description="The strategy `threshold`.")
    group: Name | None = Field(default=None, description="Checks of one group are judged together.")
    window: Seconds = Field(default=60.0, gt=0, description="The window that it queries.")
    on_error: Literal["ignore", "fail"] = Field(default="ignore", description="What an error does.")


class NomadSection(Section):
    """The scaling block of a Nomad job."""

    checks: Annotated[tuple[NomadCheckSection, ...], OneOrMany] = Field(description="Its checks.")
    min: Whole | None = Field(default=None, ge=0, description="Never fewer.")
    max: Whole | None = Field(default=None, ge=1, description="Never more.")
    cooldown: Seconds = Field(default=300.0, description="No action within this time after one.")
    cooldown_on_scale_up: Seconds | None = Field(default=None, description="The same after scaling up, if another.")
    every: Seconds = Field(default=10.0, gt=0, description="Evaluation interval.")
    on_error: Literal["ignore", "fail"] = Field(default="ignore", description="What an error of a check does.")

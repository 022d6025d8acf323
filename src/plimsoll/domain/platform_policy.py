"""Which rules do the platforms' own autoscalers follow? Their objects as data, each replayed under its own rules.

Sources: autoscaling/v2 HorizontalPodAutoscaler, keda.sh/v1alpha1 ScaledObject, AWS EC2 and Application Auto Scaling
(target tracking, step scaling), nomad-autoscaler's scaling block. Metric amounts of the HPA are whole thousandths, as
Kubernetes quantities are; the other platforms' are plain numbers in the metric's own unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from plimsoll.domain.errors import Place


class MetricType(str, Enum):
    """The five metric types of autoscaling/v2; the controller fails on any other as an invalid source type."""

    RESOURCE = "Resource"
    CONTAINER_RESOURCE = "ContainerResource"
    PODS = "Pods"
    OBJECT = "Object"
    EXTERNAL = "External"
    UNKNOWN = "Unknown"


class TargetType(str, Enum):
    """What the target's number means."""

    UTILIZATION = "Utilization"  # percent of the request
    VALUE = "Value"
    AVERAGE_VALUE = "AverageValue"


@dataclass(frozen=True, slots=True)
class HpaMetric:
    """One metric of an HPA: `target` is a percent for Utilization, thousandths otherwise."""

    type: MetricType
    name: str
    target_type: TargetType
    target: int
    container: str | None = None
    place: Place | None = field(default=None, compare=False)


class SelectPolicy(str, Enum):
    """Which of several rate policies counts."""

    MAX = "Max"
    MIN = "Min"
    DISABLED = "Disabled"


@dataclass(frozen=True, slots=True)
class HpaRate:
    """One rate policy: so many pods, or percent of the start of the period, in `period_s`."""

    percent: bool
    value: int
    period_s: int


@dataclass(frozen=True, slots=True)
class HpaRules:
    """The rules of one direction; None fields take the direction's default."""

    policies: tuple[HpaRate, ...] | None = None
    select: SelectPolicy | None = None
    stabilization_s: int | None = None
    tolerance: float | None = None


@dataclass(frozen=True, slots=True)
class HpaBehavior:
    """`spec.behavior`; an absent direction takes its defaults."""

    up: HpaRules | None = None
    down: HpaRules | None = None


@dataclass(frozen=True, slots=True)
class HpaController:
    """The flags of kube-controller-manager that an HPA depends on, with their production defaults."""

    sync_period_s: float = 15.0
    tolerance_up: float = 0.1
    tolerance_down: float = 0.1
    downscale_stabilization_s: float = 300.0
    cpu_initialization_s: float = 300.0
    initial_readiness_delay_s: float = 30.0
    scale_up_limit_factor: float = 2.0
    scale_up_limit_minimum: float = 4.0


@dataclass(frozen=True)
class HpaPolicy:
    """A HorizontalPodAutoscaler; without `behavior` the older default limits apply."""

    name: str
    min: int
    max: int
    metrics: tuple[HpaMetric, ...]
    behavior: HpaBehavior | None = None
    controller: HpaController = HpaController()
    target_name: str = ""
    place: Place | None = field(default=None, compare=False)


class FallbackBehavior(str, Enum):
    """What KEDA feeds the HPA while a trigger fails."""

    STATIC = "static"
    CURRENT = "currentReplicas"
    CURRENT_IF_HIGHER = "currentReplicasIfHigher"
    CURRENT_IF_LOWER = "currentReplicasIfLower"


@dataclass(frozen=True, slots=True)
class KedaFallback:
    """After more than `failure_threshold` consecutive failures, replicas x threshold replaces the trigger's value."""

    failure_threshold: int
    replicas: int
    behavior: FallbackBehavior = FallbackBehavior.STATIC


@dataclass(frozen=True, slots=True)
class KedaTrigger:
    """One trigger: its scaler, the threshold of its HPA metric, and the value above which it activates 0 -> 1."""

    scaler: str
    name: str
    threshold: float
    metric_type: TargetType = TargetType.AVERAGE_VALUE
    activation_threshold: float = 0.0
    metadata: tuple[tuple[str, str], ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class KedaPolicy:
    """A ScaledObject: activation between 0 and 1 is KEDA's own, from 1 on an HPA decides."""

    name: str
    triggers: tuple[KedaTrigger, ...]
    min: int = 0
    max: int = 100
    idle: int | None = None
    polling_interval_s: float = 30.0
    cooldown_period_s: float = 300.0
    initial_cooldown_s: float = 0.0
    fallback: KedaFallback | None = None
    behavior: HpaBehavior | None = None
    controller: HpaController = HpaController()
    target_name: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AwsTracked:
    """One tracked metric of a group."""

    signal: str
    target: float
    scale_in: bool = True


@dataclass(frozen=True)
class AwsTargetTracking:
    """Target tracking: `average` metrics fall as capacity is added (the only ones it may track).

    `also` are further metrics that the group tracks, each a policy of its own there.
    """

    name: str
    signal: str
    target: float
    min: int
    max: int
    scale_in: bool = True
    scale_out_cooldown_s: float = 300.0
    scale_in_cooldown_s: float = 300.0
    warmup_s: float = 300.0
    period_s: float = 60.0
    also: tuple[AwsTracked, ...] = ()
    place: Place | None = field(default=None, compare=False)


class Adjustment(str, Enum):
    """How a step's adjustment is read."""

    CHANGE = "ChangeInCapacity"
    PERCENT = "PercentChangeInCapacity"
    EXACT = "ExactCapacity"


@dataclass(frozen=True, slots=True)
class AwsStep:
    """One step: bounds relative to the alarm's threshold (None: unbounded), and the adjustment."""

    lower: float | None
    upper: float | None
    adjustment: float


@dataclass(frozen=True, slots=True)
class AwsStepPolicy:
    """One alarm with its step adjustments. `above` is its side; `at_threshold`: a value at the threshold breaches."""

    signal: str
    threshold: float
    above: bool
    steps: tuple[AwsStep, ...]
    adjustment: Adjustment = Adjustment.CHANGE
    min_magnitude: int = 0
    evaluation_periods: int = 1
    datapoints_to_alarm: int | None = None
    period_s: float = 60.0
    at_threshold: bool = True
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class AwsStepScaling:
    """Step scaling of one group: one or more alarms, each with its step adjustments.

    EC2 Auto Scaling has a warm-up, Application Auto Scaling a cooldown.
    """

    name: str
    policies: tuple[AwsStepPolicy, ...]
    min: int
    max: int
    warmup_s: float = 300.0
    cooldown_s: float = 0.0
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NomadTargetValue:
    """factor = value / target; within 1 +- `threshold` nothing is done; else ceil(count x factor)."""

    target: float
    threshold: float = 0.01
    max_scale_up: int | None = None
    max_scale_down: int | None = None


@dataclass(frozen=True, slots=True)
class NomadThreshold:
    """When enough data points lie within [lower, upper): change by `delta`, by `percentage`, or to `value`."""

    lower: float | None = None
    upper: float | None = None
    delta: int | None = None
    percentage: float | None = None
    value: int | None = None
    within_bounds_trigger: int = 5


@dataclass(frozen=True, slots=True)
class NomadCheck:
    """One check: the signal it queries and its strategy; checks of one `group` are judged together."""

    name: str
    signal: str
    strategy: NomadTargetValue | NomadThreshold
    group: str = ""
    query_window_s: float = 60.0
    on_error: str = "ignore"
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class NomadPolicy:
    """A scaling block of a Nomad job."""

    name: str
    checks: tuple[NomadCheck, ...]
    min: int = 1
    max: int = 10
    cooldown_s: float = 300.0
    cooldown_up_s: float | None = None  # after scaling up; None: `cooldown_s`
    evaluation_interval_s: float = 10.0
    on_check_error: str = "ignore"
    place: Place | None = field(default=None, compare=False)

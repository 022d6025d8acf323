"""The section `policies` of a component: scaling policies as data, Plimsoll's own kind and those of the platforms.

A policy is of one kind: the keys `hpa`, `keda`, `aws_target_tracking`, `aws_step_scaling` and `nomad` hold a
platform's own policy; without any of them the other keys make one of Plimsoll's own.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from plimsoll.app.model.platform_policies import (
    AwsStepSection,
    AwsTargetSection,
    HpaSection,
    KedaSection,
    NomadSection,
)
from plimsoll.app.model.priced_policy import PricedSection
from plimsoll.app.model.section import Name, Number, OneOrMany, Section, Text, TimeZone, Whole
from plimsoll.app.model.units import Amount, Bytes, Cores, PerSecond, Ratio, Seconds, Share

Direction = Literal["out", "in", "both"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class SignalUseSection(Section):
    """How a policy reads a signal."""

    name: Name = Field(description="The signal.")
    form: Literal["average", "total", "level"] | None = Field(
        default=None, description="average: per replica; total: of the whole fleet; level: neither, such as latency."
    )
    stale_after: Seconds = Field(default=120.0, gt=0, description="Older than this it is not trusted.")


class ConditionSection(Section):
    """A signal is beyond a threshold."""

    signal: Name = Field(description="The signal.")
    above: Amount | None = Field(default=None, description="True above this.")
    below: Amount | None = Field(default=None, description="True below this.")


class TriggerSection(Section):
    """Conditions that, once they have held, change the count by a step."""

    name: Name | None = Field(default=None, description="What reasons call this rule.")
    signal: Name | None = Field(default=None, description="The signal, where there is one condition.")
    above: Amount | None = Field(default=None, description="True above this.")
    below: Amount | None = Field(default=None, description="True below this.")
    any: tuple[ConditionSection, ...] = Field(default=(), description="Several conditions, of which one suffices.")
    all: tuple[ConditionSection, ...] = Field(default=(), description="Several conditions that must hold together.")
    for_: Seconds = Field(default=0.0, alias="for", description="They must hold for all of this time.")
    cooldown: Seconds = Field(default=0.0, description="This rule does not act again within this time.")
    step: Whole = Field(default=1, ge=1, description="By how many.")
    step_ratio: Ratio = Field(default=0.0, description="By what share of the count, if that is more.")
    note: Text = Field(default="", description="Anything else to know.")


class TargetSection(Section):
    """A signal that is held at a setpoint."""

    signal: Name = Field(description="The signal.")
    setpoint: Amount = Field(description="The number aimed at.")
    tolerance_up: Ratio = Field(default=0.1, description="So far above it nothing is done.")
    tolerance_down: Ratio = Field(default=0.1, description="So far below it nothing is done.")
    scale_in: bool = Field(default=True, description="Whether it may also scale in.")
    alone: bool = Field(default=True, description="False: it only sizes what a trigger asks for.")


class StepBandSection(Section):
    """One row of a step table, relative to its threshold."""

    from_: Amount = Field(alias="from", description="From so far beyond the threshold.")
    to: Amount | None = Field(default=None, description="To so far beyond it; open when left out.")
    change: Whole = Field(default=0, description="Change by so many.")
    change_ratio: Ratio = Field(default=0.0, description="Change by this share of the count.")


class StepTableSection(Section):
    """Steps by how far a signal is beyond its threshold."""

    name: Name = Field(description="What reasons call this table.")
    direction: Literal["out", "in"] = Field(default="out", description="Which way it scales.")
    signal: Name = Field(description="The signal.")
    threshold: Amount = Field(description="Where the table begins.")
    bands: tuple[StepBandSection, ...] = Field(min_length=1, description="Its rows.")
    for_: Seconds = Field(default=0.0, alias="for", description="The signal must be beyond it for all of this time.")
    cooldown: Seconds = Field(default=0.0, description="This table does not act again within this time.")


class QueueSection(Section):
    """Workers by queue depth."""

    depth: Name = Field(description="The signal of the queue's depth.")
    per_worker: PerSecond = Field(gt=0, description="What one worker gets done: `5/s`.")
    drain: Seconds = Field(gt=0, description="The queue is to be empty after this time.")
    arrivals: Name | None = Field(default=None, description="The signal of what arrives a second.")


class ScheduleSection(Section):
    """Bounds and a size by time of day."""

    name: Name | None = Field(default=None, description="What reasons call it.")
    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = Field(description="Local time it starts.")
    for_: Seconds | None = Field(
        default=None, alias="for", gt=0, description="How long; else until the next one starts."
    )
    time_zone: TimeZone = Field(default="UTC", description="The zone of `at`, as an IANA name.")
    days: tuple[Weekday, ...] = Field(default=(), description="On these weekdays; on all when left out.")
    except_dates: tuple[date, ...] = Field(default=(), description="Not on these dates.")
    only_dates: tuple[date, ...] = Field(default=(), description="On these dates only, whatever the weekday.")
    min: Whole | None = Field(default=None, ge=0, description="Never fewer while it holds.")
    max: Whole | None = Field(default=None, ge=0, description="Never more while it holds.")
    target: Whole | None = Field(default=None, ge=0, description="The count proposed when it starts.")
    lead: Seconds = Field(default=0.0, description="Start this much earlier.")


class PeakSection(Section):
    """A known peak."""

    name: Name = Field(description="What it is.")
    start: datetime = Field(description="When it begins; UTC where no zone is written.")
    end: datetime = Field(description="When it is over.")
    min: Whole | None = Field(default=None, ge=0, description="Never fewer while it lasts.")
    extra: Ratio = Field(default=0.0, description="So much on top of what the rules ask for.")
    hold_scale_in: bool = Field(default=True, description="Do not scale in while it lasts.")
    lead: Seconds = Field(default=0.0, description="Start this much earlier.")


class PredictiveSection(Section):
    """A floor from the forecast of the demand."""

    demand: Name = Field(default="demand", description="The signal that is forecast.")
    per_replica: Number | None = Field(
        default=None, gt=0, description="What one replica carries; else the component's own."
    )
    quantile: Share = Field(default=0.9, description="The quantile of the forecast to be ready for.")
    utilization: Share = Field(default=0.8, gt=0, description="The utilization to be at then.")
    lead: Seconds | None = Field(default=None, description="How far ahead; the component's start-up time if not given.")
    stale_after: Seconds = Field(default=3600.0, description="An older forecast is not used.")
    coverage_window: Whole = Field(default=120, ge=1, description="So many past demands judge the forecast.")
    coverage_min: Whole = Field(default=30, ge=1, description="Trusted until so many are known.")
    coverage_slack: Share = Field(default=0.1, description="Demoted when coverage is this far below the quantile.")


class WindowsSection(Section):
    """Windows that look back at recommendations."""

    up: Seconds = Field(default=0.0, description="Scale out to the lowest recommendation of this window.")
    down: Seconds = Field(default=0.0, description="Scale in to the highest recommendation of this window.")


class CooldownsSection(Section):
    """Times after an action in which there is none."""

    out: Seconds = Field(default=0.0, description="No scale-out within this time after one.")
    in_: Seconds = Field(default=0.0, alias="in", description="No scale-in within this time after any action.")


class RateSection(Section):
    """A bound on actions in a rolling period."""

    direction: Direction = Field(description="Which actions.")
    per: Seconds = Field(default=3600.0, gt=0, description="The period, rolling.")
    actions: Whole | None = Field(default=None, ge=0, description="At most so many actions.")
    replicas: Whole | None = Field(default=None, ge=0, description="At most so many replicas changed.")


class PauseSection(Section):
    """No action for a while."""

    direction: Direction = Field(default="both", description="Which actions.")
    until: datetime | None = Field(default=None, description="Until when; until resumed where left out.")
    reason: Text = Field(default="", description="Why.")


class DropGuardSection(Section):
    """Hold scale-in when load fell faster than history ever did."""

    signal: Name = Field(description="The signal of the load.")
    largest: Share = Field(description="The largest fall that history shows.")
    over: Seconds = Field(default=300.0, gt=0, description="The time over which a fall is measured.")
    confirm: Seconds = Field(default=600.0, description="The lower load must have lasted this long.")


class ReversalGuardSection(Section):
    """Refuse a scale-in that the next step would undo."""

    margin: Ratio = Field(default=0.0, description="Averages must stay this far below every scale-out threshold.")


class HealthGuardSection(Section):
    """No scale-in during mass unhealth or a roll-out."""

    unhealthy: Share = Field(default=0.2, description="With more than this share unhealthy there is no scale-in.")
    during_rollout: bool = Field(default=True, description="Nor during a roll-out.")


class ConfidenceSection(Section):
    """How sure a decision is."""

    out_base: Share = Field(default=0.4, description="Scale-out: this ...")
    out_each: Share = Field(default=0.3, description="... plus this for each rule that asks for it, at most 1.")
    scale_in: Share = Field(default=0.7, description="Scale-in.")
    hold: Share = Field(default=1.0, description="Nothing to do.")
    blocked: Share = Field(default=0.0, description="Held back.")


class BoundsSection(Section):
    """Least, most, and the largest step."""

    min: Whole | None = Field(default=None, ge=0, description="Never fewer; the component's own minimum if not given.")
    max: Whole | None = Field(default=None, ge=0, description="Never more; the component's own maximum if not given.")
    max_step: Whole | None = Field(default=None, ge=1, description="Largest change of one decision, both ways.")
    max_step_out: Whole | None = Field(default=None, ge=1, description="Largest scale-out of one decision.")
    max_step_in: Whole | None = Field(default=None, ge=1, description="Largest scale-in of one decision.")
    multiple_of: Whole | None = Field(default=None, ge=1, description="Only multiples of this.")
    power_of_two: bool = Field(default=False, description="Only powers of two.")


class RungSection(Section):
    """One size on a ladder."""

    name: Name = Field(description="What it is called.")
    cores: Cores | None = Field(default=None, description="Its cores.")
    memory: Bytes | None = Field(default=None, description="Its memory.")
    storage: Bytes | None = Field(default=None, description="Its storage.")


Triggers = Annotated[tuple[TriggerSection, ...], OneOrMany]


class PolicySection(Section):
    """One scaling policy."""

    name: Name = Field(description="The policy's name, as `replay --compare` takes it.")
    hpa: HpaSection | None = Field(default=None, description="A Kubernetes HorizontalPodAutoscaler, by its own rules.")
    keda: KedaSection | None = Field(default=None, description="A KEDA ScaledObject, by its own rules.")
    aws_target_tracking: AwsTargetSection | None = Field(
        default=None, description="AWS target tracking, by its own rules."
    )
    aws_step_scaling: AwsStepSection | None = Field(default=None, description="AWS step scaling, by its own rules.")
    nomad: NomadSection | None = Field(default=None, description="A nomad-autoscaler policy, by its own rules.")
    priced: PricedSection | None = Field(
        default=None, description="Buys replicas by what they are worth, beside a reference."
    )
    axis: Literal["replicas", "read_replicas", "workers", "shards", "rungs"] = Field(
        default="replicas", description="What is counted; `rungs` are the places of `ladder`."
    )
    limits: BoundsSection = Field(
        default_factory=BoundsSection.model_construct, description="Least, most, largest step."
    )
    ladder: tuple[RungSection, ...] = Field(default=(), description="Sizes, smallest first, for `axis: rungs`.")
    every: Seconds = Field(default=30.0, gt=0, description="How often it decides.")
    signals: tuple[SignalUseSection, ...] = Field(
        default=(), description="How it reads its signals, where not as usual."
    )
    scale_out: Triggers = Field(default=(), description="Rules that scale out; any one suffices.")
    scale_in: Triggers = Field(default=(), description="Rules that scale in.")
    targets: tuple[TargetSection, ...] = Field(default=(), description="Signals held at a setpoint.")
    step_tables: tuple[StepTableSection, ...] = Field(default=(), description="Steps by size of breach.")
    queues: tuple[QueueSection, ...] = Field(default=(), description="Workers by queue depth.")
    schedules: tuple[ScheduleSection, ...] = Field(default=(), description="Bounds and sizes by time of day.")
    peaks: tuple[PeakSection, ...] = Field(default=(), description="Known peaks.")
    predictive: PredictiveSection | None = Field(default=None, description="A floor from forecast demand.")
    stabilization: WindowsSection = Field(
        default_factory=WindowsSection.model_construct, description="Windows that look back at recommendations."
    )
    cooldowns: CooldownsSection = Field(
        default_factory=CooldownsSection.model_construct, description="Times without action after an action."
    )
    rates: tuple[RateSection, ...] = Field(default=(), description="Bounds on actions in a rolling period.")
    pauses: tuple[PauseSection, ...] = Field(default=(), description="No action for a while.")
    drop_guard: DropGuardSection | None = Field(default=None, description="Hold scale-in after an unheard-of fall.")
    reversal_guard: ReversalGuardSection | None = Field(
        default=None, description="Refuse what the next step would undo."
    )
    health_guard: HealthGuardSection | None = Field(default=None, description="No scale-in while many are unhealthy.")
    corroboration: tuple[ConditionSection, ...] = Field(
        default=(), description="Scale in only while all of these hold."
    )
    confidence: ConfidenceSection = Field(
        default_factory=ConfidenceSection.model_construct, description="How sure its decisions are."
    )
    after: Name | None = Field(default=None, description="Scale out only once this policy is at its maximum.")
    note: Text = Field(default="", description="Anything else to know.")

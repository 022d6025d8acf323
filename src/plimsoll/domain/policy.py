"""What may a policy say? Plimsoll's own scaling policy, as data; a step over it is made in `plimsoll.policy`.

One policy moves one whole number between its limits: replicas, read replicas, workers, shards, or the rung of a ladder
of sizes (a vertical policy is a policy over rungs). It is a list of rules that propose, guards that hold back, rates
and limits that bound; safety comes first, then scale-out, then scale-in. Numbers are in base units (ratios 0..1).
Where a rule has a `place`, findings about it name the line it was written on.

Platform policies (HPA, KEDA, AWS, nomad-autoscaler) keep their own rules: see `plimsoll.domain.platform_policy`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from plimsoll.domain.errors import Place


class Axis(str, Enum):
    """What the policy counts."""

    REPLICAS = "replicas"
    READ_REPLICAS = "read_replicas"
    WORKERS = "workers"
    SHARDS = "shards"
    RUNGS = "rungs"  # 1-based places on a ladder of sizes


class Direction(str, Enum):
    """Which way a rule scales."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


class Form(str, Enum):
    """How a signal relates to the number of replicas."""

    AVERAGE = "average"  # per replica: twice the replicas, half the value (utilization, sessions per replica)
    TOTAL = "total"  # of the whole fleet: does not change with replicas (queue depth, connections)
    LEVEL = "level"  # neither (latency, error ratio): evidence for or against, never divided or multiplied


class Side(str, Enum):
    """On which side of its threshold a condition holds; the threshold itself is on neither."""

    ABOVE = "above"
    BELOW = "below"


class Mode(str, Enum):
    """How the conditions of a rule are joined."""

    ANY = "any"
    ALL = "all"


class Granularity(str, Enum):
    """Which counts are allowed."""

    ANY = "any"
    MULTIPLE = "multiple"  # of `granule`
    POWER_OF_TWO = "power_of_two"


@dataclass(frozen=True, slots=True)
class SignalUse:
    """A signal the policy reads: what it is, and from which age on it is stale."""

    name: str
    form: Form = Form.AVERAGE
    unit: str = "ratio"
    stale_after_s: float = 120.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """`signal` is beyond `threshold`; strictly, so that a value at the threshold is not beyond it."""

    signal: str
    side: Side
    threshold: float
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """Scale by `step` once the conditions have held for all of `for_s`, and not again within `cooldown_s`.

    The time runs from the first sample beyond the threshold. A span without samples pauses it (scale-out) or starts it
    anew (scale-in, and any gap as long as `for_s`). `step_ratio` makes the step a share of the current count, rounded
    up; the larger of the two counts. `cooldown_s` looks back at this rule's own last action only.
    """

    name: str
    direction: Direction
    conditions: tuple[Condition, ...]
    mode: Mode = Mode.ANY
    for_s: float = 0.0
    cooldown_s: float = 0.0
    step: int = 1
    step_ratio: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Hold a signal at `setpoint`, unless it lies within the tolerances of it (both ends inclusive).

    An average: ceil(ready x value / setpoint). A total: ceil(value / setpoint), never divided again. A level such as
    latency cannot be a target. A target that is not `alone` only sizes what a trigger asks for.
    """

    signal: str
    setpoint: float
    tolerance_up: float = 0.1
    tolerance_down: float = 0.1
    scale_in: bool = True
    alone: bool = True
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class StepBand:
    """Within [lower, upper) beyond the table's threshold, change by `change`, or by a share of the current count."""

    lower: float
    upper: float | None
    change: int = 0
    change_ratio: float = 0.0


@dataclass(frozen=True, slots=True)
class StepTable:
    """Scale by how far a signal is beyond its threshold: each band gives a step. A band is relative to `threshold`."""

    name: str
    direction: Direction
    signal: str
    threshold: float
    bands: tuple[StepBand, ...]
    for_s: float = 0.0
    cooldown_s: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class QueueDrain:
    """Workers that drain the queue in `drain_s` beside what arrives: ceil((depth / drain + arrivals) / rate)."""

    depth_signal: str
    per_worker_per_s: float
    drain_s: float
    arrivals_signal: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many actions, or replicas, in any `period_s` (a rolling period, not the calendar's)."""

    direction: Direction
    period_s: float = 3600.0
    actions: int | None = None
    replicas: int | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days a schedule applies: weekdays (0 is Monday), minus `except_dates`, plus `only_dates`' own days.

    With `only_dates` the weekdays do not matter.
    """

    weekdays: frozenset[int] = frozenset(range(7))
    except_dates: frozenset[date] = frozenset()
    only_dates: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Schedule:
    """From `at_s` after local midnight, for `span_s`, the bounds are narrowed; at the start `target` is proposed.

    `span_s` None means: until the next schedule of the policy starts. `lead_s` starts it earlier, by the start-up time.
    A `min` below the policy's own changes nothing (the stricter wins, with a finding).
    """

    name: str
    at_s: float
    span_s: float | None = None
    time_zone: str = "UTC"
    calendar: Calendar = Calendar()
    min: int | None = None
    max: int | None = None
    target: int | None = None
    lead_s: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PeakWindow:
    """A span of known peak load (epoch seconds, end not in it): hold scale-in, keep `min`, add `extra_ratio` on top."""

    name: str
    start_s: float
    end_s: float
    min: int | None = None
    extra_ratio: float = 0.0
    hold_scale_in: bool = True
    lead_s: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PredictiveFloor:
    """Never fewer replicas than forecast demand needs; it only raises.

    ceil(forecast demand within `lead_s` at `quantile` / (per_replica x utilization)). It is demoted - shown, not
    used - while fewer than quantile - `coverage_slack` of the last `coverage_window` demands lay at or below what was
    forecast for them, and comes back when `quantile` of them do. Before `coverage_min` are known, it is trusted.
    """

    demand_signal: str
    per_replica: float
    quantile: float = 0.9
    utilization: float = 0.8
    lead_s: float = 120.0
    stale_after_s: float = 3600.0
    coverage_window: int = 120
    coverage_min: int = 30
    coverage_slack: float = 0.1
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """No action in `direction` before `until_s` (epoch seconds); None is until it is resumed."""

    direction: Direction
    until_s: float | None
    reason: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DropGuard:
    """Hold scale-in when load fell faster than history ever did, until the lower load has lasted `confirm_s`.

    A fall is 1 - now / largest within `over_s`; `largest_ratio` is the largest that recorded history shows.
    """

    signal: str
    largest_ratio: float
    over_s: float = 300.0
    confirm_s: float = 600.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ReversalGuard:
    """Refuse the part of a scale-in that the policy's own scale-out rules would undo at the next step.

    Averages are expected to rise to value x ready / to; they must stay `margin_ratio` below every scale-out threshold.
    """

    margin_ratio: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class HealthGuard:
    """No scale-in while more than `unhealthy_ratio` of the replicas are unhealthy, or during a roll-out."""

    unhealthy_ratio: float = 0.2
    during_rollout: bool = True
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Corroboration:
    """Scale in only while every condition is known to hold (latency and errors are well)."""

    conditions: tuple[Condition, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Stabilization:
    """Windows that look back at proposals: up takes the lowest, down the highest of those younger than the window."""

    up_s: float = 0.0
    down_s: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Cooldowns:
    """Look back at actions: no scale-out within `out_s` of one, no scale-in within `in_s` of any action."""

    out_s: float = 0.0
    in_s: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """How a replica is found healthy: endpoint, interval, timeout, counts, grace for new replicas."""

    path: str
    interval_s: float = 30.0
    timeout_s: float = 10.0
    healthy_after: int = 2
    unhealthy_after: int = 3
    grace_s: float = 300.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ConfidenceRule:
    """Confidence of a decision when every signal is known; it is multiplied by the share of signals that are.

    Scale-out: min(1, out_base + out_each x rules that ask for it).
    """

    out_base: float = 0.4
    out_each: float = 0.3
    scale_in: float = 0.7
    hold: float = 1.0
    blocked: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Least and most, the largest change of one decision, and which counts are allowed."""

    min: int = 1
    max: int = 10
    max_step_out: int | None = None
    max_step_in: int | None = None
    granularity: Granularity = Granularity.ANY
    granule: int = 1
    place: Place | None = None
    max_place: Place | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One size on a ladder: its amounts by name, in base units (cores, memory_bytes, storage_bytes)."""

    name: str
    amounts: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Policy:
    """One scaling policy of Plimsoll's own kind.

    `signals` lists every signal that the rules read, each once. `after` names a policy of the same component that must
    stand at its maximum before this one scales out.
    """

    name: str
    limits: Limits
    signals: tuple[SignalUse, ...] = ()
    axis: Axis = Axis.REPLICAS
    ladder: tuple[Rung, ...] = ()
    evaluate_every_s: float = 30.0
    triggers: tuple[TriggerRule, ...] = ()
    targets: tuple[Target, ...] = ()
    step_tables: tuple[StepTable, ...] = ()
    queues: tuple[QueueDrain, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    peaks: tuple[PeakWindow, ...] = ()
    predictive: PredictiveFloor | None = None
    stabilization: Stabilization = Stabilization()
    cooldowns: Cooldowns = Cooldowns()
    rates: tuple[Rate, ...] = ()
    pauses: tuple[Pause, ...] = ()
    drop_guard: DropGuard | None = None
    reversal_guard: ReversalGuard | None = None
    health_guard: HealthGuard | None = None
    corroboration: Corroboration | None = None
    confidence: ConfidenceRule = ConfidenceRule()
    health_check: HealthCheck | None = None
    after: str = ""
    place: Place | None = field(default=None, compare=False)

    @property
    def rules(self) -> tuple[TriggerRule | StepTable, ...]:
        """Everything that proposes by a threshold: the triggers, then the step tables."""
        return (*self.triggers, *self.step_tables)

    def signal(self, name: str) -> SignalUse | None:
        """Find the use of a signal by its name."""
        return next((use for use in self.signals if use.name == name), None)

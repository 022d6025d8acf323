"""What may a policy propose by? Signals, the conditions on them, and the rules that ask for another count.

A trigger asks for a step once its conditions have held. A target asks for the count that brings a signal to its
setpoint. A step table asks for a step that depends on how far a signal is past its threshold. A queue asks for the
workers that drain it in time, a predictive floor for what forecast demand needs. What holds a proposal back is in
`plimsoll.domain.policy_restraints`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from plimsoll.domain.errors import Place


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
    """On which side of its threshold a condition holds; at the threshold itself it does not hold."""

    ABOVE = "above"
    BELOW = "below"


class Mode(str, Enum):
    """How the conditions of a rule are joined."""

    ANY = "any"
    ALL = "all"


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
    """`signal` lies strictly on the given side of `threshold`."""

    signal: str
    side: Side
    threshold: float
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """Scale by `step` once the conditions have held for all of `for_s`, and not again within `cooldown_s`.

    The time runs from the first sample past the threshold. A gap in the samples pauses it for scale-out and restarts it
    for scale-in; a gap of `for_s` or longer restarts either. `step_ratio` is a step as a share of the current count,
    rounded up; the larger of the two steps applies. `cooldown_s` counts from this rule's own last action only.
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
    """Bring a signal to `setpoint`, unless it lies within the tolerances (both ends inclusive).

    An average: ceil(ready x value / setpoint). A total: ceil(value / setpoint), not divided by replicas again. A level
    such as latency cannot be a target. A target that is not `alone` only sizes the step of a trigger.
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
    """Within [lower, upper) past the table's threshold, change by `change`, or by a share of the current count."""

    lower: float
    upper: float | None
    change: int = 0
    change_ratio: float = 0.0
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class StepTable:
    """Scale by how far a signal is past its threshold: each band, relative to `threshold`, gives a step."""

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
    """Workers that drain the queue within `drain_s` and serve the arrivals: ceil((depth / drain + arrivals) / rate)."""

    depth_signal: str
    per_worker_per_s: float
    drain_s: float
    arrivals_signal: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PredictiveFloor:
    """Never fewer replicas than forecast demand needs; it only raises.

    ceil(forecast demand within `lead_s` at `quantile` / (per_replica x utilization)). The floor is demoted - shown, not
    used - while coverage is below quantile - `coverage_slack`: the share of the last `coverage_window` demands at or
    below their forecast. It returns when coverage reaches `quantile`. Until `coverage_min` demands are known it is
    trusted.
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

"""What would these policies have done? Replays of one demand side by side, with their scores.

Ratios are 0..1, times UTC. The share of load outside the SLO is load-weighted; `optimum` is the cost under perfect
knowledge of the demand at the same share, a lower bound for any policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from plimsoll.domain.decision import Decision
from plimsoll.domain.document import Document
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.finding import Finding


@dataclass(frozen=True)
class Measures:
    """The measures of one course of replicas; ratios are 0..1. Their formulas are in `plimsoll.simulation.scores`."""

    slo_miss_load_ratio: float
    slo_minutes: float
    replica_hours: float
    ideal_replica_hours: float
    theta_u: float
    theta_o: float
    tau_u: float
    tau_o: float
    instability: float
    changes: int
    flaps: int


@dataclass(frozen=True)
class PolicyScore(Measures):
    """One policy's measures on the scored part of the demand, what they cost and how sure they are.

    `cost` is replica-hours times the price of one, None where the model has no price. `miss_interval` and
    `hours_interval` are block-bootstrap intervals; `hours_against_first` is the difference to the first policy,
    step by step. `optimum_hours` are the least replica-hours at this miss ratio under perfect knowledge.
    """

    name: str
    cost: float | None
    currency: str | None
    optimum_hours: float
    miss_interval: Estimate
    hours_interval: Estimate
    hours_against_first: Estimate | None = None
    errors_ratio: float | None = None
    latency_s: float | None = None


@dataclass(frozen=True)
class FaultScore:
    """The scores of one policy while a fault falsified its input."""

    fault: str
    name: str
    slo_miss_load_ratio: float
    replica_hours: float
    changes: int
    flaps: int
    miss_against_none: float


@dataclass(frozen=True)
class Conditions:
    """The assumptions of the replay."""

    rules: str
    per_replica: float
    utilization: float
    startup_s: float
    startup_p95_s: float | None
    startup_failure_ratio: float
    min: int
    max: int
    quota: int | None
    metric_delay_s: float
    seed: int


@dataclass(frozen=True)
class Replay(Document):
    """The answer of `replay`."""

    KIND: ClassVar[str] = "Replay"

    trace: str
    component: str
    steps: int
    step_s: float
    scored_steps: int
    scored_from: datetime
    scored_to: datetime
    conditions: Conditions
    policies: tuple[PolicyScore, ...]
    faults: tuple[FaultScore, ...] = ()
    explained: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()

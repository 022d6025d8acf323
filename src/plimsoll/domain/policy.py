"""What may a policy say? Plimsoll's own scaling policy, as data; a step over it is made in `plimsoll.policy`.

One policy moves one whole number between its limits: replicas, read replicas, workers, shards, or the rung of a ladder
of sizes (a vertical policy is a policy over rungs). It is a list of rules that propose, guards that hold back, rates
and limits that bound; safety comes first, then scale-out, then scale-in. Numbers are in base units (ratios 0..1).
Where a rule has a `place`, findings about it name the line it was written on.

Platform policies (HPA, KEDA, AWS, nomad-autoscaler) keep their own rules: see `plimsoll.domain.platform_policy`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from plimsoll.domain.errors import Place
from plimsoll.domain.policy_proposals import PredictiveFloor, QueueDrain, SignalUse, StepTable, Target, TriggerRule
from plimsoll.domain.policy_restraints import (
    Cooldowns,
    Corroboration,
    DropGuard,
    HealthGuard,
    Limits,
    Pause,
    PeakWindow,
    Rate,
    ReversalGuard,
    Schedule,
    Stabilization,
)


class Axis(str, Enum):
    """What the policy counts."""

    REPLICAS = "replicas"
    READ_REPLICAS = "read_replicas"
    WORKERS = "workers"
    SHARDS = "shards"
    RUNGS = "rungs"  # 1-based places on a ladder of sizes


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
    evaluate_every_s: float = 30.0
    triggers: tuple[TriggerRule, ...] = ()
    targets: tuple[Target, ...] = ()
    step_tables: tuple[StepTable, ...] = ()
    queues: tuple[QueueDrain, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    peaks: tuple[PeakWindow, ...] = ()
    predictive: PredictiveFloor | None = None
    stabilization: Stabilization = field(default_factory=Stabilization)
    cooldowns: Cooldowns = field(default_factory=Cooldowns)
    rates: tuple[Rate, ...] = ()
    pauses: tuple[Pause, ...] = ()
    drop_guard: DropGuard | None = None
    reversal_guard: ReversalGuard | None = None
    health_guard: HealthGuard | None = None
    corroboration: Corroboration | None = None
    confidence: ConfidenceRule = ConfidenceRule()
    after: str = ""
    place: Place | None = field(default=None, compare=False)

    @property
    def rules(self) -> tuple[TriggerRule | StepTable, ...]:
        """Everything that proposes by a threshold: the triggers, then the step tables."""
        return (*self.triggers, *self.step_tables)

    def signal(self, name: str) -> SignalUse | None:
        """Find the use of a signal by its name."""
        return next((use for use in self.signals if use.name == name), None)

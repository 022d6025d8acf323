"""What was decided, and why? A decision as data: old and new count, reasons, and the guard that bound it.

Reasons and guards come from closed lists. `plimsoll.render.decision` turns them into words; the only free text here is
names that the user gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from plimsoll.domain.document import Document


class Action(str, Enum):
    """What the decision does."""

    SCALE_OUT = "scale_out"
    SCALE_IN = "scale_in"
    HOLD = "hold"

    @staticmethod
    def of(before: int, after: int) -> Action:
        """Name the change from one count to another."""
        if before == after:
            return Action.HOLD
        return Action.SCALE_OUT if after > before else Action.SCALE_IN


class Reason(str, Enum):
    """Why a count was proposed, or none was: the closed list."""

    TRIGGER_HELD = "trigger_held"  # the conditions held for their whole duration
    TRIGGER_WAITING = "trigger_waiting"  # they hold, but not yet for long enough
    TRIGGER_COOLING = "trigger_cooling"  # held, but within the rule's own cooldown
    TRIGGER_QUIET = "trigger_quiet"
    ABOVE_SETPOINT = "above_setpoint"
    BELOW_SETPOINT = "below_setpoint"
    WITHIN_TOLERANCE = "within_tolerance"
    STEP_BAND = "step_band"
    QUEUE_DRAIN = "queue_drain"
    SCHEDULE_STARTED = "schedule_started"
    SCHEDULE_FLOOR = "schedule_floor"
    PEAK_WINDOW = "peak_window"
    FORECAST_FLOOR = "forecast_floor"
    FORECAST_DEMOTED = "forecast_demoted"  # its coverage failed
    SIGNAL_MISSING = "signal_missing"
    SIGNAL_STALE = "signal_stale"
    OUT_OF_LIMITS = "out_of_limits"  # the count stood outside the limits
    DISABLED = "disabled"  # scaled to zero by hand
    PLATFORM_RULE = "platform_rule"  # see the platform's own reason in `rule`
    ALARM = "alarm"
    ACTIVATION = "activation"
    FALLBACK = "fallback"
    WORTH_ITS_PRICE = "worth_its_price"  # replicas are bought while the next is worth more than its price
    NOTHING_ASKED = "nothing_asked"


class Guard(str, Enum):
    """What may hold a proposal back or change it: the closed list, in the order of the stages."""

    UNKNOWN_SIGNAL = "unknown_signal"
    UNHEALTHY = "unhealthy"
    ROLLOUT = "rollout"
    PEAK_WINDOW = "peak_window"
    CORROBORATION = "corroboration"
    DROP = "drop"
    STABILIZATION = "stabilization"
    COOLDOWN = "cooldown"
    REVERSAL = "reversal"
    AFTER = "after"
    PAUSE = "pause"
    STEP_LIMIT = "step_limit"
    RATE = "rate"
    MIN = "min"
    MAX = "max"
    GRANULARITY = "granularity"
    FLOOR = "floor"
    TOLERANCE = "tolerance"
    WARMUP = "warmup"


@dataclass(frozen=True, slots=True)
class Because:
    """One reason with its evidence: the rule (by name), the signal, its value, and the bound it was compared with.

    A condition has held for `held_s` of the `needed_s` that it must hold; numbers that do not apply are None.
    """

    reason: Reason
    rule: str = ""
    signal: str = ""
    value: float | None = None
    bound: float | None = None
    unit: str = ""
    held_s: float | None = None
    needed_s: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The count that one rule proposed; `replicas` is None where it proposed nothing."""

    because: Because
    replicas: int | None


@dataclass(frozen=True, slots=True)
class GuardEffect:
    """A guard that changed the count: the count before, the count after, and the number the guard applied."""

    guard: Guard
    before: int
    after: int
    limit: float | None = None


@dataclass(frozen=True)
class Decision(Document):
    """One decision. `bound_by` is the last guard that changed the count, None where none did.

    `reasons` belong to the proposals that determined the count; `trail` holds every proposal; `guards` holds every
    guard that changed the count, in stage order. `time_s` is in epoch seconds.
    """

    KIND: ClassVar[str] = "Decision"

    policy: str
    time_s: float
    from_replicas: int
    to_replicas: int
    action: Action
    reasons: tuple[Because, ...]
    bound_by: Guard | None = None
    confidence: float = 1.0
    trail: tuple[Proposal, ...] = ()
    guards: tuple[GuardEffect, ...] = ()

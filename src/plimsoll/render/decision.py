"""How is a decision explained to people? As one sentence for a log, and as a table of everything considered.

14:03 web 25 -> 30: rps 172 > 168 for 3m (held); step limit 31 -> 30
"""

from __future__ import annotations

from plimsoll.domain.decision import Action, Because, Decision, Guard, GuardEffect, Proposal, Reason
from plimsoll.domain.quantity import format_duration, format_quantity
from plimsoll.domain.series import as_datetime
from plimsoll.render.table import Table

_REASONS = {
    Reason.TRIGGER_HELD: "held",
    Reason.TRIGGER_WAITING: "not yet for long enough",
    Reason.TRIGGER_COOLING: "held, but within its own cooldown",
    Reason.TRIGGER_QUIET: "quiet",
    Reason.ABOVE_SETPOINT: "above its setpoint",
    Reason.BELOW_SETPOINT: "below its setpoint",
    Reason.WITHIN_TOLERANCE: "within tolerance",
    Reason.STEP_BAND: "a step by the size of the breach",
    Reason.QUEUE_DRAIN: "the queue is to drain in time",
    Reason.SCHEDULE_STARTED: "a schedule started",
    Reason.SCHEDULE_FLOOR: "a schedule keeps a minimum",
    Reason.PEAK_WINDOW: "a known peak",
    Reason.FORECAST_FLOOR: "forecast demand needs it",
    Reason.FORECAST_DEMOTED: "the forecast missed too often to be used",
    Reason.SIGNAL_MISSING: "missing",
    Reason.SIGNAL_STALE: "stale",
    Reason.OUT_OF_LIMITS: "outside the limits",
    Reason.DISABLED: "scaled to zero by hand",
    Reason.PLATFORM_RULE: "the platform's rule",
    Reason.ALARM: "the alarm fired",
    Reason.ACTIVATION: "activation",
    Reason.FALLBACK: "stands in for a failed trigger",
    Reason.WORTH_ITS_PRICE: "replicas are bought while the next is worth more than its price",
    Reason.NOTHING_ASKED: "nothing asks for a change",
}
_GUARDS = {
    Guard.UNKNOWN_SIGNAL: "unknown signals never scale in",
    Guard.UNHEALTHY: "too many replicas are unhealthy",
    Guard.ROLLOUT: "a roll-out is under way",
    Guard.PEAK_WINDOW: "known peak",
    Guard.CORROBORATION: "latency or errors are not well",
    Guard.DROP: "load fell faster than ever before",
    Guard.STABILIZATION: "stabilization window",
    Guard.COOLDOWN: "cooldown",
    Guard.REVERSAL: "the next step would undo it",
    Guard.AFTER: "another policy comes first",
    Guard.PAUSE: "paused",
    Guard.STEP_LIMIT: "step limit",
    Guard.RATE: "rate limit",
    Guard.MIN: "minimum",
    Guard.MAX: "maximum",
    Guard.GRANULARITY: "allowed counts",
    Guard.FLOOR: "scheduled minimum",
    Guard.TOLERANCE: "tolerance",
    Guard.WARMUP: "warm-up",
}


def because(reason: Because) -> str:
    """Say one reason with its evidence."""
    words = [reason.signal or reason.rule]
    if reason.value is not None:
        words.append(format_quantity(reason.value, reason.unit))
    words.append(_held_against(reason))
    if reason.held_s is not None and reason.needed_s:
        waiting = reason.reason is Reason.TRIGGER_WAITING
        held = f"{format_duration(reason.held_s)} of {format_duration(reason.needed_s)}"
        words.append(f"for {held if waiting else format_duration(reason.held_s)}")
    lead = " ".join(word for word in words if word)
    meaning = _REASONS[reason.reason]
    return f"{lead} ({meaning})" if lead else meaning


def _held_against(reason: Because) -> str:
    """Say what a value was compared with: its threshold, or the price at which replicas are bought for it."""
    if reason.bound is None or reason.value is None or reason.bound == reason.value:
        return ""
    bound = format_quantity(reason.bound, reason.unit)
    if reason.reason is Reason.WORTH_ITS_PRICE:
        return f"ahead, at the price {bound}"
    return f"{'>' if reason.value > reason.bound else '<'} {bound}"


def effect(guard: GuardEffect) -> str:
    """Say what a guard did."""
    return f"{_GUARDS[guard.guard]} {guard.before} -> {guard.after}"


def sentence(decision: Decision) -> str:
    """Say a decision in one line."""
    clock = as_datetime(round(decision.time_s * 1000)).strftime("%H:%M")
    what = f"{decision.from_replicas} -> {decision.to_replicas}"
    if decision.action is Action.HOLD:
        what = f"holds {decision.from_replicas}"
    phrases = [because(reason) for reason in decision.reasons] + [effect(guard) for guard in decision.guards]
    return f"{clock} {decision.policy} {what}: {'; '.join(phrases)}"


def tables(decision: Decision) -> tuple[Table, ...]:
    """Show a whole decision: what every rule said, and what every guard did."""
    rows = tuple(_row(proposal, decision) for proposal in decision.trail)
    guards = tuple((_GUARDS[one.guard], str(one.before), str(one.after)) for one in decision.guards)
    shown = [
        Table(("RULE", "SAID", "ASKS FOR"), rows, title=sentence(decision), numeric=frozenset({"ASKS FOR"}),
              notes=(f"confidence {decision.confidence:.2f}",)),
    ]  # fmt: skip
    if guards:
        shown.append(Table(("GUARD", "BEFORE", "AFTER"), guards, numeric=frozenset({"BEFORE", "AFTER"})))
    return tuple(shown)


def _row(proposal: Proposal, decision: Decision) -> tuple[str, str, str]:
    count = "" if proposal.replicas is None else str(proposal.replicas)
    mark = "" if proposal.because not in decision.reasons else "*"
    return f"{proposal.because.rule or proposal.because.signal}{mark}", because(proposal.because), count

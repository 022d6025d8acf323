"""What does the trail of a step say? Codes and numbers -> a decision with reasons, guards and confidence.

Confidence is the policy's figure for the kind of decision times the share of its signals that were known. For a
scale-out it rises with each rule that asks for one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from plimsoll.domain.decision import Action, Because, Decision, Guard, GuardEffect, Proposal, Reason
from plimsoll.domain.observation import Observation
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import StepTable
from plimsoll.policy.kernel import layout

_GUARDS = tuple(Guard)
_RULE = {
    layout.QUIET: Reason.TRIGGER_QUIET,
    layout.WAITING: Reason.TRIGGER_WAITING,
    layout.COOLING: Reason.TRIGGER_COOLING,
    layout.HELD: Reason.TRIGGER_HELD,
    layout.MISSING: Reason.SIGNAL_MISSING,
    layout.STALE: Reason.SIGNAL_STALE,
}
_SIZE = {
    layout.ABOVE: Reason.ABOVE_SETPOINT,
    layout.BELOW: Reason.BELOW_SETPOINT,
    layout.WITHIN: Reason.WITHIN_TOLERANCE,
    layout.MISSING: Reason.SIGNAL_MISSING,
    layout.STALE: Reason.SIGNAL_STALE,
}
_FLOOR = {
    layout.ABOVE: Reason.FORECAST_FLOOR,
    layout.DEMOTED: Reason.FORECAST_DEMOTED,
    layout.MISSING: Reason.SIGNAL_MISSING,
    layout.STALE: Reason.SIGNAL_STALE,
}


def decision_of(
    policy: Policy, trail: layout.Trail, reading: layout.Reading, count: float, observation: Observation
) -> Decision:
    """Read a trail as a decision."""
    current, wanted = observation.fleet.desired, int(count)
    proposals = tuple(_proposals(policy, trail, reading))
    guards = tuple(
        GuardEffect(_GUARDS[effect["guard"]], _count(effect["before"]), _count(effect["after"]), _real(effect["limit"]))
        for effect in trail.effects[: trail.summary["effects"]]
    )
    action = Action.of(current, wanted)
    combined = int(trail.summary["combined"])
    return Decision(
        policy=policy.name,
        time_s=float(reading.situation["now_s"]),
        from_replicas=current,
        to_replicas=wanted,
        action=action,
        reasons=_reasons(proposals, current, combined, guards),
        bound_by=guards[-1].guard if guards else None,
        confidence=confidence_of(policy, trail, action, blocked=wanted == current != combined),
        trail=proposals,
        guards=guards,
    )


def confidence_of(policy: Policy, trail: layout.Trail, action: Action, *, blocked: bool) -> float:
    """Compute the confidence of a decision."""
    rule = policy.confidence
    signals = len(policy.signals)
    known = 1.0 if signals == 0 else 1.0 - trail.summary["unknown"] / signals
    proposing = sum(1 for trace in trail.rules if trace["state"] == layout.HELD)
    proposing += sum(1 for trace in (*trail.targets, *trail.queues) if trace["state"] == layout.ABOVE)
    if blocked:
        return rule.blocked
    if action is Action.SCALE_OUT:
        return float(min(1.0, rule.out_base + rule.out_each * proposing) * known)
    return float((rule.scale_in if action is Action.SCALE_IN else rule.hold) * known)


def _reasons(
    proposals: tuple[Proposal, ...], current: int, combined: int, guards: tuple[GuardEffect, ...]
) -> tuple[Because, ...]:
    """Return the reasons of the proposals that moved the count; if none did, of those that wait or lack a signal.

    If the limits alone moved the count, that is the only reason.
    """
    moved = guards[-1].after - current if guards and combined == current else combined - current
    if combined == current and moved != 0:
        return (Because(Reason.OUT_OF_LIMITS, bound=guards[-1].limit),)
    moving = [one for one in proposals if one.replicas is not None and (one.replicas - current) * moved > 0]
    if moving:
        return tuple(one.because for one in moving)
    unsure = (Reason.TRIGGER_WAITING, Reason.TRIGGER_COOLING, Reason.SIGNAL_MISSING, Reason.SIGNAL_STALE)
    held = tuple(one.because for one in proposals if one.because.reason in unsure)
    return held or (Because(Reason.NOTHING_ASKED),)


def _proposals(policy: Policy, trail: layout.Trail, reading: layout.Reading) -> Iterator[Proposal]:
    for rule, trace in zip(policy.rules, trail.rules, strict=True):
        signal = policy.signals[int(trace["signal"])]
        held = isinstance(rule, StepTable) and trace["state"] == layout.HELD
        reason = Reason.STEP_BAND if held else _RULE[int(trace["state"])]
        because = _because(policy, reason, rule.name, signal.name, trace)
        yield Proposal(_with_durations(because, float(trace["held_s"]), rule.for_s), _whole(trace["count"]))
    for target, trace in zip(policy.targets, trail.targets, strict=True):
        because = _because(policy, _SIZE[int(trace["state"])], f"target {target.signal}", target.signal, trace)
        yield Proposal(because, _whole(trace["count"]))
    for queue, trace in zip(policy.queues, trail.queues, strict=True):
        reason = _SIZE[int(trace["state"])] if math.isnan(trace["count"]) else Reason.QUEUE_DRAIN
        because = _because(policy, reason, f"queue {queue.depth_signal}", queue.depth_signal, trace)
        yield Proposal(because, _whole(trace["count"]))
    yield from _from_time(policy, trail, reading)


def _from_time(policy: Policy, trail: layout.Trail, reading: layout.Reading) -> Iterator[Proposal]:
    if policy.predictive is not None:
        demand, state = policy.predictive.demand_signal, int(trail.summary["floor_state"])
        because = Because(_FLOOR[state], "forecast", demand, _real(reading.situation["ahead"]))
        yield Proposal(because, _whole(trail.summary["floor"]) if state == layout.ABOVE else None)
    if (scheduled := _whole(trail.summary["scheduled"])) is not None:
        yield Proposal(Because(Reason.SCHEDULE_STARTED, "schedule", bound=float(scheduled)), scheduled)
    if (floor := float(reading.situation["floor"])) > policy.limits.min:
        yield Proposal(Because(Reason.SCHEDULE_FLOOR, "schedule", bound=floor), int(floor))
    if reading.situation["peak_hold"] == 1:
        yield Proposal(Because(Reason.PEAK_WINDOW, "peak"), None)


def _because(policy: Policy, reason: Reason, rule: str, signal: str, trace: layout.Row) -> Because:
    use = policy.signal(signal)
    return Because(reason, rule, signal, _real(trace["value"]), _real(trace["bound"]), use.unit if use else "")


def _with_durations(because: Because, held_s: float, needed_s: float) -> Because:
    if because.reason not in (Reason.TRIGGER_HELD, Reason.TRIGGER_WAITING, Reason.TRIGGER_COOLING, Reason.STEP_BAND):
        return because
    return replace(because, held_s=held_s, needed_s=needed_s)


def _whole(count: float) -> int | None:
    return None if math.isnan(count) else int(count)


def _count(count: float) -> int:
    return int(min(count, 2**31 - 1))


def _real(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

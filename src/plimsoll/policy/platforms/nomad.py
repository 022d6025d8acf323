"""What does nomad-autoscaler do? The strategies target-value and threshold, and how checks are combined.

Source: hashicorp/nomad-autoscaler plugins/builtin/strategy/{target-value,threshold}/plugin/plugin.go, sdk/strategy.go
(which of two actions preempts the other), policy/handler.go (groups, cooldowns), policyeval/base_worker.go (bounds, no
metrics); its documentation "Target Value", "Threshold", "Scaling Policy Checks" and "Scaling Policies".

    target-value: factor = latest value / target (the value itself for a target of 0); no action while
                  1 - threshold <= factor <= 1 + threshold; ceil(count x factor); from 0: ceil(factor), if above 0
    threshold:    while enough data points of the window lie in [lower, upper): count + delta,
                  ceil(count x (1 + percentage/100)), or the value; in floating point, without a tolerance

Scaling up wins over no change, and no change over scaling down; among equals the larger count wins. Within a group, a
check that asks for no change does not hold the others back, unless no check of the group asks for one; a check without
a group does hold others back. Without metrics there is no change. Any check with metrics brings a count outside min and
max back; a check without metrics does not. Scaling up and scaling down may have different cooldowns.
"""

from __future__ import annotations

import math

from plimsoll.domain.decision import Because, Decision, Guard, Proposal, Reason
from plimsoll.domain.observation import Observation
from plimsoll.domain.platform_policy import NomadCheck, NomadPolicy, NomadTargetValue, NomadThreshold
from plimsoll.policy.memory import Kept
from plimsoll.policy.platforms import ledger


def target_value_count(strategy: NomadTargetValue, count: int, value: float) -> int:
    """Compute the count of the target-value strategy.

    >>> target_value_count(NomadTargetValue(20), 4, 25), target_value_count(NomadTargetValue(20), 0, 25)
    (5, 2)
    """
    factor = value if strategy.target == 0 else value / strategy.target
    if count == 0:
        return max(0, math.ceil(factor))
    if 1 - strategy.threshold <= factor <= 1 + strategy.threshold:
        return count
    wanted = math.ceil(count * factor)
    if strategy.max_scale_up is not None:
        wanted = min(wanted, count + strategy.max_scale_up)
    if strategy.max_scale_down is not None:
        wanted = max(wanted, count - strategy.max_scale_down)
    return wanted


def threshold_count(strategy: NomadThreshold, count: int, points: list[float]) -> int | None:
    """Compute the count of the threshold strategy; None where too few points lie within its bounds.

    >>> threshold_count(NomadThreshold(80, 100, percentage=20, within_bounds_trigger=2), 4, [85, 79, 99])
    5
    """
    lower = -math.inf if strategy.lower is None else strategy.lower
    upper = math.inf if strategy.upper is None else strategy.upper
    if sum(lower <= point < upper for point in points) < strategy.within_bounds_trigger:
        return None
    if strategy.delta is not None:
        return count + strategy.delta
    if strategy.percentage is not None:
        return math.ceil(count * (1 + strategy.percentage / 100))
    return strategy.value


def step(policy: NomadPolicy, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one evaluation."""
    found, current = ledger.numbers(memory), observation.fleet.desired
    trail = [_checked(policy, found, place, observation, now_s) for place in range(len(policy.checks))]
    blind = [one.because.reason is Reason.SIGNAL_MISSING for one in trail]
    failed = any(
        missing and "fail" in (check.on_error, policy.on_check_error)
        for missing, check in zip(blind, policy.checks, strict=True)
    )
    proposed = current if failed else winning(policy, trail, current)
    wanted = proposed if all(blind) or failed else max(policy.min, min(policy.max, proposed))
    bound = None
    if wanted != proposed:
        bound = Guard.MAX if proposed > wanted else Guard.MIN
    if wanted != current and now_s - ledger.one(found, "acted_s") < _cooldown_s(policy, found):
        wanted, bound = current, Guard.COOLDOWN
    if wanted != current:
        found["acted_s"], found["acted_up"] = [now_s], [float(wanted > current)]
    return ledger.decision(policy.name, observation, now_s, wanted, trail, bound), ledger.kept(policy.name, found)


def _cooldown_s(policy: NomadPolicy, found: ledger.Numbers) -> float:
    """Return the cooldown after the last action, in seconds."""
    upwards = ledger.one(found, "acted_up") == 1.0
    return policy.cooldown_up_s if upwards and policy.cooldown_up_s is not None else policy.cooldown_s


def winning(policy: NomadPolicy, trail: list[Proposal], current: int) -> int:
    """Choose among the checks: up before nothing before down, and the larger count among equals."""
    groups: dict[str, list[int]] = {}
    for proposal, check in zip(trail, policy.checks, strict=True):
        groups.setdefault(check.group, []).append(current if proposal.replicas is None else proposal.replicas)
    moves = {group: [count for count in counts if count != current] for group, counts in groups.items() if group}
    return max((max(moves.get(group) or counts) for group, counts in groups.items()), default=current)


def _checked(
    policy: NomadPolicy, found: ledger.Numbers, place: int, observation: Observation, now_s: float
) -> Proposal:
    check, current = policy.checks[place], observation.fleet.desired
    value = ledger.value_of(observation, check.signal)
    points = _window(found, place, check, value, now_s)
    if not points:
        return Proposal(Because(Reason.SIGNAL_MISSING, check.name, check.signal), None)
    if isinstance(check.strategy, NomadTargetValue):
        count: int | None = target_value_count(check.strategy, current, points[-1])
        bound: float | None = check.strategy.target
    else:
        count, bound = threshold_count(check.strategy, current, points), check.strategy.lower
    reason = Reason.TRIGGER_QUIET if count is None else Reason.TRIGGER_HELD
    if count == current:
        reason = Reason.WITHIN_TOLERANCE
    return Proposal(Because(reason, check.name, check.signal, points[-1], bound), count)


def _window(found: ledger.Numbers, place: int, check: NomadCheck, value: float | None, now_s: float) -> list[float]:
    """Keep the data points of the query window."""
    rows = zip(found.get(f"times {place}", []), found.get(f"points {place}", []), strict=True)
    kept = [(time_s, point) for time_s, point in rows if now_s - time_s < check.query_window_s]
    if value is not None:
        kept.append((now_s, value))
    found[f"times {place}"], found[f"points {place}"] = [row[0] for row in kept], [row[1] for row in kept]
    return found[f"points {place}"]

"""What do AWS target tracking and step scaling do?

Sources: Application Auto Scaling and EC2 Auto Scaling user guides (target tracking; step scaling; how alarms are
evaluated, warm-up and cooldown), API reference StepAdjustment.

Target tracking: capacity grows in proportion, ceil(current x value / target), when the metric is above its target for
three periods of a minute; it shrinks, more gradually, when the metric stays below 90 % of the target for fifteen, never
during the scale-in cooldown, and never when data are missing. What the previous scale-out added counts towards the
next one while its cooldown lasts. (The thresholds and periods of the alarms are those that AWS creates; it does not
promise them.)

Step scaling: the band that the breach falls in gives the adjustment; percentages above 1 round down, between 0 and 1
up to 1 (and their mirror images below zero), and never less than the least magnitude. Instances that are still warming
up count as present when scaling out and hold back a scale-in.
"""

from __future__ import annotations

import math

from plimsoll.domain.decision import Because, Decision, Guard, Proposal, Reason
from plimsoll.domain.observation import Observation
from plimsoll.domain.platform_policy import Adjustment, AwsStep, AwsStepPolicy, AwsStepScaling, AwsTargetTracking
from plimsoll.policy.memory import Kept
from plimsoll.policy.platforms import ledger

OUT_PERIODS, IN_PERIODS, IN_SHARE = 3, 15, 0.9


def tracked_capacity(current: int, value: float, target: float) -> int:
    """Compute the capacity in proportion to the metric.

    >>> tracked_capacity(4, 75.0, 50.0), tracked_capacity(4, 20.0, 50.0)
    (6, 2)
    """
    return math.ceil(current * value / target - 1e-9)


def track(policy: AwsTargetTracking, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one step of target tracking."""
    found, current = ledger.numbers(memory), observation.fleet.desired
    value = ledger.seen(observation, policy.signal)
    high_s = _alarm(found, "high", value is not None and value > policy.target, now_s)
    low_s = _alarm(found, "low", value is not None and value < IN_SHARE * policy.target, now_s)
    wanted, bound, reason = current, None, Reason.WITHIN_TOLERANCE if value is not None else Reason.SIGNAL_MISSING
    if value is not None and high_s >= (OUT_PERIODS - 1) * policy.period_s:
        reason, wanted = Reason.ABOVE_SETPOINT, tracked_capacity(current, value, policy.target)
        if now_s - ledger.one(found, "out_s") < policy.scale_out_cooldown_s:
            base = int(ledger.one(found, "base"))
            asked, wanted = wanted, max(current, tracked_capacity(base, value, policy.target))
            bound = Guard.COOLDOWN if wanted != asked else None
    elif value is not None and low_s >= (IN_PERIODS - 1) * policy.period_s and policy.scale_in:
        reason, wanted = Reason.BELOW_SETPOINT, min(current, tracked_capacity(current, value, policy.target))
        if now_s - ledger.one(found, "in_s") < policy.scale_in_cooldown_s:
            wanted, bound = current, Guard.COOLDOWN
    proposal = Proposal(Because(reason, policy.name, policy.signal, value, policy.target), wanted)
    return _settled(policy, found, observation, now_s, [proposal], bound)


def _alarm(found: ledger.Numbers, name: str, breaching: bool, now_s: float) -> float:
    """Carry on how long an alarm's condition has held; -1 where it does not."""
    since_s = ledger.one(found, f"{name}_s")
    if not breaching:
        found[f"{name}_s"] = [math.nan]
        return -1.0
    found[f"{name}_s"] = [now_s if math.isnan(since_s) else since_s]
    return now_s - found[f"{name}_s"][0]


def adjusted(current: int, policy: AwsStepPolicy, step: AwsStep) -> int:
    """Apply one step adjustment.

    >>> steps = (AwsStep(0, None, 25),)
    >>> adjusted(10, AwsStepPolicy("cpu", 60, True, steps, Adjustment.PERCENT), steps[0])
    12
    """
    if policy.adjustment is Adjustment.EXACT:
        return int(step.adjustment)
    if policy.adjustment is Adjustment.CHANGE:
        return current + int(step.adjustment)
    change = current * step.adjustment / 100.0
    whole = math.trunc(change) if abs(change) >= 1 else math.copysign(1, change) if change else 0
    return current + int(math.copysign(max(abs(whole), policy.min_magnitude), change) if change else 0)


def step_of(policy: AwsStepPolicy, value: float) -> AwsStep | None:
    """Find the band of a breach: above, its lower bound is in it; below, its upper bound is."""
    breach = value - policy.threshold
    for step in policy.steps:
        lower = -math.inf if step.lower is None else step.lower
        upper = math.inf if step.upper is None else step.upper
        if (lower <= breach < upper) if policy.above else (lower < breach <= upper):
            return step
    return None


def breaching(found: ledger.Numbers, place: int, policy: AwsStepPolicy, value: float | None, now_s: float) -> bool:
    """Judge an alarm over its evaluation periods: enough data points at or beyond the threshold; gaps are not breaches.

    A step within a period replaces that period's data point.
    """
    times, points = found.get(f"times {place}", []), found.get(f"points {place}", [])
    point = math.nan if value is None else value
    if times and now_s - times[-1] < policy.period_s:
        points[-1] = point
    else:
        times, points = [*times, now_s], [*points, point]
    found[f"times {place}"], found[f"points {place}"] = (
        times[-policy.evaluation_periods :],
        points[-policy.evaluation_periods :],
    )
    hits = sum(one >= policy.threshold if policy.above else one <= policy.threshold for one in found[f"points {place}"])
    return hits >= (policy.datapoints_to_alarm or policy.evaluation_periods)


def step_scale(policy: AwsStepScaling, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one step of step scaling: among the alarms that breach, the one that leaves the most capacity wins."""
    found, fleet = ledger.numbers(memory), observation.fleet
    warming = now_s - ledger.one(found, "out_s") < policy.warmup_s
    trail: list[Proposal] = []
    bound: Guard | None = None
    for place, alarm in enumerate(policy.policies):
        value = ledger.seen(observation, alarm.signal)
        step = step_of(alarm, value) if breaching(found, place, alarm, value, now_s) and value is not None else None
        reason = Reason.ALARM if step else Reason.TRIGGER_QUIET if value is not None else Reason.SIGNAL_MISSING
        because = Because(reason, policy.name, alarm.signal, value, alarm.threshold)
        if step is None:
            trail.append(Proposal(because, None))
            continue
        base = int(ledger.one(found, "base")) if warming else fleet.desired
        count = adjusted(fleet.desired, alarm, step)
        if warming:
            bound = Guard.WARMUP
            count = fleet.desired if count < fleet.desired else max(fleet.desired, adjusted(base, alarm, step))
        trail.append(Proposal(because, count))
    return _settled(policy, found, observation, now_s, trail, bound)


def _settled(
    policy: AwsTargetTracking | AwsStepScaling,
    found: ledger.Numbers,
    observation: Observation,
    now_s: float,
    trail: list[Proposal],
    bound: Guard | None,
) -> tuple[Decision, Kept]:
    """Take the largest capacity that is asked for, within min and max, and remember the action."""
    current = observation.fleet.desired
    asked = max((one.replicas for one in trail if one.replicas is not None), default=current)
    wanted = max(policy.min, min(policy.max, asked))
    if wanted > current:
        if not now_s - ledger.one(found, "out_s") < _holding(policy):
            found["base"] = [float(current)]
        found["out_s"] = [now_s]
    elif wanted < current:
        found["in_s"] = [now_s]
    if wanted != asked:
        bound = Guard.MAX if asked > wanted else Guard.MIN
    shown = bound if wanted != asked or bound in (Guard.COOLDOWN, Guard.WARMUP) else None
    return ledger.decision(policy.name, observation, now_s, wanted, trail, shown), ledger.kept(policy.name, found)


def _holding(policy: AwsTargetTracking | AwsStepScaling) -> float:
    return policy.scale_out_cooldown_s if isinstance(policy, AwsTargetTracking) else policy.warmup_s

"""What do AWS target tracking and step scaling do?

Sources: Amazon EC2 Auto Scaling user guide ("Target tracking scaling policies", "Step and simple scaling policies",
"Set the default instance warmup"), Application Auto Scaling user guide ("How target tracking scaling works", "How step
scaling works") and API reference (TargetTrackingScalingPolicyConfiguration, StepScalingPolicyConfiguration,
StepAdjustment), CloudWatch user guide (`plimsoll.policy.platforms.cloudwatch`).

Target tracking: capacity grows in proportion, ceil(current x value / target), when the metric is above its target for
three periods. It shrinks when the metric stays below 90 % of the target for fifteen periods, never during the scale-in
cooldown and never when data are missing. With several tracked metrics, one is enough to scale out; all of those that
may scale in must agree to scale in; the largest capacity wins. (Thresholds and periods are those of the alarms that AWS
creates; AWS does not guarantee them.)

Step scaling: the band that contains the breach gives the adjustment. Percentages above 1 are rounded down, those
between 0 and 1 are rounded up to 1 (mirrored below zero), and the least magnitude applies. Among breaching alarms, the
one that leaves the most capacity wins.

Both: capacity added by a scale-out counts as present while it warms up, or during its cooldown. The next scale-out is
computed from the capacity before the first one and adds the difference. While anything warms up there is no scale-in. A
scale-out ends the cooldown of a scale-in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from plimsoll.domain.decision import Because, Decision, Guard, Proposal, Reason
from plimsoll.domain.observation import Observation
from plimsoll.domain.platform_policy import (
    Adjustment,
    AwsStep,
    AwsStepPolicy,
    AwsStepScaling,
    AwsTargetTracking,
    AwsTracked,
)
from plimsoll.policy.memory import Kept
from plimsoll.policy.platforms import ledger
from plimsoll.policy.platforms.cloudwatch import FURTHER, data_points, in_alarm

OUT_PERIODS, IN_PERIODS, IN_SHARE = 3, 15, 0.9


@dataclass(frozen=True, slots=True)
class Standing:
    """A group before a step: its desired capacity, the part of it that is not just added, and what holds it."""

    current: int
    before: int
    warming: bool
    cooling_in: bool


def track(policy: AwsTargetTracking, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one step of target tracking."""
    found = ledger.numbers(memory)
    times_s = policy.warmup_s, policy.scale_out_cooldown_s, policy.scale_in_cooldown_s
    group = _standing(found, observation.fleet.desired, now_s, times_s)
    tracked = (AwsTracked(policy.signal, policy.target, policy.scale_in), *policy.also)
    trail: list[Proposal] = []
    bounds: list[Guard | None] = []
    for place, one in enumerate(tracked):
        value = ledger.value_of(observation, one.signal)
        points = data_points(found, str(place), IN_PERIODS, value, (now_s, policy.period_s))
        reason, count, bound = _tracked(one, group, value, points)
        trail.append(Proposal(Because(reason, policy.name, one.signal, value, one.target), count))
        bounds.append(bound)
    return _settled(policy, found, observation, now_s, trail, bounds)


def _tracked(
    one: AwsTracked, group: Standing, value: float | None, points: list[float]
) -> tuple[Reason, int | None, Guard | None]:
    """Return the capacity one tracked metric asks for; None abstains, the current count prevents scale-in."""
    idle = group.current if one.scale_in else None
    if value is None:
        return Reason.SIGNAL_MISSING, idle, None
    if in_alarm(points[-OUT_PERIODS - FURTHER :], OUT_PERIODS, OUT_PERIODS, lambda point: point > one.target):
        count = max(group.current, tracked_capacity(group.before, value, one.target))
        shortened = count != tracked_capacity(group.current, value, one.target)
        return Reason.ABOVE_SETPOINT, count, Guard.COOLDOWN if shortened else None
    low = in_alarm(points, IN_PERIODS, IN_PERIODS, lambda point: point < IN_SHARE * one.target)
    if not (low and one.scale_in):
        return Reason.WITHIN_TOLERANCE, idle, None
    held = Guard.WARMUP if group.warming else Guard.COOLDOWN if group.cooling_in else None
    count = group.current if held else min(group.current, tracked_capacity(group.current, value, one.target))
    return Reason.BELOW_SETPOINT, count, held


def tracked_capacity(current: int, value: float, target: float) -> int:
    """Compute the capacity in proportion to the metric.

    >>> tracked_capacity(4, 75.0, 50.0), tracked_capacity(4, 20.0, 50.0)
    (6, 2)
    """
    return math.ceil(current * value / target - 1e-9)


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
    """Find the band of a breach: above the threshold its lower bound is inclusive, below it its upper bound is."""
    breach = value - policy.threshold
    for step in policy.steps:
        lower = -math.inf if step.lower is None else step.lower
        upper = math.inf if step.upper is None else step.upper
        if (lower <= breach < upper) if policy.above else (lower < breach <= upper):
            return step
    return None


def breaches(policy: AwsStepPolicy, point: float) -> bool:
    """Tell whether a data point is beyond an alarm's threshold, or at it where that counts; a missing one is not."""
    if point == policy.threshold:
        return policy.at_threshold
    return point > policy.threshold if policy.above else point < policy.threshold


def step_scale(policy: AwsStepScaling, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one step of step scaling."""
    found = ledger.numbers(memory)
    group = _standing(found, observation.fleet.desired, now_s, (policy.warmup_s, policy.cooldown_s, policy.cooldown_s))
    trail: list[Proposal] = []
    bounds: list[Guard | None] = []
    for place, alarm in enumerate(policy.policies):
        value = ledger.value_of(observation, alarm.signal)
        points = data_points(found, str(place), alarm.evaluation_periods, value, (now_s, alarm.period_s))
        needed = alarm.datapoints_to_alarm or alarm.evaluation_periods
        rings = in_alarm(points, alarm.evaluation_periods, needed, partial(breaches, alarm))
        step = step_of(alarm, value) if rings and value is not None else None
        reason = Reason.ALARM if step else Reason.TRIGGER_QUIET if value is not None else Reason.SIGNAL_MISSING
        count, bound = _stepped(alarm, step, group)
        trail.append(Proposal(Because(reason, policy.name, alarm.signal, value, alarm.threshold), count))
        bounds.append(bound)
    return _settled(policy, found, observation, now_s, trail, bounds)


def _stepped(alarm: AwsStepPolicy, step: AwsStep | None, group: Standing) -> tuple[int | None, Guard | None]:
    """Return the capacity that an alarm's step leads to, and what shortened or held it."""
    if step is None:
        return None, None
    count = adjusted(group.current, alarm, step)
    if count < group.current:
        held = Guard.WARMUP if group.warming else Guard.COOLDOWN if group.cooling_in else None
        return (group.current, held) if held else (count, None)
    warmed_up = max(group.current, adjusted(group.before, alarm, step))
    return warmed_up, Guard.WARMUP if warmed_up != count else None


def _standing(found: ledger.Numbers, current: int, now_s: float, times_s: tuple[float, float, float]) -> Standing:
    """Read what was added recently; `times_s` are the warm-up and the cooldowns after a scale-out and a scale-in."""
    warmup_s, out_s, in_s = times_s
    counted = max(warmup_s, out_s)
    fresh = [
        (time_s, count)
        for time_s, count in zip(found.get("added_s", []), found.get("added", []), strict=True)
        if now_s - time_s < counted
    ]
    found["added_s"], found["added"] = [time_s for time_s, _ in fresh], [count for _, count in fresh]
    return Standing(
        current=current,
        before=max(0, current - int(sum(found["added"]))),
        warming=any(now_s - time_s < warmup_s for time_s in found["added_s"]),
        cooling_in=now_s - ledger.one(found, "in_s") < in_s,
    )


def _settled(
    policy: AwsTargetTracking | AwsStepScaling,
    found: ledger.Numbers,
    observation: Observation,
    now_s: float,
    trail: list[Proposal],
    bounds: list[Guard | None],
) -> tuple[Decision, Kept]:
    """Take the largest capacity that is proposed, within min and max, and remember the action."""
    current = observation.fleet.desired
    proposed = max((one.replicas for one in trail if one.replicas is not None), default=current)
    wanted = max(policy.min, min(policy.max, proposed))
    if wanted > current:
        found["added_s"], found["added"] = [*found["added_s"], now_s], [*found["added"], float(wanted - current)]
        found.pop("in_s", None)
    elif wanted < current:
        found["in_s"] = [now_s]
    bound = next((held for one, held in zip(trail, bounds, strict=True) if held and one.replicas == proposed), None)
    if wanted != proposed:
        bound = Guard.MAX if proposed > wanted else Guard.MIN
    return ledger.decision(policy.name, observation, now_s, wanted, trail, bound), ledger.kept(policy.name, found)

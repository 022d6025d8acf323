"""Which platform policies would their platform refuse? Their own rules of form, each fault with the lines it stands on.

Sources: API reference StepAdjustment and PutScalingPolicy (ranges neither overlap nor leave a gap, an open end where
they go beyond the threshold, an exact capacity is not negative); TargetTrackingConfiguration (a target above zero);
nomad-autoscaler plugins/builtin/strategy/threshold (a bound, and one of delta, percentage and value).
"""

from __future__ import annotations

import math
from itertools import pairwise

from plimsoll.app.model.platform_policies import AwsAlarmSection, AwsTargetSection, NomadThresholdSection
from plimsoll.app.model.policy_context import Context


def target_faults(own: AwsTargetSection, context: Context) -> None:
    """Note targets that cannot be tracked."""
    key = "aws_target_tracking"
    if own.target.value <= 0:
        context.fault("is not above zero", key, "target")
    seen = {own.signal: context.place(key, "signal")}
    for index, item in enumerate(own.also):
        if item.target.value <= 0:
            context.fault("is not above zero", key, "also", index, "target")
        if item.signal in seen:
            context.fault(f"{item.signal} is tracked twice (see {seen[item.signal]})", key, "also", index, "signal")
        seen[item.signal] = context.place(key, "also", index, "signal")


def alarm_faults(alarm: AwsAlarmSection, index: int, context: Context) -> None:
    """Note step adjustments that overlap, leave a gap, or end where they may not."""
    where = ("aws_step_scaling", "alarms", index, "steps")
    spans = []
    for place, step in enumerate(alarm.steps):
        lower = -math.inf if step.lower is None else step.lower
        upper = math.inf if step.upper is None else step.upper
        if not lower < upper or (step.lower is None and step.upper is None):
            context.fault("needs a lower bound below its upper bound", *where, place)
        if alarm.adjustment == "ExactCapacity" and step.adjustment < 0:
            context.fault("an exact capacity is not negative", *where, place, "adjustment")
        spans.append((lower, upper, place))
    spans.sort()
    for (_, upper, left), (lower, _, right) in pairwise(spans):
        if upper != lower:
            what = "overlap" if upper > lower else "leave a gap"
            context.fault(f"two steps {what} (see {context.place(*where, left)})", *where, right)
    if -math.inf < spans[0][0] < 0:
        context.fault("goes below the threshold, so one step must have no lower bound", *where, spans[0][2])
    if 0 < spans[-1][1] < math.inf:
        context.fault("goes above the threshold, so one step must have no upper bound", *where, spans[-1][2])
    if alarm.datapoints is not None and alarm.datapoints > alarm.evaluation_periods:
        text = f"{alarm.datapoints} of {alarm.evaluation_periods} periods can never breach"
        other = context.place(*where[:3], "evaluation_periods")
        context.fault(f"{text} (see {other})", *where[:3], "datapoints")


def threshold_faults(own: NomadThresholdSection, index: int, context: Context) -> None:
    """Note a threshold strategy without a bound, or without exactly one thing to do."""
    where = ("nomad", "checks", index, "threshold")
    if own.lower is None and own.upper is None:
        context.fault("needs one of lower and upper", *where)
    elif own.lower is not None and own.upper is not None and own.lower >= own.upper:
        other = context.place(*where, "lower")
        context.fault(f"no value lies from {own.lower:g} to below {own.upper:g} (see {other})", *where, "upper")
    if sum(one is not None for one in (own.delta, own.percentage, own.value)) != 1:
        context.fault("needs exactly one of delta, percentage and value", *where)

"""What do an HPA's behavior and its absent fields mean? The object -> the arrays that the arithmetic takes.

Defaults, field by field (KEP-853 as shipped): up is the larger of 4 pods and 100 % in 15 s, without a window; down is
100 % in 15 s, with the controller's own window.
"""

from __future__ import annotations

import numpy as np

from plimsoll.domain.platform_policy import (
    HpaBehavior,
    HpaController,
    HpaMetric,
    HpaPolicy,
    HpaRate,
    HpaRules,
    MetricType,
    SelectPolicy,
    TargetType,
)
from plimsoll.policy.hpa.events import Events
from plimsoll.policy.hpa.limits import SELECT_DISABLED, SELECT_MAX, SELECT_MIN, Bounds, Rules
from plimsoll.policy.hpa.replicas import Tolerance
from plimsoll.policy.hpa.stabilization import Slots
from plimsoll.policy.hpa.totals import PODS_AVERAGE, TOTAL_AVERAGE, TOTAL_VALUE, UTILIZATION, HpaMemory, HpaProgram

_SELECT = {SelectPolicy.MAX: SELECT_MAX, SelectPolicy.MIN: SELECT_MIN, SelectPolicy.DISABLED: SELECT_DISABLED}
_UP = (HpaRate(percent=False, value=4, period_s=15), HpaRate(percent=True, value=100, period_s=15))
_DOWN = (HpaRate(percent=True, value=100, period_s=15),)


def up_rules(rules: HpaRules | None) -> Rules:
    """Fill in the defaults of scaling up."""
    return _filled(rules or HpaRules(), _UP, 0.0)


def down_rules(rules: HpaRules | None, controller: HpaController) -> Rules:
    """Fill in the defaults of scaling down."""
    return _filled(rules or HpaRules(), _DOWN, controller.downscale_stabilization_s)


def _filled(rules: HpaRules, default: tuple[HpaRate, ...], window_s: float) -> Rules:
    rates = default if rules.policies is None else rules.policies
    return Rules(
        select=_SELECT[rules.select or SelectPolicy.MAX],
        stabilization_s=float(window_s if rules.stabilization_s is None else rules.stabilization_s),
        percent=np.array([rate.percent for rate in rates], dtype=np.int64),
        value=np.array([rate.value for rate in rates], dtype=np.int64),
        period_s=np.array([rate.period_s for rate in rates], dtype=np.float64),
    )


def tolerance(behavior: HpaBehavior | None, controller: HpaController) -> Tolerance:
    """Take the tolerance of each direction from the object where it sets one, else the controller's."""
    up = behavior.up.tolerance if behavior and behavior.up else None
    down = behavior.down.tolerance if behavior and behavior.down else None
    return Tolerance(
        down=controller.tolerance_down if down is None else down,
        up=controller.tolerance_up if up is None else up,
    )


def slots(remembered: tuple[tuple[float, int], ...], room: int = 1) -> Slots:
    """Lay out remembered recommendations (time, count), with room for more."""
    times_s, counts = np.zeros(len(remembered) + room), np.zeros(len(remembered) + room)
    for i, (time_s, count) in enumerate(remembered):
        times_s[i], counts[i] = time_s, count
    return Slots(times_s, counts, np.array([len(remembered)], dtype=np.int64))


def events(happened: tuple[tuple[float, int, bool], ...], room: int = 1) -> Events:
    """Lay out scale events (time, change, outdated), with room for more."""
    size = len(happened) + room
    events = Events(np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.int64), np.array([len(happened)]))
    for i, (time_s, change, outdated) in enumerate(happened):
        events.times_s[i], events.changes[i], events.outdated[i] = time_s, change, outdated
    return events


def program_of(policy: HpaPolicy) -> HpaProgram:
    """Lay an HPA out as the arrays that the arithmetic takes."""
    controller, behavior = policy.controller, policy.behavior or HpaBehavior()
    return HpaProgram(
        bounds=Bounds(policy.min, policy.max),
        tolerance=tolerance(policy.behavior, controller),
        kinds=np.array([_kind(metric) for metric in policy.metrics], dtype=np.int64),
        targets=np.array([metric.target for metric in policy.metrics], dtype=np.float64),
        behaves=int(policy.behavior is not None),
        up=up_rules(behavior.up),
        down=down_rules(behavior.down, controller),
        window_s=float(controller.downscale_stabilization_s),
        cap=(float(controller.scale_up_limit_factor), float(controller.scale_up_limit_minimum)),
    )


def memory_of(policy: HpaPolicy, start: int, now_s: float, every_s: float, spare_s: float = 0.0) -> HpaMemory:
    """Lay out the memory of a replay: it holds the initial size, and has room for every window.

    `spare_s` is extra room, for a clock that is set back.
    """
    program = program_of(policy)
    windows_s = (program.window_s, program.up.stabilization_s, program.down.stabilization_s)
    longest_s = max(*windows_s, *program.up.period_s, *program.down.period_s)
    room = int((longest_s + spare_s) / every_s) + 3
    return HpaMemory(slots(((now_s, start),), room), events((), room), events((), room))


def _kind(metric: HpaMetric) -> int:
    if metric.type in (MetricType.OBJECT, MetricType.EXTERNAL):
        return TOTAL_AVERAGE if metric.target_type is TargetType.AVERAGE_VALUE else TOTAL_VALUE
    return UTILIZATION if metric.target_type is TargetType.UTILIZATION else PODS_AVERAGE

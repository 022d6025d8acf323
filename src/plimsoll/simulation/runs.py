"""Which loop replays which policy? A policy and a setting -> the trajectory, by the policy's own kernel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.decision import Guard
from plimsoll.domain.errors import UsageError
from plimsoll.domain.platform_policy import (
    HpaBehavior,
    HpaMetric,
    HpaPolicy,
    HpaRate,
    HpaRules,
    KedaPolicy,
    MetricType,
    NomadPolicy,
    TargetType,
)
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Axis, Policy
from plimsoll.domain.policy_proposals import Direction, Form, SignalUse
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.domain.quantity import Dimension
from plimsoll.domain.response import ServiceCurve
from plimsoll.domain.series import Times, Values
from plimsoll.policy import program as own_program
from plimsoll.policy.compiled import callable_when_compiled, compiled
from plimsoll.policy.hpa import rules as hpa_rules
from plimsoll.policy.hpa.totals import HpaReading
from plimsoll.policy.kernel.layout import fresh_reading, fresh_trail
from plimsoll.policy.lagged_fleet import lagged_fleet
from plimsoll.policy.priced import program as priced_program
from plimsoll.policy.schedule import Bounds, bounds_over
from plimsoll.simulation import course as courses
from plimsoll.simulation import feeds, plain, queued, world
from plimsoll.simulation.faults import CLOCK_JUMP, JUMP_S, NONE, faults_by_step
from plimsoll.simulation.feeds import Feeds, feeds_of
from plimsoll.simulation.foresight import kept_while, seasonal_ahead
from plimsoll.simulation.scores import outside_slo
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.signals import UNKNOWN_SIGNAL, UTILIZATION
from plimsoll.simulation.startup import delays
from plimsoll.simulation.stepped import queued_stepped, run_stepped

_MOST_DELAYS = 16384
_GUARDS = tuple(Guard)
_PAUSES = ((plain.PAUSE_OUT, Direction.OUT), (plain.PAUSE_IN, Direction.IN))


@dataclass(frozen=True, eq=False)
class Run:
    """The result of a replay, one entry per step; `missed` marks steps outside the SLO.

    Rows of `observed`: utilization, latency in seconds, error ratio, backlog, work (`plimsoll.simulation.world`). It is
    None by plain rules.
    """

    policy: str
    ready: Times
    desired: Times
    reasons: Times
    missed: NDArray[np.bool_]
    observed: Values | None = None


def reason_word(code: int) -> str:
    """Name the reason of one step of a trajectory."""
    return _GUARDS[code - courses.GUARDED].value if code >= courses.GUARDED else courses.REASONS[code]


def replayed(policy: AnyPolicy, setting: Setting) -> Run:
    """Replay one policy.

    Raises UsageError for a policy that a recorded demand cannot feed.
    """
    played = as_played(policy, setting)
    return run_of(played, setting, parts_of(played, setting))


def as_played(policy: AnyPolicy, setting: Setting) -> AnyPolicy:
    """Make the assumptions of a replay's rules explicit in its policy.

    Raises UsageError for a policy that moves along a ladder of sizes: a replay has replicas of one size.
    """
    if isinstance(policy, Policy) and policy.axis is Axis.RUNGS:
        raise UsageError(
            f"policy {policy.name} counts rungs of a ladder of sizes; a replay serves with replicas of one size:"
            " leave it out of the comparison"
        )
    return as_under_plain_rules(policy) if setting.rules is Rules.PLAIN else policy


def steps_between_decisions(policy: AnyPolicy, setting: Setting) -> int:
    """Return the steps between two decisions of a policy: one by the plain rules, otherwise its own interval.

    A policy decides at most once per step. The evaluation periods of AWS are counted by its alarms.
    """
    every_s = 0.0
    if isinstance(policy, Policy):
        every_s = policy.evaluate_every_s
    elif isinstance(policy, HpaPolicy | KedaPolicy):
        every_s = policy.controller.sync_period_s
    elif isinstance(policy, NomadPolicy):
        every_s = policy.evaluation_interval_s
    return 1 if setting.rules is Rules.PLAIN else max(1, math.ceil(every_s / setting.step_s - 1e-9))


def parts_of(policy: AnyPolicy, setting: Setting) -> tuple[Any, ...]:
    """Lay out the arrays of a compiled loop; empty for a policy without one."""
    if isinstance(policy, HpaPolicy):
        return _hpa_parts(policy, setting)
    if isinstance(policy, PricedPolicy):
        return _priced_parts(policy, setting)
    return _own_parts(policy, setting) if isinstance(policy, Policy) else ()


def run_of(policy: AnyPolicy, setting: Setting, parts: tuple[Any, ...]) -> Run:
    """Run the loop of a policy over its parts."""
    ready_for_replay()
    return (_plain if setting.rules is Rules.PLAIN else _queued)(policy, setting, parts)


@cache
def ready_for_replay() -> None:
    """Let compiled loops call the other functions of this package."""
    for module in (courses, world, feeds, plain, queued):
        callable_when_compiled(module)


def as_under_plain_rules(policy: AnyPolicy) -> AnyPolicy:
    """Make the plain rules explicit: KEDA polls each step; an HPA without a behavior adds 4 pods or doubles per step.

    Its scale-in window stays the controller's.
    """
    if isinstance(policy, HpaPolicy):
        return _hpa_by_steps(policy)
    if isinstance(policy, KedaPolicy):
        return replace(policy, polling_interval_s=0.0)
    if isinstance(policy, PricedPolicy) and policy.account and policy.account.reference:
        return replace(policy, account=replace(policy.account, reference=_hpa_by_steps(policy.account.reference)))
    return policy


def _hpa_by_steps(policy: HpaPolicy) -> HpaPolicy:
    if policy.behavior is not None:
        return policy
    window_s = int(policy.controller.downscale_stabilization_s)
    at_once = HpaRate(percent=True, value=100, period_s=1)
    up = HpaRules((HpaRate(percent=False, value=4, period_s=1), at_once))
    return replace(policy, behavior=HpaBehavior(up, HpaRules((at_once,), stabilization_s=window_s)))


def _plain(policy: AnyPolicy, setting: Setting, parts: tuple[Any, ...]) -> Run:
    course = courses.fresh_course(setting.load, setting.first_s, setting.step_s, setting.per_replica)
    fleet = lagged_fleet(setting.start, setting.lag)
    if isinstance(policy, HpaPolicy):
        compiled(plain.run_hpa)(*parts, fleet, (course, _hpa_feeds(policy, setting)))
    elif isinstance(policy, PricedPolicy):
        compiled(plain.run_priced)(*parts, fleet, course)
    elif isinstance(policy, Policy):
        compiled(plain.run_own)(*parts, fleet, (course, *_own_plan(policy, setting)))
    else:
        run_stepped(policy, fleet, course, setting)
    missed = outside_slo(setting.load, course.ready, setting.per_replica, setting.utilization)
    return Run(policy.name, course.ready, course.desired, course.reasons, missed)


def _queued(policy: AnyPolicy, setting: Setting, parts: tuple[Any, ...]) -> Run:
    service = world_of(setting, steps_between_decisions(policy, setting))
    if isinstance(policy, HpaPolicy):
        compiled(queued.queued_hpa)(*parts, service, _hpa_feeds(policy, setting))
    elif isinstance(policy, PricedPolicy):
        compiled(queued.queued_priced)(*parts, service)
    elif isinstance(policy, Policy):
        compiled(queued.queued_own)(*parts, service, _own_plan(policy, setting))
    else:
        queued_stepped(policy, service, setting)
    return Run(
        policy.name, service.ready, service.desired, service.reasons, _missed(service, setting), service.observed
    )


def world_of(setting: Setting, decide_every: int = 1) -> world.World:
    """Lay out the service of a setting, with its random draws; the policy decides every so many steps."""
    numbers = np.zeros(9)
    values = {
        world.FIRST_S: setting.first_s,
        world.STEP_S: setting.step_s,
        world.PER_REPLICA: setting.per_replica,
        world.FULL_USE: max(setting.per_replica, setting.measured.load[-1] if setting.measured else 0.0),
        world.QUOTA: float(setting.quota if setting.quota is not None else 2**31),
        world.DEADLINE_S: setting.deadline_s,
        world.METRIC_LAG: setting.metric_lag,
        world.SERVICE_S: math.nan if setting.service_s is None else setting.service_s,
        world.DECIDE_EVERY: decide_every,
    }
    for place, value in values.items():
        numbers[place] = value
    drawn = delays(setting.startup, setting.step_s, _MOST_DELAYS, setting.seed)
    faults = faults_by_step(setting.fault, setting.load.size, setting.seed)
    return world.fresh_world(setting.load, faults, (drawn, curves_of(setting.measured)), numbers, setting.start)


def curves_of(measured: ServiceCurve | None) -> NDArray[np.float64]:
    """Lay out load, latency (NaN: not measured) and error ratio of a replica in rows; no columns without a curve."""
    if measured is None:
        return np.zeros((3, 0))
    rows = (measured.load, measured.latency_s or np.nan, measured.error_ratio or 0.0)
    return np.array([np.broadcast_to(row, len(measured.load)) for row in rows], dtype=np.float64)


def _missed(service: world.World, setting: Setting) -> NDArray[np.bool_]:
    """Mark steps whose work exceeded the SLO's share of supply, or whose latency or errors exceeded their bound."""
    observed = service.observed
    missed: NDArray[np.bool_] = observed[world.WORK] > setting.utilization * setting.per_replica * service.ready
    if setting.latency_slo_s is not None and setting.has_latency:
        missed |= observed[world.LATENCY_S] > setting.latency_slo_s
    if setting.error_slo is not None:
        missed |= observed[world.ERRORS] > setting.error_slo
    return missed


def _hpa_parts(policy: HpaPolicy, setting: Setting) -> tuple[Any, ...]:
    memory = hpa_rules.memory_of(policy, setting.start, setting.first_s, setting.step_s, 2 * JUMP_S)
    return hpa_rules.program_of(policy), memory, HpaReading(*(np.zeros(len(policy.metrics)) for _ in range(4)))


def _hpa_feeds(policy: HpaPolicy, setting: Setting) -> Feeds:
    """Lay out what feeds each metric.

    Raises UsageError for a metric that nothing feeds, and for an amount (not a utilization) of a resource.
    """
    found = feeds_of(tuple(SignalUse(metric.name, _form(metric), _unit(metric)) for metric in policy.metrics), setting)
    for metric, kind in zip(policy.metrics, found.kinds.tolist(), strict=True):
        if kind == UNKNOWN_SIGNAL or (kind == UTILIZATION and _is_amount(metric)):
            raise UsageError(
                f"policy {policy.name}: a replay has no value for {metric.type.value} metric {metric.name}: state how"
                " it follows the load (a signal of the component with `derived`), or add it to the trace as a column"
            )
    return found


def _form(metric: HpaMetric) -> Form:
    return Form.TOTAL if metric.type in (MetricType.OBJECT, MetricType.EXTERNAL) else Form.AVERAGE


def _unit(metric: HpaMetric) -> str:
    amount = Dimension.CORES if metric.name == "cpu" else Dimension.BYTES
    unit: Dimension = amount if _is_amount(metric) else Dimension.RATIO
    return unit.value


def _is_amount(metric: HpaMetric) -> bool:
    """Tell whether a resource is compared with an amount of it, not with a share of what was requested."""
    resources = (MetricType.RESOURCE, MetricType.CONTAINER_RESOURCE)
    return metric.type in resources and metric.target_type is not TargetType.UTILIZATION


def _priced_parts(policy: PricedPolicy, setting: Setting) -> tuple[Any, ...]:
    fitted = replace(policy, every_s=setting.step_s)
    memory = priced_program.memory_of(fitted, setting.start)
    return priced_program.program_of(fitted), memory


def _own_parts(policy: Policy, setting: Setting) -> tuple[Any, ...]:
    """Lay out program and memory; nothing is observed between two steps, so a policy decides at most once a step."""
    policy = replace(policy, evaluate_every_s=max(policy.evaluate_every_s, setting.step_s))
    program = own_program.program_of(policy)
    memory = own_program.memory_of(policy, setting.step_s)
    return program, memory, fresh_reading(program), fresh_trail(program)


def _own_plan(policy: Policy, setting: Setting) -> tuple[Values, Feeds]:
    """Lay out the bounds by schedules, peaks and the forecast at each step, and what feeds each signal."""
    steps = setting.load.size
    bounds = np.zeros((10, steps))
    bounds[plain.CEILING] = math.inf
    for row in (plain.TARGET, plain.TARGET_SINCE, plain.AHEAD, plain.FOR_NOW):
        bounds[row] = math.nan
    times_s = setting.first_s + setting.step_s * np.arange(steps, dtype=np.float64)
    faults = faults_by_step(setting.fault if setting.rules is Rules.QUEUED else None, steps, setting.seed)
    times_s[faults == CLOCK_JUMP] += JUMP_S  # the clock that the policy sees
    for pause in policy.pauses:
        rows = [row for row, side in _PAUSES if pause.direction in (side, Direction.BOTH)]
        bounds[rows] = np.maximum(bounds[rows], True if pause.until_s is None else times_s < pause.until_s)
    if policy.schedules or policy.peaks:
        _write_bounds(bounds, bounds_over(policy, times_s))
    if policy.predictive is not None:
        false = (faults != NONE) & (faults != CLOCK_JUMP)
        late = setting.metric_lag if setting.rules is Rules.QUEUED else 0
        lag = max(1, math.ceil(policy.predictive.lead_s / setting.step_s)) + late
        forecasts = seasonal_ahead(setting.load, setting.step_s, lag, policy.predictive.quantile)
        for row, forecast in zip((plain.AHEAD, plain.FOR_NOW), forecasts, strict=True):
            bounds[row, late:] = forecast[: max(0, steps - late)]
            bounds[row] = kept_while(false, bounds[row], policy.predictive.stale_after_s / setting.step_s)
    return bounds, feeds_of(policy.signals, setting)


def _write_bounds(bounds: Values, at: Sequence[Bounds]) -> None:
    bounds[plain.FLOOR] = [bound.floor for bound in at]
    bounds[plain.CEILING] = [bound.ceiling for bound in at]
    bounds[plain.TARGET] = [bound.target for bound in at]
    bounds[plain.TARGET_SINCE] = [bound.target_since_s for bound in at]
    bounds[plain.HOLD_IN] = [bound.hold_scale_in for bound in at]
    bounds[plain.EXTRA] = [bound.extra_ratio for bound in at]

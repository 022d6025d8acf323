"""What of a policy can a replay not show? Rules that could not possibly fire, each with the load it would take, signals
without a value, and another policy that it waits for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from plimsoll.domain.errors import Place
from plimsoll.domain.finding import Finding
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Condition, Direction, Form, Side, SignalUse, StepTable, TriggerRule
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.domain.quantity import format_duration, format_quantity
from plimsoll.domain.response import Response
from plimsoll.domain.series import Values
from plimsoll.policy.priced.step import STALE_STEPS
from plimsoll.simulation.feeds import feed_of
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.signals import UNKNOWN_SIGNAL, UTILIZATION

_FAR = 1e12


def warnings(policies: Sequence[AnyPolicy], setting: Setting) -> tuple[Finding, ...]:
    """List rules that the recorded demand cannot trigger, signals that nothing feeds, and what is replayed alone."""
    ruled = [policy for policy in policies if isinstance(policy, Policy)]
    found = (finding for policy in ruled for finding in (*_unknown(policy, setting), *_unreachable(policy, setting)))
    return (*found, *_always_stale(policies, setting), *_replayed_alone(ruled))


def _replayed_alone(policies: Sequence[Policy]) -> Iterator[Finding]:
    """Report policies that wait for another one, which a replay cannot tell to stand at its maximum."""
    for policy in policies:
        if policy.after:
            message = f"policy {policy.name} waits until {policy.after} stands at its maximum; a replay runs it alone"
            yield Finding("replayed-alone", message, f"{policy.after} is taken to stand there", _places(policy))


def _places(policy: Policy) -> tuple[Place, ...]:
    return (policy.place,) if policy.place else ()


def _always_stale(policies: Sequence[AnyPolicy], setting: Setting) -> Iterator[Finding]:
    """Report policies for which every signal value in this replay is stale."""
    late_s = setting.metric_lag * setting.step_s if setting.rules is Rules.QUEUED else 0.0
    for policy in policies:
        bounds = {}
        if isinstance(policy, Policy):
            bounds = {use.name: use.stale_after_s for use in policy.signals}
        if isinstance(policy, PricedPolicy):
            bounds = {policy.demand_signal: STALE_STEPS * setting.step_s}
        for name, bound_s in bounds.items():
            if late_s > bound_s:
                late, bound = format_duration(late_s), format_duration(bound_s)
                message = f"policy {policy.name} sees {name} {late} late, and takes it for stale after {bound}"
                yield Finding("always-stale", message, "it never acts on it: shorten the delay, or trust it for longer")


def _unknown(policy: Policy, setting: Setting) -> Iterator[Finding]:
    for use in policy.signals:
        if feed_of(use, setting)[0] == UNKNOWN_SIGNAL:
            message = f"policy {policy.name} reads {use.name}, of which this replay has no value"
            remedy = (
                "it reads as missing: unknown never scales in; state how it follows the load, add a column, or for a"
                " latency, --service-time"
            )
            yield Finding("signal-unknown", message, remedy, (use.place,) if use.place else ())


def _unreachable(policy: Policy, setting: Setting) -> Iterator[Finding]:
    """Report conditions that no recorded load meets, at the fleet size that comes nearest to meeting them."""
    for trigger in policy.rules:
        for condition in _conditions(trigger):
            use = policy.signal(condition.signal)
            text = "" if use is None else _never(use, condition, policy, setting)
            if text:
                places = (condition.place,) if condition.place else ()
                message = f"policy {policy.name}: {trigger.name} cannot fire on this demand: {text}"
                yield Finding("never-fires", message, "", places)


def _conditions(rule: TriggerRule | StepTable) -> tuple[Condition, ...]:
    """List the conditions of a rule; for a step table, the condition of its lowest band."""
    if isinstance(rule, TriggerRule):
        return rule.conditions
    side, sign = (Side.ABOVE, 1) if rule.direction is Direction.OUT else (Side.BELOW, -1)
    lowest = min((band.lower for band in rule.bands), default=0.0)
    return (Condition(rule.signal, side, rule.threshold + sign * lowest, rule.place),)


def _never(use: SignalUse, condition: Condition, policy: Policy, setting: Setting) -> str:
    """Say why a condition cannot hold; empty where it can, and for a signal that depends on more than the load."""
    kind, line, column = feed_of(use, setting)
    if column is not None:
        return _never_recorded(use, condition, policy, column)
    if kind == UTILIZATION:
        line = Response(use.name, (0.0, _FAR), (0.0, _FAR / setting.per_replica))
    if line is None:
        return ""
    high = (condition.side is Side.ABOVE) == (line.value[-1] >= line.value[0])
    count = max(1, policy.limits.min) if high else policy.limits.max
    load = float(setting.load.max() if high else setting.load.min())
    shared = 1 if line.form is Form.TOTAL else count
    nearest = float(np.interp(load / shared, line.load, line.value))
    if _beyond(nearest, condition):
        return ""
    crossing = _load_at(line, condition.threshold)
    if crossing is None:
        return f"{_nearest(use, condition, nearest)}, whatever the load"
    side = "more than" if high else "less than"
    takes = f"it takes a load of {side} {crossing * shared:.4g} a step at {count} replicas"
    threshold = format_quantity(condition.threshold, use.unit)
    return f"{_nearest(use, condition, nearest)}; {condition.side.value} {threshold} {takes}"


def _never_recorded(use: SignalUse, condition: Condition, policy: Policy, column: Values) -> str:
    above = condition.side is Side.ABOVE
    share = (max(1, policy.limits.min) if above else policy.limits.max) if use.form is Form.AVERAGE else 1
    nearest = float(np.nanmax(column) if above else np.nanmin(column)) / share
    return "" if _beyond(nearest, condition) else f"{_nearest(use, condition, nearest)} in what was recorded"


def _beyond(value: float, condition: Condition) -> bool:
    return value > condition.threshold if condition.side is Side.ABOVE else value < condition.threshold


def _nearest(use: SignalUse, condition: Condition, value: float) -> str:
    verb = "reaches {} at most" if condition.side is Side.ABOVE else "falls to {} at least"
    return f"{use.name} {verb.format(format_quantity(value, use.unit))}"


def _load_at(line: Response, value: float) -> float | None:
    """Return the load at which a line takes a value; None where it never does."""
    for (left, low), (right, high) in pairwise(zip(line.load, line.value, strict=True)):
        if min(low, high) <= value <= max(low, high) and low != high:
            return left + (value - low) / (high - low) * (right - left)
    return None

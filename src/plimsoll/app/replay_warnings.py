"""Which rules of a policy can never have fired on this demand? Warnings, each with the load at which it would fire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.domain.finding import Finding
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Condition, Side
from plimsoll.simulation import plain
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.signals import kind_of


def warnings(policies: Sequence[AnyPolicy], setting: Setting) -> tuple[Finding, ...]:
    """List what the recorded demand can never set off, and signals it does not tell."""
    own = [policy for policy in policies if isinstance(policy, Policy)]
    return tuple(finding for policy in own for finding in (*_unknown(policy, setting), *_unreachable(policy, setting)))


def _unknown(policy: Policy, setting: Setting) -> Iterator[Finding]:
    queueing = setting.rules is Rules.QUEUED
    for use in policy.signals:
        if kind_of(use, queueing=queueing) == plain.UNKNOWN_SIGNAL:
            message = f"policy {policy.name} reads {use.name}, which a recorded demand does not tell"
            places = (use.place,) if use.place else ()
            yield Finding("signal-unknown", message, "it reads as missing, and unknown never scales in", places)


def _unreachable(policy: Policy, setting: Setting) -> Iterator[Finding]:
    """Conditions on utilization, held against the load at the largest and the smallest fleet there may be."""
    lowest = float(setting.load.min()) / (policy.limits.max * setting.per_replica)
    highest = float(setting.load.max()) / (max(1, policy.limits.min) * setting.per_replica)
    for trigger in policy.triggers:
        for condition in trigger.conditions:
            use = policy.signal(condition.signal)
            if use is None or kind_of(use, queueing=False) != plain.UTILIZATION:
                continue
            if text := _never(condition, lowest, highest, policy, setting):
                places = (condition.place,) if condition.place else ()
                message = f"policy {policy.name}: {trigger.name} cannot fire on this demand: {text}"
                yield Finding("never-fires", message, "", places)


def _never(condition: Condition, lowest: float, highest: float, policy: Policy, setting: Setting) -> str:
    if condition.side is Side.ABOVE and highest <= condition.threshold:
        needed = condition.threshold * max(1, policy.limits.min) * setting.per_replica
        return (
            f"{condition.signal} reaches {highest:.0%} at most; above {condition.threshold:.0%} it takes a load of more"
            f" than {needed:.4g} a step at {max(1, policy.limits.min)} replicas"
        )
    if condition.side is Side.BELOW and lowest >= condition.threshold:
        needed = condition.threshold * policy.limits.max * setting.per_replica
        return (
            f"{condition.signal} falls to {lowest:.0%} at least; below {condition.threshold:.0%} it takes a load under"
            f" {needed:.4g} a step at {policy.limits.max} replicas"
        )
    return ""

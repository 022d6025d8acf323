"""What does KEDA do? Activation between 0 and 1 by its own loop; from 1 on, the HPA it creates.

Sources: the keda.sh ScaledObject reference, pkg/scaling/executor/scale_scaledobjects.go, pkg/fallback/fallback.go.
A trigger is active while its value is above its activation threshold, strictly. A trigger that failed more than
`failureThreshold` times in a row is fed replicas x threshold instead (AverageValue triggers only), where replicas are
the fallback's, the current ones, or the higher or lower of the two; until then the HPA sees a failed metric.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from plimsoll.domain.decision import Because, Decision, Proposal, Reason
from plimsoll.domain.observation import Observation, Reading, Value
from plimsoll.domain.platform_policy import (
    FallbackBehavior,
    HpaMetric,
    HpaPolicy,
    KedaFallback,
    KedaPolicy,
    KedaTrigger,
    MetricType,
    TargetType,
)
from plimsoll.policy.memory import Kept
from plimsoll.policy.platforms import hpa, ledger

_RESOURCES = ("cpu", "memory")


def step(policy: KedaPolicy, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one step of both loops: KEDA's own, and, from one replica on, its HPA's."""
    found = ledger.numbers(memory)
    found.setdefault("created_s", [now_s])
    values = {trigger.name: ledger.seen(observation, trigger.name) for trigger in policy.triggers}
    for trigger in policy.triggers:
        failures = found.get(f"failures {trigger.name}", [0.0])[0]
        found[f"failures {trigger.name}"] = [failures + 1 if values[trigger.name] is None else 0.0]
    active = any(is_active(trigger, values[trigger.name]) for trigger in policy.triggers)
    if active:
        found["active_s"] = [now_s]
    own = _own_decision(policy, found, observation, now_s, active)
    if own is not None:
        return own, ledger.kept(policy.name, found)
    return _by_hpa(policy, found, observation, now_s, values)


def is_active(trigger: KedaTrigger, value: float | None) -> bool:
    """Tell whether a trigger is active; CPU and memory never activate, a failed one does not either."""
    return trigger.scaler not in _RESOURCES and value is not None and value > trigger.activation_threshold


def fallback_replicas(fallback: KedaFallback, current: int) -> int:
    """Answer the replicas that stand in while a trigger fails.

    >>> fallback_replicas(KedaFallback(3, 6, FallbackBehavior.CURRENT_IF_HIGHER), 9)
    9
    """
    if fallback.behavior is FallbackBehavior.CURRENT:
        return current
    if fallback.behavior is FallbackBehavior.CURRENT_IF_HIGHER:
        return max(current, fallback.replicas)
    if fallback.behavior is FallbackBehavior.CURRENT_IF_LOWER:
        return min(current, fallback.replicas)
    return fallback.replicas


def _own_decision(
    policy: KedaPolicy, found: ledger.Numbers, observation: Observation, now_s: float, active: bool
) -> Decision | None:
    """Decide what KEDA's own loop decides; None where the HPA has its turn."""
    current = observation.fleet.desired
    asleep = 0 if policy.idle is None else policy.idle
    first = max(policy.min, 1)
    because = Because(Reason.ACTIVATION, "activation")
    if active and current <= asleep and current < first:
        return ledger.decision(policy.name, observation, now_s, first, [Proposal(because, first)])
    if not active and _falling_back(policy, found):
        stand_in = fallback_replicas(policy.fallback, current) if policy.fallback else current
        if current != stand_in and current == 0:
            reason = Because(Reason.FALLBACK, "fallback")
            return ledger.decision(policy.name, observation, now_s, stand_in, [Proposal(reason, stand_in)])
    if not active and current > asleep and (policy.min == 0 or policy.idle is not None):
        if _failing(policy, found):
            return None
        cooled = _cooled(policy, found, now_s)
        wanted = asleep if cooled else None
        if wanted is not None:
            return ledger.decision(policy.name, observation, now_s, wanted, [Proposal(because, wanted)])
        return None
    if current == 0 or (policy.idle is not None and current <= asleep):
        return ledger.decision(policy.name, observation, now_s, current, [Proposal(because, None)])
    return None


def _cooled(policy: KedaPolicy, found: ledger.Numbers, now_s: float) -> bool:
    active_s = ledger.one(found, "active_s")
    if math.isnan(active_s):
        return now_s - ledger.one(found, "created_s") >= policy.initial_cooldown_s
    return now_s - active_s > policy.cooldown_period_s


def _failing(policy: KedaPolicy, found: ledger.Numbers) -> bool:
    return any(ledger.one(found, f"failures {trigger.name}") > 0 for trigger in policy.triggers)


def _falling_back(policy: KedaPolicy, found: ledger.Numbers) -> bool:
    return any(_falls_back(policy, trigger, found) for trigger in policy.triggers)


def _falls_back(policy: KedaPolicy, trigger: KedaTrigger, found: ledger.Numbers) -> bool:
    if policy.fallback is None or trigger.metric_type is not TargetType.AVERAGE_VALUE or trigger.scaler in _RESOURCES:
        return False
    return ledger.one(found, f"failures {trigger.name}") > policy.fallback.failure_threshold


def _by_hpa(
    policy: KedaPolicy,
    found: ledger.Numbers,
    observation: Observation,
    now_s: float,
    values: Mapping[str, float | None],
) -> tuple[Decision, Kept]:
    signals: dict[str, Reading] = dict(observation.signals)
    fell_back = False
    for trigger in policy.triggers:
        if values[trigger.name] is None and _falls_back(policy, trigger, found) and policy.fallback is not None:
            signals[trigger.name] = Value(
                trigger.threshold * fallback_replicas(policy.fallback, observation.fleet.desired)
            )
            fell_back = True
    mine = {name[4:]: found.pop(name) for name in list(found) if name.startswith("hpa ")}
    seen = replace(observation, signals=signals)
    decision, kept = hpa.step(hpa_of(policy), ledger.kept(policy.name, mine), seen, now_s)
    found.update({f"hpa {name}": values for name, values in ledger.numbers(kept).items()})
    if fell_back:
        said = tuple(replace(one, reason=Reason.FALLBACK) for one in decision.reasons)
        decision = replace(decision, reasons=said)
    return decision, ledger.kept(policy.name, found)


def hpa_of(policy: KedaPolicy) -> HpaPolicy:
    """Build the HPA that KEDA creates: never below one replica; an average is an external total per replica."""
    metrics = tuple(_metric(trigger) for trigger in policy.triggers)
    return HpaPolicy(policy.name, max(policy.min, 1), policy.max, metrics, policy.behavior, policy.controller)


def _metric(trigger: KedaTrigger) -> HpaMetric:
    if trigger.scaler in _RESOURCES:
        utilization = trigger.metric_type is TargetType.UTILIZATION
        target = round(trigger.threshold * (1 if utilization else 1000))
        return HpaMetric(MetricType.RESOURCE, trigger.name, trigger.metric_type, target)
    return HpaMetric(MetricType.EXTERNAL, trigger.name, trigger.metric_type, round(trigger.threshold * 1000))

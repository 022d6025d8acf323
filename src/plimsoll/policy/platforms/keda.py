"""What does KEDA do? Activation between 0 and 1 by its own loop; from 1 on, the HPA it creates.

Sources: kedacore/keda pkg/scaling/executor/scale_scaledobjects.go (KEDA's own loop), scale_handler.go (which triggers
are active, which fail), pkg/fallback/fallback.go; the keda.sh ScaledObject reference. The HPA queries metrics at each
of its own steps, KEDA's own loop at its polling interval:

- a trigger is active while its value is strictly above its activation threshold, or while it falls back; if all
  triggers are CPU or memory, the object is active as long as none fails;
- active: scale from 0, or with an idle count from below the minimum, to the minimum (at least 1). Otherwise record the
  time of activity, unless a trigger fails;
- not active: do nothing while a trigger fails, unless the fallback is to 0 replicas. Once the cooldown since the last
  activity is over, scale to the idle count, or to 0 if that is the minimum. Without an idle count, scale up to the
  minimum.

A trigger that failed more than `failureThreshold` times in a row reports a substitute value that leads the HPA to the
fallback's replicas, to the current ones, or to the higher or lower of the two: threshold x replicas, divided by the
ready replicas for metrics of type Value. CPU and memory never fall back. Up to that point the HPA sees a failed metric.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    found, current = ledger.numbers(memory), observation.fleet.desired
    found.setdefault("created_s", [now_s])
    values = {trigger.name: ledger.value_of(observation, trigger.name) for trigger in policy.triggers}
    for trigger in policy.triggers:
        failures = found.get(f"failures {trigger.name}", [0.0])[0]
        found[f"failures {trigger.name}"] = [failures + 1 if values[trigger.name] is None else 0.0]
    state = _state(policy, found, observation, values)
    wanted = _by_own_loop(policy, found, current, now_s, state) if _polls(policy, found, now_s) else None
    if wanted is not None and wanted != current:
        proposal = Proposal(Because(Reason.FALLBACK if state.falling_back else Reason.ACTIVATION, "activation"), wanted)
        decision = ledger.decision(policy.name, observation, now_s, wanted, [proposal])
        return decision, ledger.kept(policy.name, found)
    if current == 0:
        asleep = [Proposal(Because(Reason.ACTIVATION, "activation"), None)]
        return ledger.decision(policy.name, observation, now_s, 0, asleep), ledger.kept(policy.name, found)
    return _by_hpa(policy, found, observation, now_s, state)


@dataclass(frozen=True, slots=True)
class State:
    """The triggers together: any active, any failing without a fallback, and the substitute values by trigger."""

    active: bool
    failing: bool
    stand_ins: Mapping[str, float]

    @property
    def falling_back(self) -> bool:
        """Tell whether any trigger has a substitute value."""
        return bool(self.stand_ins)


def _state(
    policy: KedaPolicy, found: ledger.Numbers, observation: Observation, values: Mapping[str, float | None]
) -> State:
    stand_ins = {
        trigger.name: value
        for trigger in policy.triggers
        if (value := _stand_in(policy, trigger, found, observation)) is not None
    }
    failing = any(value is None and name not in stand_ins for name, value in values.items())
    active = any(is_active(trigger, values[trigger.name]) for trigger in policy.triggers)
    resources = all(trigger.scaler in _RESOURCES for trigger in policy.triggers)
    return State(active or bool(stand_ins) or (resources and not failing), failing, stand_ins)


def is_active(trigger: KedaTrigger, value: float | None) -> bool:
    """Tell whether the value of a trigger makes it active; never for CPU, memory or a failed trigger."""
    return trigger.scaler not in _RESOURCES and value is not None and value > trigger.activation_threshold


def _polls(policy: KedaPolicy, found: ledger.Numbers, now_s: float) -> bool:
    """Tell whether KEDA's own loop polls now; a clock that was set back does not delay it."""
    if 0.0 <= now_s - ledger.one(found, "polled_s") < policy.polling_interval_s:
        return False
    found["polled_s"] = [now_s]
    return True


def _by_own_loop(policy: KedaPolicy, found: ledger.Numbers, current: int, now_s: float, state: State) -> int | None:
    """Return the count that KEDA's own loop sets; None where it sets none."""
    waking = state.active and (current == 0 or (policy.idle is not None and current < policy.min))
    if state.active and (waking or not state.failing):
        found["active_s"] = [now_s]
    if waking:
        return max(policy.min, 1)
    return None if state.active else _at_rest(policy, found, current, now_s, state)


def _at_rest(policy: KedaPolicy, found: ledger.Numbers, current: int, now_s: float, state: State) -> int | None:
    """Return the count that KEDA's own loop sets while nothing is active; None where it sets none."""
    if state.failing and (policy.fallback is None or policy.fallback.replicas != 0):
        return None
    if (policy.idle is not None and current > policy.idle) or (current > 0 and policy.min == 0):
        asleep = policy.min if policy.idle is None else policy.idle
        return asleep if _cooled(policy, found, now_s) else None
    return policy.min if policy.idle is None and current < policy.min else None


def fallback_replicas(fallback: KedaFallback, current: int) -> int:
    """Return the fallback's replicas while a trigger fails.

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


def _cooled(policy: KedaPolicy, found: ledger.Numbers, now_s: float) -> bool:
    active_s = ledger.one(found, "active_s")
    if math.isnan(active_s):
        return now_s - ledger.one(found, "created_s") >= policy.initial_cooldown_s
    return now_s - active_s > policy.cooldown_period_s


def _stand_in(
    policy: KedaPolicy, trigger: KedaTrigger, found: ledger.Numbers, observation: Observation
) -> float | None:
    """Return the substitute value of a trigger that has failed too often; None without one."""
    fallback, fleet = policy.fallback, observation.fleet
    if fallback is None or trigger.scaler in _RESOURCES:
        return None
    if ledger.one(found, f"failures {trigger.name}") <= fallback.failure_threshold:
        return None
    replicas = fallback_replicas(fallback, fleet.desired)
    if trigger.metric_type is TargetType.AVERAGE_VALUE:
        return trigger.threshold * replicas
    ready = fleet.desired if fleet.ready is None else fleet.ready
    return math.trunc(trigger.threshold * 1000 * (replicas / ready)) / 1000 if ready > 0 else None


def _by_hpa(
    policy: KedaPolicy, found: ledger.Numbers, observation: Observation, now_s: float, state: State
) -> tuple[Decision, Kept]:
    stand_ins: dict[str, Reading] = {name: Value(value) for name, value in state.stand_ins.items()}
    own = {name[4:]: found.pop(name) for name in list(found) if name.startswith("hpa ")}
    filled = replace(observation, signals={**observation.signals, **stand_ins})
    decision, kept = hpa.step(hpa_of(policy), ledger.kept(policy.name, own), filled, now_s)
    found.update({f"hpa {name}": values for name, values in ledger.numbers(kept).items()})
    if state.falling_back:
        reasons = tuple(replace(one, reason=Reason.FALLBACK) for one in decision.reasons if one.signal in stand_ins)
        decision = replace(decision, reasons=reasons or decision.reasons)
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

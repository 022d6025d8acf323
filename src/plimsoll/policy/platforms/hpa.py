"""An HPA, one step: observed averages and totals -> the decision of its controller.

Signals carry the names of the metrics: a utilization is a ratio of the request, averages and totals are in the
metric's own unit. The fleet's `ready` is the number of pods whose samples count, `starting` those that are unready;
pods that are neither are missing.
"""

from __future__ import annotations

import math

import numpy as np

from plimsoll.domain.decision import Because, Decision, Guard, Proposal, Reason
from plimsoll.domain.observation import Observation
from plimsoll.domain.platform_policy import HpaPolicy, TargetType
from plimsoll.policy.hpa import rules
from plimsoll.policy.hpa.replicas import within
from plimsoll.policy.hpa.totals import (
    PODS_AVERAGE,
    TOTAL_AVERAGE,
    UTILIZATION,
    HpaMemory,
    HpaProgram,
    HpaReading,
    hpa_acted,
    hpa_decide,
    metric_replicas,
)
from plimsoll.policy.memory import Kept
from plimsoll.policy.platforms import ledger


def step(policy: HpaPolicy, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one reconcile; the first one remembers the size it finds."""
    program, fleet = rules.program_of(policy), observation.fleet
    working = _memory(ledger.numbers(memory), now_s, fleet.desired)
    reading = _reading(policy, program, observation)
    wanted = hpa_decide(program, working, reading, now_s, fleet.desired, _ready(observation))
    hpa_acted(program, working, now_s, wanted - fleet.desired)
    return decision_of(policy, reading, observation, now_s, wanted), ledger.kept(policy.name, _numbers(working))


def decision_of(
    policy: HpaPolicy, reading: HpaReading, observation: Observation, now_s: float, wanted: int
) -> Decision:
    """Write a reconcile as a decision: what each metric asked for, and what changed that."""
    program, current, ready = rules.program_of(policy), observation.fleet.desired, _ready(observation)
    trail = [_proposal(policy, program, reading, i, current, ready) for i in range(len(policy.metrics))]
    highest = max((one.replicas for one in trail if one.replicas is not None), default=wanted)
    return ledger.decision(policy.name, observation, now_s, wanted, trail, _bound(policy, highest, wanted))


def _ready(observation: Observation) -> int:
    fleet = observation.fleet
    return fleet.desired if fleet.ready is None else fleet.ready


def _bound(policy: HpaPolicy, proposed: int, wanted: int) -> Guard | None:
    if proposed == wanted:
        return None
    if proposed > wanted:
        return Guard.MAX if wanted == policy.max else Guard.RATE
    return Guard.MIN if wanted == policy.min else Guard.STABILIZATION


def _reading(policy: HpaPolicy, program: HpaProgram, observation: Observation) -> HpaReading:
    fleet, size, ready = observation.fleet, len(policy.metrics), _ready(observation)
    reading = HpaReading(*(np.zeros(size) for _ in range(4)))
    missing = max(fleet.desired - ready - fleet.starting, 0)
    for i, metric in enumerate(policy.metrics):
        value, kind = ledger.value_of(observation, metric.name), program.kinds[i]
        scale = 1.0 if kind == UTILIZATION else 1000.0
        per_pod = kind in (UTILIZATION, PODS_AVERAGE)
        reading.usage[i] = math.nan if value is None else value * scale * (ready if per_pod else 1)
        reading.requests[i] = ready
        reading.missing[i], reading.unready[i] = missing, fleet.starting
    return reading


def _proposal(
    policy: HpaPolicy, program: HpaProgram, reading: HpaReading, i: int, current: int, ready: int
) -> Proposal:
    metric, count = policy.metrics[i], metric_replicas(program, reading, i, current, ready)
    if count < 0:
        return Proposal(Because(Reason.SIGNAL_MISSING, metric.name, metric.name), None)
    scale = 100.0 if metric.target_type is TargetType.UTILIZATION else 1000.0
    shared = {UTILIZATION: float(reading.requests[i]), PODS_AVERAGE: float(ready)}.get(int(program.kinds[i]))
    value = float(reading.usage[i]) / (shared or 1.0)
    aim = float(program.targets[i]) * (max(current, 1) if program.kinds[i] == TOTAL_AVERAGE else 1)
    measured = value * scale if program.kinds[i] == UTILIZATION else value
    near = count == current and within(measured / aim, program.tolerance)
    moved = count - current or measured - aim
    reason = Reason.WITHIN_TOLERANCE if near else Reason.ABOVE_SETPOINT if moved > 0 else Reason.BELOW_SETPOINT
    shown = value if scale == 100.0 else value / scale
    return Proposal(Because(reason, metric.name, metric.name, shown, metric.target / scale), count)


def _memory(found: ledger.Numbers, now_s: float, current: int) -> HpaMemory:
    recommendations = zip(found.get("times_s", [now_s]), found.get("counts", [float(current)]), strict=True)
    return HpaMemory(
        rules.slots(tuple((time_s, int(count)) for time_s, count in recommendations)),
        rules.events(_events(found, "ups")),
        rules.events(_events(found, "downs")),
    )


def _events(found: ledger.Numbers, name: str) -> tuple[tuple[float, int, bool], ...]:
    columns = (found.get(f"{name}_{part}", []) for part in ("times_s", "changes", "outdated"))
    return tuple((time_s, int(n), bool(old)) for time_s, n, old in zip(*columns, strict=True))


def _numbers(memory: HpaMemory) -> ledger.Numbers:
    size = int(memory.slots.size[0])
    found = {"times_s": memory.slots.times_s[:size].tolist(), "counts": memory.slots.counts[:size].tolist()}
    for name, events in (("ups", memory.ups), ("downs", memory.downs)):
        for part in ("times_s", "changes", "outdated"):
            found[f"{name}_{part}"] = [float(v) for v in getattr(events, part)[: int(events.size[0])]]
    return found

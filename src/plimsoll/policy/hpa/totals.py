"""What would the HPA do, given totals of a fleet instead of pods? The hot path of a replay, by the same rules.

A replay knows totals: what the ready pods use and request, how many pods are missing or unready. Amounts are floats in
any one unit. Metrics are rows; one step reads them, takes the largest proposal, stabilizes, limits and clamps as
`plimsoll.policy.hpa.reconcile` does over pods.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from plimsoll.domain.series import Times, Values
from plimsoll.policy.hpa.events import Events, store
from plimsoll.policy.hpa.limits import (
    Bounds,
    Rules,
    clamped,
    clamped_by_default,
    down_limit,
    longest_period,
    up_limit,
)
from plimsoll.policy.hpa.replicas import Goal, Sums, Tolerance, average_replicas, pods_replicas, value_replicas
from plimsoll.policy.hpa.stabilization import Slots, stabilized, stabilized_by_default

UTILIZATION, PODS_AVERAGE, TOTAL_VALUE, TOTAL_AVERAGE = 0, 1, 2, 3


class HpaProgram(NamedTuple):
    """An HPA as arrays: `kinds` and `targets` have one entry a metric; `behaves` is 1 where a behavior is set."""

    bounds: Bounds
    tolerance: Tolerance
    kinds: Times
    targets: Values
    behaves: int
    up: Rules
    down: Rules
    window_s: float
    cap: tuple[float, float]


class HpaMemory(NamedTuple):
    """Remembered recommendations and scale events."""

    slots: Slots
    ups: Events
    downs: Events


class HpaReading(NamedTuple):
    """The input of one step, one entry per metric: usage and requests of pods with samples, or the total; NaN: failed.

    For averages over pods, requests are the number of pods with samples. `missing` pods have no sample and `unready`
    pods none that counts; each is assumed to request the average of the others.
    """

    usage: Values
    requests: Values
    missing: Values
    unready: Values


def metric_replicas(program: HpaProgram, reading: HpaReading, i: int, current: int, ready: int) -> int:
    """Return the replicas one metric asks for, -1 if it failed. `ready` counts the ready pods that have samples."""
    usage, requests, target = reading.usage[i], reading.requests[i], program.targets[i]
    kind = program.kinds[i]
    if math.isnan(usage) or (kind <= PODS_AVERAGE and not requests > 0):
        return -1
    if kind == TOTAL_VALUE:
        return value_replicas(usage, target, program.tolerance, current, ready)
    if kind == TOTAL_AVERAGE:
        return average_replicas(usage, target, program.tolerance, current)
    each = requests / ready if ready > 0 else 0.0
    missing, unready = reading.missing[i], reading.unready[i]
    fill = each * max(100.0, target) / 100.0 if kind == UTILIZATION else target
    sums = Sums(
        usage, requests, float(ready), float(ready),
        missing, missing * each, missing * fill, unready, unready * each,
    )  # fmt: skip
    goal = Goal(target, 100.0 if kind == UTILIZATION else 1.0)
    return pods_replicas(sums, goal, program.tolerance, current)


def without_metrics(bounds: Bounds, current: int) -> int:
    """Return the size where metrics do not matter: scaled to zero by hand, above max or below min. Otherwise -1."""
    if current == 0 and bounds.min != 0:
        return 0
    if current > bounds.max:
        return bounds.max
    if current < bounds.min:
        return bounds.min
    return -1


def metrics_forbid(best: int, failed: int, metrics: int, current: int) -> bool:
    """Tell whether failed metrics forbid any change: all failed, or some did and the rest would scale down."""
    return failed > 0 and (failed == metrics or best < current)


def settle(program: HpaProgram, memory: HpaMemory, now_s: float, current: int, proposed: int) -> tuple[int, int, int]:
    """Stabilize a proposal, limit its rate and clamp it: (size, stabilized proposal, code of LIMIT_REASONS)."""
    if program.behaves == 0:
        steady = stabilized_by_default(memory.slots, now_s, proposed, program.window_s)
        count, code = clamped_by_default(current, steady, program.bounds, program.cap)
        return count, steady, code
    windows_s = (program.up.stabilization_s, program.down.stabilization_s)
    steady = stabilized(memory.slots, now_s, current, proposed, windows_s)
    if steady > current:
        limit = up_limit(program.up, memory.ups, memory.downs, now_s, current)
    else:
        limit = down_limit(program.down, memory.ups, memory.downs, now_s, current)
    count, code = clamped(current, steady, program.bounds, limit)
    return count, steady, code


def hpa_decide(
    program: HpaProgram, memory: HpaMemory, reading: HpaReading, now_s: float, current: int, ready: int
) -> int:
    """Make one step of the HPA: return the size to have."""
    at_once = without_metrics(program.bounds, current)
    if at_once >= 0:
        return at_once
    best, failed = 0, 0
    for i in range(program.kinds.size):
        proposal = metric_replicas(program, reading, i, current, ready)
        if proposal < 0:
            failed += 1
        best = max(best, proposal)
    if metrics_forbid(best, failed, program.kinds.size, current):
        return current
    count, _, _ = settle(program, memory, now_s, current, best)
    return count


def hpa_acted(program: HpaProgram, memory: HpaMemory, now_s: float, change: int) -> None:
    """Remember a change that was written."""
    if program.behaves == 0:
        return
    if change > 0:
        store(memory.ups, now_s, change, longest_period(program.up))
    elif change < 0:
        store(memory.downs, now_s, -change, longest_period(program.down))

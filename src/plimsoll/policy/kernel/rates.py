"""How far may one step go, and how much may change in a period? Step limits, and rates over a rolling period."""

from __future__ import annotations

from plimsoll.policy.kernel.guards import note
from plimsoll.policy.kernel.layout import G_RATE, G_STEP_LIMIT, Memory, Program, Reading, Trail
from plimsoll.policy.kernel.rings import events_within


def limit_step(program: Program, reading: Reading, trail: Trail, wanted: float) -> float:
    """Move by no more than the step limit of the direction."""
    head, current = program.head, float(reading.situation["desired"])
    if wanted > current + head["max_step_out"]:
        return note(trail, G_STEP_LIMIT, wanted, current + head["max_step_out"], head["max_step_out"])
    if wanted < current - head["max_step_in"]:
        return note(trail, G_STEP_LIMIT, wanted, current - head["max_step_in"], head["max_step_in"])
    return wanted


def limit_rate(program: Program, memory: Memory, reading: Reading, trail: Trail, wanted: float) -> float:
    """Keep to the actions and replicas that each rolling period allows."""
    clock = memory.clock
    now_s, current = float(reading.situation["now_s"]), float(reading.situation["desired"])
    position = (int(clock["event_head"]), int(clock["event_size"]))
    for i in range(program.rates.size):
        rate = program.rates[i]
        change = (wanted - current) * rate["direction"]
        if change <= 0:
            continue
        actions, replicas = events_within(memory.events, position, now_s, rate["period_s"], float(rate["direction"]))
        allowed = max(rate["replicas"] - replicas, 0.0) if actions < rate["actions"] else 0.0
        if change > allowed:
            limit = rate["actions"] if actions >= rate["actions"] else rate["replicas"]
            wanted = note(trail, G_RATE, wanted, current + allowed * rate["direction"], limit)
    return wanted

"""What holds a proposal back? One function per guard: wanted count -> wanted count, with a trail entry if it changed.

A guard on scale-in returns a count from the wanted to the current one; no guard makes a change larger.
"""

from __future__ import annotations

import math

from plimsoll.policy.kernel.layout import (
    AVERAGE,
    G_AFTER,
    G_COOLDOWN,
    G_CORROBORATION,
    G_DROP,
    G_PAUSE,
    G_PEAK,
    G_REVERSAL,
    G_ROLLOUT,
    G_STABILIZATION,
    G_UNHEALTHY,
    G_UNKNOWN,
    MISSING,
    QUIET,
    STALE,
    Memory,
    Program,
    Reading,
    Trail,
)
from plimsoll.policy.kernel.rings import push_extreme
from plimsoll.policy.kernel.signals import load_of, state_of
from plimsoll.policy.kernel.sizes import ceil_count
from plimsoll.policy.kernel.triggers import beyond


def note(trail: Trail, guard: int, before: float, after: float, limit: float) -> float:
    """Record the guard in the trail if it changed the count; return the count after."""
    if before != after:
        summary = trail.summary
        effect = trail.effects[summary["effects"]]
        effect["guard"], effect["before"], effect["after"], effect["limit"] = guard, before, after, limit
        summary["effects"] += 1
    return after


def hold_while_unknown(reading: Reading, trail: Trail, wanted: float) -> float:
    """Never scale in while a signal, the forecast or the number of ready replicas is unknown."""
    current = float(reading.situation["desired"])
    summary = trail.summary
    blind = summary["unknown"] > 0 or summary["floor_state"] == MISSING or summary["floor_state"] == STALE
    if wanted < current and (blind or math.isnan(reading.situation["ready"])):
        return note(trail, G_UNKNOWN, wanted, current, float(summary["unknown"]))
    return wanted


def hold_while_unwell(program: Program, reading: Reading, trail: Trail, wanted: float) -> float:
    """Never scale in while many replicas are unhealthy, during a roll-out, or in a window of known peak load."""
    head, situation = program.head, reading.situation
    current = float(situation["desired"])
    if wanted >= current:
        return wanted
    seen = situation["ready"] + situation["unhealthy"]
    share = situation["unhealthy"] / seen if seen > 0 else 1.0  # no replica is there yet, or none is left
    if share > head["unhealthy_ratio"]:
        return note(trail, G_UNHEALTHY, wanted, current, head["unhealthy_ratio"])
    if head["rollout"] == 1 and situation["rolling_out"] == 1:
        return note(trail, G_ROLLOUT, wanted, current, math.nan)
    if situation["peak_hold"] == 1:
        return note(trail, G_PEAK, wanted, current, math.nan)
    return wanted


def hold_unless_corroborated(program: Program, reading: Reading, trail: Trail, wanted: float) -> float:
    """Scale in only while every condition of corroboration is known to hold."""
    current = float(reading.situation["desired"])
    if wanted >= current:
        return wanted
    for i in range(program.well.size):
        condition = program.well[i]
        signal = condition["signal"]
        if state_of(program, reading, signal) != QUIET or not beyond(reading.values[signal], condition):
            return note(trail, G_CORROBORATION, wanted, current, condition["threshold"])
    return wanted


def watch_for_drop(program: Program, memory: Memory, reading: Reading) -> bool:
    """Tell whether load has fallen faster than ever in history and the fall is not confirmed yet.

    The fall is measured from the largest load within the window. It ends when the load is back, or when the load has
    stayed low for long enough; in the second case the window restarts from the low load.
    """
    head, clock = program.head, memory.clock
    if head["drop_signal"] < 0:
        return False
    if state_of(program, reading, head["drop_signal"]) != QUIET:
        return not math.isnan(clock["drop_since_s"])
    now_s, load = float(reading.situation["now_s"]), load_of(program, reading, head["drop_signal"])
    if math.isnan(clock["drop_since_s"]):
        _remember_load(memory, now_s, load, head["drop_over_s"])
        largest = float(memory.loads[clock["load_head"]]["value"])
        if load < (1.0 - head["drop_ratio"]) * largest:
            clock["drop_since_s"], clock["drop_reference"] = now_s, largest
            return True
        return False
    back = load >= (1.0 - head["drop_ratio"]) * clock["drop_reference"]
    if back or now_s - clock["drop_since_s"] >= head["drop_confirm_s"]:
        clock["drop_since_s"] = math.nan
        clock["load_size"] = 0
        _remember_load(memory, now_s, load, head["drop_over_s"])
        return False
    return True


def _remember_load(memory: Memory, now_s: float, load: float, over_s: float) -> None:
    clock = memory.clock
    position = (int(clock["load_head"]), int(clock["load_size"]))
    clock["load_head"], clock["load_size"] = push_extreme(memory.loads, position, now_s, load, over_s, 1.0)


def hold_after_drop(program: Program, reading: Reading, trail: Trail, wanted: float, falling: bool) -> float:
    """Hold scale-in while a fall of the load is unconfirmed."""
    current = float(reading.situation["desired"])
    if falling and wanted < current:
        return note(trail, G_DROP, wanted, current, program.head["drop_ratio"])
    return wanted


def stabilize(program: Program, memory: Memory, reading: Reading, trail: Trail, wanted: float) -> float:
    """Take the lowest recent proposal on the way up and the highest on the way down; remember this one."""
    head, clock = program.head, memory.clock
    now_s, current = float(reading.situation["now_s"]), float(reading.situation["desired"])
    steady = wanted
    if head["window_up_s"] > 0:
        position = (int(clock["up_head"]), int(clock["up_size"]))
        position = push_extreme(memory.ups, position, now_s, wanted, head["window_up_s"], -1.0)
        clock["up_head"], clock["up_size"] = position
        if wanted > current:
            steady = max(current, float(memory.ups[position[0]]["value"]))
    if head["window_down_s"] > 0:
        position = (int(clock["down_head"]), int(clock["down_size"]))
        position = push_extreme(memory.downs, position, now_s, wanted, head["window_down_s"], 1.0)
        clock["down_head"], clock["down_size"] = position
        if wanted < current:
            steady = min(current, float(memory.downs[position[0]]["value"]))
    window_s = head["window_up_s"] if wanted > current else head["window_down_s"]
    return note(trail, G_STABILIZATION, wanted, steady, window_s)


def cool_down(program: Program, memory: Memory, reading: Reading, trail: Trail, wanted: float) -> float:
    """No scale-out within its cooldown of a scale-out; no scale-in within its own of any action."""
    head, clock = program.head, memory.clock
    now_s, current = float(reading.situation["now_s"]), float(reading.situation["desired"])
    if wanted > current and now_s - clock["last_out_s"] < head["cool_out_s"]:
        return note(trail, G_COOLDOWN, wanted, current, head["cool_out_s"])
    since_out, since_in = now_s - clock["last_out_s"], now_s - clock["last_in_s"]
    if wanted < current and (since_out < head["cool_in_s"] or since_in < head["cool_in_s"]):
        return note(trail, G_COOLDOWN, wanted, current, head["cool_in_s"])
    return wanted


def refuse_reversal(program: Program, reading: Reading, trail: Trail, wanted: float) -> float:
    """Scale in no further than the policy's own scale-out thresholds and targets would leave it."""
    head, current = program.head, float(reading.situation["desired"])
    if wanted >= current or math.isnan(head["reversal_margin"]):
        return wanted
    least, room = wanted, 1.0 - head["reversal_margin"]
    for i in range(program.rules.size):
        rule = program.rules[i]
        for k in range(rule["first"], rule["first"] + rule["count"]):
            condition = program.conditions[k]
            signal = condition["signal"]
            upwards = rule["direction"] > 0 and condition["above"] == 1 and condition["threshold"] > 0
            averaged = program.signals[signal]["form"] == AVERAGE and state_of(program, reading, signal) == QUIET
            if upwards and averaged:
                least = max(least, ceil_count(load_of(program, reading, signal) / (condition["threshold"] * room)))
    for i in range(program.targets.size):
        target = program.targets[i]
        if target["alone"] == 1 and state_of(program, reading, target["signal"]) == QUIET:
            carried = target["setpoint"] * (1.0 + target["up"]) * room
            least = max(least, ceil_count(load_of(program, reading, target["signal"]) / carried))
    return note(trail, G_REVERSAL, wanted, min(least, current), head["reversal_margin"])


def hold_for_people(reading: Reading, trail: Trail, wanted: float) -> float:
    """Hold scale-out until the policy that comes first is at its maximum; hold paused directions."""
    situation = reading.situation
    current = float(situation["desired"])
    if wanted > current and situation["after_holds"] == 1:
        return note(trail, G_AFTER, wanted, current, math.nan)
    if (wanted > current and situation["pause_out"] == 1) or (wanted < current and situation["pause_in"] == 1):
        return note(trail, G_PAUSE, wanted, current, math.nan)
    return wanted

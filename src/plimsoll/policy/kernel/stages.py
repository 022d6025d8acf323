"""The one decision step: which stages, in which order?

    read signals -> proposals -> combine -> guards -> rates -> limits

`decide` runs the stages in that order. Safety comes first: nothing unknown leads to scale-in, and limits are applied
last. Then comes scale-out: to the largest count that any rule proposes. Then comes scale-in: only if no rule proposes
more and all agree.
"""

from __future__ import annotations

import math

from plimsoll.policy.kernel import guards, limits, predictive, rates, signals, sizes, triggers
from plimsoll.policy.kernel.layout import HELD, Memory, Program, Reading, Trail
from plimsoll.policy.kernel.rings import push_event


def decide(program: Program, memory: Memory, reading: Reading, trail: Trail) -> float:
    """Make one step: return the desired count, and write the memory and the trail."""
    since_s = signals.elapsed(memory, float(reading.situation["now_s"]))
    read(program, reading, trail)
    wanted = propose(program, memory, reading, trail, since_s)
    wanted = guard(program, memory, reading, trail, wanted)
    if wanted != reading.situation["desired"]:
        wanted = rates.limit_step(program, reading, trail, wanted)
        wanted = rates.limit_rate(program, memory, reading, trail, wanted)
        wanted = limits.round_towards_current(program, reading, trail, wanted)
    predictive.judge_forecast(program, memory, reading)
    return limits.clamp(program, reading, trail, wanted)


def read(program: Program, reading: Reading, trail: Trail) -> None:
    """Start the trail with the unknown signals."""
    summary = trail.summary
    summary["effects"] = 0
    summary["unknown"] = signals.unknown_signals(program, reading)


def propose(program: Program, memory: Memory, reading: Reading, trail: Trail, since_s: float) -> float:
    """Evaluate every rule, target, queue and the forecast, and combine their proposals into one count."""
    current = float(reading.situation["desired"])
    triggers.follow_rules(program, memory, reading, trail, since_s)
    outwards, inwards = triggers.proposed_by_rules(program, trail, current)
    size = larger(sizes.sized_by_targets(program, reading, trail, 1), sizes.sized_by_queues(program, reading, trail))
    beside = sizes.sized_by_targets(program, reading, trail, 0)
    floor = predictive.forecast_floor(program, memory, reading, trail)
    size = size * (1.0 + reading.situation["peak_extra_ratio"])
    scheduled = scheduled_count(memory, reading, trail)
    wanted = scale_out(reading, outwards, beside, size, larger(scheduled, floor))
    if wanted <= current:
        wanted = scale_in(program, reading, inwards, beside, size, scheduled)
        wanted = max(wanted, min(floor, current, float(reading.situation["ceiling"])))
    wanted = limits.allowed_at_least(program.head, sizes.ceil_count(wanted))
    trail.summary["combined"] = wanted
    return wanted


def scheduled_count(memory: Memory, reading: Reading, trail: Trail) -> float:
    """Return the count that a schedule asks for, NaN once it has been reached since the schedule started."""
    situation, clock = reading.situation, memory.clock
    count = float(situation["scheduled"])
    if situation["desired"] == count:
        clock["scheduled_done_s"] = situation["scheduled_since_s"]
    if clock["scheduled_done_s"] >= situation["scheduled_since_s"]:
        count = math.nan
    trail.summary["scheduled"] = count
    return count


def larger(one: float, other: float) -> float:
    """Return the larger of two counts, either of which may be NaN (none)."""
    if math.isnan(one):
        return other
    return one if math.isnan(other) else max(one, other)


def scale_out(reading: Reading, outwards: float, beside: float, size: float, floor: float) -> float:
    """Return the largest proposed count, within the scheduled ceiling; the current count if none is larger."""
    situation = reading.situation
    current = float(situation["desired"])
    by_rules = larger(outwards, beside) if not math.isnan(outwards) else math.nan
    wanted = larger(larger(by_rules, size), floor)
    if math.isnan(wanted) or wanted <= current:
        return current
    return max(current, min(wanted, float(situation["ceiling"])))


def scale_in(program: Program, reading: Reading, inwards: float, beside: float, size: float, scheduled: float) -> float:
    """Return the scale-in that rules that held, targets and the schedule agree on; the current count if they do not.

    If the policy has rules for scale-in, one of them must hold. The start of a schedule needs no rule, but never goes
    below what the load needs; a scheduled ceiling needs no rule either.
    """
    situation = reading.situation
    current = float(situation["desired"])
    agreed = current
    if program.head["in_rules"] == 1:
        if not math.isnan(inwards):
            agreed = larger(larger(inwards, beside), size)
    elif not math.isnan(size):
        agreed = size
    if not math.isnan(scheduled):
        agreed = min(agreed, larger(larger(scheduled, size), beside))
    return min(agreed, float(situation["ceiling"]), current)


def guard(program: Program, memory: Memory, reading: Reading, trail: Trail, wanted: float) -> float:
    """Apply every guard in this order; most of them only hold back scale-in."""
    falling = guards.watch_for_drop(program, memory, reading)
    if wanted < reading.situation["desired"]:
        wanted = guards.hold_while_unknown(reading, trail, wanted)
        wanted = guards.hold_while_unwell(program, reading, trail, wanted)
        wanted = guards.hold_unless_corroborated(program, reading, trail, wanted)
        wanted = guards.hold_after_drop(program, reading, trail, wanted, falling)
    wanted = guards.stabilize(program, memory, reading, trail, wanted)
    if wanted != reading.situation["desired"]:
        wanted = guards.cool_down(program, memory, reading, trail, wanted)
        wanted = guards.refuse_reversal(program, reading, trail, wanted)
        wanted = guards.hold_for_people(reading, trail, wanted)
    return wanted


def acted(program: Program, memory: Memory, trail: Trail, now_s: float, change: float) -> None:
    """Record an action that was carried out, for cooldowns, for rates, and for the rules that proposed it."""
    if change == 0:
        return
    clock = memory.clock
    if change > 0:
        clock["last_out_s"] = now_s
    else:
        clock["last_in_s"] = now_s
    for i in range(program.rules.size):
        if trail.rules[i]["state"] == HELD and program.rules[i]["direction"] * change > 0:
            memory.acted_s[i] = now_s
    if memory.events.size > 0:
        position = (int(clock["event_head"]), int(clock["event_size"]))
        clock["event_head"], clock["event_size"] = push_event(memory.events, position, now_s, change)

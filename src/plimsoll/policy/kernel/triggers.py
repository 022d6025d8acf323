"""Which rules have held for long enough? Durations of observed time only, and a cooldown for each rule.

A condition's run starts with the first sample beyond the threshold and ends with the first that is not. Time without an
observation does not count towards the duration of a scale-out and ends the run of a scale-in; a gap as long as the
duration ends any run.
"""

from __future__ import annotations

import math

from plimsoll.policy.kernel.layout import (
    COOLING,
    HELD,
    MISSING,
    QUIET,
    STALE,
    WAITING,
    Memory,
    Program,
    Reading,
    Row,
    Trail,
)
from plimsoll.policy.kernel.signals import state_of


def beyond(value: float, condition: Row) -> bool:
    """Tell whether a value lies strictly on the condition's side of its threshold."""
    if condition["above"] == 1:
        return bool(value > condition["threshold"])
    return bool(value < condition["threshold"])


def follow(run: Row, holds: int, gap_s: float, rule: Row, now_s: float) -> float:
    """Update a condition's run; `holds` is 1, 0, or -1 for unknown. Return how long it has held, NaN if it does not.

    `gap_s` is the time since the last step in which nothing was seen.
    """
    if gap_s > 0 and not math.isnan(run["since_s"]):
        run["gap_s"] += gap_s
        if rule["direction"] < 0 or run["gap_s"] >= rule["for_s"]:
            run["since_s"] = math.nan
    if holds == 0 or (holds < 0 and rule["direction"] < 0):
        run["since_s"] = math.nan
    if holds != 1:
        return math.nan
    if math.isnan(run["since_s"]):
        run["since_s"] = now_s
        run["gap_s"] = 0.0
    return now_s - float(run["since_s"]) - float(run["gap_s"])


def follow_rules(program: Program, memory: Memory, reading: Reading, trail: Trail, since_s: float) -> None:
    """Judge every rule and write its state, the deciding value and how long the rule has held."""
    for i in range(program.rules.size):
        evaluate_rule(program, memory, reading, trail, i, since_s)


def evaluate_rule(program: Program, memory: Memory, reading: Reading, trail: Trail, i: int, since_s: float) -> None:
    """Judge one rule."""
    rule, trace = program.rules[i], trail.rules[i]
    now_s = float(reading.situation["now_s"])
    unseen_s = since_s if since_s > 2 * program.head["every_s"] else 0.0
    longest, shortest, worst, deciding = -1.0, math.inf, QUIET, rule["first"]
    for k in range(rule["first"], rule["first"] + rule["count"]):
        condition = program.conditions[k]
        state = state_of(program, reading, condition["signal"])
        if state == QUIET:
            holds = 1 if beyond(reading.values[condition["signal"]], condition) else 0
            held_s = follow(memory.runs[k], holds, unseen_s, rule, now_s)
        else:
            worst = state
            held_s = follow(memory.runs[k], -1, since_s, rule, now_s)
        if math.isnan(held_s):
            shortest = -1.0
        else:
            shortest = min(shortest, held_s)
            if held_s > longest:
                longest, deciding = held_s, k
    held = shortest if rule["every"] == 1 else longest
    trace["held_s"] = max(held, 0.0)
    trace["signal"] = program.conditions[deciding]["signal"]
    trace["value"] = reading.values[trace["signal"]]
    trace["bound"] = program.conditions[deciding]["threshold"]
    trace["count"] = math.nan
    trace["state"] = rule_state(rule, memory.acted_s[i], held, worst, now_s)


def rule_state(rule: Row, acted_s: float, held_s: float, worst: int, now_s: float) -> int:
    """Return HELD, COOLING, WAITING, QUIET, or the kind of unknown; `held_s` is negative where it does not hold."""
    if held_s < 0:
        return MISSING if worst == MISSING else STALE if worst == STALE else QUIET
    if held_s < rule["for_s"]:
        return WAITING
    if now_s - acted_s < rule["cooldown_s"]:
        return COOLING
    return HELD


def change_of(program: Program, rule: Row, trace: Row, current: float) -> float:
    """Return by how many replicas a rule that held moves: its step, or that of the band its breach falls in."""
    if rule["bands"] == 0:
        return float(max(rule["step"], math.ceil(rule["step_ratio"] * current)))
    breach = abs(trace["value"] - trace["bound"])
    for b in range(rule["first_band"], rule["first_band"] + rule["bands"]):
        band = program.bands[b]
        if band["lower"] <= breach < band["upper"]:
            return float(max(band["change"], math.ceil(band["ratio"] * current)))
    return 0.0


def proposed_by_rules(program: Program, trail: Trail, current: float) -> tuple[float, float]:
    """Combine the rules that held: (largest count for scale-out, largest count for scale-in); NaN: none."""
    outwards, inwards = math.nan, math.nan
    for i in range(program.rules.size):
        rule, trace = program.rules[i], trail.rules[i]
        if trace["state"] != HELD:
            continue
        change = change_of(program, rule, trace, current)
        count = current + change * rule["direction"]
        trace["count"] = count
        if rule["direction"] > 0:
            outwards = count if math.isnan(outwards) else max(outwards, count)
        else:
            inwards = count if math.isnan(inwards) else max(inwards, count)
    return outwards, inwards

"""How many replicas will be needed before new ones could be ready? A floor from the forecast, while that has coverage.

    floor = ceil(forecast demand over the lead time / (per replica x utilization)); it only raises the count

Each step compares current demand with its forecast. While the share of recent demands at or below their forecast is
less than quantile - slack, the floor is demoted: shown, not used.
"""

from __future__ import annotations

import math

from plimsoll.policy.kernel.layout import ABOVE, DEMOTED, MISSING, QUIET, STALE, Memory, Program, Reading, Trail
from plimsoll.policy.kernel.signals import load_of, state_of
from plimsoll.policy.kernel.sizes import ceil_count


def forecast_state(program: Program, memory: Memory, reading: Reading) -> int:
    """Return ABOVE for a forecast in use, DEMOTED, MISSING or STALE, and QUIET where the policy has none."""
    head, situation = program.head, reading.situation
    if head["demand"] < 0:
        return QUIET
    if memory.clock["demoted"] == 1:
        return DEMOTED
    if math.isnan(situation["ahead"]):
        return MISSING
    if situation["forecast_age_s"] > head["forecast_stale_s"]:
        return STALE
    return ABOVE


def forecast_floor(program: Program, memory: Memory, reading: Reading, trail: Trail) -> float:
    """Return the floor in use, 0 for none; the trail shows it even while it is demoted."""
    head, summary = program.head, trail.summary
    state = forecast_state(program, memory, reading)
    summary["floor_state"] = state
    summary["floor"] = math.nan
    if state in (QUIET, MISSING, STALE) or math.isnan(reading.situation["ahead"]):
        return 0.0
    floor = ceil_count(reading.situation["ahead"] / (head["per_replica"] * head["utilization"]))
    summary["floor"] = floor
    return floor if state == ABOVE else 0.0


def judge_forecast(program: Program, memory: Memory, reading: Reading) -> None:
    """Remember whether the demand lay at or below its forecast; demote, or trust again, for the next step."""
    head, clock, situation = program.head, memory.clock, reading.situation
    if head["demand"] < 0 or math.isnan(situation["for_now"]):
        return
    if state_of(program, reading, head["demand"]) != QUIET:
        return
    hit = 1 if load_of(program, reading, head["demand"]) <= situation["for_now"] else 0
    size, place = clock["hit_size"], clock["hit_head"]
    if size == memory.hits.size:
        clock["hit_sum"] -= memory.hits[place]
    else:
        clock["hit_size"] = size + 1
    memory.hits[place] = hit
    clock["hit_head"] = place + 1 if place + 1 < memory.hits.size else 0
    clock["hit_sum"] += hit
    if clock["hit_size"] >= head["coverage_min"]:
        coverage = clock["hit_sum"] / clock["hit_size"]
        if coverage < head["quantile"] - head["coverage_slack"]:
            clock["demoted"] = 1
        elif coverage >= head["quantile"]:
            clock["demoted"] = 0

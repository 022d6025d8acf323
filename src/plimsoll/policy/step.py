"""What is decided, given the policy, its memory, an observation, and the time? The pure step.

    step(policy, memory, observation, now) -> (decision, memory)

A thin layer around `plimsoll.policy.kernel.stages.decide`: it writes the observation into arrays, runs the same kernel
as a replay, and reads the trail back as a decision with reasons.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

from plimsoll.domain.decision import Decision
from plimsoll.domain.observation import ForecastReading, Observation, Stale, Value
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Direction
from plimsoll.policy import memory as keeping
from plimsoll.policy.kernel import layout, stages
from plimsoll.policy.program import memory_of, program_of
from plimsoll.policy.schedule import Bounds, bounds_at
from plimsoll.policy.trail import decision_of


def step(policy: Policy, memory: keeping.Kept, observation: Observation, now_s: float) -> tuple[Decision, keeping.Kept]:
    """Make one step; memory records its action as carried out."""
    program, rules = _program(policy), _rule_texts(policy)
    working = keeping.grown(keeping.restored(memory, rules, memory_of(policy)))
    reading, trail = reading_of(policy, program, observation, now_s), layout.fresh_trail(program)
    count = stages.decide(program, working, reading, trail)
    stages.acted(program, working, trail, now_s, count - observation.fleet.desired)
    decision = decision_of(policy, trail, reading, count, observation)
    return decision, keeping.kept(policy.name, rules, working)


def reading_of(policy: Policy, program: layout.Program, observation: Observation, now_s: float) -> layout.Reading:
    """Write an observation into the arrays that a step reads."""
    reading = layout.fresh_reading(program)
    for place, use in enumerate(policy.signals):
        read = observation.reading(use.name)
        if isinstance(read, Value | Stale):
            reading.values[place] = read.value
            reading.ages_s[place] = read.age_s if isinstance(read, Value) else math.inf
    fleet, situation = observation.fleet, reading.situation
    row = {
        "now_s": now_s,
        "desired": fleet.desired,
        "ready": math.nan if fleet.ready is None else fleet.ready,
        "unhealthy": fleet.unhealthy,
        "rolling_out": int(fleet.rolling_out),
        "after_holds": int(bool(policy.after) and policy.after not in observation.exhausted),
        "pause_out": int(_paused(policy, Direction.OUT, now_s)),
        "pause_in": int(_paused(policy, Direction.IN, now_s)),
    }
    for name, value in row.items():
        situation[name] = value
    write_bounds(situation, bounds_at(policy, now_s))
    if isinstance(observation.forecast, ForecastReading):
        forecast = observation.forecast
        situation["ahead"], situation["forecast_age_s"] = forecast.ahead, forecast.age_s
        situation["for_now"] = math.nan if forecast.for_now is None else forecast.for_now
    return reading


def write_bounds(situation: layout.Row, bounds: Bounds) -> None:
    """Write the bounds by schedules and peaks into a situation."""
    situation["floor"], situation["ceiling"] = bounds.floor, bounds.ceiling
    situation["scheduled"], situation["scheduled_since_s"] = bounds.target, bounds.target_since_s
    situation["peak_hold"], situation["peak_extra_ratio"] = int(bounds.hold_scale_in), bounds.extra_ratio


def _paused(policy: Policy, direction: Direction, now_s: float) -> bool:
    return any(
        pause.direction in (direction, Direction.BOTH) and (pause.until_s is None or now_s < pause.until_s)
        for pause in policy.pauses
    )


@lru_cache(maxsize=256)
def _program(policy: Policy) -> layout.Program:
    return program_of(policy)


@lru_cache(maxsize=256)
def _rule_texts(policy: Policy) -> tuple[str, ...]:
    return tuple(repr(replace(rule, place=None)) for rule in policy.rules)

"""What is the price of a replica now? It moves until the policy spends as many replica-hours as the account earns.

A reference autoscaler is simulated in memory, on the same demand and with the same start-up time. The replica-hours it
would have used are earned; the replica-hours actually used are spent.

    d log price = gain x ((used - spend ratio x earned) - balance / day) / average of a day's steps

With a miss ratio instead, load outside the SLO takes the place of spending: the price falls when too much load missed
the SLO.
"""

from __future__ import annotations

import math

from plimsoll.policy.hpa.totals import hpa_acted, hpa_decide
from plimsoll.policy.lagged_fleet import DESIRED, READY, arrive, order
from plimsoll.policy.priced.layout import (
    AVERAGE,
    BALANCE,
    EARNED,
    GAIN,
    MISS_RATIO,
    OPENS_AT_S,
    PER_REPLICA,
    PRICE,
    SPEND_RATIO,
    STEPS_A_DAY,
    PricedMemory,
    PricedProgram,
)

_LOWEST_PRICE, _HIGHEST_PRICE = 1e-7, 4.0
_LARGEST_MOVE = 0.5  # of the logarithm, in one step
_PEAK = 3.0  # times the average load


def follow_reference(program: PricedProgram, memory: PricedMemory, step: int, demand: float) -> int:
    """Make one step of the simulated reference; return its ready replicas in this step.

    Its clock counts steps, so that a jump of the wall clock does not affect it.
    """
    ready = arrive(memory.shadow, step)
    if step == 0 or math.isnan(demand):
        return ready
    reading = memory.shadow_reading
    for i in range(reading.usage.size):
        reading.usage[i] = demand
        reading.requests[i] = ready * program.numbers[PER_REPLICA]
    now_s = step * program.step_s
    current = int(memory.shadow.counts[DESIRED])
    count = hpa_decide(program.reference, memory.shadow_memory, reading, now_s, current, ready)
    hpa_acted(program.reference, memory.shadow_memory, now_s, order(memory.shadow, step, count))
    return ready


def settle_hours(program: PricedProgram, memory: PricedMemory, now_s: float, used: int, earned: int) -> None:
    """Book the replicas of one step, and move the price."""
    state, day = memory.state, program.numbers[STEPS_A_DAY]
    ratio = program.numbers[SPEND_RATIO]
    state[AVERAGE] += (earned - state[AVERAGE]) / (2.0 * day)
    push = used - ratio * earned
    if now_s >= program.numbers[OPENS_AT_S]:
        state[BALANCE] += earned - used
        state[EARNED] += earned
        push -= (state[BALANCE] - (1.0 - ratio) * state[EARNED]) / day
    _move(program, memory, push / (state[AVERAGE] * day))


def settle_misses(program: PricedProgram, memory: PricedMemory, demand: float, missed: float) -> None:
    """Book the missed load of one step, and move the price.

    A miss moves the price down far more than a step without one moves it up. Moves are scaled down so that even a miss
    at three times the average load is not clipped; clipping would let the miss ratio settle too high.
    """
    state, day = memory.state, program.numbers[STEPS_A_DAY]
    allowed = program.numbers[MISS_RATIO]
    state[AVERAGE] += (demand - state[AVERAGE]) / (2.0 * day)
    if state[AVERAGE] > 0:
        softened = min(1.0, _LARGEST_MOVE * allowed * day / (_PEAK * program.numbers[GAIN]))
        _move(program, memory, softened * (allowed * demand - missed) / (allowed * state[AVERAGE] * day))


def _move(program: PricedProgram, memory: PricedMemory, share: float) -> None:
    move = min(max(program.numbers[GAIN] * share, -_LARGEST_MOVE), _LARGEST_MOVE)
    memory.state[PRICE] = min(max(memory.state[PRICE] * math.exp(move), _LOWEST_PRICE), _HIGHEST_PRICE)


def affordable(program: PricedProgram, memory: PricedMemory, now_s: float, count: int, ready: int) -> int:
    """Cap the count while the account is open and its balance is negative: at the reference's desired replicas.

    If more replicas are ready than the reference has ready, the cap is its ready replicas: its start-up delay counts.
    """
    if now_s < program.numbers[OPENS_AT_S] or memory.state[BALANCE] >= 0:
        return count
    theirs = memory.shadow.counts
    return min(count, int(theirs[READY] if ready > theirs[READY] else theirs[DESIRED]))

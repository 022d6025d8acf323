"""What may a replica cost now? The price moves until as many replica-hours are spent as the account earns.

A reference autoscaler is run along in memory, on the same demand and with the same start-up time: what it would have
used is earned, what is used is spent.

    d log price = gain x ((used - spend ratio x earned) - balance / day) / average of a day's steps

With a miss ratio instead, load outside the SLO takes the place of what is spent: the price falls when too much was
missed.
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
    """Let the reference see the demand and decide; answer the replicas that served it in its world.

    Its clock counts steps, so that a wall clock that jumps moves nothing in it.
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
    """Book one step of replicas, and move the price by it."""
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
    """Book one step of load that was missed, and move the price by it.

    A miss moves the price down far more than a step without one moves it up; the moves are kept small enough that
    even a miss at three times the average load is not cut off, else the balance would settle at too many misses.
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
    """With the account open and empty, answer no more than the reference asks for.

    With more replicas ready than the reference has, no more than it has ready: what it waits for, we wait for.
    """
    if now_s < program.numbers[OPENS_AT_S] or memory.state[BALANCE] >= 0:
        return count
    theirs = memory.shadow.counts
    return min(count, int(theirs[READY] if ready > theirs[READY] else theirs[DESIRED]))

"""The one decision of the priced policy: note demand, learn, forecast, settle the account, buy, stay within limits."""

from __future__ import annotations

import math

from plimsoll.policy.priced.account import affordable, follow_reference, settle_hours, settle_misses
from plimsoll.policy.priced.forecasting import forecast, learn, note_demand
from plimsoll.policy.priced.layout import (
    MAX,
    MIN,
    MISS_RATIO,
    OFFSET,
    SLACK_RATIO,
    STEP,
    UNIT,
    PricedMemory,
    PricedProgram,
)
from plimsoll.policy.priced.purchase import bought, count_error, outcomes


def priced_decide(
    program: PricedProgram, memory: PricedMemory, now_s: float, demand: float, desired: int, ready: int
) -> int:
    """Make one step: answer the count to have. `demand` NaN is unknown: nothing is scaled, nothing is learned.

    `ready` replicas served `demand`, the work of the step that ends now. The first step only looks.
    """
    step = int(memory.state[STEP])
    memory.state[STEP] = step + 1
    known = not math.isnan(demand)
    y = math.log(max(demand, 0.0) / program.numbers[UNIT] + OFFSET) if known else _expected(program, memory, step)
    note_demand(program, memory, step, y)
    if known:
        learn(program, memory, step, y)
    ahead = forecast(program, memory, step, y)
    count_error(program, memory, step)
    _settle(program, memory, step, now_s, demand, ready)
    if step == 0 or not known:
        return desired
    wanted = bought(program, memory, outcomes(program, memory, step, ahead), ahead)
    wanted = worth_the_churn(program, desired, wanted)
    if program.referred == 1:
        wanted = affordable(program, memory, now_s, wanted, ready)
    return max(int(program.numbers[MIN]), min(int(program.numbers[MAX]), wanted))


def worth_the_churn(program: PricedProgram, desired: int, wanted: int) -> int:
    """Hold where scale-in would take away less than the slack; scale-out never waits."""
    if 0 < desired - wanted < program.numbers[SLACK_RATIO] * desired:
        return desired
    return wanted


def _expected(program: PricedProgram, memory: PricedMemory, step: int) -> float:
    """Stand in for a log demand that is unknown: what was forecast for it; half a replica at the very start."""
    if step >= program.lag:
        return float(memory.forecasts[step % (program.lag + 1)])
    return float(memory.log_demand[(step - 1) & (memory.log_demand.size - 1)]) if step > 0 else 0.0


def _settle(program: PricedProgram, memory: PricedMemory, step: int, now_s: float, demand: float, ready: int) -> None:
    if program.referred == 1:
        earned = follow_reference(program, memory, step, demand)
        if step > 0:
            settle_hours(program, memory, now_s, ready, earned)
    elif program.numbers[MISS_RATIO] > 0 and not math.isnan(demand):
        missed = demand if demand > program.numbers[UNIT] * ready else 0.0
        settle_misses(program, memory, demand, missed)

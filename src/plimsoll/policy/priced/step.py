"""The one decision of the priced policy: settle the account, forecast, buy, stay within limits; then learn."""

from __future__ import annotations

import math

from plimsoll.policy.priced.account import affordable, follow_reference, settle_hours, settle_misses
from plimsoll.policy.priced.forecasting import forecast, learn, note_demand
from plimsoll.policy.priced.layout import (
    DOUBTED,
    FALLS_TO_NONE,
    FORECAST,
    LONG_KNOWN,
    MAX,
    MIN,
    MISS_RATIO,
    OFFSET,
    SLACK_RATIO,
    SPREAD,
    STEP,
    STEPS_A_DAY,
    UNIT,
    PricedMemory,
    PricedProgram,
)
from plimsoll.policy.priced.long_run import count_error
from plimsoll.policy.priced.purchase import bought

STALE_STEPS = 2.0  # a demand seen longer ago is unknown
_UNHEARD_OF = 2.0
_DEEP = -1.6  # a fifth of the forecast, in logarithms
_CONFIRMED_AFTER = 10  # steps that a fall must last to be believed
_NONE = math.log(2.0 * OFFSET)  # less than half a replica is practically no demand
_USUALLY_CONFIRMED_AFTER = 3  # steps, where demand regularly falls to none and stays there
_USUAL_FALLS = 2.5  # in about a week
_DAYS = 7.0


def priced_decide(
    program: PricedProgram, memory: PricedMemory, now_s: float, demand: float, desired: int, ready: int
) -> int:
    """Make one step: return the desired count. With unknown demand (NaN) nothing is scaled and nothing is learned.

    `ready` replicas served `demand`, the work of the step that ends now. The first step only observes. The policy
    learns from a demand after deciding on it, so that more demand never gets fewer replicas, except where the smaller
    demand was doubted.
    """
    step, before = int(memory.state[STEP]), float(memory.state[FORECAST])
    memory.state[STEP] = step + 1
    seen = not math.isnan(demand)
    known = seen and not doubtful(program, memory, step, demand)
    if program.referred == 1:
        earned = follow_reference(program, memory, step, demand if known else math.nan)
        if step > 0:
            settle_hours(program, memory, now_s, ready, earned)
    expected = _expected(program, memory, step)
    y = log_demand(program, demand) if seen else expected
    ahead = forecast(program, memory, step, y, expected)
    count = desired
    if seen and step > 0:
        count = _wanted(program, memory, step, (before, ahead), desired)
        if not known:
            count = max(count, desired)
        elif program.referred == 1:
            count = affordable(program, memory, now_s, count, ready)
        count = max(int(program.numbers[MIN]), min(int(program.numbers[MAX]), count))
    else:
        steadied(memory, step, desired, desired)
    if seen and not known:
        y = expected
        forecast(program, memory, step, expected, expected)
    _learn(program, memory, step, y, known)
    if known:
        _settle_misses(program, memory, demand, ready)
    return count


def log_demand(program: PricedProgram, demand: float) -> float:
    """Return the logarithm of demand in replicas plus the offset."""
    return math.log(max(demand, 0.0) / program.numbers[UNIT] + OFFSET)


def _wanted(
    program: PricedProgram, memory: PricedMemory, step: int, forecasts: tuple[float, float], desired: int
) -> int:
    wanted = bought(program, memory, step, forecasts, desired)
    return worth_the_churn(program, desired, steadied(memory, step, desired, wanted))


def _learn(program: PricedProgram, memory: PricedMemory, step: int, y: float, known: bool) -> None:
    note_demand(program, memory, step, y)
    if known:
        learn(program, memory, step, y)
    count_error(program, memory, step)


def doubtful(program: PricedProgram, memory: PricedMemory, step: int, demand: float) -> bool:
    """Doubt an unprecedented fall until it has lasted: broken signals fall like that, real demand hardly ever does.

    A fall is doubted if it is deeper than twice the error that one step in 128 falls below, and ends below a fifth of
    the forecast. A fall to no demand is doubted whenever it ends below a fifth of the forecast, so that zeros in the
    history do not make the next zero credible. If demand has repeatedly fallen to none and stayed there, such a fall is
    believed sooner.
    """
    state = memory.state
    state[FALLS_TO_NONE] *= 1.0 - 1.0 / (_DAYS * program.numbers[STEPS_A_DAY] + 1.0)
    if step < program.lag:
        return False
    y = log_demand(program, demand)
    none = y < _NONE
    if y - memory.forecasts[step % (program.lag + 1)] >= (_DEEP if none else _unheard_of(memory)):
        state[DOUBTED] = state[DOUBTED] if none else 0.0
        return False
    if state[DOUBTED] >= _CONFIRMED_AFTER:
        return False
    state[DOUBTED] += 1
    usual = none and state[FALLS_TO_NONE] >= _USUAL_FALLS
    if state[DOUBTED] >= (_USUALLY_CONFIRMED_AFTER if usual else _CONFIRMED_AFTER):
        state[DOUBTED] = _CONFIRMED_AFTER
        state[FALLS_TO_NONE] += 1.0 if none else 0.0
    return True


def _unheard_of(memory: PricedMemory) -> float:
    """The deepest fall that is believed at once, in logarithms; before errors are known every fall is."""
    if memory.state[LONG_KNOWN] == 0:
        return -math.inf
    return min(_UNHEARD_OF * float(memory.long_run[0]) * float(memory.state[SPREAD]), _DEEP)


def steadied(memory: PricedMemory, step: int, desired: int, wanted: int) -> int:
    """Scale in to no fewer replicas than were wanted at any step of the window; scale-out never waits."""
    memory.wanted[step % memory.wanted.size] = wanted
    if wanted >= desired:
        return wanted
    for i in range(memory.wanted.size):
        wanted = max(wanted, int(memory.wanted[i]))
    return min(wanted, desired)


def worth_the_churn(program: PricedProgram, desired: int, wanted: int) -> int:
    """Hold a scale-in that is smaller than the slack; scale-out never waits."""
    if 0 < desired - wanted < program.numbers[SLACK_RATIO] * desired:
        return desired
    return wanted


def _expected(program: PricedProgram, memory: PricedMemory, step: int) -> float:
    """Return the substitute for an unknown log demand: its forecast; before there is one, the last log demand.

    At the very first step it is 0, half a replica.
    """
    if step >= program.lag:
        return float(memory.forecasts[step % (program.lag + 1)])
    return float(memory.log_demand[(step - 1) & (memory.log_demand.size - 1)]) if step > 0 else 0.0


def _settle_misses(program: PricedProgram, memory: PricedMemory, demand: float, ready: int) -> None:
    if program.referred == 0 and program.numbers[MISS_RATIO] > 0:
        missed = demand if demand > program.numbers[UNIT] * ready else 0.0
        settle_misses(program, memory, demand, missed)

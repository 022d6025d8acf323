"""How many replicas are worth their price? Outcomes of demand, by the replicas they need, and the purchase over them.

    value(n) = expected load of the outcomes that n replicas carry - price x n

The count with the largest value is bought, never fewer than half of the outcomes need. An outcome is the forecast times
an error factor: of the last steps, of the long run (standardized errors times the error that is typical now), of the
same place of earlier seasons and one step beside it; a heavy tail stands for what was never seen.
"""

from __future__ import annotations

import math

from plimsoll.policy.priced.layout import (
    BINS,
    CHANGE_COST,
    COUNTED,
    FIRST,
    GRAIN,
    LAST,
    LONG_KNOWN,
    LONG_RUN,
    LONG_WEIGHT,
    OFFSET,
    PRICE,
    QUANTILES,
    RECENT,
    RECENT_WEIGHT,
    SPREAD,
    TAIL_EXPONENT,
    TAIL_WEIGHT,
    PricedMemory,
    PricedProgram,
)

_HALF = 0.5
_STILL_CARRIED = 0.3  # of the outcomes: with fewer, a scale-out waits for no gain
_TAIL_REACH = 8.0  # times the forecast
_EVERY = 256  # steps between two looks at the long run
_LEARNING_STEPS = 10  # errors of the first steps are not counted
_ENOUGH = 50
_BESIDE = 1  # steps beside the same place of a season
_LARGEST_LOG = 700.0  # e^700 is still a number
_LARGEST_DEMAND = 1e12  # more replicas than any fleet has
_WITHOUT_OUTCOMES = 1.2  # headroom until the first error is known


def note_outcome(memory: PricedMemory, demand: float, weight: float) -> None:
    """Add one outcome of demand (in grains of replicas)."""
    bounded = _bounded(demand)
    needed = min(memory.mass.size - 1, max(1, math.ceil(bounded)))
    memory.reach[FIRST] = min(memory.reach[FIRST], needed)
    memory.reach[LAST] = max(memory.reach[LAST], needed)
    memory.mass[needed] += weight
    memory.worth[needed] += weight * max(bounded, 0.0)


def count_error(program: PricedProgram, memory: PricedMemory, step: int) -> None:
    """Keep the long run of standardized errors as a histogram; every so many steps take its quantiles anew."""
    mask, first = memory.errors.size - 1, program.lag + _LEARNING_STEPS
    if step >= first:
        memory.histogram[_bin(memory.errors[step & mask])] += 1
        memory.state[COUNTED] += 1
    if step - LONG_RUN >= first:
        memory.histogram[_bin(memory.errors[(step - LONG_RUN) & mask])] -= 1
        memory.state[COUNTED] -= 1
    if step % _EVERY == _EVERY - 1 and memory.state[COUNTED] >= _ENOUGH:
        _take_quantiles(memory)


def _bin(error: float) -> int:
    """Place a standardized error z in a bin by z / (1 + |z|): fine near 0, coarse far out, none left out."""
    if not abs(error) < math.inf:  # no number at all, too
        return BINS - 1 if error > 0 else 0
    return int((error / (1.0 + abs(error)) + 1.0) / 2.0 * (BINS - 1))


def _take_quantiles(memory: PricedMemory) -> None:
    below, found = 0.0, 0
    for i in range(BINS):
        below += memory.histogram[i]
        while found < QUANTILES and below >= (found + 0.5) / QUANTILES * memory.state[COUNTED]:
            share = 2.0 * (i + 0.5) / (BINS - 1) - 1.0
            memory.long_run[found] = share / max(1.0 - abs(share), 1e-3)
            found += 1
    memory.state[LONG_KNOWN] = 1.0


def outcomes(program: PricedProgram, memory: PricedMemory, step: int, ahead: float) -> float:
    """Lay out the outcomes of the forecast; answer their whole weight, 0 where nothing is known yet."""
    clear(memory)
    offset = OFFSET / program.numbers[GRAIN]
    base = _bounded(math.exp(min(ahead, _LARGEST_LOG)) / program.numbers[GRAIN])
    total = _recent(program, memory, step, base, offset)
    total += _long_run(program, memory, base, offset)
    for season in range(program.seasons.size):
        total += _seasonal(program, memory, step, season, base)
    if total > 0:
        total += _tail(program, memory, max(base - offset, offset), total)
    return total


def clear(memory: PricedMemory) -> None:
    """Take the outcomes of the step before away: they lie between the first and the last count they reached."""
    for n in range(memory.reach[FIRST], memory.reach[LAST] + 1):
        memory.mass[n] = 0.0
        memory.worth[n] = 0.0
    memory.reach[FIRST], memory.reach[LAST] = memory.mass.size - 1, 0


def _bounded(demand: float) -> float:
    """Bound demand, and what is no number, so that it still has a place among the counts when it is made whole."""
    return demand if demand < _LARGEST_DEMAND else _LARGEST_DEMAND


def _recent(program: PricedProgram, memory: PricedMemory, step: int, base: float, offset: float) -> float:
    count = min(int(program.numbers[RECENT]), step - program.lag)
    weight = float(program.numbers[RECENT_WEIGHT])
    if count <= 0 or weight <= 0:
        return 0.0
    mask = memory.factors.size - 1
    for back in range(count):
        note_outcome(memory, base * memory.factors[(step - back) & mask] - offset, weight / count)
    return weight


def _long_run(program: PricedProgram, memory: PricedMemory, base: float, offset: float) -> float:
    weight = float(program.numbers[LONG_WEIGHT])
    if memory.state[LONG_KNOWN] == 0 or weight <= 0:
        return 0.0
    for i in range(QUANTILES):
        factor = math.exp(memory.state[SPREAD] * memory.long_run[i])
        note_outcome(memory, base * factor - offset, weight / QUANTILES)
    return weight


def _seasonal(program: PricedProgram, memory: PricedMemory, step: int, season: int, base: float) -> float:
    period, lag = program.seasons[season], program.lag
    weight = float(program.season_weights[season])
    offset = OFFSET / program.numbers[GRAIN]
    rounds = min(program.rounds[season], (step - _BESIDE - 10) // period)
    if rounds <= 0 or weight <= 0:
        return 0.0
    mask = memory.factors.size - 1
    each = weight / (rounds * (2 * _BESIDE + 1))
    for back in range(1, rounds + 1):
        for beside in range(-_BESIDE, _BESIDE + 1):
            then = min(step, step + lag - back * period + beside)
            note_outcome(memory, base * memory.factors[then & mask] - offset, each)
    return weight


def _tail(program: PricedProgram, memory: PricedMemory, base: float, total: float) -> float:
    """Spread a heavy tail over the counts above the forecast's own: beyond r x base with weight r^-exponent."""
    weight, scale = float(program.numbers[TAIL_WEIGHT]) * total, base ** program.numbers[TAIL_EXPONENT]
    beyond, end = 1.0, min(memory.mass.size - 2, int(_TAIL_REACH * base) + 2)
    memory.reach[LAST] = max(memory.reach[LAST], end - 1)
    for count in range(math.ceil(base) + 1, end):
        still = program.powers[count] * scale
        memory.mass[count] += weight * (beyond - still)
        memory.worth[count] += weight * (beyond - still) * count
        beyond = still
    return weight


def bought(program: PricedProgram, memory: PricedMemory, total: float, ahead: float, desired: int) -> int:
    """Answer the count with the largest value among those that carry at least half of the outcomes.

    The desired count stays where the change would gain no more than it costs.
    """
    grain = program.numbers[GRAIN]
    if total <= 0:
        return math.ceil(_WITHOUT_OUTCOMES * (_bounded(math.exp(min(ahead, _LARGEST_LOG))) - OFFSET))
    own, last, price = int(desired / grain), memory.reach[LAST], memory.state[PRICE] * total
    best, kept, count, mass, worth = -math.inf, -math.inf, 1, 0.0, 0.0
    for n in range(memory.reach[FIRST], last + 1):
        mass += memory.mass[n]
        worth += memory.worth[n]
        value = worth - price * n
        if n == own and mass >= _STILL_CARRIED * total:
            kept = value
        if mass >= _HALF * total and value > best:
            best, count = value, n
    if own > last:
        kept = worth - price * own
    if best - kept <= program.numbers[CHANGE_COST] * total * own:
        return desired
    return int(count * grain)

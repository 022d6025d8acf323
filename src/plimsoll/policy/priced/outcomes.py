"""Which ratios of demand to its forecast are likely? Each is an outcome with a weight, on a grid of ratios.

An outcome is an error of the forecast: of recent steps, of the long run (standardized errors times the current typical
error), or of the same place in earlier seasons and one step beside it. A heavy tail stands for what was never seen. The
grid is fine near 1 and coarse far out. Errors are of past steps only, so outcomes do not depend on the demand that the
decision is about.
"""

from __future__ import annotations

import math

from plimsoll.policy.priced.layout import (
    FINEST,
    HEADROOMS,
    LONG_KNOWN,
    LONG_WEIGHT,
    OCTAVES,
    PARTS,
    QUANTILES,
    RECENT,
    RECENT_WEIGHT,
    SIDE,
    SPREAD,
    TAIL_WEIGHT,
    PricedMemory,
    PricedProgram,
)

_WIDEST = FINEST * 2.0**OCTAVES
_BESIDE = 1  # steps beside the same place of a season


def outcomes(program: PricedProgram, memory: PricedMemory, step: int) -> float:
    """Lay out the outcomes of a step; return their total weight, 0 while no error is known."""
    for i in range(HEADROOMS):
        memory.mass[i] = 0.0
    total = _recent(program, memory, step) + _long_run(program, memory)
    for season in range(program.seasons.size):
        total += _seasonal(program, memory, step, season)
    tail = float(program.numbers[TAIL_WEIGHT]) * total
    for i in range(SIDE, HEADROOMS):
        memory.mass[i] += tail * program.tails[i]
    return total + tail


def place_of(error: float) -> int:
    """Return the place, a bin of the grid, of an error in logarithms: twelve per octave, the outermost unbounded.

    NaN counts as the worst error.
    """
    size = abs(error)
    if size < FINEST:
        place = 0
    elif size < _WIDEST:
        mantissa, exponent = math.frexp(size / FINEST)
        place = (exponent - 1) * PARTS + int((2.0 * mantissa - 1.0) * PARTS)
    else:
        place = SIDE - 1
    return SIDE - 1 - place if error < 0 else SIDE + place


def _recent(program: PricedProgram, memory: PricedMemory, step: int) -> float:
    count = min(int(program.numbers[RECENT]), step - program.lag)
    weight = float(program.numbers[RECENT_WEIGHT])
    if count <= 0 or weight <= 0:
        return 0.0
    mask, each = memory.places.size - 1, weight / count
    for back in range(1, count + 1):
        memory.mass[memory.places[(step - back) & mask]] += each
    return weight


def _long_run(program: PricedProgram, memory: PricedMemory) -> float:
    weight = float(program.numbers[LONG_WEIGHT])
    if memory.state[LONG_KNOWN] == 0 or weight <= 0:
        return 0.0
    for i in range(QUANTILES):
        memory.mass[place_of(float(memory.state[SPREAD] * memory.long_run[i]))] += weight / QUANTILES
    return weight


def _seasonal(program: PricedProgram, memory: PricedMemory, step: int, season: int) -> float:
    period, lag = program.seasons[season], program.lag
    weight = float(program.season_weights[season])
    rounds = min(program.rounds[season], (step - _BESIDE - 10) // period)
    if rounds <= 0 or weight <= 0:
        return 0.0
    mask = memory.places.size - 1
    each = weight / (rounds * (2 * _BESIDE + 1))
    for back in range(1, rounds + 1):
        for beside in range(-_BESIDE, _BESIDE + 1):
            then = min(step - 1, step + lag - back * period + beside)
            memory.mass[memory.places[then & mask]] += each
    return weight

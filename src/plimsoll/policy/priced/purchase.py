"""How many replicas are worth their price? The headroom is chosen before the demand is looked at, the count after it.

    V(u) = expected (ratio - offset / base) of the outcomes up to u - price x u      in loads of the forecast
    one replica more is 1 / base of headroom: the best v has the largest mean of V over [v, v + 1 / base]
    count = ceil(forecast x v - offset)

So of the counts that a headroom in that window comes to - there is always exactly one - the best is bought: where V
falls off to both sides, V is the same at both ends, and no other whole count has a larger V. V, the base (the forecast
of the step before) and so v depend on memory alone, and the count does not fall when the forecast rises. A purchase
over whole counts instead would give an outcome up when more demand makes it need one replica more.

Never less headroom than half of the outcomes need. A change has a cost: the desired count stays while its headroom is
between the first and the last that are worth no less by that cost; where it carries few outcomes it never stays.
"""

from __future__ import annotations

import math

from plimsoll.domain.series import Values
from plimsoll.policy.priced.layout import (
    CHANGE_COST,
    HEADROOMS,
    OFFSET,
    PRICE,
    PricedMemory,
    PricedProgram,
)
from plimsoll.policy.priced.outcomes import outcomes

_HALF = 0.5
_STILL_CARRIED = 0.3  # of the outcomes: with fewer, a scale-out waits for no gain
_LARGEST_LOG = 27.0  # a trillion replicas, more than any fleet has
_WITHOUT_OUTCOMES = 1.2  # headroom until the first error is known


def bought(
    program: PricedProgram, memory: PricedMemory, step: int, forecasts: tuple[float, float], desired: int
) -> int:
    """Answer the count to buy. `forecasts` are those of the step before and of this, logs of demand plus the offset."""
    before, ahead = forecasts
    base = math.exp(min(ahead, _LARGEST_LOG))
    total = outcomes(program, memory, step)
    if total <= 0:
        return math.ceil(_WITHOUT_OUTCOMES * (base - OFFSET))
    ratios = program.ratios
    share = math.exp(-min(before, _LARGEST_LOG))
    half = weigh(memory, ratios, total, share)
    place, best = best_headroom(memory, ratios, share, half, float(memory.state[PRICE]) * total)
    cost = float(program.numbers[CHANGE_COST]) * total
    if cost > 0:
        first, last = kept_headroom(memory, ratios, place, best, cost, _STILL_CARRIED * total)
        if math.ceil(base * ratios[first] - OFFSET) <= desired <= math.floor(base * ratios[last] - OFFSET):
            return desired
    return math.ceil(base * float(ratios[place]) - OFFSET)


def weigh(memory: PricedMemory, ratios: Values, total: float, share: float) -> int:
    """Work out V, its area and the mass up to each place; answer the first place that carries half of the outcomes.

    `share` is one replica's share of the forecast.
    """
    price, offset, half = float(memory.state[PRICE]) * total, OFFSET * share, HEADROOMS - 1
    mass, worth, area, left, ratio = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(HEADROOMS):
        worth += memory.mass[i] * max(ratios[i] - offset, 0.0)
        mass += memory.mass[i]
        value = worth - price * ratios[i]
        area += 0.5 * (left + value) * (ratios[i] - ratio)
        left, ratio = value, ratios[i]
        memory.mass[i], memory.value[i], memory.area[i] = mass, value, area
        if mass >= _HALF * total:
            half = min(half, i)
    return half


def best_headroom(memory: PricedMemory, ratios: Values, share: float, half: int, price: float) -> tuple[int, float]:
    """Answer the place from `half` on with the largest mean of V over one replica from there, and that mean.

    Who carries everything still pays the `price`: beyond a headroom at which that is worth no more, nothing is.
    """
    everything = memory.value[HEADROOMS - 1] + price * ratios[HEADROOMS - 1]
    best, place, j = -math.inf, half, half
    for i in range(half, HEADROOMS - 1):
        if everything - price * ratios[i] <= best:
            break
        end = ratios[i] + share
        while j < HEADROOMS - 2 and ratios[j + 1] <= end:
            j += 1
        mean = _mean(memory, ratios, i, j, min(end, ratios[j + 1]))
        if mean > best:
            best, place = mean, i
    return place, best


def _mean(memory: PricedMemory, ratios: Values, i: int, j: int, end: float) -> float:
    """Average V from place i to a ratio between the places j and j + 1, on straight lines between places."""
    over, width = end - ratios[j], ratios[j + 1] - ratios[j]
    value = memory.value[j] + (memory.value[j + 1] - memory.value[j]) * (over / width if width > 0 else 0.0)
    middle = 0.5 * (memory.value[j] + value)
    if i == j:
        return float(middle)
    return float((memory.area[j] - memory.area[i] + over * middle) / (end - ratios[i]))


def kept_headroom(
    memory: PricedMemory, ratios: Values, place: int, best: float, cost: float, carried: float
) -> tuple[int, int]:
    """Answer the first and the last place around the best with no less worth than a change costs."""
    first, last = place, place
    while (
        first > 0 and memory.mass[first - 1] >= carried and memory.value[first - 1] + cost * ratios[first - 1] >= best
    ):
        first -= 1
    while last < HEADROOMS - 1 and memory.value[last + 1] + cost * ratios[last + 1] >= best:
        last += 1
    return first, last

"""How many replicas are worth their price? Headroom is chosen before current demand is used, and the count afterwards.

    V(u) = expected (ratio - offset / base) of the outcomes up to u - price x u      in loads of the forecast
    one replica more is 1 / base of headroom: the best v has the largest mean of V over [v, v + 1 / base]
    count = ceil(forecast x v - offset)

Exactly one whole count has its headroom in that window, and it is the best one: where V falls off to both sides, V is
equal at both ends of the window, so no other whole count has a larger V. V, the base (the forecast of the step before)
and therefore v depend on memory alone, so the count does not fall when the forecast rises. A purchase over whole counts
instead would give up an outcome when more demand makes it need one more replica.

Headroom is never less than half of the outcomes need. A change has a cost: the desired count stays while its headroom
is worth no less than the best by more than that cost. A count that carries few outcomes never stays.
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
_STILL_CARRIED = 0.3  # of the outcomes: with fewer carried, scale-out does not wait
_LARGEST_LOG = 27.0  # a trillion replicas, more than any fleet has
_WITHOUT_OUTCOMES = 1.2  # headroom until the first error is known


def bought(
    program: PricedProgram, memory: PricedMemory, step: int, forecasts: tuple[float, float], desired: int
) -> int:
    """Return the count to buy. `forecasts` are of the previous and of this step, as logs of demand plus the offset."""
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
    """Compute V, its area and the mass up to each bin; return the first bin that carries half of the outcomes.

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
    """Return the bin from `half` on with the largest mean of V over one replica from there, and that mean.

    The search ends at the headroom at which even carrying every outcome would, after its `price`, be worth no more.
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
    """Average V from bin i to a ratio between the bins j and j + 1, with V linear between bins."""
    over, width = end - ratios[j], ratios[j + 1] - ratios[j]
    value = memory.value[j] + (memory.value[j + 1] - memory.value[j]) * (over / width if width > 0 else 0.0)
    middle = 0.5 * (memory.value[j] + value)
    if i == j:
        return float(middle)
    return float((memory.area[j] - memory.area[i] + over * middle) / (end - ratios[i]))


def kept_headroom(
    memory: PricedMemory, ratios: Values, place: int, best: float, cost: float, carried: float
) -> tuple[int, int]:
    """Return the first and last bin around the best whose worth falls short of it by no more than a change costs."""
    first, last = place, place
    while (
        first > 0 and memory.mass[first - 1] >= carried and memory.value[first - 1] + cost * ratios[first - 1] >= best
    ):
        first -= 1
    while last < HEADROOMS - 1 and memory.value[last + 1] + cost * ratios[last + 1] >= best:
        last += 1
    return first, last

"""How much load does one replica carry with every objective met, what stops it first, and how certain is that?

The load line is the least of the loads at which objectives are first violated (see `crossings`), and at most the peak
of throughput where one is identified. From the draws of all of them come its interval, and the load at which every
objective is met with a stated probability. Nothing is claimed past the highest tested load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from plimsoll.capacity.choice import Choice
from plimsoll.capacity.coverage import MISSED, Tail
from plimsoll.capacity.crossings import Crossing, evenly_weighted, interval_edges, load_estimate
from plimsoll.capacity.fit import CONFIDENCE, Fit
from plimsoll.capacity.model import Values
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_line import LoadLine


@dataclass(frozen=True, eq=False)
class Demand:
    """What turns load into throughput: a curve over users; None where the load is itself arrivals a second."""

    throughput: Choice | None
    load_is_demand: bool


@dataclass(frozen=True)
class Margin:
    """The probability with which every objective must hold at the safe load, and the seed of the draws."""

    probability: float = 0.95
    seed: int = 1


def draw_line(
    crossings: Sequence[Crossing], tested: tuple[float, float], demand: Demand, margin: Margin
) -> tuple[LoadLine | None, str]:
    """Combine crossings into the load line, or give the reason why there is none."""
    if not crossings:
        return None, "no objective was stated (--slo) and no peak of throughput is identified"
    for state in ("never_met", "cannot_tell"):
        bad = [c.limit for c in crossings if c.limit.state == state]
        if bad:
            return None, "; ".join(f"{limit.objective}: {limit.why}" for limit in bad)
    least = np.min([c.draws for c in crossings], axis=0)
    first = min(crossings, key=lambda c: np.inf if c.limit.load is None else c.limit.load.value)
    there, known_to = first.limit.load, min(tested[1], *(c.known_to for c in crossings))
    below = first.below * _calibrated(1 - margin.probability, first.tail)
    safe = min(float(np.quantile(least, below, method="inverted_cdf")), known_to)
    if there is None or there.value > known_to:
        why = _beyond(crossings, known_to, tested[1])
        return LoadLine(None, None, "", safe, _at(demand, safe), margin.probability, True, why, known_to), ""
    safe = min(safe, there.value)
    return (
        LoadLine(
            load=load_estimate(there.value, least, first.tail, known_to),
            throughput=_throughput(demand, there.value, replace(first, draws=least), known_to, margin.seed),
            binding=first.limit.objective,
            safe_load=safe,
            safe_throughput=_at(demand, safe),
            safety_probability=margin.probability,
            beyond_tested=False,
            why=f"{first.limit.objective} binds first ({first.limit.model or 'between two steps'})",
        ),
        "",
    )


def _calibrated(risk: float, tail: Tail) -> float:
    """Compute the share of draws that lie below the load at which this `risk` is taken.

    Draws that are too wide or too narrow by a factor, in standard deviations, miss it at every risk: that of 5 % is
    known, from the tail at which their interval covers 95 %.
    """
    return float(ndtr(ndtri(risk) * ndtri(tail.missed) / ndtri(MISSED)))


def _beyond(crossings: Sequence[Crossing], known_to: float, highest_tested: float) -> str:
    """Say what holds up to the load to which all is known, and what is unknown past it."""
    if known_to < highest_tested:
        unknown = ", ".join(c.limit.objective for c in crossings if c.known_to == known_to)
        return f"{unknown}: met up to {known_to:g}, past which it was not measured"
    names = ", ".join(c.limit.objective for c in crossings)
    return f"{names}: met at every tested load; the load line lies past {known_to:g}, where nothing was measured"


def _throughput(demand: Demand, load: float, at: Crossing, highest_tested: float, seed: int) -> Estimate | None:
    if demand.load_is_demand:
        return load_estimate(load, at.draws, at.tail, highest_tested)
    fit = _chosen_fit(demand)
    if fit is None or not fit.settled:
        return None
    value = float(fit.point.predict(np.array([load]))[0])
    low, high = interval_edges(_even_rows(fit, np.minimum(at.draws, highest_tested), seed + 1), at.tail)
    # the coverage of the load's interval is not that of this one, so none is given
    return Estimate(value, min(low, value), max(high, value), CONFIDENCE)


def _even_rows(fit: Fit, loads: Values, seed: int) -> Values:
    """Predict throughput at each of the drawn loads, each from a curve drawn for it."""
    numbers, weights = fit.drawn_values(lambda _, p: np.arange(p.shape[0], dtype=np.float64))
    offset = np.concatenate([np.full(v.draws.weights.size, i) for i, v in enumerate(fit.drawn)])
    order = evenly_weighted(np.arange(numbers.size, dtype=np.float64), weights, seed).astype(np.int64)
    values = np.empty(loads.size)
    for i, variant in enumerate(fit.drawn):
        mine = offset[order] == i
        rows = variant.draws.parameters[numbers[order[mine]].astype(np.int64)]
        values[mine] = [variant.model.predict(row, load)[0] for row, load in zip(rows, loads[mine, None], strict=True)]
    return values[np.isfinite(values)]


def _at(demand: Demand, load: float) -> float | None:
    if demand.load_is_demand:
        return load
    fit = _chosen_fit(demand)
    return None if fit is None else float(fit.point.predict(np.array([load]))[0])


def _chosen_fit(demand: Demand) -> Fit | None:
    choice = demand.throughput
    return choice.chosen.fit if choice is not None and choice.chosen is not None else None

"""Up to which load does one objective hold, and how certain is that?

Each objective gives the load at which the chosen curve of its quantity first violates the bound. Draws turn it into a
distribution. They come from every curve that may be the right one, in proportion to its probability (`Choice.shares`),
because a few steps often select another curve than the true one. Nothing is claimed past the highest tested load, nor
past where measurements say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from plimsoll.capacity.choice import Choice
from plimsoll.capacity.coverage import AT_FIXED, Tail
from plimsoll.capacity.fit import CONFIDENCE, Fit, point_fit
from plimsoll.capacity.lack_of_fit import lack_of_fit_error
from plimsoll.capacity.model import CapacityModel, Values
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_line import ObjectiveLimit
from plimsoll.domain.objective import Objective

PEAK = "throughput peak"
_GRID = 400
_REACH = 2.0  # times the highest tested load, up to which crossings are searched for
_EVEN_DRAWS = 2000
_UNSURE = 0.5  # of the allowed risk: used for a safe load where steps cannot tell how noise grows


@dataclass(frozen=True, eq=False)
class Crossing:
    """Where one objective stops the load: its verdict, and evenly weighted draws of the load (infinite: never).

    `tail` sets the quantiles of their interval. The bounded quantity was not measured past the load `known_to`. The
    safe load is read at the fraction `below` of the allowed risk.
    """

    limit: ObjectiveLimit
    draws: Values
    tail: Tail = AT_FIXED
    known_to: float = np.inf
    below: float = 1.0


def crossing(objective: Objective, choice: Choice, seed: int) -> Crossing:
    """Find the load at which the chosen curve violates the bound of `objective`."""
    name = objective.text
    if choice.chosen is None or choice.chosen.fit is None:
        why = f"no model could be judged: {_excuses(choice)}"
        return Crossing(ObjectiveLimit(name, "cannot_tell", None, "", why), np.array([]))
    fit, model = choice.chosen.fit, choice.chosen.model.name
    low, high = float(np.min(choice.load)), float(np.max(choice.load))
    grid = np.linspace(low, _REACH * high, _GRID)
    point = float(_first_crossing(fit.point.predict(grid)[None, :], grid, objective)[0])
    if point <= low and not objective.holds(float(choice.measured[np.argmin(choice.load)])):
        why = f"already broken at the lowest tested load, {low:g}"
        return Crossing(ObjectiveLimit(name, "never_met", None, model, why), np.array([]))
    draws, tail = _drawn(objective, choice, grid, seed)
    below = _risk_fraction(choice)
    held_to, broken_from = _measured(objective, choice)
    if min(point, broken_from) > high:
        why = f"met at every tested load, up to {high:g}"
        return Crossing(ObjectiveLimit(name, "beyond_tested", None, model, why), draws, tail, high, below)
    held_up_to, first_broken = _first_break(objective, choice)
    between = held_to, broken_from
    if not np.isfinite(broken_from):  # a step broke the objective, and the highest met it again
        between = held_up_to, first_broken
    doubt = _doubt(objective, choice, (draws, tail), between) if np.isfinite(between[1]) else ""
    if doubt:
        random = np.random.default_rng(seed)
        draws = random.permutation(np.linspace(held_up_to, between[1], _EVEN_DRAWS))
        lower_step = "which held" if held_up_to == between[0] else "up to which every step held"
        why = f"between {held_up_to:g}, {lower_step}, and {between[1]:g}: {doubt}"
        load = load_estimate(min(max(point, held_up_to), between[1]), draws, AT_FIXED, high)
        return Crossing(ObjectiveLimit(name, "identified", load, "", why), draws, AT_FIXED, high)
    beyond = f"every step from {broken_from:g} up broke it: only the curve says {point:.4g}"
    load = load_estimate(min(point, broken_from), draws, tail, high)
    limit = ObjectiveLimit(name, "identified", load, model, beyond if point > broken_from else "")
    return Crossing(limit, draws, tail, high, below)


def peak_crossing(load: Estimate, draws: tuple[Values, Values, Tail], seed: int) -> Crossing:
    """Turn the identified peak of throughput, with its draws, their weights and their tail, into an objective."""
    values, weights, tail = draws
    return Crossing(ObjectiveLimit(PEAK, "identified", load, "usl", ""), evenly_weighted(values, weights, seed), tail)


def evenly_weighted(values: Values, weights: Values, seed: int) -> Values:
    """Turn weighted draws into evenly weighted ones in random order (systematic resampling)."""
    random = np.random.default_rng(seed)
    places = (np.arange(_EVEN_DRAWS) + random.random()) / _EVEN_DRAWS
    chosen = np.searchsorted(np.cumsum(weights) / np.sum(weights), places)
    picked = np.where(np.isnan(values), np.inf, values)[np.minimum(chosen, values.size - 1)]
    return np.asarray(random.permutation(picked))


def interval_edges(draws: Values, tail: Tail) -> tuple[float, float]:
    """Read both ends of an interval off evenly weighted draws."""
    low, high = np.quantile(draws, [tail.missed / 2, 1 - tail.missed / 2], method="inverted_cdf")
    return float(low), float(high)


def load_estimate(value: float, draws: Values, tail: Tail, highest_tested: float) -> Estimate:
    """Make the interval of a load; an upper end past the tested range is left open."""
    low, high = interval_edges(draws, tail)
    upper = max(high, value)
    return Estimate(value, min(low, value), upper if upper <= highest_tested else None, CONFIDENCE, tail.coverage)


def _excuses(choice: Choice) -> str:
    """Name two models with their excuses, leaving out those that describe another kind of quantity."""
    fitting = [trial for trial in choice.trials if not trial.excuse.startswith("it describes")]
    return "; ".join(f"{trial.model.name}: {trial.excuse}" for trial in fitting[:2])


def _drawn(objective: Objective, choice: Choice, grid: Values, seed: int) -> tuple[Values, Tail]:
    """Draw crossings from every curve that may be the right one, and return the tail of their interval.

    A curve crosses the bound below a load if it lies past the bound at that load, so the interval of the curve gives
    that of the crossing. Each curve is shifted by an error that its own draws do not show, where standard errors of the
    steps are known (`lack_of_fit_error`), and each crossing by the error of the load that steps of finite length stand
    for (`step_errors`).
    """
    random = np.random.default_rng(seed)
    values, weights, missed, coverage = [], [], 0.0, None
    for trial, share in choice.shares():
        if trial.fit is None:
            continue
        point = float(_first_crossing(trial.fit.point.predict(grid)[None, :], grid, objective)[0])
        point = min(point, float(grid[-1]))
        crossings = partial(_shifted_crossings, objective, grid, _error_beyond_draws(trial.fit, choice, grid), random)
        crossed, drawn = trial.fit.drawn_values(crossings)
        if (error := choice.errors.of_load(choice.load, point)) > 0:
            crossed = crossed * np.exp(error * random.standard_normal(crossed.size))
        values.append(crossed)
        weights.append(drawn * share / drawn.sum())
        tail = trial.fit.tails(partial(_at_load, point))[0]
        missed += share * tail.missed
        coverage = tail.coverage if trial is choice.chosen else coverage
    return evenly_weighted(np.concatenate(values), np.concatenate(weights), seed), Tail(missed, coverage)


def _risk_fraction(choice: Choice) -> float:
    """Return the fraction of the allowed risk for a safe load: half where steps cannot tell how noise grows.

    There an interval that misses lies too high more often than too low (docs/decisions/0034).
    """
    likeliest, _ = max(choice.shares(), key=lambda pair: pair[1])
    return _UNSURE if any(estimate.coverage for estimate in likeliest.parameters().values()) else 1.0


def _error_beyond_draws(fit: Fit, choice: Choice, at: Values) -> Values:
    if choice.errors.values is None:
        return np.zeros_like(at)
    return lack_of_fit_error(fit, choice.load, choice.measured, choice.errors.values, at)


def _shifted_crossings(
    objective: Objective, grid: Values, beyond: Values, random: np.random.Generator, model: CapacityModel, drawn: Values
) -> Values:
    """Find where drawn curves cross the bound, each shifted by a draw of the error `beyond` (g,) its draws."""
    curves = model.predict(drawn, grid)
    if np.any(beyond > 0):
        curves = curves + beyond * random.standard_normal((drawn.shape[0], 1))
    return _first_crossing(curves, grid, objective)


def _at_load(load: float, model: CapacityModel, drawn: Values) -> Values:
    return model.predict(drawn, np.array([load]))


def _doubt(objective: Objective, choice: Choice, drawn: tuple[Values, Tail], between: tuple[float, float]) -> str:
    """Say why the curve cannot tell where between two steps the bound is crossed; empty where it can.

    It can if at most one step lies on the bound itself (such as no failures where none may fail: a curve leaves such a
    bound through its noise alone), if it predicts held-out steps well, and if without either of the two steps the
    crossing stays within its own interval.
    """
    on_it = int(np.count_nonzero(choice.measured == objective.bound))
    if on_it > 1 and objective.holds(objective.bound):
        return f"{on_it} steps lie on the bound itself, and no curve shows where it leaves the bound"
    if choice.doubt:
        return f"no model describes {choice.quantity.name}: the best is {choice.doubt}"
    low, high = interval_edges(*drawn)
    for step in between:
        without = _crossing_without(objective, choice, step)
        if not low <= without <= high:
            moved = f"at {without:.4g}" if np.isfinite(without) else "nowhere"
            return f"the curve depends on the step at {step:g}; without that step, it crosses {moved}"
    return ""


def _crossing_without(objective: Objective, choice: Choice, step: float) -> float:
    """Find where the chosen model crosses the bound when fitted without the step at load `step`; infinite: nowhere."""
    rest = choice.load != step
    load, measured = choice.load[rest], choice.measured[rest]
    model = choice.chosen.model if choice.chosen else None
    variants = "" if model is None else model.variants(choice.quantity, load, measured)
    curve = None if isinstance(variants, str) else point_fit(variants, load, measured)
    if curve is None:
        return np.inf
    grid = np.linspace(float(np.min(load)), _REACH * float(np.max(choice.load)), _GRID)
    return float(_first_crossing(curve.predict(grid)[None, :], grid, objective)[0])


def _first_crossing(curves: Values, grid: Values, objective: Objective) -> Values:
    """Find the first load, by curve (m, g), at which a curve violates the bound; infinite where none does."""
    excess = (curves - objective.bound) * (1 if objective.is_roof else -1)
    out = ~(excess <= 0)  # a queue past full utilization is NaN, which violates the bound
    first = np.argmax(out, axis=1)
    rows = np.arange(curves.shape[0])
    before = np.maximum(first - 1, 0)
    rise = excess[rows, first] - excess[rows, before]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where((rise > 0) & np.isfinite(rise), -excess[rows, before] / rise, 0.0)
    load = grid[before] + np.clip(part, 0, 1) * (grid[first] - grid[before])
    return np.where(out.any(axis=1), np.where(first == 0, grid[0], load), np.inf)


def _measured(objective: Objective, choice: Choice) -> tuple[float, float]:
    """Find the last load that met the objective and the load from which every step broke it; infinite where none did.

    Measurements overrule the curve: no point is claimed past the second.
    """
    met = [load for load, value in zip(choice.load, choice.measured, strict=True) if objective.holds(float(value))]
    last = float(max(met, default=np.min(choice.load)))
    broken = choice.load[choice.load > last] if met else choice.load
    return last, float(np.min(broken, initial=np.inf))


def _first_break(objective: Objective, choice: Choice) -> tuple[float, float]:
    """Find the load up to which every step met the objective, and the first that broke it; infinite where none did.

    Where no curve is trusted, no step that broke the objective may count as met.
    """
    broke = [
        load for load, value in zip(choice.load, choice.measured, strict=True) if not objective.holds(float(value))
    ]
    first = float(min(broke, default=np.inf))
    return float(np.max(choice.load[choice.load < first], initial=np.min(choice.load))), first

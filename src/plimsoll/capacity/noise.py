"""How does the noise of a measurement grow with its size, and what if the data cannot tell?

Three shapes, standard deviation ~ prediction^power: additive (power 0: timers, background work), count (1/2: a count of
independent events) and proportional (1: other load on the same machine). Seven steps seldom tell which one holds. So
none is chosen: each gets a probability from the data, and intervals are averaged over shapes by tail area (Turek and
Fletcher, "Model-averaged Wald confidence intervals", Computational Statistics and Data Analysis 56, 2012). Measured
coverage: benchmarks/RESULTS/loadline_coverage.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.least_squares import Optimum, reweighted_from, to_search
from plimsoll.capacity.model import CapacityModel, Values

TEMPER = 2.5
_SMALLEST_SHARE = 1e-3  # of the mean: a smaller prediction is weighted as if it were that large


@dataclass(frozen=True)
class NoiseShape:
    """One way in which noise grows: `power` of the prediction, and its prior probability."""

    name: str
    power: float
    prior: float


ADDITIVE = NoiseShape("additive", 0.0, 4 / 7)
COUNT = NoiseShape("count", 0.5, 1 / 7)
PROPORTIONAL = NoiseShape("proportional", 1.0, 2 / 7)
NOISE_SHAPES = (ADDITIVE, COUNT, PROPORTIONAL)
_LOG_PRIORS = np.log([shape.prior for shape in NOISE_SHAPES])


def noise_weights(predicted: Values, measured: Values, shape: NoiseShape) -> Values:
    """Compute the weight of each step, 1 / variance, scaled so that their product is one."""
    if shape.power == 0:
        return np.ones_like(measured)
    floor = _SMALLEST_SHARE * max(float(np.mean(np.abs(measured))), 1e-300)
    logs = np.log(np.maximum(np.abs(predicted), floor))
    return np.asarray(np.exp(-2 * shape.power * (logs - np.mean(logs))))


def reweighted_optimum(
    model: CapacityModel, load: Values, measured: Values, additive: Optimum, shape: NoiseShape
) -> tuple[Optimum, Values] | None:
    """Search under one noise shape, with weights from the additive optimum.

    Returns the optimum and the weights (n,), or None where no optimum was found.
    """
    if shape.power == 0:
        return additive, np.ones_like(measured)
    weights = noise_weights(model.predict(additive.parameters, load), measured, shape)
    optimum = reweighted_from(model, load, measured, weights, additive)
    return None if optimum is None else (optimum, weights)


def log_evidence(model: CapacityModel, optimum: Optimum, weights: Values) -> float:
    """Compute the restricted log likelihood of one fit: -(n - p) / 2 log squares - 1 / 2 log det J'WJ.

    It is the likelihood with parameters and noise scale integrated out (Patterson and Thompson, Biometrika 58, 1971).
    Weights whose product is one add no term of their own. A parameter with a `spread` has a normal prior: its precision
    is added to J'WJ in units of the noise variance, and its logarithm at the optimum to the likelihood. So a direction
    in which the curve does not change counts as wide as the prior, not as infinitely wide.
    """
    steps, parameters = optimum.slopes.shape
    with np.errstate(over="ignore", invalid="ignore"):
        information = (optimum.slopes * weights[:, None]).T @ optimum.slopes
    precision = np.array([0.0 if one.spread is None else one.spread**-2 for one in model.parameters])
    information[np.diag_indices(parameters)] += precision * optimum.squares / max(steps - parameters, 1)
    from_prior = -0.5 * float(precision @ to_search(model, optimum.parameters) ** 2)
    if not np.all(np.isfinite(information)):  # a curve so steep that its slopes overflow explains nothing
        return -np.inf
    sign, volume = np.linalg.slogdet(information)
    if sign <= 0:
        return -np.inf
    return float(from_prior - 0.5 * (steps - parameters) * np.log(max(optimum.squares, 1e-300)) - 0.5 * volume)


def probabilities(logs: Values, *, tempered: bool = False) -> Values:
    """Turn log evidence for each shape, (..., 3), into probabilities: by itself, or tempered and with the prior."""
    by_shape = TEMPER * logs + _LOG_PRIORS if tempered else logs
    found = np.ascontiguousarray(np.moveaxis(by_shape, -1, 0))  # shapes first: sums over a short last axis are slow
    found = np.exp(found - found.max(axis=0))
    found /= found.sum(axis=0)
    return np.ascontiguousarray(np.moveaxis(found, 0, -1))


def shares(logs: Values) -> Values:
    """Turn log evidence by variant and noise shape, (v, 3), into probabilities that add up to one.

    Between variants the evidence counts as it is; between shapes it counts to the power TEMPER. An average over shapes
    is right only on average: it covers too seldom where errors reach farthest and too often where they reach least, the
    more so the more evenly it is spread. Power and prior were set by coverage in linear theory (docs/decisions/0030).
    """
    top = np.max(logs, axis=0, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    within = np.exp(logs - top)
    total = within.sum(axis=0)
    return np.asarray(within / np.maximum(total, 1e-300) * probabilities(of_shapes(logs), tempered=True))


def of_shapes(logs: Values) -> Values:
    """Sum the evidence of all variants, (v, 3), for each noise shape, as logarithms, (3,)."""
    top = np.max(logs, axis=0)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(top + np.log(np.sum(np.exp(logs - top), axis=0)))

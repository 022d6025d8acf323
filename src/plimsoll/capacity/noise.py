"""How does the scatter of a measurement grow with its size, and what if the data cannot tell?

Three shapes, standard deviation ~ prediction^power: additive (power 0: timers, background work), count (1/2: a count
of independent events) and proportional (1: other load on the same machine). Seven steps seldom tell which, and a wrong
guess makes intervals too narrow by a third. So no guess is made: each shape gets the probability that the data give it,
and intervals are averaged over shapes by tail area (Turek and Fletcher, "Model-averaged Wald confidence intervals",
Computational Statistics and Data Analysis 56, 2012). Measured coverage: benchmarks/RESULTS/loadline_coverage.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.least_squares import Optimum, free_optimum
from plimsoll.capacity.model import CapacityModel, Values

_REWEIGHTINGS = 3
_SMALLEST_SHARE = 1e-3  # a prediction below this share of the mean is weighted as if it were that large


@dataclass(frozen=True)
class NoiseShape:
    """One way in which scatter grows: `power` of the prediction, and how likely it is taken to be beforehand."""

    name: str
    power: float
    prior: float


ADDITIVE = NoiseShape("additive", 0.0, 1 / 2)
COUNT = NoiseShape("count", 0.5, 1 / 4)
PROPORTIONAL = NoiseShape("proportional", 1.0, 1 / 4)
NOISE_SHAPES = (ADDITIVE, COUNT, PROPORTIONAL)


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
    """Search under one noise shape, weights taken from the curve itself, from the additive optimum on.

    Returns the optimum and the weights (n,), or None where no optimum was found.
    """
    optimum, weights = additive, np.ones_like(measured)
    if shape.power == 0:
        return optimum, weights
    for _ in range(_REWEIGHTINGS):
        weights = noise_weights(model.predict(optimum.parameters, load), measured, shape)
        found = free_optimum(model, load, measured, weights, optimum.parameters)
        if found is None:
            return None
        optimum = found
    return optimum, weights


def log_evidence(optimum: Optimum, weights: Values, shape: NoiseShape) -> float:
    """Weigh one noise shape: prior * squares^(-(n - p) / 2) / sqrt(det J'WJ), the restricted likelihood.

    It is what is left of the likelihood once parameters and noise scale are integrated out (Patterson and Thompson,
    Biometrika 58, 1971); weights of product one need no term of their own.
    """
    steps, parameters = optimum.slopes.shape
    information = (optimum.slopes * weights[:, None]).T @ optimum.slopes
    sign, volume = np.linalg.slogdet(information)
    if sign <= 0:
        return -np.inf
    squares = 0.5 * (steps - parameters) * np.log(max(optimum.squares, 1e-300))
    return float(np.log(shape.prior) - squares - 0.5 * volume)

"""Which parameters bring a curve nearest to the measurements?

Weighted least squares by the Levenberg-Marquardt method: damped Gauss-Newton steps (Marquardt, SIAM J. 1963).
Derivatives are exact where a model has them or is linear, else central differences. Bounds are handled by an active
set: where the free optimum violates some, every combination of parameters held at their bounds is tried and the best
feasible optimum is kept. Parameters marked logarithmic are searched as logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.model import CapacityModel, Values

EXACT = 1e-20  # residual over total squares at which data lie on the curve to machine precision
_MAX_STEPS = 60
_FIRST_DAMPING = 1e-5
_MAX_DAMPING = 1e12
_GOOD_ENOUGH = 1e-12  # relative gain of a step in squares: the next would move the point by some 1e-7 standard errors
_NEAR_ENOUGH = 1e-5  # the same where only the log evidence is needed: it moves by less than 1e-4
_DIFFERENCE = 1e-6
_FLAT = 1e-10


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where a search ended: parameters (p,), the weighted sum of squared residuals, d prediction / d search (n, p)."""

    parameters: Values
    squares: float
    slopes: Values

    @cached_property
    @np.errstate(over="ignore", invalid="ignore")  # slopes that overflow have no plane
    def tangent_plane(self) -> tuple[Values, Values, Values] | None:
        """The tangent plane of the curve at the optimum, where slopes = plane @ corner * scale.

        An orthonormal plane (n, p), corner (p, p) and scale (p,), or None where the steps leave the parameters free (a
        flat direction).
        """
        scale = np.linalg.norm(self.slopes, axis=0)
        if not np.all(np.isfinite(scale)) or np.any(scale == 0):
            return None
        plane, corner = np.linalg.qr(self.slopes / scale)
        return None if np.min(np.abs(np.diag(corner))) < _FLAT else (plane, corner, scale)


def to_search(model: CapacityModel, parameters: Values) -> Values:
    """Turn parameters (..., p) into search values: logarithms where the model says so."""
    search = np.array(parameters, dtype=np.float64)
    for i, parameter in enumerate(model.parameters):
        if parameter.logarithmic:
            search[..., i] = np.log(np.maximum(search[..., i], 1e-300))
    return search


def from_search(model: CapacityModel, search: Values) -> Values:
    """Turn search values (..., p) back into parameters."""
    parameters = search.copy()
    for i, parameter in enumerate(model.parameters):
        if parameter.logarithmic:
            parameters[..., i] = np.exp(np.minimum(np.maximum(parameters[..., i], -690), 690))
    return parameters


def predict_search(model: CapacityModel, search: Values, load: Values) -> Values:
    """Predict from search values."""
    return model.predict(from_search(model, search), load)


def slopes_at(model: CapacityModel, search: Values, load: Values) -> Values:
    """Differentiate predictions by search values: (..., p) and (n,) to (..., n, p).

    Exact for a linear model and for one with its own `slopes`, else by central differences.
    """
    if (exact := getattr(model, "slopes", None)) is not None:
        parameters = from_search(model, search)
        scale = np.ones_like(parameters)
        for i, parameter in enumerate(model.parameters):
            if parameter.logarithmic:
                scale[..., i] = parameters[..., i]
        return np.asarray(exact(parameters, load) * scale[..., None, :])
    if model.linear:
        terms = model.predict(np.eye(search.shape[-1]), load).T
        return np.broadcast_to(terms, (*search.shape[:-1], *terms.shape))
    size = np.maximum(np.abs(search), 1e-3) * _DIFFERENCE
    shift = size[..., :, None] * np.eye(search.shape[-1])
    above = predict_search(model, search[..., None, :] + shift, load)
    below = predict_search(model, search[..., None, :] - shift, load)
    return np.asarray(np.swapaxes((above - below) / (2 * size[..., :, None]), -1, -2))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a step too far overflows and is not taken
def free_optimum(
    model: CapacityModel, load: Values, measured: Values, weights: Values, start: Values, held: Values | None = None
) -> Optimum | None:
    """Search without bounds from `start` (parameters); those not NaN in `held` are held at that value.

    Returns None where the start is not finite or the search diverges.
    """
    search = to_search(model, start)
    moving = np.ones(search.size, dtype=bool)
    if held is not None:
        moving = np.isnan(held)
        search = np.where(moving, search, to_search(model, np.where(moving, 1.0, held)))
    problem = _Problem(model, load, measured, np.sqrt(weights), moving)
    return problem.solved(search) if model.linear else problem.searched(search, slopes_at(model, search, load))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def reweighted_from(
    model: CapacityModel, load: Values, measured: Values, weights: Values, known: Optimum
) -> Optimum | None:
    """Search from the optimum under other weights, as precisely as the log evidence of these weights needs."""
    problem = _Problem(model, load, measured, np.sqrt(weights), np.ones(known.parameters.size, dtype=bool))
    search = to_search(model, known.parameters)
    return problem.solved(search) if model.linear else problem.searched(search, known.slopes, _NEAR_ENOUGH)


def bounded_optimum(
    model: CapacityModel, load: Values, measured: Values, weights: Values, start: Values, free: Optimum | None = None
) -> Optimum | None:
    """Search within the bounds of the model's parameters; `free` is the optimum without them, where it is known.

    Returns None where no feasible optimum was found.
    """
    if free is None:
        free = free_optimum(model, load, measured, weights, start)
    broken = [] if free is None else [i for i in range(start.size) if not within(model, free.parameters, i)]
    if free is not None and not broken:
        return free
    optima: list[Optimum] = []
    for choice in product(*(_choices(model, i) for i in range(start.size))):
        held = np.array(choice, dtype=np.float64)
        if np.all(np.isnan(held)) or not np.any(np.isnan(held)):
            continue
        optimum = free_optimum(model, load, measured, weights, start, held)
        if optimum is not None and all(within(model, optimum.parameters, i) for i in range(start.size)):
            optima.append(optimum)
    return min(optima, key=lambda optimum: optimum.squares, default=None)


def within(model: CapacityModel, parameters: Values, i: int) -> bool:
    """Whether parameter `i` lies within its bounds."""
    parameter = model.parameters[i]
    above = parameter.low is None or parameters[i] >= parameter.low
    below = parameter.high is None or parameters[i] <= parameter.high
    return bool(above and below)


def _choices(model: CapacityModel, i: int) -> list[float]:
    parameter = model.parameters[i]
    bounds = [bound for bound in (parameter.low, parameter.high) if bound is not None]
    return [np.nan, *(bound for bound in bounds if bound > 0 or not parameter.logarithmic)]


@dataclass(frozen=True, eq=False)
class _Problem:
    """A least squares problem: residuals and slopes carry the roots of the weights; `moving` parameters are free."""

    model: CapacityModel
    load: Values
    measured: Values
    roots: Values
    moving: NDArray[np.bool_]

    def searched(self, search: Values, slopes: Values, good_enough: float = _GOOD_ENOUGH) -> Optimum | None:
        """Take damped steps from `search`, where predictions have these slopes, until one gains next to nothing."""
        damping, residuals = _FIRST_DAMPING, self._residuals(search)
        squares = float(residuals @ residuals)
        for _ in range(_MAX_STEPS):
            if not (np.isfinite(squares) and np.isfinite(slopes).all()):
                return None
            trial = search.copy()
            trial[self.moving] += _damped_step(residuals, slopes[:, self.moving] * self.roots[:, None], damping)
            there = self._residuals(trial)
            tried = float(there @ there)
            if tried <= squares:
                gained, search, residuals, squares = squares - tried, trial, there, tried
                slopes = slopes_at(self.model, search, self.load)
                damping = max(damping / 9, 1e-15)
                if gained <= good_enough * squares:
                    break
            else:
                damping *= 8
                if damping > _MAX_DAMPING or tried - squares <= _GOOD_ENOUGH * squares:  # lost by rounding alone
                    break
        return Optimum(from_search(self.model, search), squares, slopes)

    def solved(self, search: Values) -> Optimum:
        """Solve a linear model directly, with the parameters that do not move held."""
        terms = slopes_at(self.model, search, self.load)
        rest = self.measured - terms[:, ~self.moving] @ search[~self.moving]
        found = search.copy()
        scaled = terms[:, self.moving] * self.roots[:, None]
        found[self.moving] = np.linalg.lstsq(scaled, rest * self.roots, rcond=None)[0]
        return Optimum(found, float(np.sum((self.roots * (self.measured - terms @ found)) ** 2)), terms)

    def _residuals(self, search: Values) -> Values:
        return self.roots * (self.measured - predict_search(self.model, search, self.load))


def _damped_step(residuals: Values, slopes: Values, damping: float) -> Values:
    matrix = slopes.T @ slopes
    scale = np.sqrt(matrix.diagonal())
    scale[scale == 0] = 1.0
    matrix /= scale
    matrix /= scale[:, None]
    matrix.flat[:: scale.size + 1] += damping
    try:
        return np.asarray(np.linalg.solve(matrix, slopes.T @ residuals / scale) / scale)
    except np.linalg.LinAlgError:
        return np.zeros(scale.size)

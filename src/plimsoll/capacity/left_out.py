"""What do the other steps predict of each one, and is one off by more than they allow?

Each step is left out in turn, and a model fitted to the others predicts it. The deleted residual of a step, in units of
its own standard error, says how unlikely it is under each noise shape; the smallest over the shapes counts. A standard
error is at least that of rounding to the digits that were written. So among steps without noise, one that is off is
detected and a rounded one is not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.fit import PointFit, point_fit
from plimsoll.capacity.least_squares import Optimum, bounded_optimum, slopes_at, to_search
from plimsoll.capacity.model import CapacityModel, Quantity, Values
from plimsoll.capacity.near_variants import Optima
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights

ROUNDING = 1e-9
_PLACES = range(-8, 9)  # of digits that are written, after the point and before it
_UNITS = sorted((scale * 10.0**place for place in _PLACES for scale in (1.0, 2.0**20)), reverse=True)
_CLOSE_BEHIND = 4.0  # in log likelihood: leaving one step out could make such a variant the best


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Each step predicted from the others: errors (n,), and how unlikely each is (n,), in standard errors.

    NaN where no fit without that step was found. `deviation` is the least over the noise shapes. `variance` (3, n) is
    that of the prediction under each noise shape, as a ratio of the noise variance at the step. `exact` (n,) says
    whether the other steps lie on the curve to within rounding.
    """

    error: Values
    deviation: Values
    variance: Values
    exact: NDArray[np.bool_]

    @property
    def complete(self) -> bool:
        """Whether every step could be left out."""
        return all(bool(np.all(np.isfinite(one))) for one in (self.error, self.deviation, self.variance))

    @property
    def scaled_error(self) -> Values:
        """The errors (3, n) divided by sqrt(1 + variance), the widening by uncertainty of the prediction itself.

        A curve through few steps is uncertain beyond them, and this uncertainty is not held against it.
        """
        return np.asarray(self.error / np.sqrt(1 + self.variance))

    @property
    def worst(self) -> int:
        """The index of the step that lies off farthest."""
        return int(np.argmax(self.deviation))


def leave_one_out(model: CapacityModel, optima: Optima, quantity: Quantity, load: Values, measured: Values) -> LeftOut:
    """Predict each step from the others by plain least squares, with the variants that could be the best without it.

    `optima` are those of the model's variants on all steps. Errors are taken against a fit to steps at other loads
    only, since a step at the same load would give the answer away.
    """
    unknown = np.full((2 + len(NOISE_SHAPES), load.size), np.nan)
    left_out = LeftOut(unknown[0], unknown[1], unknown[2:], np.zeros(load.size, dtype=bool))
    if not optima:
        return left_out
    models, least = [variant for variant, _ in optima], _rounding(measured)
    close, could_win = _could_win(optima, load, measured)
    near = [pair for pair, is_close in zip(optima, close, strict=True) if is_close]
    for i in range(load.size):
        rest = np.arange(load.size) != i
        if np.any(could_win[:, i] & ~close):  # without this step other variants, or new ones, may fit best
            behind = [variant for variant, may_win in zip(models, could_win[:, i] | close, strict=True) if not may_win]
            offered = model.variants(quantity, load[rest], measured[rest])
            tried = [] if isinstance(offered, str) else [variant for variant in offered if variant not in behind]
            without = point_fit(tried, load[rest], measured[rest])
        else:
            without = _nearest_from(near, load[rest], measured[rest])
        others = load != load[i]
        predictor = (
            without if np.array_equal(others, rest) else _fit_all(model, quantity, load[others], measured[others])
        )
        if predictor is not None:
            left_out.error[i] = float(predictor.predict(load[i : i + 1])[0]) - measured[i]
            left_out.variance[:, i] = _prediction_variance(predictor, load, measured, others, i)
        if without is not None:
            left_out.deviation[i] = _deviation(without, load, measured, i, least)
            left_out.exact[i] = without.optimum.squares <= least**2 * load.size
    return left_out


def _fit_all(model: CapacityModel, quantity: Quantity, load: Values, measured: Values) -> PointFit | None:
    """Fit all variants that a model offers for these steps."""
    variants = model.variants(quantity, load, measured)
    return None if isinstance(variants, str) else point_fit(variants, load, measured)


def _nearest_from(optima: Optima, load: Values, measured: Values) -> PointFit | None:
    """Fit variants to all steps but one, starting from their optima for all steps, which are near."""
    even = np.ones_like(measured)
    refitted = [(one, bounded_optimum(one, load, measured, even, optimum.parameters)) for one, optimum in optima]
    fits = [PointFit(one, optimum) for one, optimum in refitted if optimum is not None]
    return min(fits, key=lambda fit: fit.optimum.squares, default=None)


def _could_win(optima: Optima, load: Values, measured: Values) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the variants (v,) close to the best, and those that would be so without each step (v, n).

    The sum of squares left without a step follows without a fit: S - e^2 / (1 - h), h its leverage (Cook, "Detection of
    influential observation in linear regression", Technometrics 19, 1977); exact for a line.
    """
    squares = np.array([optimum.squares for _, optimum in optima])
    without = np.array([_squares_without(model, optimum, load, measured) for model, optimum in optima])
    freedom = max(load.size - 1 - optima[0][1].parameters.size, 1)
    margin = np.exp(2 * _CLOSE_BEHIND / freedom)
    close = squares <= squares.min() * margin
    with np.errstate(invalid="ignore"):
        could_win = without <= np.nanmin(np.where(np.isnan(without), np.inf, without), axis=0) * margin
    return close, could_win


@np.errstate(over="ignore", invalid="ignore")  # a curve so steep that its slopes overflow is not taken
def _squares_without(model: CapacityModel, optimum: Optimum, load: Values, measured: Values) -> Values:
    """Compute the squares left without each step (n,); infinite where that step alone determines a parameter."""
    slopes = optimum.slopes
    information = slopes.T @ slopes
    if not np.all(np.isfinite(information)):
        return np.full(load.size, np.inf)
    leverage = np.sum((slopes @ np.linalg.pinv(information)) * slopes, axis=1)
    error = model.predict(optimum.parameters, load) - measured
    left = np.maximum(optimum.squares - error**2 / np.maximum(1 - leverage, ROUNDING), 0.0)
    return np.where(leverage < 1 - ROUNDING, left, np.inf)


@np.errstate(over="ignore", invalid="ignore")
def _prediction_variance(curve: PointFit, load: Values, measured: Values, fitted: NDArray[np.bool_], i: int) -> Values:
    """Compute the variance of the prediction of step `i` by a curve fitted to the steps `fitted` (n,); (3,).

    It is given under each noise shape, as a ratio of the noise variance at that step; NaN where slopes are not finite.
    """
    predicted, variance = curve.predict(load), np.full(len(NOISE_SHAPES), math.nan)
    slope = slopes_at(curve.model, to_search(curve.model, curve.optimum.parameters), load[i : i + 1])[0]
    for j, shape in enumerate(NOISE_SHAPES):
        weights = noise_weights(predicted, measured, shape)
        information = (curve.optimum.slopes * weights[fitted][:, None]).T @ curve.optimum.slopes
        if np.all(np.isfinite(information)) and np.all(np.isfinite(slope)):
            variance[j] = weights[i] * float(slope @ np.linalg.pinv(information) @ slope)
    return variance


@np.errstate(over="ignore", invalid="ignore")
def _deviation(curve: PointFit, load: Values, measured: Values, i: int, least: float) -> float:
    """Measure how far step `i` lies off a curve fitted to the others, in standard errors of at least `least`."""
    rest = np.arange(load.size) != i
    predicted, own_variance = curve.predict(load), _prediction_variance(curve, load, measured, rest, i)
    freedom = max(load.size - 1 - curve.optimum.parameters.size - len(curve.model.fixed), 1)
    errors = [least]
    for j, shape in enumerate(NOISE_SHAPES):
        weights = noise_weights(predicted, measured, shape)
        noise = float(np.sum((weights * (measured - predicted) ** 2)[rest])) / freedom
        errors.append(float(np.sqrt(noise * (1 + own_variance[j]) / weights[i])))
    return float(abs(predicted[i] - measured[i]) / np.max(errors))


def _rounding(measured: Values) -> float:
    """Estimate the standard error of rounding to the last digit written: of ones at most, or of the third of many.

    Megabytes come in bytes, and mebibytes are no round number of these.

    >>> round(_rounding(np.array([0.33, 0.57, 0.9])), 5), round(_rounding(np.array([216e6, 231e6, 510e6])))
    (0.00289, 288675)
    """
    sizes = np.abs(measured[measured != 0])
    third = float(np.max(sizes, initial=0.0)) / 100
    written = (unit for unit in _UNITS if unit <= max(1.0, third) and _are_multiples(sizes, unit))
    return max(next(written, 0.0) / math.sqrt(12), ROUNDING * float(np.mean(np.abs(measured))))


def _are_multiples(sizes: Values, unit: float) -> bool:
    return bool(np.all(np.abs(sizes - unit * np.rint(sizes / unit)) < ROUNDING * sizes))

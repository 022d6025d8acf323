"""What does one model say about one measured quantity, and how certain is that?

The point is plain least squares within bounds, as is usual in the field, and intervals are about that point, not about
a better weighted one. They come from draws (see `draws`) under each noise shape, in proportion to its probability (see
`noise`), and are clipped to the bounds. Only a model that is a family of lines has intervals averaged over its places,
each about its own weighted point (see `family`); these too always contain the plain point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from plimsoll.capacity.calibration import Calibration, plane_pivots
from plimsoll.capacity.coverage import AT_FIXED, FIXED, Tail
from plimsoll.capacity.draws import Draws, Normals, draw, weighted_quantiles
from plimsoll.capacity.family import draw_family, family_of, family_pivots
from plimsoll.capacity.least_squares import EXACT, Optimum, bounded_optimum
from plimsoll.capacity.model import CapacityModel, Parameter, Values
from plimsoll.capacity.near_variants import Optima, near_variants, optima_of
from plimsoll.capacity.noise import (
    NOISE_SHAPES,
    NoiseShape,
    log_evidence,
    of_shapes,
    probabilities,
    reweighted_optimum,
    shares,
)
from plimsoll.domain.estimate import Estimate

DRAWS = 8192
CONFIDENCE = 0.95
_NEGLIGIBLE = 2e-3
_TAILS_OF_BAND = 13  # loads at which a band is calibrated; between them the tail area is interpolated
_MANY_STEPS = 200  # with more, the noise shapes can be told apart and nothing is calibrated
_GOLDEN = (np.sqrt(5) - 1) / 2  # its multiples fall evenly between 0 and 1


@dataclass(frozen=True, eq=False)
class PointFit:
    """The best variant of a model within its bounds, without intervals."""

    model: CapacityModel
    optimum: Optimum

    def predict(self, load: Values) -> Values:
        """Predict the quantity at each load."""
        return self.model.predict(self.optimum.parameters, load)


@dataclass(frozen=True, eq=False)
class _Component:
    """One variant under one noise shape: its unweighted optimum, the weights of the steps, its probability."""

    model: CapacityModel
    optimum: Optimum
    shape: NoiseShape
    weights: Values
    share: float


@dataclass(frozen=True, eq=False)
class DrawnVariant:
    """Draws of one variant; the weights of all variants together add up to one."""

    model: CapacityModel
    draws: Draws


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: the point, the draws, the probability of each noise shape, and the calibration."""

    point: PointFit
    drawn: tuple[DrawnVariant, ...]
    shapes: dict[str, float]
    calibration: Calibration | None = None

    @property
    def settled(self) -> bool:
        """Whether there are draws, and so intervals."""
        return bool(self.drawn)

    @property
    def noise(self) -> str:
        """The likeliest noise shape."""
        return max(self.shapes, key=lambda name: self.shapes[name]) if self.shapes else ""

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")  # wild draws overflow, and have almost no weight
    def drawn_values(self, compute: Callable[[CapacityModel, Values], Values]) -> tuple[Values, Values]:
        """Compute something from every draw: `compute(model, parameters (m, p))` returns (m, ...); and the weights."""
        values = [compute(variant.model, variant.draws.parameters) for variant in self.drawn]
        return np.concatenate(values), np.concatenate([variant.draws.weights for variant in self.drawn])

    def estimate(self, value: float, compute: Callable[[CapacityModel, Values], Values]) -> Estimate:
        """Estimate a number computed from the parameters; an end that draws leave unbounded is None."""
        if not self.settled:
            return Estimate(value)
        values, weights = self.drawn_values(compute)
        return interval(value, (values, weights), self.tails(compute)[0])

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def tails(self, compute: Callable[[CapacityModel, Values], Values]) -> list[Tail]:
        """Return the tail of each of the numbers (m, g) computed, with the coverage where that is not 95 %."""
        if self.calibration is not None:
            return self.calibration.tails(compute)
        return [AT_FIXED] * int(compute(self.point.model, self.point.optimum.parameters[None, :]).size)

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def missed(self, compute: Callable[[CapacityModel, Values], Values]) -> Values:
        """Return the share of the draws outside the 95 % interval of each of the numbers (m, g) computed, (g,)."""
        if self.calibration is not None:
            return self.calibration.missed(compute)
        return np.full(compute(self.point.model, self.point.optimum.parameters[None, :]).size, FIXED)

    def parameters(self) -> dict[str, Estimate]:
        """Estimate every parameter, including those fixed by the variant."""
        return dict(self._parameters)

    @cached_property
    def _parameters(self) -> dict[str, Estimate]:
        model, values = self.point.model, self.point.optimum.parameters
        estimates = {one.name: Estimate(float(value)) for one, value in zip(model.parameters, values, strict=True)}
        estimates |= {name: Estimate(value) for name, value in model.fixed}
        if not self.settled:
            return estimates
        drawn, weights = self.drawn_values(_all_columns)
        for i, (parameter, tail) in enumerate(zip(model.parameters, self._tails_of_parameters(), strict=True)):
            estimates[parameter.name] = interval(float(values[i]), (drawn[:, i], weights), tail, parameter)
        for i, (name, value) in enumerate(model.fixed):
            compute = partial(_fixed_column, i)
            estimates[name] = interval(value, self.drawn_values(compute), self._tails_of_parameters(compute)[0])
        return estimates

    def _tails_of_parameters(self, fixed: Callable[[CapacityModel, Values], Values] | None = None) -> list[Tail]:
        if self.calibration is None:
            return [AT_FIXED] * len(self.point.model.parameters)
        return self.calibration.of_parameters(fixed)

    def band(self, load: Values) -> tuple[Values, Values]:
        """Compute the pointwise 95 % interval of the curve at rising loads; NaN where there are no draws."""
        if not self.settled:
            return np.full(load.size, np.nan), np.full(load.size, np.nan)
        curves, weights = self.drawn_values(lambda model, drawn: model.predict(drawn, load))
        some = load[np.unique(np.linspace(0, load.size - 1, _TAILS_OF_BAND).astype(np.int64))]
        tails = np.interp(load, some, self.missed(lambda model, drawn: model.predict(drawn, some)) / 2)
        edges = np.array(
            [
                weighted_quantiles(_sorted_last(curve), weights, np.array([tail, 1 - tail]))
                for curve, tail in zip(curves.T, tails, strict=True)
            ]
        )
        return edges[:, 0], edges[:, 1]


def interval(value: float, drawn: tuple[Values, Values], tail: Tail, bounds: Parameter | None = None) -> Estimate:
    """Read the 95 % interval off weighted draws; it is clipped to the bounds and always contains the point."""
    ends = np.array([tail.missed / 2, 1 - tail.missed / 2])
    low, high = weighted_quantiles(_sorted_last(drawn[0]), drawn[1], ends)
    if bounds is not None:
        floor = -np.inf if bounds.low is None else bounds.low
        roof = np.inf if bounds.high is None else bounds.high
        low, high = (float(min(max(edge, floor), roof)) for edge in (low, high))
    low, high = min(float(low), value), max(float(high), value)
    below, above = (edge if np.isfinite(edge) else None for edge in (low, high))
    return Estimate(value, below, above, CONFIDENCE, tail.coverage)


def point_fit(variants: Sequence[CapacityModel], load: Values, measured: Values) -> PointFit | None:
    """Fit each variant by plain least squares within bounds and keep the one with the least squares."""
    return _nearest([(model, None) for model in variants], load, measured)


def _nearest(
    variants: Sequence[tuple[CapacityModel, Optimum | None]], load: Values, measured: Values
) -> PointFit | None:
    """Fit variants, some with a known free optimum, and keep the one with the least squares."""
    fits, even = [], np.ones_like(measured)
    for model, free in variants:
        start = model.start(load, measured) if free is None else free.parameters
        optimum = bounded_optimum(model, load, measured, even, start, free)
        if optimum is not None:
            fits.append(PointFit(model, optimum))
    return min(fits, key=lambda fit: fit.optimum.squares, default=None)


def fit(
    variants: Sequence[CapacityModel], load: Values, measured: Values, normals: Normals, optima: Optima | None = None
) -> Fit | None:
    """Fit a model given by its variants; `normals` is all the randomness. None where nothing was found.

    `optima` are those of the variants, where they are known.
    """
    near = near_variants(optima_of(variants, load, measured) if optima is None else optima, load, measured)
    point = _nearest(near, load, measured) or point_fit(variants, load, measured)
    if point is None:
        return None
    if load.size <= point.optimum.parameters.size or not near:
        return Fit(point, (), {})
    if point.optimum.squares <= EXACT * float(np.sum(measured**2)):
        exact = Draws(np.atleast_2d(point.optimum.parameters), np.ones(1))
        return Fit(point, (DrawnVariant(point.model, exact),), {})
    if _is_family(near):
        return _fit_family(point, near, load, measured, normals)
    components, evidence = _components(near, load, measured)
    shapes = {
        shape.name: sum(component.share for component in components if component.shape is shape)
        for shape in NOISE_SHAPES
    }
    drawn = _rescaled(tuple(_spread(near, components, load, measured, normals)))
    likeliest = max(near, key=lambda pair: sum(part.share for part in components if part.model is pair[0]))
    return Fit(point, drawn, shapes, _calibration(likeliest, load, measured, evidence, normals))


def _is_family(near: Optima) -> bool:
    return len(near) > 1 and all(model.linear for model, _ in near)


def _fit_family(point: PointFit, near: Optima, load: Values, measured: Values, normals: Normals) -> Fit:
    """Draw from variants that are linear in their parameters."""
    family = family_of(near, load, measured)
    evidence = family.fit(measured[None, :]).of_shapes()[0]
    of_shapes = probabilities(evidence, tempered=True)
    parts = draw_family(family, measured, of_shapes, normals)
    total = sum(parameters.shape[0] for _, parameters in parts)
    drawn = tuple(DrawnVariant(model, Draws(part, np.full(part.shape[0], 1 / total))) for model, part in parts)
    few_steps = load.size <= _MANY_STEPS
    calibration = Calibration(family_pivots(family, measured, normals), evidence) if few_steps else None
    shapes = {shape.name: float(p) for shape, p in zip(NOISE_SHAPES, of_shapes, strict=True)}
    return Fit(point, drawn, shapes, calibration)


def _calibration(
    likeliest: tuple[CapacityModel, Optimum], load: Values, measured: Values, evidence: Values, normals: Normals
) -> Calibration | None:
    """Calibrate intervals at the likeliest variant; many steps can tell the shapes apart and need none."""
    if load.size > _MANY_STEPS or not np.all(np.isfinite(evidence)):
        return None
    model, optimum = likeliest
    pivots = plane_pivots(model, load, measured, optimum, normals)
    return None if pivots is None else Calibration(pivots, evidence)


def normals_of(seed: int, count: int = DRAWS) -> Normals:
    """Make the source of the standard normal numbers from which draws are built."""
    return Normals(seed, count)


def _components(near: Optima, load: Values, measured: Values) -> tuple[list[_Component], Values]:
    """Find the probability of each variant under each noise shape, the weights of the steps there, and the evidence."""
    logs = np.full((len(near), len(NOISE_SHAPES)), -np.inf)
    weights: dict[tuple[int, int], Values] = {}
    for i, (model, additive) in enumerate(near):
        for j, shape in enumerate(NOISE_SHAPES):
            reweighted = reweighted_optimum(model, load, measured, additive, shape)
            if reweighted is not None:
                weights[i, j] = reweighted[1]
                logs[i, j] = log_evidence(model, *reweighted)
    if not np.any(np.isfinite(logs)):
        return [], logs[0]
    share = shares(logs)
    components = [_Component(*near[i], NOISE_SHAPES[j], each, float(share[i, j])) for (i, j), each in weights.items()]
    return components, of_shapes(logs)


def _spread(
    near: Optima,
    components: Sequence[_Component],
    load: Values,
    measured: Values,
    normals: Normals,
) -> Iterator[DrawnVariant]:
    """Draw about each variant by itself, all noise shapes at once, in proportion to their probabilities."""
    for model, optimum in near:
        mine = [part for part in components if part.model is model and part.share > _NEGLIGIBLE]
        if not mine:
            continue
        errors, weights = _errors(mine, load.size, normals)
        parameters = draw(model, load, measured, optimum, errors)
        if parameters is not None:
            yield DrawnVariant(model, Draws(parameters, weights))


def _errors(components: Sequence[_Component], steps: int, normals: Normals) -> tuple[Values, Values]:
    """Make errors (m, n) that grow as each noise shape says, with the weight of each row."""
    errors, weights = [], []
    for part in components:
        rows = normals.table(steps, max(round(normals.count * min(1.0, part.share)), normals.count // 6))
        errors.append(rows / np.sqrt(part.weights))
        weights.append(np.full(rows.shape[0], part.share / rows.shape[0]))
    return np.concatenate(errors), np.concatenate(weights)


def _rescaled(drawn: tuple[DrawnVariant, ...]) -> tuple[DrawnVariant, ...]:
    total = sum(float(variant.draws.weights.sum()) for variant in drawn)
    return tuple(
        DrawnVariant(variant.model, Draws(variant.draws.parameters, variant.draws.weights / total)) for variant in drawn
    )


def _all_columns(model: CapacityModel, drawn: Values) -> Values:
    del model
    return drawn


def _fixed_column(i: int, model: CapacityModel, drawn: Values) -> Values:
    """Return what a variant fixes, its draws spread evenly over the part of the grid that is nearest to it."""
    rows = drawn.shape[0]
    within = 2 * ((np.arange(rows) + 0.5) * _GOLDEN % 1.0) - 1 if rows > 1 else np.zeros(1)  # a single row is no draw
    return np.asarray(model.fixed[i][1] + getattr(model, "rounding", 0.0) * within)


def _sorted_last(values: Values) -> Values:
    """Replace NaN by infinity, the upper end: a queue past full utilization, a peak that never comes."""
    return np.where(np.isnan(values), np.inf, values)

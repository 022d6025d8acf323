"""At which tail area must an interval be read to cover the true value at its nominal level, however noise grows?

An average over noise shapes (see `noise`) read at one fixed tail area covers too seldom under the shape whose errors
reach farthest, and too often under the one whose errors reach least. But the tail area may depend on the evidence. With
v the probabilities of the shapes by the restricted likelihood alone,

    tail area = exp(b . v),    b such that P(the true value lies beyond) = 5 % under each of the three shapes

These are three equations for three numbers, for each estimate (R. Beran, "Prepivoting to reduce level error of
confidence sets", Biometrika 74, 1987). In the tangent plane of the curve at the fitted point both sides are products of
matrices. Errors of each shape are drawn once; they show how far they carry every estimate and which evidence they
leave. Errors of opposite sign carry an estimate to opposite sides and leave the same evidence, so half of the draws
suffice.

Where the steps cannot tell the shapes apart, no b solves all three equations. Then the b that comes near and stays
closest to the fixed tail area is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from plimsoll.capacity.coverage import FIXED, MISSED, Tail, coverage_of, doubt_of, near_enough
from plimsoll.capacity.draws import Normals
from plimsoll.capacity.least_squares import Optimum, from_search, to_search
from plimsoll.capacity.model import CapacityModel, Values
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights, probabilities

Compute = Callable[[CapacityModel, Values], Values]

_LEAST, _MOST = 0.01, 0.2  # bounds of a tail area, both ends together
_SMOOTH = 0.1  # in the log of a tail area: the count below a level is smoothed so widely, for Newton's steps
_TOWARD_FIXED = 3e-3  # penalty for leaving the fixed tail area, in squares of the relative error of MISSED
_ROUNDS = 12
_CONVERGED = 0.02  # in the log of a tail area: a smaller step is the last
_NO_GAIN = 1e-3  # in the squares that are minimized: less than a thirtieth of MISSED
_PROBE = 0.1  # of a standard error: the step of finite differences


class Pivots(Protocol):
    """How far errors of each noise shape carry an estimate, and which evidence they leave."""

    @property
    def parts(self) -> int:
        """The number of consecutive groups among a shape's rows in which the share missed may differ."""

    @property
    def logs(self) -> Values:
        """The log evidence for each shape that each row of each shape leaves, (3, h, 3)."""

    def areas(self, compute: Compute, shares: Values) -> Values:
        """Compute the tail area in which each true value lies, averaged over shapes by `shares` (3h, 3): (g, 3h)."""


@dataclass(frozen=True, eq=False)
class PlanePivots:
    """The tangent plane at the point: `probes` (2p, p) are parameters to either side of it along each direction.

    `along` (3, h, p) says how far each row carries the point, in roots of the squares it leaves. Rows of opposite sign
    carry it to the opposite side with the same evidence, so only half of the rows are kept.
    """

    model: CapacityModel
    probes: Values
    along: Values
    logs: Values
    parts = 1

    def areas(self, compute: Compute, shares: Values) -> Values:
        """Compute the probability of lying as far out on either side."""
        ahead, behind = np.split(compute(self.model, self.probes).reshape(self.probes.shape[0], -1), 2)
        contrasts = ahead - behind
        return beyond(np.abs(contrasts.T @ self.along.reshape(-1, contrasts.shape[0]).T), shares)


@dataclass(frozen=True, eq=False)
class Calibration:
    """How errors behave at a point, and the log evidence (3,) observed there."""

    pivots: Pivots
    observed: Values

    def missed(self, compute: Compute) -> Values:
        """Compute the tail area, both ends together, outside the interval of what `compute` returns, (g,).

        `compute(model, parameters (m, p))` returns (m, g). The tail area is FIXED for a value that does not change with
        the parameters.
        """
        return self._areas_and_missed(compute)[0]

    def tails(self, compute: Compute) -> list[Tail]:
        """Return the same tail areas, with the coverage where the steps cannot make it about 95 %."""
        missed, by_shape = self._areas_and_missed(compute)
        doubt = doubt_of(self._evidence.shape[1] // self.pivots.parts)
        return [
            Tail(tail.missed) if near_enough(shares, doubt) else tail
            for tail, shares in zip(self._with_coverage(missed, by_shape), by_shape, strict=True)
        ]

    def of_parameters(self, fixed: Compute | None = None) -> list[Tail]:
        """Return the tail of every parameter, or of what a variant fixes; coverage is reported for all or none."""
        return self._with_coverage(*(self._parameters if fixed is None else self._areas_and_missed(fixed)))

    def _with_coverage(self, missed: Values, by_shape: Values) -> list[Tail]:
        counted = self._parameters[1][np.isfinite(self._parameters[1]).all(axis=(1, 2))]
        settled = not counted.size or near_enough(np.mean(counted, axis=2), doubt_of(self._evidence.shape[1]))
        coverage = [None if settled else coverage_of(shares) for shares in by_shape]
        return [Tail(float(area), known) for area, known in zip(missed, coverage, strict=True)]

    @cached_property
    def _parameters(self) -> tuple[Values, Values]:
        return self._areas_and_missed(lambda _, drawn: drawn)

    def _areas_and_missed(self, compute: Compute) -> tuple[Values, Values]:
        """Compute the tail areas (g,), and the shares missed at them by noise shape and part, (g, 3, parts)."""
        areas, (shapes, rows, _) = self.pivots.areas(compute, self._shares), self._evidence.shape
        missed, by_shape = np.full(areas.shape[0], FIXED), np.full((areas.shape[0], shapes, self.pivots.parts), np.nan)
        usable = np.isfinite(areas).all(axis=1)
        if usable.any():
            logs = np.log(areas[usable]).reshape(-1, shapes, rows)
            solved = levels(logs, self._evidence)
            missed[usable] = tail_areas(solved, probabilities(self.observed))
            below = logs < _log_areas(solved, self._evidence.reshape(-1, shapes)).reshape(logs.shape)
            parted = np.array_split(below, self.pivots.parts, axis=2)
            by_shape[usable] = np.stack([part.mean(axis=2) for part in parted], axis=2)
        return missed, by_shape

    @cached_property
    def _evidence(self) -> Values:
        return probabilities(self.pivots.logs)

    @cached_property
    def _shares(self) -> Values:
        return probabilities(self.pivots.logs, tempered=True).reshape(-1, self.pivots.logs.shape[2])


def beyond(far: Values, shares: Values) -> Values:
    """Compute the probability of lying at least as far, (g, 3h), averaged over the three blocks of rows by `shares`.

    NaN where rows do not differ or are not finite.
    """
    shapes = shares.shape[1]
    rows = far.shape[1] // shapes
    order = np.argsort(-far, axis=1)
    shape, area = order // rows, np.zeros(far.shape)
    for k in range(shapes):
        area += shares[order, k] * np.cumsum(shape == k, axis=1)
    areas = np.empty_like(area)
    np.put_along_axis(areas, order, np.maximum(area, 0.5) / rows, axis=1)
    areas[~(np.ptp(far, axis=1) > 0)] = np.nan
    return areas


def plane_pivots(
    model: CapacityModel, load: Values, measured: Values, optimum: Optimum, normals: Normals
) -> PlanePivots | None:
    """Draw errors of each shape in the plane at an unweighted optimum; None where the steps leave parameters free."""
    if optimum.tangent_plane is None:
        return None
    plane, corner, scale = optimum.tangent_plane
    predicted = model.predict(optimum.parameters, load)
    weights = np.array([noise_weights(predicted, measured, shape) for shape in NOISE_SHAPES])
    step = _PROBE * np.sqrt(optimum.squares / (load.size - scale.size)) * np.linalg.inv(corner).T / scale
    center = to_search(model, optimum.parameters)
    probes = from_search(model, np.concatenate([center + step, center - step]))
    return PlanePivots(model, probes, *in_plane(plane, weights, normals.half(load.size, normals.count)))


def in_plane(slopes: Values, weights: Values, rows: Values) -> tuple[Values, Values]:
    """Fit errors of each noise shape, rows (h, n) / roots of its weights, in the plane of orthonormal slopes (n, p).

    `weights` (3, n) are those of the shapes, scaled to a product of one. Returns how far each row carries the point
    along the plane, in roots of the squares it leaves, (3, h, p), and the log evidence for each shape, (3, h, 3).
    """
    steps, size = slopes.shape
    roots = np.sqrt(weights)
    planes, corners = np.linalg.qr(slopes * roots[:, :, None])  # (3, n, p), (3, p, p)
    turned = np.concatenate([slopes[None], planes * roots[:, :, None]]) / roots[:, None, :, None]  # (3, 4, n, p)
    along = (rows @ turned.transpose(2, 0, 1, 3).reshape(steps, -1)).reshape(rows.shape[0], *turned.shape[:2], size)
    each = np.concatenate([np.ones((1, steps)), weights]) / weights[:, None]  # (3, 4, n): plain first, then each shape
    squares = (rows**2 @ each.reshape(-1, steps).T).reshape(along.shape[:3])
    left = np.maximum(squares - np.einsum("hikp,hikp->hik", along, along), 1e-300)
    volumes = np.sum(np.log(np.abs(np.diagonal(corners, axis1=1, axis2=2))), axis=1)
    logs = -0.5 * (steps - size) * np.log(left[:, :, 1:]) - volumes
    carried = along[:, :, 0] / np.sqrt(left[:, :, :1])
    return np.ascontiguousarray(np.swapaxes(carried, 0, 1)), np.ascontiguousarray(np.swapaxes(logs, 0, 1))


@np.errstate(over="ignore")  # an overflow means far below the level
def levels(logs: Values, evidence: Values) -> Values:
    """Find b (g, 3) so that a share MISSED of log areas (g, 3, h) lies below b . evidence (3, h, 3) under every shape.

    Newton's method; a step that increases the error is halved, and one that gains next to nothing is the last.
    """
    solved = np.full((logs.shape[0], evidence.shape[2]), np.log(FIXED))
    moving, tried, least = np.arange(solved.shape[0]), np.zeros_like(solved), np.full(solved.shape[0], np.inf)
    for _ in range(_ROUNDS):
        trial = solved[moving] - tried
        off, steps = _newton(logs if moving.size == least.size else logs[moving], evidence, trial)
        gained = least[moving] - off
        nearer = gained > 0
        solved[moving[nearer]], least[moving[nearer]] = trial[nearer], off[nearer]
        tried = np.where(nearer[:, None], steps, tried / 2)
        small = np.abs(tried).max(axis=1) < _CONVERGED
        solved[moving[nearer & small]] -= tried[nearer & small]
        going = ~(small | (nearer & (gained < _NO_GAIN)))
        moving, tried = moving[going], tried[going]
        if not moving.size:
            break
    return solved


def _newton(logs: Values, evidence: Values, at: Values) -> tuple[Values, Values]:
    """Compute the error of the levels (g, 3), in squares of the relative error of MISSED, and the next Newton step."""
    shapes, rows = logs.shape[1:]
    widened = np.sin(np.pi * _SMOOTH) / (np.pi * _SMOOTH) / (rows * MISSED)
    below = logs - _log_areas(at, evidence.reshape(-1, shapes)).reshape(logs.shape)
    below /= _SMOOTH
    np.exp(below, out=below)
    below += 1
    np.reciprocal(below, out=below)
    off, away = below.sum(axis=2) * widened - 1, at - np.log(FIXED)
    below *= 1 - below
    pulls = (below[:, :, None, :] @ evidence)[:, :, 0, :] * (widened / _SMOOTH)
    turned = np.swapaxes(pulls, 1, 2)
    matrix = turned @ pulls
    matrix.reshape(-1, shapes * shapes)[:, :: shapes + 1] += _TOWARD_FIXED
    step = np.linalg.solve(matrix, turned @ off[..., None] + _TOWARD_FIXED * away[..., None])[..., 0]
    squares = np.sum(off**2, axis=1) + _TOWARD_FIXED * np.sum(away**2, axis=1)
    return squares, step / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1.0)


def tail_areas(levels: Values, evidence: Values) -> Values:
    """Turn levels (..., 3) and evidence (..., 3) or (m, 3) into the tail area outside the interval, both ends."""
    return np.asarray(np.exp(_log_areas(levels, evidence)))


def _log_areas(levels: Values, evidence: Values) -> Values:
    return np.asarray(np.minimum(np.maximum(levels @ evidence.T, np.log(_LEAST)), np.log(_MOST)))

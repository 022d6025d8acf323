"""Where might the knee be, and how likely is each place? Linear models that differ in one number on a grid.

Each place is a linear regression of its own under each noise shape (see `noise`), with its own likelihood; all places
have the same prior probability. A number computed from the parameters has the distribution

    P(number <= x) = sum over places and shapes of share * T((x - weighted least squares) / standard error)

with T Student's distribution of n - p degrees of freedom. This is the posterior of regression with a flat prior (A.
Zellner, "An Introduction to Bayesian Inference in Econometrics", 1971, chapter 3), averaged over places (A. F. M.
Smith, "A Bayesian approach to inference about a change-point in a sequence of random variables", Biometrika 62, 1975).
The curve is not smooth in the knee, so it has no tangent plane (D. V. Hinkley, "Inference in two-phase regression",
JASA 66, 1971), and draws about the best place alone cover the knee too seldom at seven steps, see docs/decisions/0030.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from plimsoll.capacity.draws import Normals
from plimsoll.capacity.least_squares import Optimum, slopes_at
from plimsoll.capacity.model import CapacityModel, Values
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights

_ROWS = 1600  # of errors of one shape: with 400 the base at 30 steps misses 5.8 %, with 1600 4.0 %
_NEGLIGIBLE = 1e-3
_CELLS = 16384
_FARTHEST = 1e6  # in standard errors; its square is still finite
_SPREAD = 64  # values of a number that depends on the place alone
Compute = Callable[[CapacityModel, Values], Values]


@dataclass(frozen=True, eq=False)
class Family:
    """Lines for v places under 3 noise shapes: weighted orthonormal planes (3, v, n, p) and corners (3, v, p, p).

    `roots` (3, n) are the square roots of the weights of the steps; slopes * roots = planes @ corners.
    """

    models: tuple[CapacityModel, ...]
    planes: Values
    corners: Values
    roots: Values

    @property
    def freedom(self) -> int:
        """Residual degrees of freedom of a line."""
        return int(self.planes.shape[2] - self.planes.shape[3])

    def fit(self, rows: Values) -> FittedRows:
        """Fit the line of every place to each row of measurements (m, n)."""
        places, size = self.planes.shape[1], self.planes.shape[3]
        along, left = [], []
        for planes, roots in zip(self.planes, self.roots, strict=True):
            scaled = rows * roots
            products = scaled @ np.concatenate(planes, axis=1)
            along.append(products.reshape(-1, places, size))
            explained = np.sum(along[-1] ** 2, axis=2)
            left.append(np.maximum(np.sum(scaled**2, axis=1)[:, None] - explained, 1e-300))
        volumes = np.sum(np.log(np.maximum(np.abs(np.diagonal(self.corners, axis1=2, axis2=3)), 1e-300)), axis=2)
        squares = np.stack(left, axis=1)
        return FittedRows(np.stack(along, axis=1), squares, -0.5 * self.freedom * np.log(squares) - volumes)


@dataclass(frozen=True, eq=False)
class FittedRows:
    """Every line fitted to m rows: coordinates in its plane (m, 3, v, p); squares left, log evidence (m, 3, v)."""

    along: Values
    squares: Values
    logs: Values

    def of_shapes(self) -> Values:
        """Sum the evidence of all places for each shape, as logarithms, (m, 3)."""
        top = np.max(self.logs, axis=2, keepdims=True)
        return np.asarray(top[..., 0] + np.log(np.sum(np.exp(self.logs - top), axis=2)))

    def shares(self, of_shapes: Values) -> Values:
        """Divide the probabilities of shapes (m, 3) among places by their evidence, (m, 3, v)."""
        within = np.exp(self.logs - np.max(self.logs, axis=2, keepdims=True))
        return np.asarray(within * (of_shapes / within.sum(axis=2))[..., None])


def family_of(near: Sequence[tuple[CapacityModel, Optimum]], load: Values, measured: Values) -> Family:
    """Set up variants that are linear in their parameters; weights follow the predictions of the best-fitting one."""
    model, optimum = min(near, key=lambda pair: pair[1].squares)
    predicted = model.predict(optimum.parameters, load)
    roots = np.sqrt([noise_weights(predicted, measured, shape) for shape in NOISE_SHAPES])
    terms = np.stack([slopes_at(line, np.zeros(len(line.parameters)), load) for line, _ in near])
    planes, corners = np.linalg.qr(terms * roots[:, None, :, None])
    return Family(tuple(line for line, _ in near), planes, corners, roots)


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines drawn: the index of each line's place (m,), its parameters (m, p), the scale of its noise (m,).

    `curves` (m, n) are their predictions, times the square roots of the weights of the steps. Under one noise shape
    lines are in the order of their places.
    """

    place: NDArray[np.int64]
    parameters: Values
    curves: Values
    scale: Values

    def values(self, models: Sequence[CapacityModel], compute: Compute) -> Values:
        """Compute numbers from every line, (m, g)."""
        parts = [(model, np.flatnonzero(self.place == i)) for i, model in enumerate(models)]
        values = [
            (rows, compute(model, self.parameters[rows]).reshape(rows.size, -1)) for model, rows in parts if rows.size
        ]
        found = np.empty((self.place.size, values[0][1].shape[1]))
        for rows, mine in values:
            found[rows] = mine
        return found


def draw_lines(family: Family, measured: Values, of_shapes: Values, rows: Values) -> Lines:
    """Draw a line for each row of normal numbers (m, n), each place in proportion to its probability.

    `of_shapes` (3,) are the probabilities of the shapes.
    """
    fitted = family.fit(measured[None, :])
    edges = np.cumsum(fitted.shares(of_shapes[None, :])[0].reshape(-1))
    chosen = np.searchsorted(edges / edges[-1], (np.arange(rows.shape[0]) + 0.5) / rows.shape[0])
    shape, place = np.divmod(chosen, len(family.models))
    planes = family.planes[shape, place]
    errors = np.einsum("mn,mnp->mp", rows, planes)
    left = np.maximum(np.sum(rows**2, axis=1) - np.sum(errors**2, axis=1), 1e-300)
    scale = np.sqrt(fitted.squares[0, shape, place] / left)
    moved = fitted.along[0, shape, place] - errors * scale[:, None]
    parameters = np.einsum("mij,mj->mi", np.linalg.pinv(family.corners)[shape, place], moved)
    return Lines(place, parameters, np.einsum("mnp,mp->mn", planes, moved), scale)


def draw_family(
    family: Family, measured: Values, of_shapes: Values, normals: Normals
) -> list[tuple[CapacityModel, Values]]:
    """Draw parameters (m, p) of each place in proportion to its probability under those of the shapes, (3,)."""
    lines = draw_lines(family, measured, of_shapes, normals.table(measured.size, normals.count))
    mine = [lines.place == i for i in range(len(family.models))]
    return [(model, lines.parameters[rows]) for model, rows in zip(family.models, mine, strict=True) if np.any(rows)]


@dataclass(frozen=True, eq=False)
class FamilyPivots:
    """Simulated tests, a block of rows a noise shape, each of a line drawn by its probability under that shape."""

    family: Family
    lines: tuple[Lines, ...]
    fitted: FittedRows
    parts = 3  # places from low to high: the share missed depends on the knee as much as on the noise shape

    @property
    def logs(self) -> Values:
        """The log evidence for each shape that each row of each shape leaves, (3, h, 3)."""
        found = self.fitted.of_shapes()
        return found.reshape(len(NOISE_SHAPES), -1, found.shape[1])

    def areas(self, compute: Compute, shares: Values) -> Values:
        """Compute twice the smaller tail area of each row's true number in its own posterior, (g, 3h).

        `compute(model, parameters (m, p))` returns (m, g), linear in the parameters, or dependent on the place alone.
        """
        likely, true = self.fitted.shares(shares), self._true(compute)
        below = np.zeros(true.shape)
        for place, model in enumerate(self.family.models):
            number = _number(model, compute, self.fitted.along.shape[3])
            for shape in range(likely.shape[1]):
                mine = np.flatnonzero(likely[:, shape, place] > _NEGLIGIBLE)
                if mine.size:
                    parts = self._below(number, true[:, mine], mine, (shape, place))
                    below[:, mine] += likely[mine, shape, place] * parts
        return np.asarray(np.clip(2 * np.minimum(below, 1 - below), _NEGLIGIBLE, 1.0))

    def _true(self, compute: Compute) -> Values:
        return np.concatenate([lines.values(self.family.models, compute) for lines in self.lines]).T

    def _below(self, number: _Number, true: Values, rows: NDArray[np.int64], at: tuple[int, int]) -> Values:
        """Compute each row's posterior probability of lying below the true value at one shape and place, (g, m)."""
        below, moves = np.empty(true.shape), np.any(number.slopes, axis=0)
        contrasts = number.slopes[:, moves].T @ np.linalg.pinv(self.family.corners[at])
        error = np.linalg.norm(contrasts, axis=1)[:, None] * np.sqrt(
            self.fitted.squares[rows, *at] / self.family.freedom
        )
        off = true[moves] - number.start[moves, None] - contrasts @ self.fitted.along[rows, *at].T
        below[moves] = _student_below(off / error, self.family.freedom)
        for i in np.flatnonzero(~moves):
            ends = [np.searchsorted(number.spread[:, i], true[i], side=side) for side in ("left", "right")]
            below[i] = np.mean(ends, axis=0) / _SPREAD
        return below


@dataclass(frozen=True, eq=False)
class _Number:
    """Numbers at one place: start (g,) + parameters @ slopes (p, g); where slopes are zero, any of `spread` (k, g)."""

    start: Values
    slopes: Values
    spread: Values


def _number(model: CapacityModel, compute: Compute, size: int) -> _Number:
    start, *ahead = (compute(model, row[None, :]).reshape(-1) for row in np.eye(size + 1)[:, 1:])
    spread = np.sort(compute(model, np.zeros((_SPREAD, size))).reshape(_SPREAD, -1), axis=0)
    return _Number(start, np.array(ahead) - start, spread)


def _student_below(off: Values, freedom: int) -> Values:
    """Look Student's distribution up at each of `off`: correct to a millionth from two degrees of freedom on.

    The grid is even in t / sqrt(freedom + t^2), so no cell has to be searched for: it takes a tenth of the time.
    """
    below, rise = _student(freedom)
    place = np.clip(off, -_FARTHEST, _FARTHEST)
    place /= np.sqrt(place**2 + freedom)
    place += 1
    place *= _CELLS / 2
    cell = np.minimum(place.astype(np.int64), _CELLS - 1)
    place -= cell
    return np.asarray(below[cell] + place * rise[cell])


@lru_cache(maxsize=16)
def _student(freedom: int) -> tuple[Values, Values]:
    """Tabulate Student's distribution and its rise over each cell."""
    sine = np.linspace(-1.0, 1.0, _CELLS + 1)[1:-1]
    below = np.concatenate([[0.0], stdtr(freedom, sine * np.sqrt(freedom / (1 - sine**2))), [1.0]])
    return below, np.diff(below)


def family_pivots(family: Family, measured: Values, normals: Normals) -> FamilyPivots:
    """Draw lines under each noise shape, add errors of that shape to them and fit every place to the result."""
    steps, shapes = measured.size, np.eye(len(NOISE_SHAPES))
    rows = normals.table(2 * steps, _ROWS)
    drawn = [draw_lines(family, measured, only, rows[:, :steps]) for only in shapes]
    targets = [
        (lines.curves + lines.scale[:, None] * rows[:, steps:]) / roots
        for lines, roots in zip(drawn, family.roots, strict=True)
    ]
    return FamilyPivots(family, tuple(drawn), family.fit(np.concatenate(targets)))

"""Where might the knee be, and how surely does each place say so? Lines that differ in a number on a grid.

Each place is a line of its own under each noise shape (see `noise`), with its own likelihood; all places are alike
beforehand. A number computed from the parameters lies

    P(number <= x) = sum over places and shapes of share * T((x - weighted least squares) / standard error)

with T Student's distribution of n - p degrees of freedom: the posterior of regression with a flat prior (A. Zellner,
"An Introduction to Bayesian Inference in Econometrics", 1971, chapter 3), averaged over places (A. F. M. Smith, "A
Bayesian approach to inference about a change-point in a sequence of random variables", Biometrika 62, 1975). A knee has
no plane of its own (D. V. Hinkley, "Inference in two-phase regression", JASA 66, 1971), and the spread of the nearest
place holds it too seldom at seven steps, see docs/decisions/0030.
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

_NUMBERS = 12_000  # of errors of one shape: fewer rows for more steps
_MOST_ROWS = 800
_FEWEST_ROWS = 400
_NEGLIGIBLE = 1e-3


@dataclass(frozen=True, eq=False)
class Family:
    """Lines of v places under 3 noise shapes: planes (3, v, n, p), orthonormal in what is weighted, and corners.

    `roots` (3, n) are the roots of the weights of the steps; slopes * roots = planes @ corners.
    """

    models: tuple[CapacityModel, ...]
    planes: Values
    corners: Values
    roots: Values

    @property
    def freedom(self) -> int:
        """Degrees of freedom that a line leaves."""
        return int(self.planes.shape[2] - self.planes.shape[3])

    def seen(self, rows: Values) -> Seen:
        """Fit every line to each row of measurements (m, n)."""
        places, size = self.planes.shape[1], self.planes.shape[3]
        along, left = [], []
        for planes, roots in zip(self.planes, self.roots, strict=True):
            scaled = rows * roots
            one = scaled @ np.concatenate(planes, axis=1)
            along.append(one.reshape(-1, places, size))
            kept = np.sum(along[-1] ** 2, axis=2)
            left.append(np.maximum(np.sum(scaled**2, axis=1)[:, None] - kept, 1e-300))
        volumes = np.sum(np.log(np.maximum(np.abs(np.diagonal(self.corners, axis1=2, axis2=3)), 1e-300)), axis=2)
        squares = np.stack(left, axis=1)
        return Seen(np.stack(along, axis=1), squares, -0.5 * self.freedom * np.log(squares) - volumes)


@dataclass(frozen=True, eq=False)
class Seen:
    """Rows fitted: how far along each plane (m, 3, v, p), the squares left and the log evidence, (m, 3, v)."""

    along: Values
    squares: Values
    logs: Values

    def of_shapes(self) -> Values:
        """Add the evidence of all places up to that of each shape, (m, 3)."""
        top = np.max(self.logs, axis=2, keepdims=True)
        return np.asarray(top[..., 0] + np.log(np.sum(np.exp(self.logs - top), axis=2)))

    def shares(self, of_shapes: Values) -> Values:
        """Part the probabilities of shapes (m, 3) among places by their evidence, (m, 3, v)."""
        within = np.exp(self.logs - np.max(self.logs, axis=2, keepdims=True))
        return np.asarray(within * (of_shapes / within.sum(axis=2))[..., None])


def family_of(near: Sequence[tuple[CapacityModel, Optimum]], load: Values, measured: Values) -> Family:
    """Lay out variants that are linear in their parameters; weights are those of the nearest one's predictions."""
    model, optimum = min(near, key=lambda pair: pair[1].squares)
    predicted = model.predict(optimum.parameters, load)
    roots = np.sqrt([noise_weights(predicted, measured, shape) for shape in NOISE_SHAPES])
    terms = np.stack([slopes_at(one, np.zeros(len(one.parameters)), load) for one, _ in near])
    planes, corners = np.linalg.qr(terms * roots[:, None, :, None])
    return Family(tuple(one for one, _ in near), planes, corners, roots)


def draw_family(
    family: Family, measured: Values, of_shapes: Values, normals: Normals
) -> list[tuple[CapacityModel, Values]]:
    """Draw parameters (m, p) of each place, as many as it is likely under shapes of these probabilities (3,)."""
    seen = family.seen(measured[None, :])
    rows = normals.table(measured.size, normals.count)
    edges = np.cumsum(seen.shares(of_shapes[None, :])[0].reshape(-1))
    chosen = np.searchsorted(edges / edges[-1], (np.arange(rows.shape[0]) + 0.5) / rows.shape[0])
    shape, place = np.divmod(chosen, len(family.models))
    planes = family.planes[shape, place]
    errors = np.einsum("mn,mnp->mp", rows, planes)
    left = np.maximum(np.sum(rows**2, axis=1) - np.sum(errors**2, axis=1), 1e-300)
    moved = seen.along[0, shape, place] - errors * np.sqrt(seen.squares[0, shape, place] / left)[:, None]
    parameters = np.einsum("mij,mj->mi", np.linalg.pinv(family.corners)[shape, place], moved)
    return [(model, parameters[place == i]) for i, model in enumerate(family.models) if np.any(place == i)]


@dataclass(frozen=True, eq=False)
class FamilyPivots:
    """Tests as they might have come out, were the nearest line the true one: a block of rows a noise shape."""

    family: Family
    point: tuple[CapacityModel, Values]
    seen: Seen

    @property
    def logs(self) -> Values:
        """The evidence for each shape that each row of each shape leaves, (3, h, 3)."""
        found = self.seen.of_shapes()
        return found.reshape(len(NOISE_SHAPES), -1, found.shape[1])

    def areas(self, compute: Callable[[CapacityModel, Values], Values], shares: Values) -> Values:
        """Tell twice the smaller tail in which the true number lies by the posterior of each row, (g, 3h).

        `compute(model, parameters (m, p))` gives (m, g), linear in the parameters. NaN for the place itself: errors put
        on a curve whose knee is at an end of the grid would make its interval far too wide.
        """
        likely = self.seen.shares(shares)
        true = compute(self.point[0], self.point[1][None, :]).reshape(-1)
        units = np.eye(self.seen.along.shape[3] + 1)[:, 1:]  # nothing, then one of each
        below, moves = np.zeros((true.size, likely.shape[0])), np.zeros(true.size, dtype=bool)
        for place, model in enumerate(self.family.models):
            start, *ahead = (compute(model, row[None, :]).reshape(-1) for row in units)
            slopes = np.array(ahead) - start
            moves |= np.any(slopes != 0, axis=0)
            for shape in range(likely.shape[1]):
                mine = np.flatnonzero(likely[:, shape, place] > _NEGLIGIBLE)
                if mine.size:
                    off = self._off(slopes, true - start, mine, (shape, place))
                    below[:, mine] += likely[mine, shape, place] * np.interp(off, *_student(self.family.freedom))
        below[~moves] = np.nan
        return np.asarray(np.clip(2 * np.minimum(below, 1 - below), _NEGLIGIBLE, 1.0))

    @np.errstate(divide="ignore", invalid="ignore")  # what the place alone sets has no standard error
    def _off(self, slopes: Values, true: Values, rows: NDArray[np.int64], at: tuple[int, int]) -> Values:
        """Tell how far true numbers (g,) lie from what the rows see at one shape and place, in standard errors."""
        contrasts = slopes.T @ np.linalg.pinv(self.family.corners[at])
        error = np.linalg.norm(contrasts, axis=1)[:, None] * np.sqrt(self.seen.squares[rows, *at] / self.family.freedom)
        return np.asarray((true[:, None] - contrasts @ self.seen.along[rows, *at].T) / error)


@lru_cache(maxsize=16)
def _student(freedom: int) -> tuple[Values, Values]:
    """Tabulate Student's distribution: read between its places it is right to a millionth, in a quarter of the time."""
    places = np.sinh(np.linspace(-8.0, 8.0, 4001))
    return places, stdtr(freedom, places)


def family_pivots(
    family: Family, nearest: tuple[CapacityModel, Optimum], load: Values, normals: Normals
) -> FamilyPivots:
    """Put errors of each noise shape on the nearest line and fit them by all."""
    model, optimum = nearest
    rows = normals.table(load.size, int(np.clip(_NUMBERS // load.size, _FEWEST_ROWS, _MOST_ROWS)))
    freedom = max(load.size - optimum.parameters.size - len(model.fixed), 1)
    sizes = np.sqrt(optimum.squares / freedom / np.mean(1 / family.roots**2, axis=1))
    targets = model.predict(optimum.parameters, load) + (sizes[:, None] / family.roots)[:, None, :] * rows
    return FamilyPivots(family, (model, optimum.parameters), family.seen(targets.reshape(-1, load.size)))

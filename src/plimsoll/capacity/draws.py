"""Which parameters could have given these measurements? Draws from their distribution about the point.

If the true curve were known, one could see how far its errors carry the fit away. Turned around, the fit shows how far
away the true curve may lie. Each draw takes errors e of one noise shape, scaled by s = sqrt(observed squares / squares
left by e) so that they leave the residual squares that were observed. The curve is then fitted to the measurements less
s * e:

    drawn = least squares of (measured - s * e)

For a curve that is linear in its parameters this inverts the pivot (estimate - truth) / sqrt(squares). It is exact
under its noise shape, and Student's t with n - p degrees of freedom under additive noise (R. A. Fisher's fiducial
argument; J. Hannig, "On generalized fiducial inference", Statistica Sinica 19, 2009). Bounds are applied to the
intervals and not to the draws, so that an interval may end at a bound and keep its coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from plimsoll.capacity.least_squares import Optimum, from_search, predict_search, slopes_at, to_search
from plimsoll.capacity.model import CapacityModel, Values

_ROUNDS = 8
_STRAIGHT_STEPS = 4
_TOLERANCE = 0.01  # of a draw, in standard deviations of the noise
_FIRST_DAMPING = 1e-5
_MOST_NUMBERS = 4_000_000  # of errors held at once: with many steps there are fewer draws
_FEWEST_DRAWS = 200
_LEAST_EVEN = 2.0**-33
_MOST_EVEN = 200  # steps up to which numbers are quasi-random; beyond, tails need no such precision


@dataclass(frozen=True, eq=False)
class Draws:
    """Parameters (m, p) with weights (m,)."""

    parameters: Values
    weights: Values


@dataclass(frozen=True)
class Normals:
    """Standard normal numbers, the only source of randomness: pairs of opposite sign, the same for the same seed.

    Up to 200 steps they come from a scrambled Sobol' sequence (A. Owen, "Scrambling Sobol' and Niederreiter-Xing
    points", Journal of Complexity 14, 1998). Its 8,192 rows give a tail of a few percent as precisely as about 20,000
    random ones at 7 steps, 10,000 at 12 and 9,000 at 30.
    """

    seed: int
    count: int

    def table(self, steps: int, size: int) -> Values:
        """Make `size` rows of one number a step; for a larger size further rows are added to the same ones."""
        half = self.half(steps, size)
        return np.concatenate([half, -half])

    def half(self, steps: int, size: int) -> Values:
        """Make the rows of one sign of a table of `size` rows."""
        rows = min(size, max(_FEWEST_DRAWS, _MOST_NUMBERS // steps)) // 2
        return _half(self.seed, self.count // 2 if self.count * steps <= _MOST_NUMBERS else rows, steps)[:rows]


@lru_cache(maxsize=4)
def _half(seed: int, rows: int, steps: int) -> Values:
    if steps > _MOST_EVEN:
        return np.random.default_rng(seed).standard_normal((rows, steps))
    from scipy.stats import qmc

    even = qmc.Sobol(steps, rng=np.random.default_rng(seed)).random_base2(int(np.ceil(np.log2(rows))))[:rows]
    return np.asarray(ndtri(np.maximum(even, _LEAST_EVEN)))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a wild draw overflows and is not taken
def draw(model: CapacityModel, load: Values, measured: Values, optimum: Optimum, errors: Values) -> Values | None:
    """Draw parameters (m, p), one for each row of `errors` (m, n), about the unweighted optimum of one variant.

    Returns None where the data leave the parameters free (a flat direction).
    """
    if optimum.tangent_plane is None:
        return None
    plane, corner, scale = optimum.tangent_plane
    along = errors @ plane
    left = np.maximum(_squares(errors) - _squares(along), 1e-300)
    moved = np.sqrt(optimum.squares / left)[:, None] * along
    center = to_search(model, optimum.parameters)
    if model.linear:
        return from_search(model, center - np.linalg.solve(corner, moved.T).T / scale)
    tolerance = np.sqrt(optimum.squares / max(load.size - center.size, 1)) * _TOLERANCE
    return from_search(model, _PlaneSearch(model, load, plane, corner * scale, tolerance).run(center, moved))


def weighted_quantiles(values: Values, weights: Values, probabilities: Values) -> Values:
    """Compute quantiles of weighted draws; infinite values stay at their end."""
    total = float(weights.sum())
    return np.array([_quantile(values, weights, float(p) * total, float(1 - p) * total) for p in probabilities])


def _quantile(values: Values, weights: Values, below: float, above: float) -> float:
    """Find the value with this much weight below and above it; only the shorter tail is sorted."""
    if above < below:
        return -_quantile(-values, weights, above, below)
    share, size = below / (below + above), values.size
    some = np.arange(size)
    for times in (2, 8):  # a tail of small weights holds more draws
        count = int(times * share * size) + _FEWEST_DRAWS
        if count < size:
            near = np.argpartition(values, count)[:count]
            if weights[near].sum() > below:
                some = near
                break
    order = some[np.argsort(values[some])]
    place = int(np.searchsorted(np.cumsum(weights[order]), below))
    return float(values[order[min(place, order.size - 1)]])


@dataclass(frozen=True, eq=False)
class _PlaneSearch:
    """A search, for many rows at once, for the curve at a given place in the tangent plane (n, p) of the optimum.

    `corner` is d place in the plane / d search at the optimum, `tolerance` the distance at which a row has converged.
    """

    model: CapacityModel
    load: Values
    plane: Values
    corner: Values
    tolerance: float

    def run(self, center: Values, moved: Values) -> Values:
        """Search (m, p) for curves that lie `moved` (m, p) below the one at `center` (p,)."""
        aims = predict_search(self.model, center, self.load) @ self.plane - moved
        inverse = np.linalg.inv(self.corner)
        search = center - moved @ inverse.T
        off = self._off(search, aims)
        wild = ~np.isfinite(off).all(axis=1)
        search[wild], off[wild] = center, -moved[wild]
        moving = np.arange(off.shape[0])
        for _ in range(_STRAIGHT_STEPS):
            moving = moving[_squares(off[moving]) > self.tolerance**2]
            if not moving.size:
                return search
            self._take(search, off, aims, moving, off[moving] @ inverse.T)
        damping = np.full(off.shape[0], _FIRST_DAMPING)
        for _ in range(_ROUNDS):
            moving = moving[_squares(off[moving]) > self.tolerance**2]
            if not moving.size:
                return search
            nearer = self._take(search, off, aims, moving, self._steps(search[moving], off[moving], damping[moving]))
            damping[moving] *= np.where(nearer, 1 / 9, 64)
        return search

    def _take(
        self, search: Values, off: Values, aims: Values, moving: NDArray[np.int64], steps: Values
    ) -> NDArray[np.bool_]:
        """Apply, in place, the steps of the moving rows that reduce their distance, and return which did."""
        trial = search[moving] + steps
        there = self._off(trial, aims[moving])
        nearer = _squares(there) < _squares(off[moving])
        improved = moving[nearer]
        search[improved], off[improved] = trial[nearer], there[nearer]
        return np.asarray(nearer)

    def _off(self, search: Values, aims: Values) -> Values:
        return np.asarray(aims - predict_search(self.model, search, self.load) @ self.plane)

    def _steps(self, search: Values, off: Values, damping: Values) -> Values:
        slopes = self.plane.T @ slopes_at(self.model, search, self.load)
        scale = np.sqrt(np.sum(slopes**2, axis=1))
        scale[~(scale > 0)] = 1.0
        slopes = slopes / scale[:, None]
        turned = np.swapaxes(slopes, 1, 2)
        matrix, pull = turned @ slopes, turned @ off[..., None]
        wild = ~(np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(pull).all(axis=(1, 2)))
        matrix[wild], pull[wild] = 0.0, 0.0
        matrix[:, range(scale.shape[1]), range(scale.shape[1])] += np.where(wild, 1.0, damping)[:, None] + 1e-12
        return np.asarray(np.linalg.solve(matrix, pull)[..., 0] / scale)


def _squares(off: Values) -> Values:
    return np.asarray(np.einsum("ij,ij->i", off, off))

"""What would the search among variants have found, had the curve at the point been the true one?

Errors of each noise shape are put on the curve at the point and fitted by every variant, as what was measured was. How
far each refit lies from the curve, in roots of the squares it leaves, and which evidence it sees, is what a plane tells
of a single curve (see `calibration`): here the search itself is in it (a bootstrap about the point; D. V. Hinkley,
"Inference in two-phase regression", JASA 66, 1971, on why a knee has no plane of its own).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.draws import Normals, projected
from plimsoll.capacity.least_squares import Optimum, slopes_at
from plimsoll.capacity.model import CapacityModel, Values
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights

_NUMBERS = 24_000  # of errors of one shape: fewer rows for more steps
_MOST_ROWS = 1500
_FEWEST_ROWS = 600


@dataclass(frozen=True, eq=False)
class Refits:
    """Fits of errors about a point, one block a noise shape: which variant (m,), parameters (m, p), squares (m,).

    `logs` (3, h, 3) is the evidence that each block leaves for each shape.
    """

    point: tuple[CapacityModel, Values]
    models: tuple[CapacityModel, ...]
    nearest: NDArray[np.int64]
    parameters: Values
    squares: Values
    logs: Values

    def pivots(self, compute: Callable[[CapacityModel, Values], Values]) -> Values:
        """Compute how far each refit carries something computed from the parameters, by root squares left, (g, m)."""
        model, parameters = self.point
        true = compute(model, parameters[None, :]).reshape(-1)
        found = np.empty((self.nearest.size, true.size))
        for i in np.unique(self.nearest):
            mine = self.nearest == i
            found[mine] = compute(self.models[i], self.parameters[mine]).reshape(-1, true.size)
        return np.asarray(((found - true) / np.sqrt(self.squares)[:, None]).T)


def refits(
    variants: Sequence[tuple[CapacityModel, Optimum]], load: Values, measured: Values, normals: Normals
) -> Refits:
    """Draw errors about the nearest of linear variants and fit each by all of them."""
    models = tuple(model for model, _ in variants)
    model, optimum = min(variants, key=lambda pair: pair[1].squares)
    predicted = model.predict(optimum.parameters, load)
    weights = np.array([noise_weights(predicted, measured, shape) for shape in NOISE_SHAPES])
    rows = normals.table(load.size, int(np.clip(_NUMBERS // load.size, _FEWEST_ROWS, _MOST_ROWS)))
    freedom = max(load.size - optimum.parameters.size - len(model.fixed), 1)
    sizes = np.sqrt(optimum.squares / freedom / np.mean(1 / weights, axis=1))
    targets = predicted + (sizes[:, None] / np.sqrt(weights))[:, None, :] * rows
    flat = targets.reshape(-1, load.size)
    terms = np.stack([slopes_at(one, np.zeros(len(one.parameters)), load) for one in models])  # (v, n, p)
    planes, corners = np.linalg.qr(terms)
    along = projected(flat, planes)
    nearest = np.argmax(np.sum(along**2, axis=0), axis=1)
    mine = along[:, np.arange(flat.shape[0]), nearest].T
    squares = np.maximum(np.sum(flat**2, axis=1) - np.sum(mine**2, axis=1), 1e-300)
    parameters = np.einsum("mij,mj->mi", np.linalg.pinv(corners)[nearest], mine)
    logs = np.stack([_evidence(flat, terms, weight) for weight in weights], axis=1)
    shape = (*targets.shape[:2], weights.shape[0])
    return Refits((model, optimum.parameters), models, nearest, parameters, squares, logs.reshape(shape))


def _evidence(targets: Values, terms: Values, weight: Values) -> Values:
    """Add the restricted likelihood of all variants up, for rows of targets (m, n), and give its log (m,)."""
    roots = np.sqrt(weight)
    planes, corners = np.linalg.qr(terms * roots[:, None])
    scaled = targets * roots
    left = np.sum(scaled**2, axis=1)[:, None] - np.sum(projected(scaled, planes) ** 2, axis=0)
    volume = np.sum(np.log(np.maximum(np.abs(np.diagonal(corners, axis1=1, axis2=2)), 1e-300)), axis=1)
    logs = -0.5 * (terms.shape[1] - terms.shape[2]) * np.log(np.maximum(left, 1e-300)) - volume
    top = np.max(logs, axis=1)
    return np.asarray(top + np.log(np.sum(np.exp(logs - top[:, None]), axis=1)))

"""Which parameters are compatible with the data, and how strongly? Draws from their distribution.

Under one noise shape the density is proportional to squares(parameters)^(-n/2) * sqrt(det J'WJ): the noise scale
integrated out, Jeffreys' prior for the curve, so that nothing depends on how the curve is parameterized. For a straight
line it is Student's t with n - p degrees of freedom, exactly. Draws come from a multivariate t at the optimum and are
weighted by what the density says (importance sampling, with the proposal adapted to its own draws until the weights are
even; Cappe, Guillin, Marin and Robert, "Population Monte Carlo", 2004). Bounds are left out here and put on the
intervals, so that an interval may end at a bound with its coverage intact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.least_squares import Optimum, from_search, predict_search, slopes_at, to_search
from plimsoll.capacity.model import CapacityModel, Values

_WIDER = 1.15
_ROUNDS = 3
_EVEN_ENOUGH = 0.35  # effective draws over draws
_HEAVIEST_TAIL = 4


@dataclass(frozen=True, eq=False)
class Draws:
    """Parameters (m, p) with weights (m,) that add up to one."""

    parameters: Values
    weights: Values

    @property
    def effective(self) -> float:
        """How many even draws these are worth (Kish)."""
        return float(1 / np.sum(self.weights**2))


@dataclass(frozen=True, eq=False)
class _Proposal:
    center: Values
    spread: Values  # Cholesky factor of the covariance


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # wild draws overflow; what is not finite has no weight
def draw(
    model: CapacityModel, load: Values, measured: Values, weights: Values, optimum: Optimum, normals: Values
) -> Draws | None:
    """Draw parameters given the data under one noise shape.

    `normals` of shape (m, p + 1) are standard normal and are all the randomness there is. Returns None where the data
    leave the parameters free (a flat direction).
    """
    center = to_search(model, optimum.parameters)
    freedom = load.size - center.size
    spread = _spread(optimum.slopes, weights, optimum.squares / freedom)
    if spread is None:
        return None
    proposal = _Proposal(center, spread * _WIDER)
    degrees = min(freedom, _HEAVIEST_TAIL)
    student = _student(normals, degrees)
    found = None
    for _ in range(_ROUNDS):
        search = proposal.center + student @ proposal.spread.T
        density = _log_density(model, search, load, measured, weights)
        proposed = -0.5 * (degrees + center.size) * np.log1p(np.sum(student**2, axis=1) / degrees)
        logs = density - proposed
        if not np.any(np.isfinite(logs)):
            return None
        share = np.exp(logs - np.max(logs))
        found = Draws(from_search(model, search), share / np.sum(share))
        if found.effective >= _EVEN_ENOUGH * share.size:
            break
        adapted = _adapted(search, found.weights)
        if adapted is None:
            break
        proposal = adapted
    return found


def weighted_quantiles(values: Values, weights: Values, probabilities: Values) -> Values:
    """Read quantiles of weighted draws; infinite values stay at their end."""
    order = np.argsort(values, kind="stable")
    ordered, share = values[order], np.cumsum(weights[order])
    places = np.searchsorted(share, probabilities * share[-1])
    return np.asarray(ordered[np.minimum(places, values.size - 1)])


def _student(normals: Values, degrees: int) -> Values:
    """Turn normals (m, p + 1) into a multivariate t: the last column gives chi-square by Wilson and Hilferty (1931)."""
    term = 2 / (9 * degrees)
    chi_square = degrees * np.maximum(1 - term + normals[:, -1] * np.sqrt(term), 0.05) ** 3
    return np.asarray(normals[:, :-1] / np.sqrt(chi_square / degrees)[:, None])


def _spread(slopes: Values, weights: Values, variance: float) -> Values | None:
    information = (slopes * weights[:, None]).T @ slopes
    scale = np.sqrt(np.diag(information))
    if not np.all(np.isfinite(scale)) or np.any(scale == 0):
        return None
    try:
        inverse = np.linalg.inv(information / np.outer(scale, scale)) / np.outer(scale, scale)
        return np.asarray(np.linalg.cholesky(inverse * variance))
    except np.linalg.LinAlgError:
        return None


def _log_density(model: CapacityModel, search: Values, load: Values, measured: Values, weights: Values) -> Values:
    residuals = measured - predict_search(model, search, load)
    squares = np.sum(weights * residuals**2, axis=1)
    slopes = slopes_at(model, search, load)
    usable = np.isfinite(squares) & np.all(np.isfinite(slopes), axis=(1, 2))
    logs = -0.5 * load.size * np.log(squares)
    if model.linear:
        return np.where(usable, logs, -np.inf)
    weighted = np.where(usable[:, None, None], slopes, 0.0) * np.sqrt(weights)[:, None]
    information = np.swapaxes(weighted, 1, 2) @ weighted
    sign, volume = np.linalg.slogdet(information)
    usable &= sign > 0
    return np.where(usable, logs + 0.5 * volume, -np.inf)


def _adapted(search: Values, weights: Values) -> _Proposal | None:
    center = weights @ search
    apart = search - center
    try:
        spread = np.linalg.cholesky((apart * weights[:, None]).T @ apart)
    except np.linalg.LinAlgError:
        return None
    return _Proposal(center, np.asarray(spread, dtype=np.float64))

"""Which course explains a level, and how certain is that? A posterior over local linear trends.

    level_t = line_t + deviation_t + noise_t        line_t = line_(t-1) + pace_(t-1)
    deviation_t = phi deviation_(t-1) + s e_t       pace_t = rho pace_(t-1) + sqrt(z) s e'_t
    noise_t = sqrt(w) s e''_t

This is a structural model (Harvey 1989) with a pace that may fade (Gardner and McKenzie 1985). The cells are a grid of
phi, w, z and rho, with a pace or without one, on the level and on its logarithm. A Kalman filter runs each through the
history; s is estimated. The weight of a cell is its likelihood after a burn-in, times a prior that favors a steady
pace. So a straight line in noise, a random walk, a flat level, and growth whose pace wanders, fades or compounds are
told apart by their one-step predictions. Where the history cannot tell them apart, all of them contribute.

The filter's gains depend only on the cells and on which levels are known, so they are computed once for all series that
share these.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from plimsoll.planning.level_breaks import Cleaned, cleaned

Floats = NDArray[np.float64]

_PHI, _NOISE = (0.0, 0.6, 0.9, 0.99), (0.0, 3.0)
_WANDER = (0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
_RHO = (0.95, 0.98, 1.0, 1.005, 1.01)
_STEADY_PRIOR = 1.0  # log odds of a pace that does not wander; see benchmarks/runway_calibration.py
_BENT_PRIOR = -8.0  # log odds of each way to fade or to compound, which needs strong evidence
_BURN_IN = 10
_VAGUE, _VAGUE_PACE = 1e6, 1e4
_MOST_LOG = 300.0  # e^300 is beyond any real value, and its square is still finite


def _cells() -> Floats:
    rests = [(phi, w) for phi in _PHI for w in (_NOISE if phi else _NOISE[:1])]
    rows = [(*rest, z, 1.0, rho) for rest in rests for z in _WANDER for rho in _RHO]
    return np.array(rows + [(*rest, 0.0, 0.0, 1.0) for rest in rests])


CELLS = _cells()
"""phi, w, z, whether there is a pace at all, and rho, shape (k, 5)."""


@dataclass(frozen=True)
class Gains:
    """What the filter needs besides the levels: gains (n, 3, k) and variances of one-step errors (n, k) in s^2.

    `root` (k, 3, 3) is the Cholesky factor of the last state's covariance.
    """

    gains: Floats
    variances: Floats
    root: Floats


@dataclass(frozen=True)
class Form:
    """The history as the filter sees it: (n,) without breaks, centered and scaled, in logarithms where `log`."""

    log: bool
    middle: float
    scale: float
    levels: Floats
    breaks: Cleaned

    def undone(self, values: Floats) -> Floats:
        """Convert scaled values back to the unit of the levels."""
        plain = self.middle + self.scale * values
        return np.exp(np.clip(plain, -_MOST_LOG, _MOST_LOG)) if self.log else plain


@dataclass(frozen=True)
class Posterior:
    """What is known at the end of a history of `length` levels, by form (f) and cell (k).

    `states` (f, k, 3) are line, pace and deviation; `variances` (f, k) are s^2 with `freedom` degrees of freedom;
    `weights` (f, k) add up to one. `errors` (m, f, k) are the one-step errors in units of their standard deviation.
    """

    length: int
    forms: tuple[Form, ...]
    states: Floats
    root: Floats
    variances: Floats
    freedom: int
    weights: Floats
    errors: Floats


def posterior(levels: Floats) -> Posterior:
    """Estimate the course of `levels`, shape (n,), NaN for gaps; at least two known values."""
    forms = _forms(levels)
    gains = _gains(np.isfinite(forms[0].levels).tobytes())
    states, errors = _filtered(np.stack([form.levels for form in forms]), gains)
    known = np.flatnonzero(np.isfinite(forms[0].levels))
    scored = known[min(_BURN_IN, known.size // 3) :]
    spreads = gains.variances[scored]
    variances = np.maximum((errors[scored] ** 2 / spreads[:, None, :]).mean(axis=0), 1e-300)
    chances = -0.5 * scored.size * np.log(variances) - 0.5 * np.log(spreads).sum(axis=0)
    jacobian = [scored.size * np.log(form.scale) + (np.log(levels[scored]).sum() if form.log else 0) for form in forms]
    chances = chances - np.array(jacobian)[:, None] + _priors()
    weights = np.exp(chances - chances.max())
    freedom = max(scored.size - 2, 3)
    scaled = errors[scored] / np.sqrt(spreads[:, None, :] * variances)
    return Posterior(levels.size, forms, states, gains.root, variances, freedom, weights / weights.sum(), scaled)


def _priors() -> Floats:
    _, _, wander, paced, rho = CELLS.T
    return np.asarray(_STEADY_PRIOR * ((wander == 0) & (paced == 1)) + _BENT_PRIOR * (rho != 1))


def _forms(levels: Floats) -> tuple[Form, ...]:
    known = np.isfinite(levels)
    plain = [(False, levels)]
    if (levels[known] > 0).all():
        plain.append((True, np.log(levels)))
    parts = [(log, cleaned(values)) for log, values in plain]
    shared = np.all([np.isfinite(part.levels) for _, part in parts], axis=0)
    return tuple(_form(log, part, shared) for log, part in parts)


def _form(log: bool, breaks: Cleaned, shared: NDArray[np.bool_]) -> Form:
    values = breaks.levels[shared]
    middle, scale = float(values.mean()), float(np.diff(values).std())
    if not scale > 1e-12 * max(float(np.abs(values).max()), 1e-280):
        taken_out = np.abs(np.concatenate([breaks.steps, breaks.spikes])).max(initial=0.0)
        scale = max(abs(middle), float(taken_out), 1e-280)  # so that the breaks, added again, are of a finite size
    return Form(log, middle, scale, np.where(shared, (breaks.levels - middle) / scale, np.nan), breaks)


def _filtered(levels: Floats, gains: Gains) -> tuple[Floats, Floats]:
    """Run all forms (f, n) through the filter: last states (f, k, 3) and one-step errors (n, f, k)."""
    forms, length = levels.shape
    known = np.isfinite(levels[0])
    phi, rho = CELLS[:, 0], CELLS[:, 4]
    line = np.repeat(levels[:, np.flatnonzero(known)[0]][:, None], phi.size, axis=1)
    pace, deviation = np.zeros_like(line), np.zeros_like(line)
    errors = np.full((length, forms, phi.size), np.nan)
    for step in range(length):
        if step:
            line, pace, deviation = line + pace, rho * pace, phi * deviation
        if known[step]:
            error = levels[:, step, None] - line - deviation
            gain = gains.gains[step]
            line, pace, deviation = line + gain[0] * error, pace + gain[1] * error, deviation + gain[2] * error
            errors[step] = error
    return np.stack([line, pace, deviation], axis=-1), errors


@lru_cache(maxsize=64)
def _gains(pattern: bytes) -> Gains:
    """Run the filter's covariances over the pattern of known levels, cell by cell; every series with it shares them."""
    known = np.frombuffer(pattern, dtype=bool)
    phi, noise, wander, paced, rho = CELLS.T
    zero = np.zeros(phi.size)
    cov = [[zero + _VAGUE, zero, zero], [zero, _VAGUE_PACE * paced, zero], [zero, zero, 1 / (1 - phi**2)]]
    gains, variances = np.zeros((known.size, 3, phi.size)), np.full((known.size, phi.size), np.nan)
    for step in range(known.size):
        if step:
            cov = _moved(cov, phi, wander, rho)
        if known[step]:
            cross = [cov[part][0] + cov[part][2] for part in range(3)]
            variances[step] = cross[0] + cross[2] + noise
            gains[step] = np.stack(cross) / variances[step]
            cov = [[cov[i][j] - gains[step, i] * cross[j] for j in range(3)] for i in range(3)]
    whole = np.moveaxis(np.array(cov), -1, 0) + 1e-9 * np.eye(3)
    return Gains(gains, variances, np.asarray(np.linalg.cholesky(whole), dtype=np.float64))


def _moved(cov: list[list[Floats]], phi: Floats, wander: Floats, rho: Floats) -> list[list[Floats]]:
    """Return the covariance of line, pace and deviation one step on, symmetric."""
    line = cov[0][0] + 2 * cov[0][1] + cov[1][1]
    line_pace, line_deviation = rho * (cov[0][1] + cov[1][1]), phi * (cov[0][2] + cov[1][2])
    pace_deviation = rho * phi * cov[1][2]
    return [
        [line, line_pace, line_deviation],
        [line_pace, rho**2 * cov[1][1] + wander, pace_deviation],
        [line_deviation, pace_deviation, phi**2 * cov[2][2] + 1],
    ]

"""How may the level of a resource go on? Simulated paths over months, from weeks of history.

Each path follows one cell of the posterior (`level_states.py`), chosen with the cell's weight, from a state and a
variance drawn from that cell. Its pace wanders with four times the variance that the past shows, multiplied by a
log-normal draw: over months the pace of real resources changes more than in the last weeks, and with this factor
early..late has its coverage on real series (docs/decisions/0022). Noise without memory is drawn from the history's own
errors: a normal tail passes limits that a level between two bounds never reaches. Steps and spikes that were removed
from the history come again at the rate at which they came. That of stairs, which have no other course, is uncertain by
a gamma distribution.

How far this can be trusted is tested on the series' own past, from rolling origins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.planning.level_states import CELLS, Floats, Form, Posterior, posterior

FEWEST = 8
_ORIGINS = 3
_MORE_WANDER, _WANDER_SPREAD = 4.0, 1.0
_CHANCE_STEP = 0.5  # subtracted from the number of steps seen: a single one may be chance


@dataclass(frozen=True)
class Backtest:
    """The result of the same method from `origins` earlier cutoffs, on `points` known levels.

    `error` and `naive_error` are mean absolute errors of the median path and of the last value; `covered` is the share
    of points inside the 80 % interval.
    """

    error: float
    naive_error: float
    covered: float
    origins: int
    points: int


def simulate_levels(known: Posterior, horizon: int, paths: int, rng: np.random.Generator) -> Floats:
    """Draw `paths` futures of `horizon` steps, shape (paths, horizon)."""
    cells = CELLS.shape[0]
    ranks = (np.arange(paths) + 0.5) / paths
    chosen = np.minimum(np.searchsorted(np.cumsum(known.weights), ranks), known.weights.size - 1)
    form, cell = chosen // cells, chosen % cells
    drawn = _courses(known, form, cell, horizon, rng)
    found = np.empty_like(drawn)
    for index, one in enumerate(known.forms):
        rows = np.flatnonzero(form == index)
        if rows.size:
            found[rows] = one.undone(drawn[rows] + _breaks(one, known.length, (rows.size, horizon), rng))
    return found


def _courses(
    known: Posterior, form: NDArray[np.intp], cell: NDArray[np.intp], horizon: int, rng: np.random.Generator
) -> Floats:
    """Simulate lines with wandering pace, the deviations from them, and noise; shape (paths, horizon), scaled."""
    phi, noise, wander, _, rho = CELLS[cell].T
    shape = (cell.size, horizon)
    spread = np.sqrt(known.variances[form, cell] * known.freedom / rng.chisquare(known.freedom, cell.size))
    off = np.einsum("pij,pj->pi", known.root[cell], rng.standard_normal((cell.size, 3)))
    line, pace, deviation = (known.states[form, cell] + spread[:, None] * off).T
    wander = wander * _MORE_WANDER * np.exp(_WANDER_SPREAD * rng.standard_normal(cell.size))
    turns = (np.sqrt(wander) * spread)[:, None] * rng.standard_normal(shape)
    shocks = spread[:, None] * rng.standard_normal(shape)
    white = np.flatnonzero(phi == 0)
    picks = rng.integers(0, known.errors.shape[0], (white.size, horizon))
    shocks[white] = spread[white, None] * known.errors[picks, form[white, None], cell[white, None]]
    found = np.empty(shape)
    for step in range(horizon):
        pace = (rho * pace if step else pace) + turns[:, step]
        line, deviation = line + pace, phi * deviation + shocks[:, step]
        found[:, step] = line + deviation
    noisy = np.flatnonzero(noise)
    found[noisy] += (np.sqrt(noise) * spread)[noisy, None] * rng.standard_normal((noisy.size, horizon))
    return np.asarray(found, dtype=np.float64)


def _breaks(form: Form, length: int, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Draw steps, which stay, and spikes, which go, from the series' own; shape (paths, horizon), scaled."""
    found = np.zeros(shape)
    steps, spikes = form.breaks.steps, form.breaks.spikes
    if steps.size:
        seen = rng.gamma(steps.size, size=(shape[0], 1)) if form.breaks.is_stairs else steps.size - _CHANCE_STEP
        found += np.cumsum((rng.random(shape) < seen / length) * rng.choice(steps, shape), axis=1)
    if spikes.size:
        found += (rng.random(shape) < spikes.size / length) * rng.choice(spikes, shape)
    return found / form.scale


Draw = Callable[[Floats, int, int, np.random.Generator], Floats]
"""From levels (n,) to `paths` futures of `horizon` levels, shape (paths, horizon)."""


def line_paths(levels: Floats, horizon: int, paths: int, rng: np.random.Generator) -> Floats:
    """Draw futures of `levels` from their own posterior."""
    return simulate_levels(posterior(levels), horizon, paths, rng)


def backtest(levels: Floats, horizon: int, paths: int, seed: int, draw: Draw = line_paths) -> Backtest | None:
    """Predict the past from earlier origins; None where the history is too short to try."""
    errors, naive, inside, origins = [np.empty(0)], [np.empty(0)], [np.empty(0, dtype=bool)], 0
    for cut in _origins(levels, horizon):
        truth, past = levels[cut : cut + horizon], levels[:cut]
        known = np.isfinite(truth)
        if not known.any():
            continue
        drawn = draw(past, truth.size, paths, np.random.default_rng(seed))
        low, middle, high = (part[known] for part in np.quantile(drawn, (0.1, 0.5, 0.9), axis=0))
        room = 1e-9 * np.maximum(np.abs(middle), 1e-300)
        errors.append(np.abs(middle - truth[known]))
        naive.append(np.abs(past[np.isfinite(past)][-1] - truth[known]))
        inside.append((truth[known] >= low - room) & (truth[known] <= high + room))
        origins += 1
    points = sum(part.size for part in errors)
    if not points:
        return None
    mean, naive_mean, share = (float(np.concatenate(part).mean()) for part in (errors, naive, inside))
    return Backtest(mean, naive_mean, share, origins, points)


def _origins(levels: Floats, horizon: int) -> tuple[int, ...]:
    ahead = min(horizon, levels.size // 3)
    first, last = max(2 * FEWEST, levels.size // 2), levels.size - ahead
    if ahead < 1 or last < first:
        return ()
    cuts = sorted({round(cut) for cut in np.linspace(first, last, _ORIGINS)})
    return tuple(cut for cut in cuts if np.isfinite(levels[:cut]).sum() >= FEWEST)

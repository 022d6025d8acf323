"""How may the level of a resource go on? Simulated paths over months, from weeks of history.

Each candidate course is tried on the series' own past (rolling origins); its weight is the cube of its inverse error,
and that share of the paths follows it. A path's line is drawn from the candidate's uncertainty; round it runs an AR(1)
whose shocks are drawn in blocks from the candidate's own (block bootstrap, Kuensch 1989). At last all paths are moved
away from or towards their median by the factor with which the 80 % interval would have held four in five points of the
series' own past (split conformal prediction, Vovk et al. 2005), within bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.planning.trends import FEWEST, FLAT, MOST_LOG, Floats, Trend, candidates

_ORIGINS = 4
_INTERVAL_ORIGINS = 2
_LEAST_STRETCH, _MOST_STRETCH = 0.75, 2.5  # few origins bear witness: they widen more than they narrow
_SHARPNESS = 3  # 2 to 4 measured alike; see benchmarks/runway_calibration.py


@dataclass(frozen=True)
class Blend:
    """The candidates with their weights (they add up to one), and what their common backtest gave.

    `error` and `naive_error` are mean absolute errors of the blend and of the last value (of one season ago) over the
    same `points` past points, from `origins` rolling origins; None where the history is too short to try.
    """

    trends: tuple[Trend, ...]
    weights: tuple[float, ...]
    error: float | None
    naive_error: float | None
    origins: int
    points: int


def blend(levels: Floats, horizon: int) -> Blend:
    """Fit and weigh the candidates on `levels`, shape (n,), NaN for gaps; at least two known values."""
    trends = candidates(levels)
    trials = [_Trial.run(levels, cut, horizon, [trend.name for trend in trends]) for cut in _origins(levels, horizon)]
    trials = [trial for trial in trials if trial.known.any()]
    weights = _weights(np.array([trial.errors() for trial in trials]).reshape(len(trials), len(trends)))
    points = sum(int(trial.known.sum()) for trial in trials)
    if not points:
        return Blend(trends, tuple(weights), None, None, 0, 0)
    error = sum(float(np.abs(weights @ trial.medians - trial.truth)[trial.known].sum()) for trial in trials)
    naive = sum(float(np.abs(trial.last - trial.truth)[trial.known].sum()) for trial in trials)
    return Blend(trends, tuple(weights), error / points, naive / points, len(trials), points)


@dataclass(frozen=True)
class _Trial:
    """What the candidates said at one origin (k, h), what came (h,), and where it is known."""

    medians: Floats
    truth: Floats
    known: NDArray[np.bool_]
    last: float

    @staticmethod
    def run(levels: Floats, cut: int, horizon: int, names: list[str]) -> _Trial:
        truth, seen = levels[cut : cut + horizon], levels[:cut]
        past = {trend.name: trend for trend in candidates(seen)}
        medians = np.stack([past.get(name, past[FLAT]).median(truth.size) for name in names])
        return _Trial(medians, truth, np.isfinite(truth), float(seen[np.isfinite(seen)][-1]))

    def errors(self) -> Floats:
        return np.asarray(np.abs(self.medians - self.truth)[:, self.known].mean(axis=1), dtype=np.float64)


def simulate_levels(mix: Blend, horizon: int, paths: int, rng: np.random.Generator) -> Floats:
    """Draw `paths` futures of `horizon` steps, shape (paths, horizon), each candidate by its weight."""
    counts = _shares_of(mix.weights, paths)
    drawn = [_draw(trend, horizon, count, rng) for trend, count in zip(mix.trends, counts, strict=True) if count]
    return np.concatenate(drawn)


def _draw(trend: Trend, horizon: int, count: int, rng: np.random.Generator) -> Floats:
    center = trend.center + trend.center_error * rng.standard_normal(count)
    slope = trend.slope + trend.slope_error * rng.standard_t(trend.freedom, count)
    end = center + slope * trend.reach
    blocks = -(-horizon // trend.pace_steps)
    changes = trend.pace * rng.standard_normal((count, blocks))
    pace = slope[:, None] + np.repeat(changes, trend.pace_steps, axis=1)[:, :horizon]
    shocks = _block_draw(trend.shocks, horizon, count, rng)
    away = (trend.last - end)[:, None] * trend.phi ** np.arange(1, horizon + 1)
    path = end[:, None] + np.cumsum(pace, axis=1) + away + shocks @ _echoes(trend.phi, horizon)
    return np.exp(np.clip(path, -MOST_LOG, MOST_LOG)) if trend.log else path


def _echoes(phi: float, horizon: int) -> Floats:
    """What an AR(1) makes of shocks: row s, column t holds phi^(t - s) from s on."""
    lag = np.arange(horizon)[None, :] - np.arange(horizon)[:, None]
    return np.asarray(np.where(lag >= 0, phi ** np.maximum(lag, 0), 0.0), dtype=np.float64)


def _block_draw(shocks: Floats, horizon: int, count: int, rng: np.random.Generator) -> Floats:
    length = max(1, round(shocks.size ** (1 / 3)))
    blocks = -(-horizon // length)
    starts = rng.integers(0, shocks.size, size=(count, blocks))
    index = (starts[:, :, None] + np.arange(length)) % shocks.size
    return shocks[index.reshape(count, -1)[:, :horizon]]


def _origins(levels: Floats, horizon: int) -> tuple[int, ...]:
    ahead = min(horizon, levels.size // 3)
    first, last = max(2 * FEWEST, levels.size // 2), levels.size - ahead
    if ahead < 1 or last < first:
        return ()
    cuts = sorted({round(cut) for cut in np.linspace(first, last, _ORIGINS)})
    return tuple(cut for cut in cuts if np.isfinite(levels[:cut]).sum() >= FEWEST)


def _weights(errors: Floats) -> Floats:
    if errors.shape[0] == 0:
        return np.full(errors.shape[1], 1 / errors.shape[1])
    mean = np.nan_to_num(errors.mean(axis=0), nan=1e300, posinf=1e300)
    best = float(mean.min())
    share = best / mean if best > 0 else (mean <= 0).astype(np.float64)
    weights = share**_SHARPNESS
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _shares_of(weights: tuple[float, ...], paths: int) -> list[int]:
    exact = np.asarray(weights) * paths
    counts = np.floor(exact).astype(int)
    for index in np.argsort(counts - exact, kind="stable")[: paths - int(counts.sum())]:
        counts[index] += 1
    return [int(count) for count in counts]


def interval_errors(levels: Floats, horizon: int, paths: int, seed: int) -> Floats:
    """How far past levels lay from the median foretold without them, in half widths of the 80 % interval, shape (p,).

    Up to 1 is inside. Empty where the history is too short to try.
    """
    found = [np.empty(0)]
    for cut in _origins(levels, horizon)[-_INTERVAL_ORIGINS:]:
        truth = levels[cut : cut + horizon]
        drawn = simulate_levels(blend(levels[:cut], horizon), truth.size, paths, np.random.default_rng(seed))
        low, middle, high = np.quantile(drawn, (0.1, 0.5, 0.9), axis=0)
        half = np.where(truth > middle, high - middle, middle - low)
        least = 1e-9 * np.maximum(np.abs(middle), 1e-300)
        found.append((np.abs(truth - middle) / np.maximum(half, least))[np.isfinite(truth)])
    return np.concatenate(found)


def stretch_of(errors: Floats) -> float:
    """The factor by which the interval would have held 80 % of the past, from `_LEAST_STRETCH` to `_MOST_STRETCH`.

    >>> stretch_of(np.array([0.5, 0.5, 0.5, 1.5, 1.5]))
    1.5
    """
    return float(np.clip(np.quantile(errors, 0.8), _LEAST_STRETCH, _MOST_STRETCH)) if errors.size else 1.0


def stretched(paths: Floats, factor: float) -> Floats:
    """Move paths away from their median at each step by a factor."""
    middle = np.median(paths, axis=0)
    return np.asarray(middle + factor * (paths - middle), dtype=np.float64)

"""Which alternative wins? The rule that `forecast_settings.py` states, on scores and bootstrap draws of series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

DRAWS, FEW_SERIES = 1_000, 10
LEAST_SETS = 8  # number of sets in which a number must be better to replace the one in use


@dataclass(frozen=True)
class Judged:
    """Loss and distance of coverage of each alternative: as measured (k,), and in each draw (draws, k)."""

    loss: np.ndarray
    dev: dict[str, np.ndarray]
    drawn_loss: np.ndarray
    drawn_dev: dict[str, np.ndarray]


def judged(who: pd.DataFrame, scores: np.ndarray) -> Judged:
    """Compute loss and coverage over sets, with bootstrap draws of series."""
    draw, logs, dev = np.random.default_rng(0), [], {"cov80": [], "cov95": []}
    for _, places in who.groupby("set").indices.items():
        counts = counts_of(draw, who["series"].to_numpy()[places])
        means = np.einsum("dt,ktmo->dkmo", counts, scores[:, places]) / counts.sum(axis=1)[:, None, None, None]
        logs.append(0.5 * np.log(means[:, :, :2, 0] / means[:, :, :2, 1]).sum(axis=2))
        dev["cov80"].append(np.abs(means[:, :, 2, 0] - 0.8))
        dev["cov95"].append(np.abs(means[:, :, 3, 0] - 0.95))
    loss = np.exp(np.mean(logs, axis=0))
    far = {name: np.mean(parts, axis=0) for name, parts in dev.items()}
    return Judged(loss[0], {n: d[0] for n, d in far.items()}, loss[1:], {n: d[1:] for n, d in far.items()})


def counts_of(draw: np.random.Generator, series: np.ndarray) -> np.ndarray:
    """Return how often each task counts, shape (1 + draws, tasks): once, then as often as its series is drawn."""
    names, unit = np.unique(series, return_inverse=True)
    if names.size < FEW_SERIES:
        unit = np.arange(series.size)
    size = int(unit.max()) + 1
    drawn = np.stack([np.bincount(draw.integers(0, size, size), minlength=size) for _ in range(DRAWS)])
    return np.vstack([np.ones((1, series.size)), drawn[:, unit]])


def apart(measured: np.ndarray, drawn: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return by how many standard errors of the difference each alternative is worse than the best of `among`."""
    best = int(np.flatnonzero(among)[np.argmin(measured[among])])
    error = (drawn - drawn[:, [best]]).std(axis=0)
    worse = measured - measured[best]
    return np.where(worse > 0.0, worse / np.maximum(error, 1e-15), 0.0)


def chosen(found: Judged, rules: np.ndarray, among: np.ndarray | None = None) -> tuple[int, np.ndarray, np.ndarray]:
    """Apply the rule to all or some; return the winner, who passes on coverage, and which of these tie."""
    candidates = np.ones(found.loss.size, dtype=bool) if among is None else among
    far = np.max([apart(found.dev[name], found.drawn_dev[name], candidates) for name in found.dev], axis=0)
    inside = candidates & (far <= max(1.0, np.ceil(far[candidates].min())))
    tied = inside & (apart(found.loss, found.drawn_loss, inside) <= 1.0)
    simplest = tied & (rules == rules[tied].min())
    return int(np.flatnonzero(simplest)[np.argmin(found.loss[simplest])]), inside, tied


def by_set_losses(who: pd.DataFrame, scores: np.ndarray) -> np.ndarray:
    """Return the loss of each alternative in each set, shape (k, sets)."""
    means = np.stack([scores[:, places].mean(axis=1) for places in who.groupby("set").indices.values()], axis=1)
    return np.asarray(np.sqrt(np.prod(means[:, :, :2, 0] / means[:, :, :2, 1], axis=2)))


def nearer(found: Judged, before: int) -> np.ndarray:
    """Return which alternatives are at most one standard error worse in dev than the one before, at both levels."""
    further = [
        found.dev[name] - found.dev[name][before]
        > (found.drawn_dev[name] - found.drawn_dev[name][:, [before]]).std(axis=0)
        for name in found.dev
    ]
    return ~np.any(further, axis=0)

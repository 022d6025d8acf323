"""How close to its level can any interval for two lines with a knee be at seven steps, if everything were linear?

    .venv/bin/python benchmarks/loadline_bound.py

Residuals show only their direction u; an interval about the plain point is a half-width c(u) in roots of the squares
left. Given u, the probability that each noise shape misses at each half-width follows exactly from Student's t. Wanted
is at most 7 % missed under additive noise and at least 3 % under proportional noise. The half-widths that miss most
under proportional noise while additive noise misses at most 7 % follow from one Lagrange multiplier (the lemma of
Neyman and Pearson).

Half-widths are restricted: given the residuals, the shape that misses least must miss at most a stated share.
Without this a coin would do, which gives a point now and everything else the other times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from loadline_coverage import CHOSEN_BY, QUEUES, Case
from loadline_theory import Design, design_of
from scipy.special import stdtr

from plimsoll.capacity.model import Values
from plimsoll.capacity.models.piecewise import Piecewise

STEPS_OF_LINES, STEPS_OF_QUEUES = (7,), (7, 12, 30)
KINDEST = (0.05, 0.10, 0.15, 0.20)
MISSED_AT_MOST = 0.07
DIRECTIONS = 3000
REACHES = np.geomspace(0.05, 200, 160)
ADDITIVE, PROPORTIONAL = 0, 2
OPPOSITE = {ADDITIVE: PROPORTIONAL, PROPORTIONAL: ADDITIVE}
SHAPES = {ADDITIVE: "additive", PROPORTIONAL: "proportional"}


@dataclass(frozen=True, eq=False)
class Conditions:
    """Directions of residuals: their probabilities by shape, (k, 3), and the share missed at each half-width."""

    weights: Values
    missed: Values  # (g estimates, 3 shapes, k directions, reaches)


def conditions(design: Design) -> Conditions:
    """Split errors into those along the plane and those across it; compute the law of the first given the second."""
    steps, size = design.slopes.shape
    freedom = steps - size
    turned = np.linalg.qr(design.slopes, mode="complete")[0]
    plane, across = turned[:, :size], turned[:, size:]
    contrasts = np.linalg.inv(plane.T @ design.slopes)
    spreads = [np.diag(1 / weights) for weights in design.weights]
    covariances = [across.T @ spread @ across for spread in spreads]
    random = np.random.default_rng(3)
    drawn = np.concatenate([random.multivariate_normal(np.zeros(freedom), one, DIRECTIONS) for one in covariances])
    chosen = drawn[random.choice(len(drawn), DIRECTIONS, replace=False)]
    u = chosen / np.linalg.norm(chosen, axis=1, keepdims=True)
    lengths = np.stack([np.einsum("ki,ij,kj->k", u, np.linalg.inv(one), u) for one in covariances], axis=1)
    volumes = np.array([np.linalg.slogdet(one)[1] for one in covariances])
    density = np.exp(-0.5 * volumes - 0.5 * freedom * np.log(lengths))
    weights = density / density.mean(axis=1, keepdims=True)
    missed = np.empty((size, 3, DIRECTIONS, REACHES.size))
    for j, (spread, covariance) in enumerate(zip(spreads, covariances, strict=True)):
        shared = across.T @ spread @ plane
        moved = u @ np.linalg.solve(covariance, shared)
        left = plane.T @ spread @ plane - shared.T @ np.linalg.solve(covariance, shared)
        for g, contrast in enumerate(contrasts):
            middle = (moved @ contrast)[:, None]
            scale = np.sqrt(contrast @ left @ contrast * lengths[:, j] / freedom)[:, None]
            reach = REACHES * np.linalg.norm(contrast)
            missed[g, j] = stdtr(freedom, (-reach - middle) / scale) + stdtr(freedom, (middle - reach) / scale)
    return Conditions(weights / weights.sum(axis=0), missed)


def most_missed(laws: Conditions, estimate: int, kindest: float, under: int) -> float:
    """Find the most that proportional noise can miss while additive noise misses at most MISSED_AT_MOST."""
    missed, opposite = laws.missed[estimate], OPPOSITE[under]
    allowed, rows = missed.min(axis=0) <= kindest, np.arange(DIRECTIONS)
    low, high, best = 0.0, 50.0, 0.0
    for _ in range(60):
        price = (low + high) / 2
        worth = laws.weights[:, under, None] * missed[under]
        cost = laws.weights[:, opposite, None] * missed[opposite]
        chosen = np.where(allowed, worth - price * cost, -np.inf).argmax(axis=1)
        if cost[rows, chosen].sum() > MISSED_AT_MOST:
            low = price
        else:
            high, best = price, max(best, float(worth[rows, chosen].sum()))
    return best


def table(case: Case, steps: int, under: int) -> None:
    """Print the table of one case."""
    laws = conditions(design_of(case, steps))
    names = [one.name for one in case.model.parameters]
    names += ["knee"] * (laws.missed.shape[0] - len(names))
    print(f"\n## {case.name}, {steps} steps: most that is missed under {SHAPES[under]} noise\n")
    print("| the kindest shape misses at most | " + " | ".join(names) + " |")
    print("| ---: |" + " ---: |" * len(names))
    for kindest in KINDEST:
        row = [f"{100 * most_missed(laws, g, kindest, under):.1f}" for g in range(len(names))]
        print(f"| {kindest:.0%} | " + " | ".join(row) + " |")


def main() -> None:
    """Print the tables."""
    print("Percent missed under one noise shape at most, where the opposite one misses 7 %; wanted: 3 or more")
    for case in CHOSEN_BY:
        for steps in STEPS_OF_LINES if isinstance(case.model, Piecewise) else ():
            table(case, steps, PROPORTIONAL)
    for case in QUEUES:
        for steps in STEPS_OF_QUEUES:
            table(case, steps, ADDITIVE)


if __name__ == "__main__":
    main()

"""Which way of making intervals covers rightly under any noise, if every curve were linear? Hundreds tried in a minute.

    .venv/bin/python benchmarks/loadline_theory.py [--tests 2000] [--out benchmarks/RESULTS/loadline_theory.md]
    .venv/bin/python benchmarks/loadline_theory.py --knees [--tests 2000]

Each curve of `loadline_coverage.py` is replaced by its tangent plane at the truth. Estimates, squares and evidence
under each noise shape are then products of matrices, and 2,000 tests of 72 designs take seconds. A way consists of a
point (plain, or weighted by a shape), what is drawn about it (the pivot of that point under each shape, or the density
about each shape's own point), how shapes are averaged, and three settings. The result is the number of cells within 93
to 97 %.

`--knees` takes the way used for two lines, the density about each shape's own point at a tail set by the evidence, and
tries it on two lines at seven steps with other ridges, bounds of the tail, and priors: what coverage does it reach at
best?
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from loadline_coverage import CHOSEN_BY, NOISES, SIZES, Case, noisy
from scipy.special import stdtr, stdtrit

from plimsoll.capacity import calibration
from plimsoll.capacity.calibration import beyond, levels, tail_areas
from plimsoll.capacity.least_squares import slopes_at, to_search
from plimsoll.capacity.model import Values
from plimsoll.capacity.models.piecewise import Piecewise
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights, probabilities

PRIORS = ((1, 1, 1), (2, 1, 1), (4, 1, 1), (4, 1, 2), (6, 1, 2), (1, 0.3, 1))
POWERS = (0.6, 1.0, 1.5, 2.5, 4.0)
TAILS = (0.02, 0.0225, 0.025)
CHOSEN = ((4, 1, 2), 2.5, 0.0225)  # prior, power and tail of plimsoll.capacity
PIVOTS = 8000
RIDGES = ((3e-3, 0.01, 0.2), (1e-3, 0.01, 0.2), (3e-4, 0.01, 0.2), (3e-4, 0.005, 0.25), (1e-4, 0.005, 0.3))


@dataclass(frozen=True, eq=False)
class Design:
    """A curve at its loads as a plane: slopes (n, p), estimated contrasts (g, p), weights of each shape (3, n)."""

    slopes: Values
    contrasts: Values
    weights: Values

    def fit(self, errors: Values) -> tuple[Values, Values]:
        """Fit rows of errors (m, n) under each shape: t of every estimate (m, 3, g) and log evidence (m, 3)."""
        freedom, ts, logs = self.slopes.shape[0] - self.slopes.shape[1], [], []
        for weights in self.weights:
            information = (self.slopes * weights[:, None]).T @ self.slopes
            inverse = np.linalg.inv(information)
            off = errors @ (inverse @ (self.slopes * weights[:, None]).T).T
            squares = np.sum(weights * (errors - off @ self.slopes.T) ** 2, axis=1)
            size = np.sqrt(np.einsum("gi,ij,gj->g", self.contrasts, inverse, self.contrasts))
            ts.append(off @ self.contrasts.T / (np.sqrt(squares / freedom)[:, None] * size))
            logs.append(-0.5 * freedom * np.log(squares) - 0.5 * np.linalg.slogdet(information)[1])
        return np.stack(ts, axis=1), np.stack(logs, axis=1)


@dataclass(frozen=True, eq=False)
class Cell:
    """Tests of one design under one noise: t by point (m, 3, g), log evidence, and quantiles of t.

    `pivots[point, shape]` are sorted t (PIVOTS, g) of that point under that shape; `drawn` is the same unsorted, of the
    plain point, (3, PIVOTS, g), with the log evidence of each draw, (3, PIVOTS, 3).
    """

    size: int
    freedom: int
    on_bound: tuple[bool, ...]
    t: Values
    logs: Values
    pivots: dict[tuple[int, int], Values]
    drawn: tuple[Values, Values]


def design_of(case: Case, size: int) -> Design:
    """Take the tangent plane of a curve; a knee is a parameter like any other."""
    load, truth = case.loads(size), np.array(case.parameters)
    search = to_search(case.model, truth)
    true = case.model.predict(truth, load)
    slopes = slopes_at(case.model, search, load)
    if isinstance(case.model, Piecewise):
        slopes = np.column_stack([slopes, -truth[2] * (load > case.model.fixed[0][1])])
    slopes = slopes / np.linalg.norm(slopes, axis=0)
    weights = np.array([noise_weights(true, true, shape) for shape in NOISE_SHAPES])
    return Design(slopes, np.eye(slopes.shape[1]), weights)


def cells(tests: int) -> list[Cell]:
    """Draw the tests of every cell."""
    random, found = np.random.default_rng(2), []
    for case, size in product(CHOSEN_BY, SIZES):
        design = design_of(case, size)
        names = [*(one.name for one in case.model.parameters), *dict(case.model.fixed)]
        spreads = 1 / np.sqrt(design.weights)
        fitted = [design.fit(random.standard_normal((PIVOTS, size)) * spread) for spread in spreads]
        pivots = {(point, i): np.sort(t[:, point], axis=0) for i, (t, _) in enumerate(fitted) for point in range(3)}
        drawn = np.stack([t[:, 0] for t, _ in fitted]), np.stack([logs for _, logs in fitted])
        true = case.model.predict(np.array(case.parameters), case.loads(size))
        for noise in NOISES:
            t, logs = design.fit(np.array([noisy(true, noise, random) - true for _ in range(tests)]))
            on_bound = tuple(name in case.on_bound for name in names)
            found.append(Cell(size, size - design.slopes.shape[1], on_bound, t, logs, pivots, drawn))
    return found


def shares(logs: Values, prior: tuple[float, ...], power: float) -> Values:
    """Compute the probabilities of the shapes, (m, 3)."""
    by_shape = np.log(prior) + power * (logs - logs.max(axis=1, keepdims=True))
    share = np.exp(by_shape - by_shape.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def density(cell: Cell) -> Values:
    """Return where the truth lies in the density about each shape's own point: tail areas (m, 3, g)."""
    return np.asarray(stdtr(cell.freedom, cell.t))


def pivot(point: int) -> Callable[[Cell], Values]:
    """Return the same function for the pivot of one point under each shape."""

    def areas(cell: Cell) -> Values:
        shapes = [cell.pivots[point, i] for i in range(3)]
        places = [[np.searchsorted(one[:, g], cell.t[:, point, g]) for g in range(one.shape[1])] for one in shapes]
        return np.moveaxis(np.array(places), -1, 0) / PIVOTS

    return areas


def covered_by_areas(cell: Cell, areas: Values, share: Values, tail: float) -> tuple[Values, Values]:
    """Average tail areas: whether each end covers the truth, (m, g)."""
    area = np.sum(share[:, :, None] * areas, axis=1)
    return area >= tail, area <= 1 - tail


def covered_by_ends(cell: Cell, areas: Values, share: Values, tail: float) -> tuple[Values, Values]:
    """Average the ends of the intervals about the plain point."""
    del areas
    low, high = (
        np.array([np.quantile(cell.pivots[0, i], edge, axis=0) for i in range(3)]) for edge in (tail, 1 - tail)
    )
    return cell.t[:, 0] >= share @ low, cell.t[:, 0] <= share @ high


def covered_by_likeliest(cell: Cell, areas: Values, share: Values, tail: float) -> tuple[Values, Values]:
    """Use the likeliest shape alone."""
    return covered_by_areas(cell, areas, np.eye(3)[share.argmax(axis=1)], tail)


def covered_by_evidence(cell: Cell, areas: Values, share: Values, tail: float) -> tuple[Values, Values]:
    """Average tail areas, and compare them with a tail set by the evidence, as in `plimsoll.capacity.calibration`."""
    del tail
    far, logs = cell.drawn
    drawn_share = shares(logs.reshape(-1, 3), *CHOSEN[:2])
    lies = beyond(np.abs(far).reshape(-1, far.shape[2]).T, drawn_share).reshape(-1, *far.shape[:2])
    found = levels(np.log(lies), probabilities(logs))
    area, tails = np.sum(share[:, :, None] * areas, axis=1), tail_areas(found, probabilities(cell.logs)).T / 2
    return area >= tails, area <= 1 - tails


BY_EVIDENCE = "plain point, its pivot, tail areas averaged, tail by the evidence"
Setting = tuple[tuple[float, ...], float, float]
WAYS: dict[str, tuple[Callable[[Cell], Values] | None, Callable[..., tuple[Values, Values]] | None]] = {
    "plain point, its pivot, tail areas averaged": (pivot(0), covered_by_areas),
    BY_EVIDENCE: (pivot(0), covered_by_evidence),
    "plain point, its pivot, ends averaged": (pivot(0), covered_by_ends),
    "plain point, its pivot, the likeliest shape": (pivot(0), covered_by_likeliest),
    "point weighted for counts, its pivot, tail areas averaged": (pivot(1), covered_by_areas),
    "point weighted in proportion, its pivot, tail areas averaged": (pivot(2), covered_by_areas),
    "each shape's own point, its density, tail areas averaged": (density, covered_by_areas),
    "plain point, Student's t": (None, None),
}


def rates(cell: Cell, low: Values, high: Values) -> list[tuple[float, bool]]:
    """Return the percentage of tests in which the truth is covered, and whether it lies on a bound."""
    inside, one_sided = 100 * np.mean(low & high, axis=0), 100 * np.mean(low, axis=0)
    return [(one_sided[i] if bound else inside[i], bound) for i, bound in enumerate(cell.on_bound)]


def counts_of(rates: list[tuple[float, bool]]) -> tuple[int, int, int, float]:
    """Count cells within, below and above, and the least coverage."""
    below = sum(rate < 93 for rate, _ in rates)
    above = sum(rate > 97 and not bound for rate, bound in rates)
    return len(rates) - below - above, below, above, min(rate for rate, _ in rates)


def counts_at(way: str, drawn: list[Cell], areas: list[Values], setting: Setting) -> tuple[int, int, int, float]:
    """Count the cells of a way at one setting; a way without a function is Student's t, which has no setting."""
    _, covered = WAYS[way]
    if covered is None:
        ends = [stdtrit(cell.freedom, 0.975) for cell in drawn]
        pairs = zip(drawn, ends, strict=True)
        return counts_of([one for cell, end in pairs for one in rates(cell, cell.t[:, 0] >= -end, cell.t[:, 0] <= end)])
    prior, power, tail = setting
    rates_of_cells = []
    for cell, area in zip(drawn, areas, strict=True):
        rates_of_cells += rates(cell, *covered(cell, area, shares(cell.logs, prior, power), tail))
    return counts_of(rates_of_cells)


def knees(tests: int) -> Iterator[str]:
    """Yield the coverage of two lines at seven steps under each noise, by ridge, tail bounds, prior and power."""
    yield "| case | prior, power | ridge | a tail from to | " + " | ".join(NOISES) + " |"
    yield "| --- | --- | ---: | ---: |" + " --- |" * len(NOISES)
    for case in (case for case in CHOSEN_BY if case.model.fixed):
        size, random = SIZES[0], np.random.default_rng(2)
        design, true = design_of(case, size), case.model.predict(np.array(case.parameters), case.loads(size))
        errors = [random.standard_normal((PIVOTS // 2, size)) / np.sqrt(weights) for weights in design.weights]
        noises = [np.array([noisy(true, noise, random) - true for _ in range(tests)]) for noise in NOISES]
        drawn, found = [design.fit(one) for one in errors], [design.fit(one) for one in noises]
        for (prior, power), (ridge, least, most) in product((CHOSEN[:2], ((1, 1, 1), 1.0)), RIDGES):
            for name, value in {"_TOWARD_FIXED": ridge, "_LEAST": least, "_MOST": most}.items():
                setattr(calibration, name, value)
            covered = covered_by_density(drawn, found, (prior, power), size - design.slopes.shape[1])
            row = " | ".join(", ".join(f"{rate:.1f}" for rate in rates[: len(case.parameters)]) for rates in covered)
            weighed = ":".join(f"{part:g}" for part in prior)
            yield f"| {case.name} | {weighed}, {power:g} | {ridge:g} | {least:.1%} {most:.0%} | {row} |"


def covered_by_density(
    drawn: list[tuple[Values, Values]], found: list[tuple[Values, Values]], setting: tuple[Any, float], freedom: int
) -> list[Values]:
    """Average densities at a tail set by the evidence of `drawn`, and return the coverage, in percent."""

    def areas(t: Values, logs: Values) -> Values:
        below = np.sum(shares(logs, *setting)[:, :, None] * stdtr(freedom, t), axis=1)
        return 2 * np.minimum(below, 1 - below)

    rows = np.stack([areas(*one).T for one in drawn], axis=1)  # (g, 3, h)
    solved = levels(np.log(np.maximum(rows, 1e-9)), np.stack([probabilities(logs) for _, logs in drawn]))
    tails = [tail_areas(solved, probabilities(logs)).T for _, logs in found]
    return [100 * np.mean(areas(*one) >= tail, axis=0) for one, tail in zip(found, tails, strict=True)]


def main() -> None:
    """Try all ways and print the best of each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tests", type=int, default=2000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--knees", action="store_true", help="two lines at seven steps alone")
    options = parser.parse_args()
    if options.knees:
        print("\n".join(knees(options.tests)))
        return
    drawn = cells(options.tests)
    lines = [
        "# Ways to make intervals, in linear theory\n",
        f"`.venv/bin/python benchmarks/loadline_theory.py --tests {options.tests}`: parameters only\n",
        "| way | within 93..97 | below | above | least | prior, power, beyond each end |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for way, (make, covered) in WAYS.items():
        areas = [make(cell) if make else cell.t for cell in drawn]
        settings = [CHOSEN] if covered in (None, covered_by_evidence) else list(product(PRIORS, POWERS, TAILS))
        best = max(settings, key=lambda setting: counts_at(way, drawn, areas, setting)[0])
        for setting, word in ((best, ""), *(((CHOSEN, " (taken before)"),) if way == next(iter(WAYS)) else ())):
            within, below, above, least = counts_at(way, drawn, areas, setting)
            prior = ":".join(f"{part:g}" for part in setting[0])
            tail = "by the evidence (taken)" if covered is covered_by_evidence else f"{setting[2]:.2%}{word}"
            setting_text = f"{prior}, {setting[1]:g}, {tail}" if covered else ""
            lines.append(f"| {way} | {within} | {below} | {above} | {least:.1f} | {setting_text} |")
            print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

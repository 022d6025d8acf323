"""How often do 95 % intervals cover the truth? For every parameter, and for the load line, at 7, 12 and 30 steps.

    .venv/bin/python benchmarks/loadline_coverage.py [--runs 800] [--cases usl,base] [--sizes 7,12]
        [--noises count] [--seed 1] [--again 4] [--choose] [--out FILE.md]

Each run draws one load test from a known curve with additive, proportional or count noise (4 % at the mean) and fits it
with the product's own code. It checks whether the interval covers the truth, and whether the safe load is at most the
true line, as it should be with 95 %. Truths inside their bounds and truths on a bound are reported apart; so are wrong
verdicts on the peak. Of so many cells a few lie outside by luck: each that does is measured once more, on `--again`
times as many other load tests, and the second result counts (`*`).

The model is given, unless `--choose` does as the command does: it tries every model of the product and chooses one.
Then parameters are not tested (they are another model's if another was chosen), but the load line, the safe load and
the peak are. A closed system with one full server is added, which has no peak at all.

An interval may itself report another coverage than 95 %. A cell in which most runs do so is compared with what they
report: `98.8 (91-99)`. Any other cell must as a whole lie within 93 to 97; where a tenth of its runs or more report a
coverage, that is shown beside it. Both kinds are listed apart at the end.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from plimsoll.bootstrap import capacity_models
from plimsoll.capacity.choice import Choice, Trial, choose
from plimsoll.capacity.crossings import crossing
from plimsoll.capacity.fit import fit, normals_of
from plimsoll.capacity.load_line import Demand, Margin, draw_line
from plimsoll.capacity.model import CapacityModel, Kind, Parameter, Quantity, Values
from plimsoll.capacity.models import usl
from plimsoll.capacity.models.base_plus_per_unit import BasePlusPerUnit
from plimsoll.capacity.models.exponential import Exponential
from plimsoll.capacity.models.ggc_latency import GgcLatency
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.mmc_latency import MmcLatency
from plimsoll.capacity.models.piecewise import Piecewise
from plimsoll.capacity.models.usl import UniversalScalabilityLaw
from plimsoll.capacity.peak import find_peak
from plimsoll.capacity.unit_cost import KindsTogether
from plimsoll.domain.estimate import Coverage, Estimate
from plimsoll.domain.load_line import PeakState
from plimsoll.domain.load_test import LoadUnit
from plimsoll.domain.objective import objective

NOISE_RATIO = 0.04
NOISES = ("additive", "proportional", "count")
SIZES = (7, 12, 30)
SPEC_LOADS = np.array([1, 18, 36, 72, 108, 144, 216.0])
NORMALS, MODELS = normals_of(1), capacity_models()
WANTED = (93.0, 97.0)
SAFE, WANTED_OF_SAFE_LOAD = "safe load", 0.95
SHOWN_FROM, MOST = 10.0, 50.0  # percent of the runs of a cell that report a coverage


@dataclass(frozen=True, eq=False)
class Case:
    """A known curve, and what is tested of it: `bound` is the objective whose load line is tested.

    A whole number (of servers) need only reach the least coverage, like a truth on a bound: no interval of one misses 5
    %.
    """

    name: str
    model: CapacityModel
    parameters: tuple[float, ...]
    kind: Kind
    high: float
    bound: str = ""
    on_bound: tuple[str, ...] = ()
    peak: PeakState | None = None
    loads7: Values | None = field(default=None)

    @property
    def quantity(self) -> Quantity:
        """The quantity measured: over users, and for latencies of queues over arrivals."""
        quantile = getattr(self.model, "quantile", None)
        unit = LoadUnit.ARRIVALS_PER_S if "servers" in self.on_bound else LoadUnit.USERS
        return Quantity(self.kind.value, self.kind, unit, quantile)

    def at_least(self, name: str) -> bool:
        """Whether coverage may be higher than wanted: for a truth on a bound, and for the safe load."""
        return name in self.on_bound or name == SAFE

    def loads(self, size: int) -> Values:
        """Return the loads of a test of `size` steps: even, as published at seven, or row numbers of rates."""
        if isinstance(self.model, KindsTogether):
            return np.arange(size, dtype=np.float64)
        if size == 7 and self.loads7 is not None:
            return self.loads7
        return np.linspace(self.high / size if self.kind is not Kind.THROUGHPUT else 1.0, self.high, size)

    def lines(self) -> dict[str, float]:
        """Return the true value of the load line under any model, and of the safe load."""
        return {name: value for name, value in self.truth().items() if name.startswith(("load line", SAFE))}

    def truth(self) -> dict[str, float]:
        """Return the true value of everything that is estimated."""
        found = {one.name: value for one, value in zip(self.model.parameters, self.parameters, strict=True)}
        found.update(self.model.fixed)
        if isinstance(self.model, UniversalScalabilityLaw) and self.peak is PeakState.IDENTIFIED:
            found["load line (peak)"] = float(usl.peak_load(np.array(self.parameters)))
        if self.bound:
            grid = np.linspace(0, 2 * self.high, 200_001)
            over = self.model.predict(np.array(self.parameters), grid) > objective(self.bound).bound
            found[f"load line ({self.bound})"] = found[SAFE] = float(grid[np.argmax(over)])
        return found


class OneFullServer:
    """Throughput of users who think and queue at one server: exact mean value analysis of a closed system."""

    name, linear, formula = "one_full_server", False, ""
    parameters = (Parameter("think_s"), Parameter("service_s"))
    fixed: tuple[tuple[str, float], ...] = ()

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer nothing: this is a true curve, not a model of the product."""
        del quantity, load, measured
        return "no model of the product"

    def start(self, load: Values, measured: Values) -> Values:
        """Propose an arbitrary guess, which is never used."""
        del load, measured
        return np.array([1.0, 0.01])

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict throughput at whole numbers of users."""
        think_s, service_s = parameters
        waiting, found = 0.0, [0.0]
        for users in range(1, round(float(np.max(load))) + 1):
            found.append(users / (service_s * (1 + waiting) + think_s))
            waiting = found[-1] * service_s * (1 + waiting)
        return np.array([found[round(float(one))] for one in load])


USL = UniversalScalabilityLaw()
SPEC, RAYTRACER = (0.0277285, 1.044e-4, 89.995), (0.057771, 0.0, 21.85)
THROUGHPUT, RESOURCE, LATENCY = Kind.THROUGHPUT, Kind.RESOURCE, Kind.LATENCY
IDENTIFIED, NONE, PAST = PeakState.IDENTIFIED, PeakState.NOT_IDENTIFIED, PeakState.BEYOND_TESTED
TWO_KINDS = KindsTogether(("orders", "reports"), np.random.default_rng(7).uniform((5, 1), (50, 20), (max(SIZES), 2)))
CHOSEN_BY = (  # settings were chosen by these (loadline_theory.py)
    Case("usl (specsdm91)", USL, SPEC, THROUGHPUT, 216.0, peak=IDENTIFIED, loads7=SPEC_LOADS),
    Case("base_plus_per_unit", BasePlusPerUnit(), (0.13, 0.005), RESOURCE, 150.0, "cpu<70%"),
    Case("exponential", Exponential(), (0.12, 0.0075), LATENCY, 300.0, "latency<500ms"),
    Case("piecewise", Piecewise(120.0), (0.1, 0.0054, -0.0038), RESOURCE, 300.0, "cpu<80%"),
    Case("two lines, knee past the middle", Piecewise(180.0), (0.1, 0.0042, -0.0026), RESOURCE, 300.0, "cpu<90%"),
    Case("usl, coherency 0", USL, RAYTRACER, THROUGHPUT, 64.0, on_bound=("coherency",), peak=NONE),
    Case("usl, contention 0", USL, (0.0, 1.044e-4, 40.0), THROUGHPUT, 216.0, on_bound=("contention",), peak=IDENTIFIED),
    Case("usl, peak past the test", USL, (0.0277285, 5e-6, 89.995), THROUGHPUT, 216.0, peak=PAST),
    Case("base 0", BasePlusPerUnit(), (0.0, 0.005), RESOURCE, 150.0, "cpu<70%", ("base",)),
)
QUEUES = (
    Case("mmc_latency", MmcLatency(4), (0.05,), LATENCY, 72.0, "latency<100ms", ("servers",)),
    Case("ggc_latency (p95)", GgcLatency(4, 0.95), (0.05, 2.5), LATENCY, 72.0, "latency<400ms", ("servers",)),
    Case("mmc, five servers", MmcLatency(5), (0.05,), LATENCY, 90.0, "latency<100ms", ("servers",)),
    Case("mmc, 21 servers", MmcLatency(21), (0.05,), LATENCY, 378.0, "latency<60ms", ("servers",)),
)
CROWDED = replace(QUEUES[0], name="mmc, steps crowded", loads7=np.array([12, 36, 54, 62, 67, 70, 72.0]))
CASES = (
    *CHOSEN_BY,  # the rest came later
    Case("costs of two kinds", TWO_KINDS, (0.1, 0.004, 0.02), RESOURCE, 0.0),
    Case("linear", Linear(), (13.3125, 0.5125), RESOURCE, 100.0, "cpu<50"),
    *QUEUES,
    CROWDED,
)
CHOOSING = (
    *(case for case in (*CHOSEN_BY, *QUEUES) if case.bound),
    *(case for case in CHOSEN_BY if case.peak is PeakState.IDENTIFIED),
    Case("one full server", OneFullServer(), (1.0, 0.01), THROUGHPUT, 200.0, peak=NONE),
)


@dataclass
class Tally:
    """Hits by estimate, and verdicts on the peak."""

    runs: int = 0
    hits: dict[str, list[bool]] = field(default_factory=dict)  # runs without the estimate are left out
    reported: dict[str, list[Coverage | None]] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)

    def rate(self, name: str) -> float:
        """Return the percentage of the runs with an estimate whose interval covered the truth."""
        return 100 * float(np.mean(self.hits.get(name, [False])))

    def is_off(self, name: str, *, bound: bool) -> bool:
        """Whether an estimate's coverage is lower or higher than wanted."""
        return self.split(name).off(self.rate(name), bound=bound)

    def split(self, name: str) -> Split:
        """Split the runs into those that report a coverage and those that do not."""
        hits, coverages = np.array(self.hits.get(name, [False])), self.reported.get(name, [None])
        known = [coverage for coverage in coverages if coverage is not None]
        reports = np.array([coverage is not None for coverage in coverages])
        between = (100 * np.mean([[one.low, one.high] for one in known], axis=0)) if known else np.array(WANTED)
        rates = [100 * float(np.mean(hits[part])) if part.any() else float("nan") for part in (reports, ~reports)]
        return Split(100 * float(np.mean(reports)), (float(between[0]), float(between[1])), rates[0], rates[1])


@dataclass(frozen=True)
class Split:
    """Runs that report a coverage: percentage of all, mean coverage reported, their coverage, that of the others."""

    share: float
    reported: tuple[float, float]
    covered: float
    others: float

    def off(self, rate: float, *, bound: bool) -> bool:
        """Whether a cell with coverage `rate` is lower or higher than wanted."""
        low, high = self.reported if self.share > MOST else WANTED
        covered = self.covered if self.share > MOST else rate
        return not (low <= covered and (covered <= high or bound))

    def text(self, rate: float, *, bound: bool) -> str:
        """Write the cell."""
        range_text = f" ({self.reported[0]:.3g}-{self.reported[1]:.3g})" if self.share >= SHOWN_FROM else ""
        return f"**{rate:.1f}**{range_text}" if self.off(rate, bound=bound) else f"{rate:.1f}{range_text}"


def noisy(true: Values, noise: str, random: np.random.Generator) -> Values:
    """Add noise whose standard deviation is NOISE_RATIO of the mean at the mean."""
    mean = float(np.mean(true))
    if noise == "additive":
        return true + NOISE_RATIO * mean * random.standard_normal(true.size)
    if noise == "proportional":
        return true * (1 + NOISE_RATIO * random.standard_normal(true.size))
    span = 1 / (NOISE_RATIO**2 * mean)
    return random.poisson(true * span) / span


def study(case: Case, size: int, noise: str, runs: int, seed: int = 0, *, choosing: bool = False) -> Tally:
    """Run one cell; `choosing` tries every model of the product."""
    random = np.random.default_rng([hash_of(case.name), size, NOISES.index(noise), seed])
    load = case.loads(size)
    true, truth, tally = case.model.predict(np.array(case.parameters), load), case.truth(), Tally()
    quantity = case.quantity
    for _ in range(runs):
        measured = noisy(true, noise, random)
        if choosing:
            choice = choose(MODELS, quantity, load, np.maximum(measured, 1e-9), NORMALS)
            score(case, {}, choice, case.lines(), tally)
            continue
        variants = case.model.variants(quantity, load, measured)
        found = None if isinstance(variants, str) else fit(variants, load, measured, NORMALS)
        if found is not None:
            trial = Trial(case.model, found, 0.0, "", np.zeros((len(NOISES), load.size)))
            choice = Choice(quantity, load, measured, (trial,), trial, np.array([]))
            score(case, found.parameters(), choice, truth, tally)
    return tally


def score(
    case: Case, parameters: Mapping[str, Estimate], choice: Choice, truth: Mapping[str, float], tally: Tally
) -> None:
    """Check for every estimate whether its interval covers the truth."""
    tally.runs += 1
    estimates = dict(parameters)
    if case.kind is Kind.THROUGHPUT:
        verdict, law = find_peak(choice), choice.trial(USL.name)
        tally.verdicts[verdict.state.value] = tally.verdicts.get(verdict.state.value, 0) + 1
        if "load line (peak)" in truth and law is not None and law.fit is not None:
            peak = float(usl.peak_load(law.fit.point.optimum.parameters))
            estimates["load line (peak)"] = law.fit.estimate(peak, lambda _, drawn: usl.peak_load(drawn))
    if case.bound:
        crossed = crossing(objective(case.bound), choice, 1)
        if crossed.limit.load is None:
            tally.verdicts[crossed.limit.state] = tally.verdicts.get(crossed.limit.state, 0) + 1
        else:
            estimates[f"load line ({case.bound})"] = crossed.limit.load
        tested = float(np.min(choice.load)), float(np.max(choice.load))
        line, _ = draw_line([crossed], tested, Demand(None, True), Margin(WANTED_OF_SAFE_LOAD))
        if line is not None:
            estimates[SAFE] = Estimate(line.safe_load or 0.0, line.safe_load)
    for name, estimate in estimates.items():
        low = -np.inf if estimate.low is None else estimate.low
        high = np.inf if estimate.high is None else estimate.high
        tally.hits.setdefault(name, []).append(low - 1e-12 <= truth[name] <= high + 1e-12)
        tally.reported.setdefault(name, []).append(estimate.coverage)


def hash_of(name: str) -> int:
    """Return a seed from a name, the same on every machine."""
    return sum(i * byte for i, byte in enumerate(name.encode(), 1)) % 100_003


Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How many load tests a cell has, which ones, and how many times as many others if it lies outside."""

    runs: int
    seed: int = 0
    again: int = 4
    choosing: bool = False

    def measure(self, case: Case, size: int, noise: str) -> Cell:
        """Run one cell, and once more if an estimate lies outside."""
        first = study(case, size, noise, self.runs, self.seed, choosing=self.choosing)
        outside = {name for name in self.estimates(case) if first.is_off(name, bound=case.at_least(name))}
        if not outside or not self.again:
            return Cell(first)
        second = study(case, size, noise, self.again * self.runs, self.seed + 1, choosing=self.choosing)
        return Cell(first, second, frozenset(outside))

    def estimates(self, case: Case) -> tuple[str, ...]:
        """Name what is estimated in a case."""
        return tuple(case.lines() if self.choosing else case.truth())


@dataclass(frozen=True)
class Cell:
    """The runs of one size and noise; for estimates outside in the first, the second result counts."""

    first: Tally
    second: Tally | None = None
    doubted: frozenset[str] = frozenset()

    def of(self, name: str) -> Tally:
        """Return the runs by which an estimate is scored."""
        return self.second if self.second is not None and name in self.doubted else self.first

    def text(self, name: str, *, bound: bool) -> str:
        """Format the coverage of an estimate's interval."""
        runs = self.of(name)
        return runs.split(name).text(runs.rate(name), bound=bound) + ("*" if runs is self.second else "")


def report(cases: Sequence[Case], cells: Sequence[tuple[int, str]], effort: Effort, say: Say) -> None:
    """Run all cells, each of a size and a noise, and write the tables."""
    say("# Coverage of 95 % intervals\n")
    say(
        "`.venv/bin/python benchmarks/loadline_coverage.py"
        f" --runs {effort.runs} --seed {effort.seed}" + " --choose" * effort.choosing + "`\n"
    )
    errors = [f"{100 * (0.95 * 0.05 / runs) ** 0.5:.1f}" for runs in (effort.runs, max(effort.again, 1) * effort.runs)]
    say(f"{effort.runs} runs a cell: one standard error is {errors[0]} points.")
    if effort.again:
        say(f"Cells with `*` lay outside, and stand as {effort.again} times as many others say: {errors[1]} points.")
    say("In percent; wanted: 93 to 97 inside the bounds, at least 93 on a bound or of a safe load (`>=`).")
    say("Noise is 4 % of the mean at the mean.\n")
    outside = total = 0
    reporting: list[str] = []
    for case in cases:
        say(f"\n## {case.name}\n")
        say("| estimate | " + " | ".join(f"{noise} {size}" for size, noise in cells) + " |")
        say("| --- |" + " ---: |" * len(cells))
        row_cells = [effort.measure(case, size, noise) for size, noise in cells]
        for name in effort.estimates(case):
            bound = case.at_least(name)
            splits = [cell.of(name).split(name) for cell in row_cells]
            outside, total = (
                outside + sum(cell.of(name).is_off(name, bound=bound) for cell in row_cells),
                total + len(row_cells),
            )
            row = [cell.text(name, bound=bound) for cell in row_cells]
            say(f"| {name}{' >=' if bound else ''} | " + " | ".join(row) + " |")
            names = [f"{case.name}, {name}, {noise} {size}" for size, noise in cells]
            reporting += [_row(cell, split) for cell, split in zip(names, splits, strict=True) if split.share > 0]
        for state in sorted({state for cell in row_cells for state in cell.first.verdicts}):
            share = [f"{100 * cell.first.verdicts.get(state, 0) / max(cell.first.runs, 1):.1f}" for cell in row_cells]
            wrong = case.peak is not None and state == "identified" and case.peak is not PeakState.IDENTIFIED
            say(f"| verdict {state}{' (wrong)' if wrong else ''} | " + " | ".join(share) + " |")
    say(f"\n{total - outside} of {total} cells within what is wanted.")
    say("\n## Intervals that report their own coverage\n")
    say("| cell | percent of runs | reported | coverage | of the others |\n| --- | ---: | ---: | ---: | ---: |")
    for line in reporting:
        say(line)


def _row(cell: str, split: Split) -> str:
    others = "" if np.isnan(split.others) else f"{split.others:.1f}"
    low, high = split.reported
    return f"| {cell} | {split.share:.1f} | {low:.3g}-{high:.3g} | {split.covered:.1f} | {others} |"


def main() -> None:
    """Read the arguments and write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=800)
    parser.add_argument("--cases", default="", help="only cases whose name holds one of these words")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--noises", default=",".join(NOISES))
    parser.add_argument("--seed", type=int, default=0, help="another one draws other load tests")
    parser.add_argument("--again", type=int, default=4, help="times as many runs where a cell lies outside; 0: none")
    parser.add_argument("--choose", action="store_true", help="try every model, as the command does")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines: list[str] = []

    def say(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    begun = time.perf_counter()
    offered = CHOOSING if options.choose else CASES
    chosen = [case for case in offered if any(word in case.name for word in options.cases.split(","))]
    cells = [(int(size), noise) for size in options.sizes.split(",") for noise in options.noises.split(",")]
    report(chosen, cells, Effort(options.runs, options.seed, options.again, options.choose), say)
    print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

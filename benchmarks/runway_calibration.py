"""Does a passage fall between early and late four times out of five? Measured where first passage is known.

    python benchmarks/runway_calibration.py [FOLDER]     writes benchmarks/RESULTS/runway_calibration.md

Synthetic cases: kinds of growth from a seed, 60 days of history, 90 days of horizon; the limit is where the mean growth
gets in 10 to 80 days. Real cases: each series of the folder's sets of growing quantities, cut at many places, with the
limit drawn above the history's maximum. A passage before early should occur in 10 % of cases and one after late in 10
%. No passage within the horizon counts as after late only if late lies within the horizon. A date past the horizon
cannot be checked, and dates are whole days: `if right` is the share between the dates that would be observed if the
simulated futures were the truth.

The same cases are dated a second time with the paths of `plimsoll forecast` (`simulate_paths`) in place of the
runway's own, for docs/decisions/0020.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from plimsoll.domain.limit import Limit
from plimsoll.domain.series import Series, SeriesId
from plimsoll.domain.time_spans import DAY_S
from plimsoll.forecast.paths import simulate_paths
from plimsoll.planning.first_passage import first_passage, futures_of
from plimsoll.planning.runway import Resource, Terms, estimate_runway
from plimsoll.planning.runway_grid import grid_of

RESULT = Path(__file__).parent / "RESULTS" / "runway_calibration.md"
DAY_MS = 86_400_000
HISTORY, HORIZON, CASES = 60, 90, 200
REAL = ("growth_daily", "disk_derived_daily", "users_daily")
Dates = tuple[float, float, float, float]
"""Early, p50 and late in days after the last sample, infinite past the horizon, and the probability of none."""
Growth = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def _autoregressive(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    shocks, found = rng.normal(0, 1, count), np.zeros(count)
    for step in range(1, count):
        found[step] = share * found[step - 1] + shocks[step]
    return found


def _teeth(rng: np.random.Generator, days: np.ndarray) -> np.ndarray:
    """Make climbs of 20 that end in a fall, each 8 to 20 days long and varying by about a tenth."""
    lengths = rng.uniform(8, 20) * rng.normal(1, 0.1, days.size)
    ends = np.cumsum(lengths) - rng.uniform(0, lengths[0])
    tooth = np.searchsorted(ends, days, side="right")
    return 20 * (days - (ends - lengths)[tooth]) / lengths.mean()


def _freed_at(rng: np.random.Generator, days: np.ndarray) -> np.ndarray:
    """Make climbs to 20 at an uneven pace, each after a fall by 6 to 18."""
    found, height, pace = np.zeros(days.size), rng.uniform(5, 15), 20 / rng.uniform(8, 20)
    for day in range(days.size):
        height += pace * rng.uniform(0.5, 1.5)
        if height > 20:
            height = 20 - rng.uniform(6, 18)
        found[day] = height
    return found


def _sweep(rng: np.random.Generator, days: np.ndarray, low: float, high: float, size: float) -> np.ndarray:
    """Make climbs by `size` in a fixed time between `low` and `high` days."""
    length = rng.uniform(low, high)
    return size * ((days + rng.uniform(0, length)) % length) / length


KINDS: dict[str, tuple[Growth, float]] = {
    "line, white noise": (lambda r, t: 50 + 0.2 * r.uniform(0.5, 2) * t + r.normal(0, 2, t.size), 0.25),
    "line, noise that lingers": (lambda r, t: 50 + 0.25 * r.uniform(0.5, 2) * t + _autoregressive(r, t.size, 0.8), 0.3),
    "random walk with drift": (lambda r, t: 50 + np.cumsum(r.normal(0.25, 0.8, t.size)), 0.25),
    "exponential": (lambda r, t: 40 * np.exp(0.008 * r.uniform(0.5, 2) * t + r.normal(0, 0.02, t.size)), 0.7),
    "change of pace": (
        lambda r, t: (
            50 + 0.1 * t + np.maximum(0, t - r.integers(15, 45)) * r.uniform(0.1, 0.5) + r.normal(0, 1, t.size)
        ),
        0.3,
    ),
    "pace that wanders": (
        lambda r, t: 50 + np.cumsum(0.2 + np.cumsum(r.normal(0, 0.02, t.size)) + r.normal(0, 0.3, t.size)),
        0.2,
    ),
    "pace that grows": (
        lambda r, t: 5000 + np.cumsum(0.15 * (1 + t / r.uniform(60, 300)) + r.normal(0, 0.003, t.size)),
        0.25,
    ),
    "growth that levels off": (
        lambda r, t: 80 - 30 * np.exp(-t / r.uniform(15, 50)) + r.normal(0, 0.1, t.size),
        0.05,
    ),
    "level shift": (
        lambda r, t: 50 + 0.2 * t + (t >= r.integers(10, 50)) * r.uniform(-10, 10) + r.normal(0, 1, t.size),
        0.2,
    ),
    "weekly wave": (
        lambda r, t: 50 + 0.25 * t + 5 * np.sin(2 * np.pi * t / 7) + r.normal(0, 1, t.size),
        0.25,
    ),
    "saw tooth": (lambda r, t: 50 + 0.2 * t + (t % r.integers(5, 9)) * 1.5 + r.normal(0, 0.5, t.size), 0.2),
    "clean-up job, every few days": (
        lambda r, t: 50 + 20 * ((t + r.uniform(0, 4)) % (d := r.integers(2, 5))) / d + r.normal(0, 0.3, t.size),
        0.1,
    ),
    "clean-up job, off whole days": (
        lambda r, t: 50 + _sweep(r, t, 2.05, 3.4, 20) + r.normal(0, 0.3, t.size),
        0.1,
    ),
    "clean-up job, tops that grow": (lambda r, t: 50 + (1 + 0.004 * t) * _teeth(r, t) + r.normal(0, 0.3, t.size), 0.1),
    "clean-up job, nothing grows": (lambda r, t: 50 + _teeth(r, t) + r.normal(0, 0.3, t.size), 0.1),
    "clean-up at a height, frees what it can": (lambda r, t: 50 + _freed_at(r, t) + r.normal(0, 0.3, t.size), 0.1),
    "two clean-up jobs": (
        lambda r, t: 50 + _sweep(r, t, 3, 6, 8) + _sweep(r, t, 10, 20, 12) + r.normal(0, 0.3, t.size),
        0.1,
    ),
}


@dataclass
class Tally:
    """The counts of one kind."""

    name: str
    cases: int = 0
    passed: int = 0
    before: int = 0
    after: int = 0
    errors: list[float] = field(default_factory=list)
    days_off: list[float] = field(default_factory=list)
    right: float = 0.0
    none: list[tuple[float, bool]] = field(default_factory=list)

    def row(self) -> str:
        inside = 1 - (self.before + self.after) / self.cases
        error = f"{np.mean(self.errors):.3f}" if self.errors else "-"
        bias = f"{np.mean(self.days_off):+.1f}" if self.days_off else "-"
        none = np.mean([share for share, _ in self.none])
        return (
            f"| {self.name} | {self.cases} | {self.before / self.cases:.2f} | {inside:.2f} "
            f"| {self.right / self.cases:.2f} | {self.after / self.cases:.2f} | {error} | {bias} | {none:.2f} "
            f"| {1 - self.passed / self.cases:.2f} |"
        )


def by_runway(series: Series, limit: float) -> Dates | None:
    """Return early, p50 and late in days after the last sample from the runway; None where it gives none."""
    end_ms = int(series.times_ms[-1])
    resource = Resource("case", "", series, Limit("case", "", "benchmark", hard=limit))
    row = estimate_runway(resource, Terms(end_ms, horizon_s=HORIZON * DAY_S)).row
    if row.probability_none is None or row.state.value == "breached":
        return None
    parts = (row.breach.early, row.breach.p50, row.breach.late) if row.breach else (None, None, None)
    early, p50, late = (np.inf if part is None else part.timestamp() / 86400 - end_ms / DAY_MS for part in parts)
    return early, p50, late, row.probability_none


def by_forecast(series: Series, limit: float) -> Dates | None:
    """Return the same from the paths of the forecast."""
    grid = grid_of(series.times_ms, series.values, DAY_MS)
    paths = simulate_paths(series, (500, HORIZON), 0)
    if not np.isfinite(paths).all():
        return None
    futures = replace(futures_of(grid, paths, np.random.default_rng(0)), levels=paths)
    passage = first_passage(grid, futures, limit, 1, HORIZON * DAY_MS)
    parts = (passage.early_ms, passage.p50_ms, passage.late_ms)
    early, p50, late = (np.inf if part is None else part / DAY_MS for part in parts)
    return early, p50, late, passage.probability_none


Method = Callable[[Series, float], Dates | None]


def score_case(method: Method, tally: Tally, history: np.ndarray, future: np.ndarray, limit: float) -> None:
    """Date one history, and count where the true first passage lies relative to early and late."""
    known = np.isfinite(history)
    times = DAY_MS * np.arange(history.size, dtype=np.int64)
    dates = method(Series(SeriesId("case"), times[known], history[known]), limit)
    if dates is None:
        return
    early, p50, late, none = dates
    passing = np.flatnonzero(future >= limit)
    true = float(passing[0] + 1) if passing.size else np.inf
    tally.cases += 1
    tally.passed += bool(np.isfinite(true))
    tally.before += true < early - 0.5
    tally.after += bool(np.isfinite(late)) and true > late + 0.5
    tally.right += (0.9 if np.isfinite(late) else 1.0) - (0.1 if np.isfinite(early) else 1 - none)
    tally.none.append((none, not passing.size))
    if true < 0.6 * HORIZON:
        off = min(p50, HORIZON) - true
        tally.errors.append(abs(off) / HORIZON)
        tally.days_off.append(off)


def synthetic(method: Method) -> Iterator[Tally]:
    days = np.arange(HISTORY + HORIZON)
    for name, (growth, a_day) in KINDS.items():
        rng, tally = np.random.default_rng(1), Tally(name)
        for _ in range(CASES):
            whole = growth(rng, days)
            history = whole[:HISTORY]
            limit = max(history[-7:].mean() + a_day * rng.uniform(10, 80), history.max() + 0.5)
            score_case(method, tally, history, whole[HISTORY:], limit)
        yield tally


def real(method: Method, folder: Path) -> Iterator[Tally]:
    import pyarrow.parquet as pq

    for name in REAL:
        rng, tally = np.random.default_rng(0), Tally(f"{name} (real)")
        table = pq.read_table(folder / f"{name}.parquet").to_pandas()
        for _, group in table.groupby("unique_id", observed=True):
            values = group.sort_values("ds")["y"].to_numpy(dtype=float)
            stride = max(15, (values.size - HISTORY - HORIZON) // 12 + 1)
            for start in range(0, values.size - HISTORY - HORIZON + 1, stride):
                history = values[start : start + HISTORY]
                span = np.ptp(history[np.isfinite(history)]) if np.isfinite(history).any() else 0.0
                if span <= 0 or not np.isfinite(history[-1]):
                    continue
                limit = np.nanmax(history) + span * rng.uniform(0.02, 1.2)
                score_case(method, tally, history, values[start + HISTORY : start + HISTORY + HORIZON], limit)
        if tally.cases:
            yield tally


def table(title: str, method: Method) -> list[str]:
    """Make one table of results."""
    tallies = list(synthetic(method))
    if len(sys.argv) > 1:
        tallies += real(method, Path(sys.argv[1]))
    whole = Tally("all")
    for tally in tallies:
        whole.cases += tally.cases
        whole.passed += tally.passed
        whole.before += tally.before
        whole.after += tally.after
        whole.right += tally.right
        whole.errors += tally.errors
        whole.days_off += tally.days_off
        whole.none += tally.none
    return [
        f"## {title}",
        "",
        "| growth | n | before early | early..late | if right | after late | p50 error | days off | none said | seen |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(tally.row() for tally in [*tallies, whole]),
        "",
        *reliability(tallies),
    ]


def reliability(tallies: list[Tally]) -> list[str]:
    """Tabulate how often nothing was passed, by the predicted probability of none; synthetic and real apart."""
    lines = ["| probability of none | synthetic: cases | said | seen | real: cases | said | seen |"]
    lines.append("|---|---:|---:|---:|---:|---:|---:|")
    parts = [
        [pair for tally in tallies if ("(real)" in tally.name) is real for pair in tally.none] for real in (False, True)
    ]
    for low, high in pairwise((0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.01)):
        cells = [f"{low:.2f} to {min(high, 1):.2f}"]
        for pairs in parts:
            here = np.array([pair for pair in pairs if low <= pair[0] < high], dtype=float).reshape(-1, 2)
            cells += [str(len(here)), *(f"{mean:.2f}" for mean in here.mean(axis=0))] if len(here) else ["0", "", ""]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def main() -> None:
    lines = [
        "# Calibration of the runway",
        "",
        "`python benchmarks/runway_calibration.py [FOLDER]`",
        "",
        f"{HISTORY} days of history, {HORIZON} days of horizon.",
        "",
        "- Nominal: 0.10 before early, 0.80 between, 0.10 after late.",
        "- `if right`: the share between if the futures were the truth; a late date past the horizon cannot be missed.",
        "- `p50 error` (a share of the horizon) and `days off` are means over cases in which the limit was passed in",
        "  the first 60 % of the horizon.",
        "- `none`: no passage within the horizon.",
        "",
        *table("The runway", by_runway),
        *table("The same cases by the paths of the forecast", by_forecast),
    ]
    RESULT.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()

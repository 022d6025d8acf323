"""How often does a limit near the highest peak of the past hold? Measured on hourly samples where that is known.

    python benchmarks/runway_peaks.py [FOLDER]     writes benchmarks/RESULTS/runway_peaks.md

Synthetic cases: noise of several kinds around a level or a line, 60 days of history, 90 days of horizon; the limit lies
0.05 to 3 standard deviations of the noise above the highest sample, and on a line where it gets in up to 80 days, too.
Real cases: series of the folder's sets, cut at several places; the limit lies 0.02 to 1 standard deviation of the
history above its highest sample. `Brier score` is the mean square of the difference between the probability of none and
what came; that of a constant 0.5 is 0.25.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from plimsoll.domain.limit import Limit
from plimsoll.domain.series import Series, SeriesId
from plimsoll.domain.time_spans import DAY_S, HOUR_MS
from plimsoll.planning.runway import Resource, Terms, estimate_runway

RESULT = Path(__file__).parent / "RESULTS" / "runway_peaks.md"
DAY, HISTORY, HORIZON, CASES = 24, 60, 90, 100
SLOPES = (0.0, 0.02, 0.1)  # standard deviations of the noise a day
ROOM = (0.05, 0.3, 1.0, 3.0)
REAL = {"cloud_hourly": (21, 9, 6), "m4_hourly": (21, 9, 2), "elec_hourly": (28, 20, 12)}
"""By set: days of history, days of horizon, cuts."""
ROOM_REAL = (0.02, 0.1, 0.3, 1.0)
Noise = Callable[[np.random.Generator, int], np.ndarray]

NOISES: dict[str, Noise] = {
    "normal": lambda r, n: r.normal(0, 1, n),
    "Student's t, 4 degrees of freedom": lambda r, n: r.standard_t(4, n) / np.sqrt(2),
    "log-normal, 0.5": lambda r, n: np.exp(r.normal(0, 0.5, n)),
    "counts (Poisson, 3)": lambda r, n: r.poisson(3, n) / np.sqrt(3),
    "uniform": lambda r, n: r.uniform(-1.7, 1.7, n),
    "normal, a wave by day": lambda r, n: 3 * np.sin(2 * np.pi * np.arange(n) / DAY) + r.normal(0, 1, n),
}


@dataclass
class Tally:
    """The probabilities of none, what came, and on which side of early and late the true passages lay."""

    told: list[float] = field(default_factory=list)
    none: list[bool] = field(default_factory=list)
    before: int = 0
    after: int = 0

    def add(self, history: np.ndarray, future: np.ndarray, limit: float) -> None:
        times = HOUR_MS * np.arange(history.size, dtype=np.int64)
        known = np.isfinite(history)
        series, end_ms = Series(SeriesId("case"), times[known], history[known]), int(times[known][-1])
        terms = Terms(end_ms, horizon_s=future.size / DAY * DAY_S)
        row = estimate_runway(Resource("case", "", series, Limit("case", "", "benchmark", hard=limit)), terms).row
        if row.probability_none is None or row.state.value == "breached":
            return
        passing = np.flatnonzero(future >= limit)
        true_s = (passing[0] + 1) * 3600.0 if passing.size else np.inf
        dates = (row.breach.early, row.breach.late) if row.breach else (None, None)
        early_s, late_s = (np.inf if one is None else one.timestamp() - end_ms / 1000 for one in dates)
        self.told.append(row.probability_none)
        self.none.append(not passing.size)
        self.before += true_s < early_s - 1800
        self.after += bool(np.isfinite(late_s)) and true_s > late_s + 1800

    def row(self, name: str) -> str:
        told, none = np.array(self.told), np.array(self.none, dtype=float)
        shares = (self.before / told.size, self.after / told.size, told.mean(), none.mean())
        brier = np.mean((told - none) ** 2)
        return f"| {name} | {told.size} | " + " | ".join(f"{share:.2f}" for share in shares) + f" | {brier:.3f} |"


def synthetic(noise: Noise, slope: float) -> Tally:
    tally, days = Tally(), np.arange((HISTORY + HORIZON) * DAY) / DAY
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        whole = 50 + noise(rng, days.size) + slope * days * rng.uniform(0.5, 1.5)
        history, future = whole[: HISTORY * DAY], whole[HISTORY * DAY :]
        tally.add(history, future, history.max() + rng.choice(ROOM) + slope * rng.uniform(0, 80))
    return tally


def real(folder: Path, name: str) -> Tally:
    import pyarrow.parquet as pq

    past, ahead, cuts = REAL[name]
    rng, tally = np.random.default_rng(0), Tally()
    table = pq.read_table(folder / f"{name}.parquet").to_pandas()
    for _, group in table.groupby("unique_id", observed=True):
        values = group.sort_values("ds")["y"].to_numpy(dtype=float)
        room = values.size - past * DAY - ahead * DAY // 2
        for start in sorted({int(at) for at in np.linspace(0, room, cuts)}) if room >= 0 else ():
            history = values[start : start + past * DAY]
            future = values[start + past * DAY : start + (past + ahead) * DAY]
            spread = np.nanstd(history)
            if spread > 0 and np.isfinite(history[-1]) and np.isfinite(history).mean() >= 0.6:
                tally.add(history, future, np.nanmax(history) + spread * rng.choice(ROOM_REAL))
    return tally


def rows() -> Iterator[str]:
    for name, noise in NOISES.items():
        for slope in SLOPES:
            shape = f"on a line, {slope:g} a day" if slope else "flat"
            yield synthetic(noise, slope).row(f"{name}, {shape}")
    for name in REAL if len(sys.argv) > 1 else ():
        yield real(Path(sys.argv[1]), name).row(f"{name} (real)")


def main() -> None:
    lines = [
        "# Limits near the highest peak",
        "",
        "`python benchmarks/runway_peaks.py [FOLDER]`",
        "",
        f"Hourly samples; synthetic: {HISTORY} days of history, {HORIZON} days of horizon. Nominal: 0.10 before early,",
        "at most 0.10 after late; `none` is the probability of no passage, told and seen.",
        "",
        "| noise | n | before early | after late | none told | seen | Brier score |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *rows(),
        "",
    ]
    RESULT.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()

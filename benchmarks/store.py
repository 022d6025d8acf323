"""How much space does the series store take, and how fast is it?

    python benchmarks/store.py [--real PANEL.parquet] [--write benchmarks/RESULTS/store.md]

The data are a day of 2,000 series every 15 s (11.52 million samples), in fixed shares: 25 % random walks of three
digits, 20 % percentages of two, 15 % whole numbers, 5 % bytes in pages, 10 % constants, 15 % counters, 10 %
full-entropy floats. The same samples are written as gzipped CSV (a tenth of them, because it is slow), as plain Parquet
with the same zstd, and (where promtool is installed; a tenth of them) as Prometheus blocks. `--real` adds a panel of
unique_id, ds, y. Times are the best of three, those of writing the first. The targets are asserted: 3 bytes a sample,
10 million samples in 10 s, the 5-minute mean of 2,000 series over a day in 1 s.
"""

from __future__ import annotations

import argparse
import gzip
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plimsoll.adapters.store.series_store import ParquetStore
from plimsoll.domain.series import Harvest, Series, SeriesId, Window
from plimsoll.domain.stored import EVER, Selector

START, STEP, SERIES, SAMPLES = 1_753_833_600_000, 15_000, 2000, 5760
DAY = Window(START, START + 86_400_000)
T = TypeVar("T")


def values_of(kind: str, rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw one series of a kind."""
    if kind == "walk, 3 digits":
        return np.round(100 + np.cumsum(rng.normal(0, 0.05 * rng.integers(1, 20), n)), 3)
    if kind == "percentage, 2 digits":
        drift = np.cumsum(rng.normal(0, 0.15, n))
        return np.round(np.clip(rng.uniform(10, 80) + drift + rng.normal(0, 2, n), 0, 100), 2)
    if kind == "whole number":
        return rng.poisson(rng.uniform(1, 40), n).astype(float)
    if kind == "bytes in pages":
        return np.round(rng.uniform(1e9, 1e10) + np.cumsum(rng.normal(0, 1e6, n))) // 4096 * 4096
    if kind == "constant":
        return np.full(n, float(rng.integers(1, 1000)))
    if kind == "counter":
        return np.cumsum(rng.poisson(rng.uniform(10, 3000), n)).astype(float)
    return 50 + 10 * np.cumsum(rng.normal(0, 0.01, n))


SHARES = {
    "walk, 3 digits": 5, "percentage, 2 digits": 4, "whole number": 3, "bytes in pages": 1, "constant": 2, "counter": 3,
    "full-entropy float": 2,
}  # fmt: skip
CYCLE = [kind for kind, share in SHARES.items() for _ in range(share)]


def mixed(series: int, cycle: list[str], seed: int, jitter_ms: int = 0) -> Harvest:
    """Draw series in the given cycle of kinds; `jitter_ms` is the greatest random delay of their times."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(series):
        times = START + STEP * np.arange(SAMPLES) + (rng.integers(0, jitter_ms + 1, SAMPLES) if jitter_ms else 0)
        kind = cycle[i % len(cycle)]
        labels = {"instance": f"10.0.{i // 200}.{i % 200}:9100", "job": "node"}
        made.append(Series(SeriesId.of(f"metric_{i % 40}", labels), times, values_of(kind, rng, SAMPLES)))
    return Harvest("benchmark", tuple(made))


def panel(path: Path) -> Harvest:
    """Read a panel of real series."""
    table = pq.read_table(path, columns=["unique_id", "ds", "y"]).drop_null()
    times = table["ds"].cast(pa.timestamp("ms")).cast(pa.int64()).to_numpy()
    names, values = table["unique_id"].to_numpy(zero_copy_only=False), table["y"].to_numpy()
    order = np.lexsort((times, names))
    names, times, values = names[order], times[order], values[order]
    cuts = np.flatnonzero(names[1:] != names[:-1]) + 1
    parts = zip(np.split(names, cuts), np.split(times, cuts), np.split(values, cuts), strict=True)
    return Harvest("real", tuple(Series(SeriesId.of(str(n[0])), t, v.astype(float)) for n, t, v in parts))


def samples_in(harvest: Harvest) -> int:
    return sum(len(one) for one in harvest.series)


def timed(work: Callable[[], T], rounds: int = 3) -> tuple[float, T]:
    """Run and return the best time, and the result."""
    best, result = float("inf"), None
    for _ in range(rounds):
        begun = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begun)
    return best, result  # type: ignore[return-value]


def stored(harvest: Harvest, folder: Path) -> tuple[ParquetStore, float, float]:
    """Write a harvest into a new store; return it with bytes a sample (series table included) and seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    store = ParquetStore(folder)
    seconds, samples = timed(lambda: store.append(harvest), 1)
    store.close()
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return store, total / samples, seconds


def plain_parquet(harvest: Harvest, path: Path) -> tuple[float, float]:
    """Write the same samples as name, time and value with Parquet's own defaults and zstd-3."""
    table = pa.table(
        {
            "series": pa.array(np.repeat([str(s.id) for s in harvest.series], [len(s) for s in harvest.series])),
            "time": pa.array(np.concatenate([s.times_ms for s in harvest.series]), pa.timestamp("ms")),
            "value": np.concatenate([s.values for s in harvest.series]),
        }
    )
    seconds, _ = timed(lambda: pq.write_table(table, path, compression="zstd", compression_level=3), 1)
    return path.stat().st_size / len(table), seconds


def gzipped_csv(harvest: Harvest, path: Path) -> tuple[float, float]:
    """Write the same samples as rows of name, time and value, gzip level 6."""

    def write() -> None:
        with gzip.open(path, "wt", compresslevel=6) as file:
            for one in harvest.series:
                name = str(one.id).replace('"', '""')
                pairs = zip(one.times_ms.tolist(), one.values.tolist(), strict=True)
                file.writelines(f'"{name}",{at},{value!r}\n' for at, value in pairs)

    seconds, _ = timed(write, 1)
    return path.stat().st_size / samples_in(harvest), seconds


def prometheus_blocks(harvest: Harvest, folder: Path) -> tuple[float, float] | None:
    """Write the same samples as Prometheus blocks with promtool; None where it is not installed."""
    promtool = shutil.which("promtool")
    if promtool is None:
        return None
    text = folder / "samples.om"
    with text.open("w") as file:
        by_name: dict[str, list[Series]] = {}
        for one in harvest.series:
            by_name.setdefault(one.id.name, []).append(one)
        for name, group in by_name.items():
            file.write(f"# TYPE {name} gauge\n")
            for one in group:
                pairs = zip(one.times_ms.tolist(), one.values.tolist(), strict=True)
                file.writelines(f"{one.id} {value!r} {at / 1000:.3f}\n" for at, value in pairs)
        file.write("# EOF\n")
    command = [promtool, "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=768h", str(text)]
    seconds, _ = timed(lambda: subprocess.run([*command, str(folder / "tsdb")], check=True, capture_output=True), 1)
    total = sum(path.stat().st_size for path in (folder / "tsdb").rglob("*") if path.is_file())
    return total / samples_in(harvest), seconds


def room(work: Path, real: Path | None) -> tuple[list[str], float]:
    """Measure bytes a sample of each kind, of the mix, and of harder mixes; return lines and the mix's bytes."""
    lines = ["| what | samples | bytes a sample |", "|---|---:|---:|"]
    for kind in SHARES:
        harvest = mixed(100, [kind], 11)
        lines.append(f"| {kind} | {samples_in(harvest):,} | {stored(harvest, work / 's')[1]:.2f} |")
    _, mix, _ = stored(mixed(SERIES, CYCLE, 1), work / "s")
    lines.append(f"| **the mix** | {SERIES * SAMPLES:,} | **{mix:.2f}** |")
    harder = [*CYCLE, *["full-entropy float"] * 4]
    for what, harvest in (
        ("the mix with 25 % full-entropy floats", mixed(480, harder, 2)),
        ("the mix, times shaken by 0 to 9 ms", mixed(400, CYCLE, 3, jitter_ms=9)),
    ):
        lines.append(f"| {what} | {samples_in(harvest):,} | {stored(harvest, work / 's')[1]:.2f} |")
    if real is not None:
        harvest = panel(real)
        lines.append(f"| real series of {real.name} | {samples_in(harvest):,} | {stored(harvest, work / 's')[1]:.2f} |")
    return lines, mix


def beside(work: Path) -> list[str]:
    """Compare the same tenth of the mix in four forms, as ratios to the store."""
    tenth = mixed(SERIES // 10, CYCLE, 1)
    _, size, seconds = stored(tenth, work / "s")
    lines = ["| form | bytes a sample | against the store | time to write, against the store |", "|---|---:|---:|---:|"]
    lines.append(f"| this store | {size:.2f} | 1.0 | 1.0 |")
    forms = {
        "Prometheus blocks": prometheus_blocks(tenth, work),
        "plain Parquet, zstd-3": plain_parquet(tenth, work / "plain.parquet"),
        "CSV, gzip": gzipped_csv(tenth, work / "rows.csv.gz"),
    }
    for form, measured in forms.items():
        if measured is None:
            lines.append(f"| {form} | not installed | | |")
        else:
            lines.append(f"| {form} | {measured[0]:.2f} | {measured[0] / size:.1f} | {measured[1] / seconds:.1f} |")
    return lines


def speed(work: Path) -> tuple[list[str], float, float]:
    """Measure seconds for writing and reading the whole mix."""
    harvest = mixed(SERIES, CYCLE, 1)
    store, _, write_s = stored(harvest, work / "s")
    ten_million = write_s * 1e7 / samples_in(harvest)
    mean_s, mean = timed(lambda: store.mean(Selector(), DAY, 300))
    assert sum(len(one) for one in mean.series) == SERIES * 288
    whole_s, whole = timed(lambda: store.read(Selector(), DAY))
    written = {one.id: one.values for one in harvest.series}
    assert all(np.array_equal(one.values, written[one.id]) for one in whole.series)
    one = Selector(ids=frozenset({harvest.series[777].id}))
    one_s, _ = timed(lambda: store.read(one, DAY))
    catalog_s, _ = timed(lambda: store.catalog(Selector(), EVER))
    newest = [at(harvest, DAY.end_ms - (30 - number) * 1000) for number in range(30)]
    append_s, _ = timed(lambda: [store.append(part) for part in newest], 1)
    newest_s, _ = timed(lambda: store.mean(Selector(), DAY, 300))
    late = [at(harvest, START + number * 2_000_000 + 7) for number in range(30)]
    timed(lambda: [store.append(part) for part in late], 1)
    late_s, _ = timed(lambda: store.mean(Selector(), DAY, 300))
    store.close()
    rows = {
        "write 10 million samples in one append, flushed to the disk": ten_million,
        "append one sample of each of 2,000 series, flushed, merges included (mean of 30)": append_s / 30,
        "5-minute mean of 2,000 series over a day": mean_s,
        "the same, the newest samples in small files of their own": newest_s,
        "the same, late samples from all over the day in small files, too": late_s,
        "read all 11.52 million samples": whole_s,
        "read one series of 2,000 over a day": one_s,
        "first, last and count of each series": catalog_s,
    }
    lines = ["| what | s |", "|---|---:|", *(f"| {what} | {seconds:.3f} |" for what, seconds in rows.items())]
    return lines, ten_million, mean_s


def at(harvest: Harvest, time_ms: int) -> Harvest:
    """Return one sample of each series at a moment."""
    return Harvest("late", tuple(Series(one.id, np.array([time_ms]), one.values[:1]) for one in harvest.series))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", type=Path)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sizes, mix = room(Path(folder), arguments.real)
        ratios = beside(Path(folder))
        times, write_s, mean_s = speed(Path(folder))
    targets = [
        f"- at most 3 bytes a sample on mixed gauges: {mix:.2f}",
        f"- 10 million samples written in under 10 s: {write_s:.1f} s",
        f"- 5-minute mean of 2,000 series over a day in under 1 s: {mean_s:.2f} s",
    ]
    machine = f"Python {platform.python_version()}, {platform.machine()}, 2 cores, shared with other work."
    parts = [["# The series store: room and speed"], ["`python benchmarks/store.py`; the mix is described there."]]
    parts += [[machine], targets, ["## Room"], sizes, ["## Beside other forms, the same samples"], ratios]
    parts += [["## Speed"], times]
    text = "\n\n".join("\n".join(part) for part in parts) + "\n"
    print(text)
    if arguments.write:
        arguments.write.write_text(text)
    assert mix <= 3.0
    assert write_s < 10.0
    assert mean_s < 1.0


if __name__ == "__main__":
    main()

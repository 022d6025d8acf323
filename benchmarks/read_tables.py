"""How fast are table files read, and in how much memory?

    python benchmarks/read_tables.py [--write benchmarks/RESULTS/read_tables.md]

The files are 100 series x 60 days hourly as a wide CSV, a long CSV and a Parquet file, and 50 hosts x 2 metrics every
15 s for 35 days (20 million samples, 300 MB of CSV), whole and for one day of it. Each is read once, in a process of
its own, timed without imports; memory is the peak of the process, imports included. The target is asserted: 100 series
x 60 days in under 1 s.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

START_S, HOUR_S, DAY_S = 1_704_067_200, 3600, 86_400
HOURS, SERIES = 60 * 24, 100
TARGET_S = 1.0
READ = """
import resource, sys, time
from plimsoll.bootstrap import open_source
from plimsoll.domain.series import Window
from plimsoll.domain.stored import EVER
window = Window(int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else EVER
source = open_source(sys.argv[1])
begin = time.perf_counter()
harvest = source.read(source.discover(window), window, 0)
took = time.perf_counter() - begin
samples = sum(len(series) for series in harvest.series)
print(len(harvest.series), samples, took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def small_files(folder: Path) -> None:
    """Write 100 series x 60 days hourly in three forms."""
    values = np.random.default_rng(0).normal(50, 10, (HOURS, SERIES)).round(4)
    moments = START_S + HOUR_S * np.arange(HOURS)
    texts = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)) for moment in moments.tolist()]
    names = [f"m{i}" for i in range(SERIES)]
    wide = [
        ",".join(["time", *names]),
        *(f"{t},{','.join(map(str, row))}" for t, row in zip(texts, values, strict=True)),
    ]
    (folder / "wide.csv").write_text("\n".join(wide))
    long = [f"{texts[i]},{names[j]},{values[i, j]}" for j in range(SERIES) for i in range(HOURS)]
    (folder / "long.csv").write_text("\n".join(["time,series,value", *long]))
    times = pa.array(np.tile(moments * 1000, SERIES), pa.int64()).cast(pa.timestamp("ms", "UTC"))
    table = {"ds": times, "unique_id": pa.array(np.repeat(names, HOURS)), "y": values.T.reshape(-1)}
    pq.write_table(pa.table(table), folder / "panel.parquet")


def large_file(path: Path) -> None:
    """Write 20 million samples as a CSV of 50 hosts."""
    with path.open("w") as file:
        file.write("time,host,cpu,mem\n")
        for host in range(50):
            rows = (f"{START_S + 15 * i},h{host},{i % 97 / 7:.4f},{i % 89 / 3:.4f}\n" for i in range(200_000))
            file.write("".join(rows))


def measure(path: Path, *window: int) -> tuple[int, int, float, float]:
    """Read a file in a process of its own: series, samples, seconds and MiB."""
    call = [sys.executable, "-c", READ, str(path), *map(str, window)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    series, samples, seconds, mib = done.stdout.split()
    return int(series), int(samples), float(seconds), float(mib)


def main() -> None:
    """Run the benchmark and print or write its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    out = parser.parse_args().write
    lines = [
        "# Reading table files\n",
        "`python benchmarks/read_tables.py`; the files are described there.\n",
        f"Python {platform.python_version()}, {platform.machine()}, 2 cores, shared with other work.\n",
        "| file | MB | series | samples | s | MiB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        small_files(folder)
        large_file(folder / "large.csv")
        day = (START_S * 1000, (START_S + DAY_S) * 1000)
        for name, window in (
            ("wide.csv", ()),
            ("long.csv", ()),
            ("panel.parquet", ()),
            ("large.csv", ()),
            ("large.csv", day),
        ):
            series, samples, seconds, mib = measure(folder / name, *window)
            shown = f"{name}, one day of it" if window else name
            size = (folder / name).stat().st_size / 1e6
            lines.append(f"| {shown} | {size:.1f} | {series} | {samples:,} | {seconds:.2f} | {mib:.0f} |")
            assert samples > HOURS * SERIES or seconds < TARGET_S, f"{name} took {seconds:.2f} s"
    text = "\n".join(lines) + "\n"
    out.write_text(text) if out else print(text)


if __name__ == "__main__":
    main()

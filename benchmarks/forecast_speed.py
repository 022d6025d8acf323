"""How fast is the fleet forecast, and in how much memory? Series of 720 hourly points, horizon 48, five quantiles.

    python benchmarks/forecast_speed.py 100000 1000000 [--fleets FOLDER]

Writes the input for each size into a folder (a temporary one, or one that keeps it for the next run) and runs `plimsoll
forecast panel` as users would, after one run that compiles the kernels. The whole single process with its threads is
measured: wall time, CPU time, peak memory. The load of the machine before the run is shown, too, because other
processes add to the wall time. The last result is in `benchmarks/RESULTS/forecast_speed.md`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

POINTS, BLOCK = 720, 2_000
RESULT = Path(__file__).parent / "RESULTS" / "forecast_speed.md"


def write_fleet(path: Path, series: int) -> None:
    """Write seasonal series with trend, noise and a week of their own, a block at a time."""
    draw = np.random.default_rng(0)
    hours = np.arange(POINTS)
    stamps = np.datetime64("2026-01-01", "us") + hours * np.timedelta64(1, "h").astype("timedelta64[us]")
    writer = None
    for first in range(0, series, BLOCK):
        count = min(BLOCK, series - first)
        level, swing = draw.uniform(10, 1000, (count, 1)), draw.uniform(0.05, 0.5, (count, 1))
        shape = 1 + swing * np.sin(2 * np.pi * (hours / 24 + draw.uniform(0, 1, (count, 1))))
        week = 1 + 0.2 * swing * (hours // 24 % 7 < 5)
        values = level * shape * week * (1 + 0.1 * draw.standard_normal((count, POINTS)))
        table = pa.table(
            {
                "unique_id": np.repeat([f"series-{first + i:07d}" for i in range(count)], POINTS),
                "ds": np.tile(stamps, count),
                "y": values.ravel(),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


def measure(series: int, folder: Path) -> str:
    """Forecast one fleet; return a row of the table."""
    source, result = folder / f"fleet_{series}.parquet", folder / "out.parquet"
    if not source.exists():
        write_fleet(source, series)
    command = [sys.executable, "-m", "plimsoll", "forecast", "panel", "--input", source, "--output", result]
    command += ["--freq", "h", "--seasons", "24", "--horizon", "48", "--quantiles", "0.025,0.1,0.5,0.9,0.975"]
    load, started = os.getloadavg()[0], time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall, cpu = time.perf_counter() - started, usage.ru_utime + usage.ru_stime
    assert status == 0
    assert pq.read_metadata(result).num_rows == 48 * series
    row = f"| {series:,} | {wall:.1f} | {cpu:.1f} | {series / cpu:,.0f} | {usage.ru_maxrss / 2**20:.2f} | {load:.1f} |"
    print(row, flush=True)
    return row


def main() -> None:
    """Measure the sizes named on the command line and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000])
    parser.add_argument("--fleets", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.fleets or Path(folder)
        measure(10, place)
        rows = [measure(size, place) for size in options.sizes]
    cores = len(os.sched_getaffinity(0))
    head = f"On {cores} cores, the whole process (start, Parquet in and out):\n\n"
    head += (
        "| series | wall s | CPU s | series a CPU second | peak GiB | load before |\n|---:|---:|---:|---:|---:|---:|\n"
    )
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(
        f"# Speed of the fleet forecast\n\n{__doc__.split('Writes')[0].strip()}\n\n{head}" + "\n".join(rows) + "\n"
    )


if __name__ == "__main__":
    main()

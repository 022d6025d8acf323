"""How long does a runway take over 100 series of 60 days hourly, reading the file included?

    python benchmarks/runway_speed.py            writes benchmarks/RESULTS/runway_speed.md

The command is run as a user runs it, in a process of its own: the first run writes compiled Python, the others are
timed. pandas is hidden from it, because users do not have it, and PyArrow loads it by itself where it is installed. The
goal is 5 seconds after set-up. It applies to the processor time of the command, so that other load on the machine does
not matter; wall time is shown beside it.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

RESULT = Path(__file__).parent / "RESULTS" / "runway_speed.md"
AS_INSTALLED = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            raise ImportError(name)

sys.meta_path.insert(0, Hidden())
import plimsoll.__main__

plimsoll.__main__.main()
"""
SERIES, DAYS, RUNS, GOAL_S = 100, 60, 5, 5.0


def write_csv(path: Path) -> None:
    """Write shares that grow at different rates, with a daily wave and noise, from a seed."""
    rng = np.random.default_rng(1)
    hours = np.arange(DAYS * 24)
    columns = {
        f"web-{number}/cpu_percent": np.clip(
            rng.uniform(20, 60)
            + rng.uniform(-5, 40) * hours / hours.size
            + rng.uniform(1, 8) * np.sin(2 * np.pi * hours / 24)
            + rng.normal(0, 1, hours.size),
            0,
            100,
        )
        for number in range(SERIES)
    }
    start = datetime(2026, 8, 1, tzinfo=UTC)
    with path.open("w") as out:
        out.write("timestamp," + ",".join(columns) + "\n")
        for row in range(hours.size):
            moment = (start + timedelta(hours=row)).isoformat()
            out.write(f"{moment}," + ",".join(f"{values[row]:.3f}" for values in columns.values()) + "\n")


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "metrics.csv"
        write_csv(path)
        command = [sys.executable, "-c", AS_INSTALLED, "runway", str(path), "-o", "json"]
        environment = {**os.environ, "PLIMSOLL_HOME": folder}
        spent, taken = [], []
        for _ in range(RUNS + 1):
            started, before = time.perf_counter(), _children_cpu_s()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
            taken.append(time.perf_counter() - started)
            spent.append(_children_cpu_s() - before)
    cpu, clock = statistics.median(spent[1:]), statistics.median(taken[1:])
    text = (
        "# Speed of the runway\n\n`python benchmarks/runway_speed.py`\n\n"
        f"{SERIES} series x {DAYS} days hourly from CSV, whole command, median of {RUNS} runs after the first, "
        f"as a share of the {GOAL_S:g} s allowed: **{cpu / GOAL_S:.0%}** of processor time, "
        f"{clock / GOAL_S:.0%} on the clock.\n"
    )
    RESULT.write_text(text)
    print(text)
    sys.exit(cpu > GOAL_S)


if __name__ == "__main__":
    main()

"""How long do the commands on a model file take, start of the program included?

    python benchmarks/model_file.py [--write benchmarks/RESULTS/model_file.md]

Each command runs as a process of its own, 7 times; wall time is the median, CPU the median of user + system. The target
is asserted on the largest example: `validate` within 0.6 s.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
RUNS = 7
TARGET_S = 0.6


def timed(*arguments: str | Path) -> tuple[float, float]:
    """Median wall and CPU seconds of one command line."""
    walls, cpus = [], []
    for _ in range(RUNS):
        before, begin = os.times(), time.perf_counter()
        subprocess.run([sys.executable, "-m", "plimsoll", *map(str, arguments)], check=True, capture_output=True)
        walls.append(time.perf_counter() - begin)
        after = os.times()
        spent = after.children_user - before.children_user + after.children_system - before.children_system
        cpus.append(spent)
    return statistics.median(walls), statistics.median(cpus)


def main() -> None:
    """Measure, assert the target, and write the table where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path)
    write = parser.parse_args().write
    largest = max(EXAMPLES.glob("*/plimsoll.yaml"), key=lambda path: path.stat().st_size)
    commands = {
        f"validate {largest.parent.name} (the largest)": ("validate", largest),
        f"show {largest.parent.name} -o yaml": ("show", largest, "-o", "yaml"),
        "schema": ("schema",),
        "plan bot-platform --months 24": ("plan", "-m", EXAMPLES / "bot-platform" / "plimsoll.yaml"),
        "plan terminal-platform": ("plan", "-m", EXAMPLES / "terminal-platform" / "plimsoll.yaml"),
    }
    results = {name: timed(*arguments) for name, arguments in commands.items()}
    lines = [
        "# Commands on a model file",
        "",
        "`python benchmarks/model_file.py`; what is run is described there.",
        "",
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, shared with other work.",
        "",
        "| command | wall s | CPU s |",
        "|---|---:|---:|",
        *(f"| {name} | {wall:.2f} | {cpu:.2f} |" for name, (wall, cpu) in results.items()),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if write:
        write.write_text(text)
    slowest = next(iter(results.values()))[1]
    assert slowest <= TARGET_S, f"validate took {slowest:.2f} s of CPU, more than {TARGET_S} s"


if __name__ == "__main__":
    main()

"""How long does a command take from the start of the program to its answer?

    python benchmarks/cli_speed.py [--write benchmarks/RESULTS/cli_speed.md]

Each command runs 7 times, in a process of its own. The least CPU time (user + system) and the least wall time are
reported, because other load on the machine can only add to them. Ratios to a bare start of Python and to importing
Pydantic stand beside the seconds, because ratios carry over between machines. The targets are asserted on CPU time:
`--help` within 0.25 s, `validate` of the largest example within 0.6 s.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
RUNS = 7
LARGEST = max(EXAMPLES.glob("*/plimsoll.yaml"), key=lambda path: path.stat().st_size)
PROGRAM = ("-m", "plimsoll")
COMMANDS: dict[str, tuple[str, ...]] = {
    "python -c pass": ("-c", "pass"),
    'python -c "import pydantic"': ("-c", "import pydantic; pydantic.BaseModel"),
    "plimsoll --help": (*PROGRAM, "--help"),
    f"plimsoll validate {LARGEST.parent.name} (the largest)": (*PROGRAM, "validate", str(LARGEST)),
    f"plimsoll show {LARGEST.parent.name} -o yaml": (*PROGRAM, "show", str(LARGEST), "-o", "yaml"),
    "plimsoll schema": (*PROGRAM, "schema"),
    "plimsoll plan bot-platform": (*PROGRAM, "plan", "-m", str(EXAMPLES / "bot-platform" / "plimsoll.yaml")),
}
TARGETS_S = {"plimsoll --help": 0.25, f"plimsoll validate {LARGEST.parent.name} (the largest)": 0.6}


def timed(arguments: tuple[str, ...]) -> tuple[float, float]:
    """Return the least wall and CPU seconds of one command line."""
    walls, cpus = [], []
    for _ in range(RUNS):
        before, begin = os.times(), time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        walls.append(time.perf_counter() - begin)
        after = os.times()
        cpus.append(after.children_user - before.children_user + after.children_system - before.children_system)
    return min(walls), min(cpus)


def _row(name: str, wall: float, cpu: float, bare: float, pydantic: float) -> str:
    ratios = f"{wall / bare:.0f} x | {wall / pydantic:.1f} x"
    return f"| {name} | {wall:.2f} | {cpu:.2f} | {ratios} | {TARGETS_S.get(name, '')} |"


def main() -> None:
    """Measure, write the table where asked, and assert the targets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path)
    write = parser.parse_args().write
    found = {name: timed(arguments) for name, arguments in COMMANDS.items()}
    bare, pydantic = (found[name][0] for name in list(COMMANDS)[:2])
    rows = [_row(name, *seconds, bare, pydantic) for name, seconds in found.items()]
    lines = [
        "# From keystroke to answer",
        "",
        "`python benchmarks/cli_speed.py`; what is run is described there.",
        "",
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, shared with other work.",
        "",
        "| command | wall s | CPU s | of a bare start | of importing Pydantic | target s |",
        "|---|---:|---:|---:|---:|---:|",
        *rows,
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if write:
        write.write_text(text)
    for name, target in TARGETS_S.items():
        assert found[name][1] <= target, f"{name} took {found[name][1]:.2f} s of CPU, more than {target} s"


if __name__ == "__main__":
    main()

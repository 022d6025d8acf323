"""How often is a ramp of arrivals taken for stairs, and are stairs found, despite random arrivals?

    .venv/bin/python benchmarks/ramps_and_stairs.py [--runs 100] [--out FILE.md]

Poisson arrivals are drawn at the rates of ramps, of ramps beside a level, and of stairs, each `runs` times. The table
gives the share of runs with a step, and with two or more, that lies mostly on no level; the share of all levels that
were found; the share of runs in which every level was found; and into how many steps a level was cut on average.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.plateaus import find_plateaus
from plimsoll.domain.load_test import Recording

Values = NDArray[np.float64]
Part = tuple[float, float, int]  # from, to (a second), for so many seconds: level where both are the same


def stairs(levels: range | tuple[int, ...], seconds: int, ramp_s: int = 0) -> list[Part]:
    """Make stairs, with ramps before each level if `ramp_s` is not zero."""
    parts: list[Part] = []
    for number, level in enumerate(levels):
        if ramp_s:
            parts.append((levels[number - 1] if number else 0, level, ramp_s))
        parts.append((level, level, seconds))
    return parts


KINDS: dict[str, list[Part]] = {
    "ramp 0 to 100, 10 min": [(0, 100, 600)],
    "ramp 100 to 300, 10 min": [(100, 300, 600)],
    "ramp 0 to 1000, 5 min": [(0, 1000, 300)],
    "ramp 5 to 50, 15 min": [(5, 50, 900)],
    "ramp 20 to 200, 20 min": [(20, 200, 1200)],
    "ramp 200 to 20, 15 min": [(200, 20, 900)],
    "ramp 100 to 150, 10 min": [(100, 150, 600)],
    "ramp 0 to 20, 10 min": [(0, 20, 600)],
    "ramp 0 to 100, 10 min, then level, 2 min": [(0, 100, 600), (100, 100, 120)],
    "ramp 0 to 300, 5 min, then level, 1 min": [(0, 300, 300), (300, 300, 60)],
    "ramp 10 to 50, 5 min, then level, 5 min": [(10, 50, 300), (50, 50, 300)],
    "level 50, 1 min, then ramp to 300, 5 min": [(50, 50, 60), (50, 300, 300)],
    "up to 200, level, down to 0": [(0, 200, 200), (200, 200, 200), (200, 0, 200)],
    "stairs 50 to 200 by 50, 60 s": stairs(range(50, 201, 50), 60),
    "stairs 50 to 200 by 50, 20 s": stairs(range(50, 201, 50), 20),
    "stairs 20 to 200 by 20, 60 s": stairs(range(20, 201, 20), 60),
    "stairs 20 to 200 by 20, 30 s": stairs(range(20, 201, 20), 30),
    "stairs 100 to 200 by 20, 30 s": stairs(range(100, 201, 20), 30),
    "stairs 5 to 30 by 5, 60 s": stairs(range(5, 31, 5), 60),
    "stairs 10 to 60 by 10, 30 s": stairs(range(10, 61, 10), 30),
    "stairs 500 to 2000 by 500, 15 s": stairs(range(500, 2001, 500), 15),
    "stairs 1000 to 1500 by 100, 30 s": stairs(range(1000, 1501, 100), 30),
    "stairs up and down, 40 s": stairs((50, 150, 100, 200, 80), 40),
    "stairs by 50, 60 s, ramps of 20 s between": stairs(range(50, 201, 50), 60, 20),
    "stairs by 50, 60 s, ramps of 60 s between": stairs(range(50, 201, 50), 60, 60),
    "stairs by 100, 30 s, ramps of 10 s between": stairs(range(100, 601, 100), 30, 10),
    "stairs 50 to 200 by 50, 20 min": stairs(range(50, 201, 50), 1200),
    "one level of 100, 5 min": [(100, 100, 300)],
    "one level of 100, 1 h": [(100, 100, 3600)],
}


def steps_beside(parts: list[Part], seed: int) -> tuple[int, int, int]:
    """Count the steps on no level, the levels found, and the steps on them."""
    rate = np.concatenate([np.linspace(low, high, seconds) for low, high, seconds in parts])
    ends = np.cumsum([seconds for _, _, seconds in parts])
    levels = [(int(end) - part[2], int(end)) for part, end in zip(parts, ends, strict=True) if part[0] == part[1]]
    arrivals = np.random.default_rng(seed).poisson(rate).astype(float)
    unknown = np.full(rate.size, np.nan)
    recording = Recording(np.arange(rate.size, dtype=float), unknown, arrivals, np.zeros(rate.size))
    found = [(one.start - one.warm_up, one.end) for one in find_plateaus(recording, has_users=False)]
    on = [
        {number for number, (low, high) in enumerate(levels) if 2 * (min(end, high) - max(start, low)) > end - start}
        for start, end in found
    ]
    return sum(not one for one in on), len(set().union(*on)), sum(bool(one) for one in on)


def row(name: str, runs: int) -> str:
    """Measure one kind."""
    parts = KINDS[name]
    levels = sum(low == high for low, high, _ in parts)
    beside, hit, steps = np.array([steps_beside(parts, seed) for seed in range(runs)]).T
    shares = [np.mean(beside > 0), np.mean(beside > 1)]
    shares += [np.sum(hit) / (levels * runs), np.mean(hit == levels)] if levels else []
    cells = [f"{share:.0%}" for share in shares]
    cells += [f"{np.sum(steps) / max(np.sum(hit), 1):.2f}"] if levels else ["-"] * 3
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Measure all kinds and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [
        "# Ramps and stairs of random arrivals\n",
        f"`.venv/bin/python benchmarks/ramps_and_stairs.py --runs {options.runs}`\n",
        "Shares are of runs, those of `levels found` of levels. A step beside levels was cut out of a ramp.\n",
        "| arrivals a second | a step beside levels | two or more | levels found | all of them | steps a level |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [row(name, options.runs) for name in KINDS]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

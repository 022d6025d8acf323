"""How often is a service that changed within a window of telemetry told from one that did not?

    .venv/bin/python benchmarks/loadline_changes.py [--seeds 40] [--out FILE.md]

Each seed is a window of readings, one in five minutes, of one replica whose demand rises and falls with the day and is
lower at weekends. Its p95 is that of a queue of four servers, times what the case says, and scatters by 12 %.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plimsoll.capacity.model import Values
from plimsoll.capacity.models.mmc_latency import MmcLatency
from plimsoll.capacity.telemetry import Moments, telemetry_steps

A_DAY, SCATTER, HIGH, START_MS = 288, 0.12, 175.0, 1_772_409_600_000  # a Monday
CARRIED_OVER = 0.98  # of wandering, from one reading to the next


@dataclass(frozen=True)
class Case:
    """What happens to p95: `factor` from day `since` to day `until`; on weekends; by the end; as it wanders."""

    name: str
    days: int = 14
    since: float = 0.0
    until: float = 99.0
    factor: float = 1.0
    weekend: float = 1.0
    drift: float = 0.0
    wander: float = 0.0


CASES = (
    Case("nothing changes"),
    Case("nothing changes, one day", days=1),
    Case("p95 wanders by 15 %, for hours", wander=0.15),
    Case("requests of weekends take 0.8 times as long, two weeks", weekend=0.8),
    Case("requests of weekends take 0.8 times as long, one week", days=7, weekend=0.8),
    Case("requests of weekends take 1.3 times as long, one week", days=7, weekend=1.3),
    Case("an outage: 3 times for two days", since=6, until=8, factor=3.0),
    Case("1.3 times since day 5", since=5, factor=1.3),
    Case("1.3 times since day 3 of one week", days=7, since=3, factor=1.3),
    Case("1.12 times since day 5", since=5, factor=1.12),
    Case("1.3 times since day 12", since=12, factor=1.3),
    Case("0.7 times since day 12", since=12, factor=0.7),
    Case("1.3 times since day 9, p95 wanders by 15 %", since=9, factor=1.3, wander=0.15),
    Case("1.2 times in the course of two weeks", drift=0.2),
    Case("1.4 times in the course of two weeks", drift=0.4),
)


def moments(case: Case, seed: int) -> Moments:
    """Draw the readings of one window."""
    random, count = np.random.default_rng(seed), case.days * A_DAY
    day = np.arange(count) / A_DAY
    at_weekend = day % 7 >= 5
    hours = np.where(at_weekend, 0.75, 1.0) * (0.5 - 0.5 * np.cos(2 * np.pi * day))
    demand = HIGH * np.clip((0.15 + 0.85 * hours) * np.exp(random.normal(0, 0.06, count)), 0.02, 1.0)
    times = np.where((day >= case.since) & (day < case.until), case.factor, 1.0)
    times *= np.where(at_weekend, case.weekend, 1.0) * (1 + case.drift * day / case.days)
    p95_s = MmcLatency(4, 0.95).predict(np.array([0.02]), demand) * times
    p95_s *= np.exp(SCATTER * random.standard_normal(count) + wandering(case.wander, count, random))
    times_ms = START_MS + np.arange(count) * (86_400_000 // A_DAY)
    return Moments(case.name, demand, np.ones(count), {"p95": p95_s}, None, {}, {}, times_ms)


def wandering(size: float, count: int, random: np.random.Generator) -> Values:
    """Draw an autoregression of first order with the standard deviation `size`, (count,)."""
    steps = size * np.sqrt(1 - CARRIED_OVER**2) * random.standard_normal(count)
    level = np.zeros(count)
    for i in range(1, count):
        level[i] = CARRIED_OVER * level[i - 1] + steps[i]
    return level


def row(case: Case, seeds: int) -> str:
    """Run one case and write its line."""
    notes = [[note for note in telemetry_steps(moments(case, seed)).notes if "p95" in note] for seed in range(seeds)]
    clear = sum(any("only what came since" in note for note in found) for found in notes)
    possible = sum(any("p95 may be" in note for note in found) for found in notes)
    return f"| {case.name} | {clear} | {possible} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [
        "# Services that change within a window of telemetry\n",
        f"`.venv/bin/python benchmarks/loadline_changes.py --seeds {options.seeds}`\n",
        f"In how many of {options.seeds} windows only the newest version counts, and in how many a change is said to",
        "be possible. Windows last 14 days if nothing else is said.\n",
        "| what happens | newest version counts | possible |",
        "| --- | ---: | ---: |",
        *(row(case, options.seeds) for case in CASES),
    ]
    print("\n".join(lines))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

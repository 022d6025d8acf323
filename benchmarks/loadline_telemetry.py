"""How often do load lines from telemetry cover the truth, with and without the error that draws of the curve miss?

    .venv/bin/python benchmarks/loadline_telemetry.py [--seeds 60] [--days 14] [--cases queue] [--out FILE.md]

Each seed is two weeks of readings, one a minute, of four replicas whose demand rises and falls with the day and is
lower at weekends. Latency is that of a queue and scatters by 12 %. In two cases the true curve is among the product's
models. In the other it is not: a part of latency does not queue.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from plimsoll.bootstrap import capacity_models
from plimsoll.capacity.choice import Choice, choose
from plimsoll.capacity.columns import column_of
from plimsoll.capacity.crossings import crossing
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.load_line import Demand, Margin, draw_line
from plimsoll.capacity.model import Values
from plimsoll.capacity.models.mmc_latency import MmcLatency
from plimsoll.capacity.step_errors import UNKNOWN_ERRORS, step_errors
from plimsoll.capacity.telemetry import Moments, telemetry_steps
from plimsoll.domain.load_line import LoadLine
from plimsoll.domain.objective import objective

A_DAY, REPLICAS, SCATTER = 1440, 4, 0.12
MODELS, NORMALS = capacity_models(), normals_of(1)


@dataclass(frozen=True)
class Case:
    """A true curve of p95 over demand per replica, the greatest demand, and the bound."""

    name: str
    curve: Callable[[Values], Values]
    high: float
    bound_ms: float

    def truth(self) -> float:
        """Return the load at which the true curve meets the bound."""
        grid = np.linspace(1, self.high, 200_001)
        return float(grid[np.argmax(self.curve(grid) > self.bound_ms / 1000)])


def queue(servers: int, service_s: float, fixed_s: float = 0.0) -> Callable[[Values], Values]:
    """Return the p95 of a queue plus a constant latency."""
    return lambda load: fixed_s + MmcLatency(servers, 0.95).predict(np.array([service_s]), load)


CASES = (
    Case("a queue of four servers, among the models", queue(4, 0.02), 175.0, 85),
    Case("a queue of five servers", queue(5, 0.025), 178.0, 105),
    Case("a queue of three servers and 15 ms beside it", queue(3, 0.012, 0.015), 215.0, 70),
)


def moments(case: Case, seed: int, days: int) -> Moments:
    """Draw the readings of one window."""
    random, count = np.random.default_rng([seed, round(case.high)]), days * A_DAY
    minute = np.arange(count)
    day = 0.5 - 0.5 * np.cos(2 * np.pi * minute / A_DAY)
    week = np.where(minute // A_DAY % 7 < 5, 1.0, 0.75)
    per_replica = case.high * np.clip((0.15 + 0.85 * day * week) * np.exp(random.normal(0, 0.06, count)), 0.02, 1.0)
    p95_s = case.curve(per_replica) * np.exp(SCATTER * random.standard_normal(count))
    replicas = np.full(count, float(REPLICAS))
    return Moments(case.name, REPLICAS * per_replica, replicas, {"p95": p95_s}, None, {}, {}, 60_000 * minute)


def line_of(choice: Choice, text: str) -> LoadLine | None:
    """Compute the load line of one choice."""
    tested = float(np.min(choice.load)), float(np.max(choice.load))
    return draw_line([crossing(objective(text), choice, 1)], tested, Demand(None, True), Margin())[0]


def row(case: Case, seeds: int, days: int) -> str:
    """Run one case and write its line."""
    truth, text, lines = case.truth(), f"p95<{case.bound_ms:g}ms", ([], [])
    for seed in range(seeds):
        steps = telemetry_steps(moments(case, seed, days))
        column = column_of(steps, objective(text))
        if isinstance(column, str):
            raise ValueError(column)
        quantity, values = column
        with_errors = choose(MODELS, quantity, steps.load, values, NORMALS, step_errors(steps, quantity))
        for intervals, choice in zip(lines, (replace(with_errors, errors=UNKNOWN_ERRORS), with_errors), strict=True):
            line = line_of(choice, text)
            if line is not None and line.load is not None:
                high = np.inf if line.load.high is None else line.load.high
                intervals.append((line.load.value, line.load.low or 0.0, high, line.safe_load))
    cells = [f"{case.name} | {len(lines[1])} of {seeds}"]
    for intervals in lines:
        value, low, high, safe = np.array(intervals).T
        covered, wide = int(np.sum((low <= truth) & (truth <= high))), 100 * np.median((high - low) / truth)
        cells.append(f"{covered} | {int(np.sum(safe <= truth))} | {wide:.1f}")
    cells.append(f"{100 * np.mean(value / truth - 1):+.1f}")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--cases", default="", help="only cases whose name holds this")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [
        f"`.venv/bin/python benchmarks/loadline_telemetry.py --seeds {options.seeds} --days {options.days}`\n",
        "Intervals of 95 %: how many hold the truth, how many safe loads are safe, the width in percent of the truth;",
        "first without, then with what the curve misses. The point is off by so many percent on average.\n",
        "| true curve | answered | held | safe | width | held | safe | width | off |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    print("\n".join(lines), flush=True)
    for case in CASES:
        if options.cases in case.name:
            lines.append(row(case, options.seeds, options.days))
            print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

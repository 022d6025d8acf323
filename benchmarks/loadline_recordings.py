"""Does a load line from a recording cover the truth, when a queue is driven in stairs, wandering or on ramps?

    .venv/bin/python benchmarks/loadline_recordings.py [--runs 25] [--cases WORD] [--out FILE.md]

Eight servers with exponential service of 50 ms are simulated request by request (M/M/8, first come first served).
Poisson arrivals climb from 40 to 150 a second in seven stairs; users are not recorded, so the rate defines the steps.
The truth is the load at which p95 is 250 ms in the steady state, by Erlang C. `wandering` rates vary by 5 % with a
correlation of 0.9 from second to second; `ramps` of a minute lie between levels of a minute. `windows` are recorded as
by Locust: each second the quantiles of the last 10 s, to two digits. `rows` are those of a table that tells p95 alone,
with the rate that was asked for. The bound on the `mean` is its value at the true load.

The table gives the number of steps cut, the line over the truth at 5, 50 and 95 % of the runs, how many intervals
covered the truth, and how many safe loads were safe, where the nominal probability is 95 %.
"""

from __future__ import annotations

import argparse
import heapq
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.seconds import SecondsTally
from plimsoll.app.load_line.limits import LimitsAsk, limits
from plimsoll.bootstrap import capacity_models, load_test_rules
from plimsoll.capacity.erlang import mmc_queue, residence_quantile
from plimsoll.domain.latency_histogram import quantile_s
from plimsoll.domain.load_line import LoadTestLimits
from plimsoll.domain.load_test import LoadUnit, Recording, Steps
from plimsoll.domain.objective import objectives

Values = NDArray[np.float64]
SERVERS, SERVICE_S, QUANTILE, BOUND_S = 8, 0.05, 0.95, 0.25
LEVELS = (40.0, 60.0, 80.0, 100.0, 120.0, 140.0, 150.0)
WANDERS, CORRELATION = 0.05, 0.9
CASES = {  # seconds of a level, seconds of the ramp before it, and whether the rate wanders
    "stairs of 60 s": (60, 0, False),
    "stairs of 60 s, wandering": (60, 0, True),
    "stairs of 60 s, ramps of 60 s": (60, 60, False),
    "stairs of 60 s, ramps of 60 s, wandering": (60, 60, True),
    "stairs of 180 s": (180, 0, False),
    "stairs of 60 s, windows": (60, 0, False),
    "stairs of 180 s, windows": (180, 0, False),
    "stairs of 60 s, mean": (60, 0, False),
    "stairs of 180 s, mean": (180, 0, False),
    "stairs of 180 s, rows of 2 s": (180, 0, False),
    "stairs of 180 s, rows of 10 s": (180, 0, False),
}
WINDOW_S, QUANTILES = 10, {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}


def truth() -> float:
    """Find the arrivals a second at which the quantile meets the bound."""
    rates = np.linspace(LEVELS[0], SERVERS / SERVICE_S, 20_000, endpoint=False)
    slow = residence_quantile(rates * SERVICE_S, SERVERS, np.full(rates.size, SERVICE_S), QUANTILE)
    return float(np.interp(BOUND_S, slow, rates))


def rates(level_s: int, ramp_s: int, wandering: bool, random: np.random.Generator) -> Values:
    """Make the rate of each second."""
    parts = []
    for before, level in zip((0.0, *LEVELS), LEVELS, strict=False):
        parts += [np.linspace(before, level, ramp_s), np.full(level_s, level)]
    rate = np.concatenate(parts)
    away = np.zeros(rate.size)
    if wandering:
        away[0] = WANDERS * random.normal()
        for second in range(1, rate.size):
            fresh = WANDERS * np.sqrt(1 - CORRELATION**2) * random.normal()
            away[second] = CORRELATION * away[second - 1] + fresh
    return np.asarray(rate * (1 + away))


def served(rate: Values, random: np.random.Generator) -> Recording:
    """Serve Poisson arrivals at these rates, first come first served."""
    free, ended, took = [0.0] * SERVERS, [], []
    for second, one in enumerate(rate):
        for arrived in np.sort(second + random.random(random.poisson(one))):
            end = max(free[0], arrived) + random.exponential(SERVICE_S)
            heapq.heapreplace(free, end)
            ended.append(int(end))
            took.append(end - arrived)
    tally = SecondsTally("simulated")
    tally.add_requests(np.array(ended), np.array(took))
    return tally.recording()


def in_windows(recording: Recording) -> Recording:
    """Keep of all latencies only what Locust's history file gives."""
    counts = np.asarray(recording.latency_counts)
    last = [counts[max(second + 1 - WINDOW_S, 0) : second + 1].sum(axis=0) for second in range(len(counts))]
    seconds = {name: np.array([float(f"{quantile_s(one, q):.2g}") for one in last]) for name, q in QUANTILES.items()}
    return replace(recording, latency_counts=None, latency_quantiles_s=seconds, quantile_window_s=WINDOW_S)


def in_rows(recording: Recording, rate: Values, row_s: int) -> Steps:
    """Keep of all latencies only the p95 of each row of a table."""
    counts, requests = np.asarray(recording.latency_counts), np.asarray(recording.requests)
    starts = range(0, rate.size // row_s * row_s, row_s)
    p95_s = np.array([quantile_s(counts[start : start + row_s].sum(axis=0), QUANTILE) for start in starts])
    return Steps(
        load=np.array([rate[start] for start in starts]),
        load_unit=LoadUnit.ARRIVALS_PER_S,
        throughput=np.array([requests[start : start + row_s].mean() for start in starts]),
        latency_s={"p95": p95_s},
        times_s=np.array(starts, dtype=float),
        source=recording.source,
    )


def bound(name: str) -> str:
    """Write the objective of a case."""
    if "mean" not in name:
        return f"p{100 * QUANTILE:g}<{1000 * BOUND_S:g}ms"
    queue = mmc_queue(truth(), SERVICE_S, SERVERS)
    return f"mean<{1000 * queue.residence:.6g}ms" if queue else ""


def row(name: str, runs: int) -> str:
    """Measure one case."""
    level_s, ramp_s, wandering = CASES[name]
    models, rules, true = capacity_models(), load_test_rules(None), truth()
    results: list[LoadTestLimits] = []
    for seed in range(runs):
        random = np.random.default_rng(seed)
        rate = rates(level_s, ramp_s, wandering, random)
        recording = served(rate, random)
        measured: Recording | Steps = in_windows(recording) if "windows" in name else recording
        if "rows" in name:
            measured = in_rows(recording, rate, int(name.split()[-2]))
        results.append(limits(measured, LimitsAsk(objectives([bound(name)]), rules), models))
    lines = [one.load_line for one in results if one.load_line is not None]
    loads = [line.load for line in lines if line.load is not None]
    covered = sum((one.low is None or one.low <= true) and (one.high is None or true <= one.high) for one in loads)
    safe = [line.safe_load <= true for line in lines if line.safe_load is not None]
    over = [one.value / true for one in loads] or [np.nan]
    ratios = " ".join(f"{one:.3f}" for one in np.quantile(over, [0.05, 0.5, 0.95]))
    steps = np.median([one.tested.steps for one in results])
    return f"| {name} | {steps:g} | {ratios} | {covered} of {len(loads)} | {sum(safe)} of {len(safe)} |"


def main() -> None:
    """Measure the cases and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--cases", default="")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    cases = f" --cases '{options.cases}'" if options.cases else ""
    lines = [
        "# Load lines from recordings of a queue\n",
        f"`.venv/bin/python benchmarks/loadline_recordings.py --runs {options.runs}{cases}`\n",
        f"The truth is {truth():.1f} arrivals a second. `line over truth`: 5, 50 and 95 % quantiles of the runs.\n",
        "| arrivals | steps | line over truth | interval covers it | safe load is safe |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name in CASES:
        if options.cases in name:
            lines.append(row(name, options.runs))
            print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

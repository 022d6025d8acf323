"""Can a step's quantiles be recovered from quantiles since the start of a run, which Locust writes by default?

    .venv/bin/python benchmarks/locust_since_start.py [--seconds 30] [--out FILE.md]

At both ends of a step the file gives eleven quantiles, so the number of requests up to each latency lies within bounds.
In between, counts only grow, and by at most the requests made. The difference of both ends bounds the step's own
distribution, and so each of its quantiles from two sides. Stairs of five latency shapes are simulated, written as by
Locust 2.47 (ranks truncated to whole numbers, latencies kept with two digits), and the table shows how far the two
sides are apart. Nothing is assumed beyond what the file gives.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

WRITTEN = np.array([0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0])
ASKED = (0.5, 0.9, 0.95, 0.99)
RATES = (50, 300)  # requests a second
CLOSE = 1.1
SHAPES: dict[str, Callable[[float, int, np.random.Generator], Values]] = {
    "narrow (lognormal 0.1)": lambda ms, n, random: ms * random.lognormal(0, 0.1, n),
    "gamma 4": lambda ms, n, random: ms * random.gamma(4, 0.25, n),
    "lognormal 0.5": lambda ms, n, random: ms * random.lognormal(0, 0.5, n),
    "exponential": lambda ms, n, random: 5 + ms * random.exponential(1, n),
    "one in ten three times as slow": lambda ms, n, random: (
        np.where(random.random(n) < 0.1, 3, 1) * ms * random.lognormal(0, 0.15, n)
    ),
}
STAIRS = {
    "up": ([40 * 1.5**step for step in range(7)], [40, 42, 46, 55, 80, 140, 260]),
    "down": ([260, 140, 80, 55, 46, 42, 40], [40, 80, 160, 80, 40]),
}


def kept(latency_ms: Values) -> Values:
    """Round as Locust keeps a latency: whole milliseconds below 100, two digits above."""
    digits = np.where(latency_ms < 100, 1, np.where(latency_ms < 1000, 10, np.where(latency_ms < 1e4, 100, 1000)))
    return np.asarray(np.round(latency_ms / digits) * digits)


def written(seconds: list[Values]) -> tuple[Values, Values]:
    """Return the file's content at the end of each second: requests so far (t,), and their quantiles (t, 11)."""
    ordered, requests, quantiles = np.empty(0), [], []
    for latency_ms in seconds:
        ordered = np.sort(np.append(ordered, kept(latency_ms)))
        ranks = np.minimum((ordered.size * WRITTEN).astype(np.int64), ordered.size - 1)
        requests.append(float(ordered.size))
        quantiles.append(ordered[ranks])
    return np.array(requests), np.array(quantiles)


def bounds(requests: Values, quantiles: Values) -> tuple[Values, Values, Values]:
    """Bound the count of requests that took at most x: x (k,), and the least and the most by second, (t, k) each."""
    x = np.unique(quantiles)
    ranks = np.floor(requests[:, None] * WRITTEN)
    reached = x[None, None, :] >= quantiles[:, :, None]
    least = np.max(np.where(reached, np.minimum(ranks + 1, requests[:, None])[:, :, None], 0.0), axis=1)
    most = np.min(np.where(reached, requests[:, None, None], ranks[:, :, None]), axis=1)
    made = np.diff(requests)
    for t in range(1, requests.size):
        least[t] = np.maximum(least[t], least[t - 1])
        most[t] = np.minimum(most[t], most[t - 1] + made[t - 1])
    for t in range(requests.size - 2, -1, -1):
        least[t] = np.maximum(least[t], least[t + 1] - made[t])
        most[t] = np.minimum(most[t], most[t + 1])
    return x, least, most


def brackets(requests: Values, quantiles: Values, start: int, end: int) -> list[float]:
    """Return upper over lower bound of each wanted quantile of what came after second `start` up to `end`."""
    x, least, most = bounds(requests, quantiles)
    count = requests[end] - requests[start]
    floor = np.maximum.accumulate(np.maximum(least[end] - most[start], 0.0))
    roof = np.minimum.accumulate(np.minimum(most[end] - least[start], count)[::-1])[::-1]
    found = []
    for probability in ASKED:
        rank = int(count * probability)
        low, high = (x[min(int(np.searchsorted(side, rank, "right")), x.size - 1)] for side in (roof, floor))
        found.append(float(high / max(low, 1.0)))
    return found


def rows(seconds: int) -> Iterator[tuple[str, str, Values]]:
    """Yield the brackets (steps, quantiles) of all stairs of one direction and one shape; first steps left out."""
    random = np.random.default_rng(1)
    for direction, stairs in STAIRS.items():
        for name, shape in SHAPES.items():
            found = []
            for levels in stairs:
                for rate in RATES:
                    made = written([shape(level, rate, random) for level in levels for _ in range(seconds)])
                    ends = [(k * seconds + 1, (k + 1) * seconds - 1) for k in range(1, len(levels))]
                    found += [brackets(*made, start, end) for start, end in ends]
            yield direction, name, np.array(found)


def main() -> None:
    """Read the arguments and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=30, help="how long a step lasts")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    names = [f"p{100 * probability:g}" for probability in ASKED]
    lines = [
        "# How narrowly quantiles since the start bound those of a step\n",
        f"`.venv/bin/python benchmarks/locust_since_start.py --seconds {options.seconds}`\n",
        f"Upper over lower bound: the median over steps, in brackets the share of steps where it is at most {CLOSE}.\n",
        f"| stairs | latency | {' | '.join(names)} |",
        "| --- | --- |" + " ---: |" * len(names),
    ]
    for direction, name, found in rows(options.seconds):
        cells = [f"{np.median(one):.2f} ({np.mean(one <= CLOSE):.0%})" for one in found.T]
        lines.append(f"| {direction} | {name} | {' | '.join(cells)} |")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

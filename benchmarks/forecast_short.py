"""How often do the intervals of a handful of samples cover the truth, with and without the least scale of `outlook`?

    python -m benchmarks.forecast_short            half a minute; writes benchmarks/RESULTS/forecast_short.md

Draws series of 4 to 15 samples of a known kind (white noise, a random walk, a trend under noise, a counter of each),
forecasts them alone with the shipped prior, and counts how many later samples lie within the 80 and the 95 % interval.
Seeded: the same numbers each time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.panel import Panel, Request
from plimsoll.domain.series import MetricKind
from plimsoll.forecast import outlook
from plimsoll.forecast.panel import forecast_panel

DRAWS = 400
NATURES = ("white noise", "random walk", "trend")
SIZES = (4, 5, 6, 7, 8, 10, 12, 15)
HORIZONS = (3, 6, 24)
HOUR_MS, START_MS = 3_600_000, 1_767_571_200_000
RESULT = Path(__file__).parent / "RESULTS" / "forecast_short.md"


def drawn(nature: str, size: int, seed: int) -> NDArray[np.float64]:
    """Draw series of one kind, shape (draws, size)."""
    noise = np.random.default_rng(seed).normal(0.0, 5.0, (DRAWS, size))
    if nature == "white noise":
        return 50.0 + noise
    if nature == "random walk":
        return 500.0 + np.cumsum(noise, axis=1)
    return 50.0 + 3.0 * np.arange(size) + noise


def coverage(nature: str, is_counter: bool, known: int, horizon: int) -> tuple[float, float]:
    """Return the shares of later samples within the 80 and the 95 % interval."""
    series = drawn(nature, known + horizon, 100 * known + horizon)
    if is_counter:
        series = np.cumsum(np.maximum(series, 0.0), axis=1)
    none = np.full(DRAWS, np.nan)
    kinds = (MetricKind.COUNTER if is_counter else MetricKind.GAUGE,) * DRAWS
    times = np.tile(START_MS + HOUR_MS * np.arange(known, dtype=np.int64), DRAWS)
    ids, offsets = tuple(map(str, range(DRAWS))), np.arange(DRAWS + 1, dtype=np.int64) * known
    panel = Panel(ids, offsets, times, series[:, :known].ravel(), kinds, none, none)
    found = forecast_panel(panel, Request(horizon, (0.025, 0.1, 0.9, 0.975), HOUR_MS), {}).values
    truth = series[:, known:]
    near = (found[:, :, 1] <= truth) & (truth <= found[:, :, 2])
    far = (found[:, :, 0] <= truth) & (truth <= found[:, :, 3])
    return float(near.mean()), float(far.mean())


def rows() -> list[str]:
    """Measure everything: a line for each kind and horizon."""
    out = []
    for is_counter in (False, True):
        for nature in NATURES:
            for horizon in HORIZONS:
                cells = (
                    f"{near:.2f} {far:.2f}" for near, far in (coverage(nature, is_counter, n, horizon) for n in SIZES)
                )
                name = f"{nature}, counted up" if is_counter else nature
                out.append(f"| {name} | {horizon} | {' | '.join(cells)} |")
    return out


def main() -> None:
    """Measure with and without the least scale, and write the tables."""
    head = f"| | horizon | {' | '.join(f'{size} samples' for size in SIZES)} |\n|---|---:|{'---:|' * len(SIZES)}\n"
    with_least = "\n".join(rows())
    least_scale = outlook.least_scale
    outlook.least_scale = lambda short, horizon: np.zeros(horizon)
    without = "\n".join(rows())
    outlook.least_scale = least_scale
    RESULT.write_text(
        "# Intervals from few samples\n\n"
        f"Coverage of the 80 % and the 95 % interval, {DRAWS} series a cell: "
        "`python -m benchmarks.forecast_short`.\n\n"
        f"## As shipped\n\n{head}{with_least}\n\n## Without the least scale\n\n{head}{without}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()

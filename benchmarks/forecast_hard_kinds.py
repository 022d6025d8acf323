"""Where do intervals hold less than they say? On two generated kinds. Writes benchmarks/RESULTS/forecast_hard_kinds.md.

    python benchmarks/forecast_hard_kinds.py

Hourly series with a daily season and correlated noise, 720 hours known and 48 judged, drawn from three seeds: a level
that moved in the last 6 to 30 hours, and a season that is multiplied as the level grows, beside the same without the
shift and with a season that adds. Each series is forecast alone, its widths from its own past, and in a fleet of which
one in ten is of either hard kind.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.panel import Panel, Request
from plimsoll.domain.series import MetricKind
from plimsoll.forecast.panel import forecast_panel, pools_of

RESULT = Path(__file__).parent / "RESULTS" / "forecast_hard_kinds.md"
KNOWN, JUDGED, SEEDS = 720, 48, (1, 2, 3)
HOUR_MS = 3_600_000
ASKED = Request(JUDGED, (0.025, 0.1, 0.9, 0.975), HOUR_MS)
Values = NDArray[np.float64]
HOURS: Values = np.arange(KNOWN + JUDGED, dtype=np.float64)
DAY: Values = np.sin(2 * np.pi * (HOURS % 24 - 8) / 24)
HEAD = """# Kinds on which intervals hold less than they say

`python benchmarks/forecast_hard_kinds.py`. Generated hourly series, {known} hours known and {judged} judged, from
{seeds} seeds; each forecast alone, and in one fleet of all. Lowest and highest share inside over the seeds.

| kind | series | 80 % alone | 95 % alone | 80 % in the fleet | 95 % in the fleet |
|---|---:|---:|---:|---:|---:|
"""


def noise(draw: np.random.Generator, phi: float, size: float) -> Values:
    """Noise each of whose values keeps a share `phi` of the last."""
    found = draw.normal(0, size, HOURS.size)
    for k in range(1, found.size):
        found[k] += phi * found[k - 1]
    return found


def still(draw: np.random.Generator) -> Values:
    """A level that never moves."""
    return 100 + 15 * DAY + noise(draw, 0.3, 4)


def shifted(draw: np.random.Generator) -> Values:
    """A level that moved late."""
    since = draw.integers(KNOWN - 30, KNOWN - 6)
    return still(draw) + np.where(since <= HOURS, draw.choice((-1, 1)) * draw.uniform(30, 60), 0)


def added(draw: np.random.Generator) -> Values:
    """Growth with a season that adds."""
    return 100 + 0.2 * HOURS + 50 * DAY + noise(draw, 0.6, 8)


def multiplied(draw: np.random.Generator) -> Values:
    """Growth with a season and noise that grow with it."""
    return np.asarray((100 + 0.2 * HOURS) * np.exp(0.5 * DAY + noise(draw, 0.6, 0.05)), dtype=np.float64)


KINDS: dict[str, tuple[int, Callable[[np.random.Generator], Values]]] = {
    "level that moved 6 to 30 h ago": (40, shifted),
    "the same, never moved": (160, still),
    "season multiplied, on growth": (40, multiplied),
    "season added, on growth": (160, added),
}


def panel_of(drawn: Values) -> Panel:
    """Lay series out of which all but what is judged is known."""
    count = drawn.shape[0]
    times, none = np.tile(HOUR_MS * np.arange(KNOWN, dtype=np.int64), count), np.full(count, np.nan)
    names, kinds = tuple(f"s{i}" for i in range(count)), (MetricKind.UNKNOWN,) * count
    return Panel(
        names, KNOWN * np.arange(count + 1, dtype=np.int64), times, drawn[:, :KNOWN].ravel(), kinds, none, none
    )


def inside(drawn: Values) -> Values:
    """The shares of what came inside the 80 and the 95 % interval of each series of a fleet, (series, 2)."""
    panel, came = panel_of(drawn), drawn[:, KNOWN:]
    told = forecast_panel(panel, ASKED, pools_of(panel, ASKED)).values
    held = [(told[..., low] <= came) & (came <= told[..., high]) for low, high in ((1, 2), (0, 3))]
    return np.array([one.mean(axis=1) for one in held]).T


def measured(seed: int) -> Values:
    """The shares of each kind: 80 and 95 % alone, 80 and 95 % in the fleet, (kinds, 4)."""
    draw = np.random.default_rng(seed)
    counts = [count for count, _ in KINDS.values()]
    drawn = np.array([kind(draw) for count, kind in KINDS.values() for _ in range(count)])
    shares = np.hstack([np.vstack([inside(one[None]) for one in drawn]), inside(drawn)])
    return np.array([part.mean(axis=0) for part in np.split(shares, np.cumsum(counts)[:-1])])


def main() -> None:
    """Measure every kind and write the table."""
    found = np.array([measured(seed) for seed in SEEDS])
    rows = []
    for name, (count, _), low, high in zip(KINDS, KINDS.values(), found.min(axis=0), found.max(axis=0), strict=True):
        cells = " | ".join(f"{a:.0%} to {b:.0%}" for a, b in zip(low, high, strict=True))
        rows.append(f"| {name} | {count} | {cells} |\n")
    head = HEAD.format(seeds=len(SEEDS), known=KNOWN, judged=JUDGED)
    RESULT.write_text(head + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Draw a recording for each example: forty-two days of hourly metrics that nobody measured. Synthetic, from a seed.

    python examples/make_recordings.py

Each file is `recording-synthetic.csv` beside the model, its columns named as the model's signals. The levels are those
that the reference systems state (a baseline, a peak, a threshold); the courses between them are drawn: a day, a week,
growth, and noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

HOURS = 42 * 24
START = datetime(2026, 8, 3, tzinfo=UTC)  # a Monday
SEED = 20260803


@dataclass(frozen=True)
class Column:
    """One metric: its mean at the start and at the end, how far a day swings it, its noise, and its decimals."""

    first: float
    last: float
    swing: float = 0.0
    noise: float = 0.01
    decimals: int = 3


RECORDINGS: dict[str, dict[str, Column]] = {
    # sessions: 100 at the baseline, growing towards the 200 that an instance takes; the peak that was seen is 180
    "terminal-platform": {
        "cpu": Column(0.35, 0.50, 0.35),
        "memory": Column(0.40, 0.55, 0.15),
        "sessions": Column(100, 150, 0.15, decimals=0),
        "websockets": Column(150, 225, 0.15, decimals=0),
        "concurrent_commands": Column(30, 45, 0.3, decimals=0),
        "response_time_p95": Column(0.18, 0.22, 0.2),
        "concurrent_users": Column(100, 250, 0.5, 0.03, 0),  # of the whole fleet: 100 now, 250 in three months
    },
    # a disk on its way to the alert at 85 %, and connections at their target of 50
    "code-manager": {
        "cpu": Column(0.55, 0.60, 0.25),
        "memory": Column(0.60, 0.64, 0.08),
        "disk": Column(0.60, 0.78, 0.0, 0.003),
        "response_time_p95": Column(0.18, 0.21, 0.25),
        "error_rate": Column(0.001, 0.001, 0.3, 0.1, 5),
        "database_connections": Column(40, 50, 0.2, decimals=0),
        "throughput": Column(16, 18, 0.3, decimals=2),
    },
    # a cache that is too small (its hits are below the trigger of 70 %), and answers slower than the trigger of 200 ms
    "text-processor": {
        "cpu": Column(0.45, 0.62, 0.2),
        "memory": Column(0.60, 0.72, 0.05),
        "disk": Column(0.40, 0.46, 0.0, 0.003),
        "p95": Column(0.15, 0.23, 0.15),
        "cache_hit": Column(0.74, 0.62, 0.0, 0.01),
        "database_connections": Column(0.45, 0.55, 0.2),
    },
    # a processor past 80 %, which is critical and an alert, and a pool past 60 %, which is a warning
    "apm-service": {
        "cpu": Column(70, 86, 0.04, 0.005),  # in percent, as its query gives it
        "memory": Column(0.60, 0.68, 0.03, 0.005),
        "disk": Column(0.60, 0.72, 0.0, 0.003),
        "network": Column(0.30, 0.35, 0.3),
        "response_time": Column(0.35, 0.45, 0.2),
        "errors": Column(0.002, 0.003, 0.3, 0.1, 5),
        "throughput": Column(450, 650, 0.3, decimals=1),
        "pool": Column(0.62, 0.68, 0.05),
        "database_connections": Column(0.50, 0.58, 0.2),
    },
    # a queue past 1,000 tasks, which is critical
    "bot-platform": {
        "cpu": Column(0.50, 0.58, 0.25),
        "memory": Column(0.55, 0.60, 0.05),
        "api_errors": Column(0.003, 0.004, 0.2, 0.1, 5),
        "database_connections": Column(0.50, 0.62, 0.2),
        "queue_depth": Column(500, 1300, 0.1, 0.05, 0),
    },
}


def drawn(column: Column, random: np.random.Generator) -> np.ndarray:
    """Draw one column, shape (hours,)."""
    hour = np.arange(HOURS)
    level = column.first + (column.last - column.first) * hour / (HOURS - 1)
    day = 1 + column.swing * np.sin((hour % 24 - 9) / 24 * 2 * np.pi)
    weekend = np.where(hour // 24 % 7 >= 5, 1 - column.swing / 2, 1.0)
    return np.maximum(level * day * weekend * (1 + column.noise * random.standard_normal(HOURS)), 0.0)


def main() -> None:
    """Write the recordings beside the models."""
    for number, (name, columns) in enumerate(RECORDINGS.items()):
        random = np.random.default_rng(SEED + number)
        cells = [[f"{value:.{column.decimals}f}" for value in drawn(column, random)] for column in columns.values()]
        moments = [(START + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ") for hour in range(HOURS)]
        lines = [",".join(("timestamp", *columns)), *(",".join(row) for row in zip(moments, *cells, strict=True))]
        Path(__file__).with_name(name).joinpath("recording-synthetic.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

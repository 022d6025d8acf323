"""Draw `metrics.csv`: sixty days of hourly metrics of a small fleet that nobody runs. Synthetic, from a seed.

    python examples/fleet/make_metrics.py > examples/fleet/metrics.csv

It holds what a first look at a real fleet finds: a disk that fills steadily, a log disk that is cleaned every week, a
cache that is full by design, a pool that grows with the users, a processor with a daily rhythm, and a metric that began
five days ago.
"""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime, timedelta

import numpy as np

HOURS = 60 * 24
START = datetime(2026, 8, 1, tzinfo=UTC)
SEED = 20260801


def columns() -> dict[str, np.ndarray]:
    """Draw every column, shape (hours,); NaN where there is no sample."""
    draws = np.random.default_rng(SEED)
    hour = np.arange(HOURS)
    day, rhythm = hour / 24, np.sin((hour % 24 - 9) / 24 * 2 * np.pi)
    weekend = np.where((hour // 24 + START.weekday()) % 7 >= 5, 0.7, 1.0)
    growth = 1.006**day
    late = hour >= HOURS - 5 * 24
    return {
        "pg-main/disk_used_percent": 61 + 0.42 * day + draws.normal(0, 0.25, HOURS),
        "pg-main/connections_used_percent": (44 + 10 * rhythm) * weekend * growth + draws.normal(0, 1.5, HOURS),
        "api/cpu_used_percent": (38 + 16 * rhythm) * weekend * 1.002**day + draws.normal(0, 2.5, HOURS),
        "api/memory_used_percent": 52 + 2 * rhythm + draws.normal(0, 0.6, HOURS),
        "logs/disk_used_percent": 30 + 6.5 * (day % 7) + draws.normal(0, 0.4, HOURS),
        "queue/disk_used_percent": np.where(late, 20 + 0.1 * day + draws.normal(0, 0.3, HOURS), np.nan),
    }


def main() -> None:
    """Write the columns as CSV to standard output."""
    drawn = columns()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["timestamp", *drawn])
    for index in range(HOURS):
        moment = (START + timedelta(hours=index)).strftime("%Y-%m-%dT%H:%M:%SZ")
        cells = ("" if np.isnan(values[index]) else f"{max(values[index], 0):.2f}" for values in drawn.values())
        writer.writerow([moment, *cells])


if __name__ == "__main__":
    main()

"""Locust, `--csv=PREFIX`: the file PREFIX_stats_history.csv, a row a second.

Format: https://docs.locust.io/en/stable/retrieving-stats.html . Counts of a second are differences of the running
totals; quantiles are those of about the last ten seconds, in ms, as Locust itself writes them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.delimited import batches, header_of
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Recording

_START = ("Timestamp", "User Count", "Type", "Name")
_QUANTILES = {"p50": "50%", "p75": "75%", "p90": "90%", "p95": "95%", "p99": "99%", "p99.9": "99.9%"}
_WHOLE = "Aggregated"
_NUMBERS = ("Timestamp", "User Count", "Total Request Count", "Total Failure Count", "Total Average Response Time")

Column = NDArray[np.float64]


def recognize(head: bytes) -> bool:
    """Tell whether the first columns are those of Locust's history."""
    return header_of(head)[1][:4] == _START


def read(path: Path) -> Recording:
    """Read a file into a recording; rows of single requests (`--csv-full-history`) are left out."""
    names = {**dict.fromkeys((*_NUMBERS, *_QUANTILES.values()), pa.float64()), "Name": pa.string()}
    parts = [_whole(batch) for batch in batches(path, names, ",")]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    if not columns or columns["Timestamp"].size < 2:
        raise InputError(f"{path}: a Locust history without rows of name {_WHOLE}")
    total = columns["Total Request Count"]
    sum_s = np.nan_to_num(columns["Total Average Response Time"]) * total / 1000
    rises, failures = np.diff(total, prepend=0.0), np.diff(columns["Total Failure Count"], prepend=0.0)
    if np.any(rises < 0):
        raise InputError(
            f"{path}: the running total of requests falls: the statistics were reset, or two runs are mixed"
        )
    times = columns["Timestamp"]
    return _by_second(
        times,
        {"users": columns["User Count"], "requests": rises, "failures": failures, "sum_s": np.diff(sum_s, prepend=0.0)},
        {name: columns[title] / 1000 for name, title in _QUANTILES.items()},
        str(path),
    )


def _whole(batch: pa.RecordBatch) -> dict[str, Column]:
    rows = batch.filter(pa.compute.equal(batch["Name"], _WHOLE))
    return {
        name: rows[name].to_numpy(zero_copy_only=False).astype(np.float64)
        for name in rows.schema.names
        if name != "Name"
    }


def _by_second(times: Column, counts: dict[str, Column], quantiles: dict[str, Column], source: str) -> Recording:
    """Spread rows over seconds: a row that comes late carries what happened since the one before."""
    at = (np.floor(times) - np.floor(times[0])).astype(np.int64)
    size = int(at[-1]) + 1
    summed = {
        name: np.bincount(at, weights=counts[name], minlength=size).astype(np.float64)
        for name in ("requests", "failures", "sum_s")
    }
    users, spread = np.full(size, np.nan), {name: np.full(size, np.nan) for name in quantiles}
    users[at] = counts["users"]
    for name, values in quantiles.items():
        spread[name][at] = values
    last = np.maximum.accumulate(np.where(np.isfinite(users), np.arange(size), 0))
    return Recording(
        times_s=np.floor(times[0]) + np.arange(size),
        users=users[last],
        requests=summed["requests"],
        failures=summed["failures"],
        latency_sum_s=np.maximum(summed["sum_s"], 0.0),
        latency_quantiles_s=spread,
        source=source,
        notes=("Locust history; quantiles are medians of Locust's own over each step",),
    )

"""Locust, `--csv=PREFIX`: the file PREFIX_stats_history.csv, a row a second.

Format: https://docs.locust.io/en/stable/retrieving-stats.html . Counts of a second are differences of the running
totals. What the columns 50% to 100% (ms) are of depends on how Locust was called (`_stats_history_data_rows` of its
stats.py): with `--csv-full-history` the requests of the last CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW = 10 s, else all
requests since the start of the run, which say nothing about a step. Versions 1.2 to 2.2.1 wrote the latter in both
cases (locustio/locust#1873). So values tell them apart and not the rows: since the start, 50% is the total median and
100% the total maximum, in every row.
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
_NUMBERS = (
    "Timestamp", "User Count", "100%", "Total Request Count", "Total Failure Count", "Total Median Response Time",
    "Total Average Response Time", "Total Max Response Time",
)  # fmt: skip
WINDOW_S = 10  # Locust's own, unless a locustfile sets another: the file does not say
_ROUNDING = 0.051  # Locust keeps two digits of a latency: 105 ms may be written as 110
_SINCE_START = (
    "the quantiles of the Locust file are of all requests since the start of the run and not of a step; "
    "run Locust with --csv PREFIX --csv-full-history"
)

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
    recent = _recent_quantiles(columns)
    return _by_second(
        columns["Timestamp"],
        {"users": columns["User Count"], "requests": rises, "failures": failures, "sum_s": np.diff(sum_s, prepend=0.0)},
        recent,
        str(path),
    )


def _recent_quantiles(columns: dict[str, Column]) -> dict[str, Column]:
    """Give quantiles in seconds where they are of the last seconds only, NaN before there were any; else none."""
    if _since_start(columns):
        return {}
    known = columns["100%"] > 0  # all columns are 0 while Locust has no count of ten seconds ago
    return {name: np.where(known, columns[title] / 1000, np.nan) for name, title in _QUANTILES.items()}


def _since_start(columns: dict[str, Column]) -> bool:
    """Tell whether the quantiles of every row are those of the whole run until then."""
    pairs = (("50%", "Total Median Response Time"), ("100%", "Total Max Response Time"))
    return all(
        bool(np.all(np.isnan(columns[one]) | (np.abs(columns[one] - columns[whole]) <= _slack(columns[whole]))))
        for one, whole in pairs
    )


def _slack(value_ms: Column) -> Column:
    return np.maximum(1.0, _ROUNDING * value_ms)


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
        quantile_window_s=WINDOW_S,
        source=source,
        notes=("Locust history",) if spread else ("Locust history", f"only the mean latency is known: {_SINCE_START}"),
        absent={} if spread else dict.fromkeys(_QUANTILES, _SINCE_START),
    )

"""Locust, `--csv=PREFIX`: the file PREFIX_stats_history.csv, a row a second.

Format: https://docs.locust.io/en/stable/retrieving-stats.html . Counts of a second are differences of the running
totals. The columns 50% to 100% (ms) depend on how Locust was called (`_stats_history_data_rows` of its stats.py): with
`--csv-full-history` they cover the requests of the last CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW = 10 s, otherwise all
requests since the start of the run, which says nothing about a step. Versions 1.2 to 2.2.1 wrote the latter in both
cases (locustio/locust#1873). The values therefore distinguish the two, not the rows: since the start, 50% is the total
median and 100% the total maximum, in every row. A locustfile may ask for other quantiles; missing ones stay unknown.

Versions before 1.2 had other column names and wrote no users: their runs are read over the request rate.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.delimited import batches, header_of
from plimsoll.adapters.loadtests.seconds import LONGEST_S
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Recording

_START = {"Timestamp", "Type", "Name"}
_QUANTILES = {"p50": "50%", "p75": "75%", "p90": "90%", "p95": "95%", "p99": "99%", "p99.9": "99.9%"}
_TOTAL_NAMES = ("Aggregated", "Total")  # before 1.0 it was Total; turned into an array where it is used, see `k6_lines`
_NO_METHOD = ("", "None")  # before 1.0 it was None; a request that is called Total has a method
_NUMBERS = (
    "Timestamp", "User Count", "100%", "Total Request Count", "Total Failure Count", "Total Median Response Time",
    "Total Average Response Time", "Total Max Response Time",
)  # fmt: skip
_NAMES_BEFORE_1_2 = {
    "Total Request Count": "# requests", "Total Failure Count": "# failures",
    "Total Median Response Time": "Median response time", "Total Average Response Time": "Average response time",
    "Total Max Response Time": "Max response time",
}  # fmt: skip
WINDOW_S = 10  # Locust's own, unless a locustfile sets another: the file does not say
_ROUNDING = 0.051  # Locust keeps two digits of a latency: 105 ms may be written as 110
_ENOUGH_ROWS = 0.25
_SINCE_START = (
    "the quantiles of the Locust file are of all requests since the start of the run and not of a step; "
    "run Locust with --csv PREFIX --csv-full-history"
)

Column = NDArray[np.float64]


def recognize(head: bytes) -> bool:
    """Whether the columns are those of Locust's history."""
    names = header_of(head)[1]
    return set(names) >= _START and _titles(names)["Total Request Count"] in names


def recognize_other(head: bytes) -> bool:
    """Whether the columns are those of another of Locust's files, which holds the run as a whole."""
    names = set(header_of(head)[1])
    return "Timestamp" not in names and bool({"Request Count", "# requests"} & names) and {"Type", "Name"} <= names


def read(path: Path, head: bytes) -> Recording:
    """Read a file into a recording; rows of single requests (`--csv-full-history`) are left out."""
    titles = _titles(header_of(head)[1])
    names = {**dict.fromkeys(titles.values(), pa.float64()), "Type": pa.string(), "Name": pa.string()}
    parts = [_totals(batch, titles) for batch in batches(path, names, ",")]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    if not columns or columns["Timestamp"].size < 2:
        raise InputError(f"{path}: a Locust history without rows of name Aggregated")
    total = columns["Total Request Count"]
    sum_s = np.nan_to_num(columns["Total Average Response Time"]) * total / 1000
    _checked_times(columns["Timestamp"], str(path))
    begun = np.diff(total, prepend=0.0) < 0  # statistics restart (--reset-stats), or another run follows
    risen = {"requests": total, "failures": columns["Total Failure Count"], "sum_s": sum_s}
    counts = {name: np.where(begun, values, np.diff(values, prepend=0.0)) for name, values in risen.items()}
    recent = _recent_quantiles(columns)
    return _by_second(columns["Timestamp"], {"users": columns["User Count"], **counts}, recent, str(path))


def _checked_times(times: Column, source: str) -> None:
    if not np.all(np.isfinite(times)):
        raise InputError(f"{source}: a row has no Timestamp")
    if np.any(np.diff(times) < 0):
        raise InputError(f"{source}: times run backwards: two runs are mixed in the file")
    if times[-1] - times[0] > LONGEST_S:
        raise InputError(f"{source}: its times span more than {LONGEST_S // 86400} days")


def _recent_quantiles(columns: dict[str, Column]) -> dict[str, Column]:
    """Return quantiles in seconds if they cover only the last seconds, NaN before the first; otherwise none."""
    if _since_start(columns):
        return {}
    # All of them are 0 while Locust has no count of ten seconds ago.
    known = columns.get("100%", columns["Timestamp"]) > 0
    return {
        name: np.where(known, columns[title] / 1000, np.nan) for name, title in _QUANTILES.items() if title in columns
    }


def _since_start(columns: dict[str, Column]) -> bool:
    """Whether the quantiles of every row are those of the whole run until then.

    Of an even number of requests older versions (2.8.6, `median_from_dict` of its stats.py) write the lower of the two
    middle ones as total median, and the upper one as 50%: rows with an odd number tell, where a file has such rows.
    """
    odd = columns["Total Request Count"] % 2 == 1
    every = np.full(odd.size, True)
    odd_or_all = odd if np.mean(odd) > _ENOUGH_ROWS else every
    pairs = (("50%", "Total Median Response Time", odd_or_all), ("100%", "Total Max Response Time", every))
    return all(_agree(columns[title][rows], columns[total][rows]) for title, total, rows in pairs if title in columns)


def _agree(quantile_ms: Column, total_ms: Column) -> bool:
    """Whether quantiles are those of the whole run, apart from rounding, in all rows that have one."""
    return bool(
        np.all(np.isnan(quantile_ms) | (np.abs(quantile_ms - total_ms) <= np.maximum(1.0, _ROUNDING * total_ms)))
    )


def _titles(names: tuple[str, ...]) -> dict[str, str]:
    """Map what is read to its column title in this file."""
    there = set(names)
    titles = {name: name for name in (*_NUMBERS, *_QUANTILES.values())}
    if "Total Request Count" not in there:
        titles |= _NAMES_BEFORE_1_2
    optional = {"User Count", "100%", *_QUANTILES.values()}
    return {name: title for name, title in titles.items() if title in there or name not in optional}


def _totals(batch: pa.RecordBatch, titles: dict[str, str]) -> dict[str, Column]:
    is_total = pc.is_in(batch["Name"], value_set=pa.array(_TOTAL_NAMES))
    rows = batch.filter(pc.and_(is_total, pc.is_in(pc.fill_null(batch["Type"], ""), value_set=pa.array(_NO_METHOD))))
    columns = {name: rows[title].to_numpy(zero_copy_only=False).astype(np.float64) for name, title in titles.items()}
    return {"User Count": np.full(rows.num_rows, np.nan), **columns}


def _by_second(times: Column, counts: dict[str, Column], quantiles: dict[str, Column], source: str) -> Recording:
    """Spread rows over seconds: a late row carries the counts since the row before."""
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

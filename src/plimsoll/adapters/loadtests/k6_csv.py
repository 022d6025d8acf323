"""k6, `--out csv=FILE`: a row a sample, `metric_name,timestamp,metric_value,...`, Unix seconds, latency in ms.

Format: https://grafana.com/docs/k6/latest/results-output/real-time/csv/ .
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from plimsoll.adapters.loadtests.delimited import batches, header_of
from plimsoll.adapters.loadtests.seconds import SecondsTally
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Recording

_START = ("metric_name", "timestamp", "metric_value")
_MILLISECONDS = 10**11  # k6 can be told to write milliseconds, microseconds or nanoseconds instead of seconds


def recognize(head: bytes) -> bool:
    """Tell whether the first columns are those of k6."""
    return header_of(head)[1][:3] == _START


def read(path: Path) -> Recording:
    """Read a file into a recording."""
    tally = SecondsTally(str(path))
    wanted = {"metric_name": pa.string(), "timestamp": pa.int64(), "metric_value": pa.float64()}
    for batch in batches(path, wanted, ","):
        metric = batch["metric_name"].to_numpy(zero_copy_only=False)
        stamp = batch["timestamp"].to_numpy(zero_copy_only=False)
        if batch["timestamp"].null_count or batch["metric_value"].null_count:
            raise InputError(f"{path}: a sample has no time or no value")
        second = _seconds(np.asarray(stamp, dtype=np.int64))
        value = batch["metric_value"].to_numpy(zero_copy_only=False)
        latency, users = np.equal(metric, "http_req_duration"), np.equal(metric, "vus")
        tally.add_requests(second[latency], value[latency] / 1000.0)
        tally.add_failures(second[np.equal(metric, "http_req_failed") & (value > 0)])
        tally.add_users(second[users], value[users])
    return tally.recording(("k6 CSV",))


def _seconds(stamp: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    largest = int(stamp.max(initial=0))
    while largest > _MILLISECONDS:
        stamp, largest = stamp // 1000, largest // 1000
    return stamp

"""k6, `--out csv=FILE`: a row a sample, `metric_name,timestamp,metric_value,...`, latency in ms.

Format: https://grafana.com/docs/k6/latest/results-output/real-time/csv/ . Times are Unix seconds, unless
K6_CSV_TIME_FORMAT asks for finer ones or for RFC 3339.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.delimited import batches, header_of
from plimsoll.adapters.loadtests.k6_samples import K6Tally
from plimsoll.adapters.loadtests.times import rfc3339_s, since_1970_s
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Recording

_START = ("metric_name", "timestamp", "metric_value")
_TAGS = ("expected_response", "status")


def recognize(head: bytes) -> bool:
    """Whether the first columns are those of k6."""
    return header_of(head)[1][:3] == _START


def read(path: Path, head: bytes) -> Recording:
    """Read a file into a recording."""
    tally = K6Tally(str(path))
    time = pa.string() if _has_dates(head) else pa.int64()
    wanted = {"metric_name": pa.string(), "timestamp": time, "metric_value": pa.float64()}
    wanted |= dict.fromkeys((name for name in _TAGS if name in header_of(head)[1]), pa.string())
    for batch in batches(path, wanted, ","):
        if batch["timestamp"].null_count or batch["metric_value"].null_count:
            raise InputError(f"{path}: a sample has no time or no value")
        value = batch["metric_value"].to_numpy(zero_copy_only=False)
        absent = pa.nulls(batch.num_rows, pa.string())
        tags = [batch[name] if name in wanted else absent for name in _TAGS]
        tally.add(batch["metric_name"], _seconds(batch["timestamp"], str(path)), value, tags)
    return tally.recording("k6 CSV")


def _has_dates(head: bytes) -> bool:
    rows = head.split(b"\n", 2)
    return len(rows) > 1 and b"-" in b"".join(rows[1].split(b",")[1:2])


def _seconds(times: pa.Array, source: str) -> NDArray[np.int64]:
    if pa.types.is_string(times.type):
        return rfc3339_s(times, source)
    return since_1970_s(np.asarray(times.to_numpy(zero_copy_only=False), dtype=np.int64))

"""k6, `--out json=FILE`: one JSON object a line, a sample of one metric each, times in RFC 3339 and latency in ms.

Format: https://grafana.com/docs/k6/latest/results-output/real-time/json/ . Read as a stream by Arrow, one block after
another; only the fields that are needed are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.json_lines import objects
from plimsoll.adapters.loadtests.seconds import SecondsTally
from plimsoll.adapters.loadtests.times import rfc3339_s
from plimsoll.domain.load_test import Recording

_TAGS = pa.struct([("expected_response", pa.string()), ("status", pa.string())])
_DATA = pa.struct([("time", pa.string()), ("value", pa.float64()), ("tags", _TAGS)])
_SCHEMA = pa.schema([("metric", pa.string()), ("type", pa.string()), ("data", _DATA)])
_WANTED = ("http_req_duration", "http_req_failed", "vus")
_LINE = re.compile(rb'\s*\{.*"type"\s*:\s*"(?:Point|Metric)"')


def recognize(head: bytes) -> bool:
    """Tell whether the first line is an object with the type Point or Metric."""
    first = head.lstrip().split(b"\n", 1)[0]
    return _LINE.match(first) is not None and b'"metric"' in first


def read(path: Path) -> Recording:
    """Read a file into a recording."""
    tally, failed_seen, marked = SecondsTally(str(path)), False, 0
    fallback: list[NDArray[np.int64]] = []
    for batch in _points(path):
        metric, second, value, tags = batch
        latency = np.equal(metric, "http_req_duration")
        tally.add_requests(second[latency], value[latency] / 1000.0)
        failed = np.equal(metric, "http_req_failed")
        failed_seen = failed_seen or bool(failed.any())
        tally.add_failures(second[failed & (value > 0)])
        if not failed_seen:
            fallback.append(second[latency & tags])
            marked += int(np.count_nonzero(latency & tags))
        users = np.equal(metric, "vus")
        tally.add_users(second[users], value[users])
    if failed_seen:
        return tally.recording(("k6 JSON lines",))
    for seconds in fallback:
        tally.add_failures(seconds)
    return tally.recording(("k6 JSON lines", "no http_req_failed in it: unexpected responses count as failures"))


_Points = tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]


def _points(path: Path) -> Iterator[_Points]:
    """Yield metric, second, value and whether the response was unexpected, for the wanted metrics."""
    metrics = pa.array(_WANTED)  # here and not above: where pandas is installed, Arrow loads it to make this
    for batch in objects(path, _SCHEMA, "k6 JSON lines"):
        wanted = pc.and_(pc.is_in(batch["metric"], value_set=metrics), pc.equal(batch["type"], "Point"))
        points = batch.filter(wanted)
        if points.num_rows:
            yield _columns(points, path)


def _columns(points: pa.RecordBatch, path: Path) -> _Points:
    data = points["data"]
    time, value, tags = (pc.struct_field(data, name) for name in ("time", "value", "tags"))
    expected = pc.equal(pc.struct_field(tags, "expected_response"), "false")
    metric = points["metric"].dictionary_encode()
    names = np.array(metric.dictionary.to_pylist(), dtype=object)
    return (
        names[metric.indices.to_numpy(zero_copy_only=False)],
        rfc3339_s(time, str(path)),
        value.to_numpy(zero_copy_only=False).astype(np.float64),
        pc.fill_null(expected, fill_value=False).to_numpy(zero_copy_only=False),
    )

"""vegeta, each request of an attack: `vegeta encode -to json` (an object a line) or `-to csv`; latency in ns.

Format: https://github.com/tsenart/vegeta#encode-command . A time is that of the request's start, in RFC 3339 or in
nanoseconds since 1970. As in vegeta's own report, a request succeeded if its code is 200 to 399. An attack controls the
arrival rate: there are no users, and the request rate defines the steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.delimited import batches
from plimsoll.adapters.loadtests.json_lines import objects
from plimsoll.adapters.loadtests.seconds import SecondsTally
from plimsoll.adapters.loadtests.times import rfc3339_s
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Recording

_SCHEMA = pa.schema([("code", pa.int64()), ("timestamp", pa.string()), ("latency", pa.int64())])
_COLUMNS = (
    "timestamp", "code", "latency", "bytes_out", "bytes_in", "error", "body", "attack", "seq", "method", "url",
    "headers",
)  # fmt: skip
_CSV_ROW = re.compile(rb"\d{19},\d{1,3},\d+,\d+,\d+,")
_NS = 10**9

Integers = NDArray[np.int64]


def recognize(head: bytes) -> bool:
    """Whether the first line is one of vegeta's results, as an object or as a row."""
    return _is_row(head) or _is_object(head)


def recognize_binary(head: bytes) -> bool:
    """Whether it is what `vegeta attack` writes: Go's own form, which begins with the names of the fields."""
    return b"\x06Result" in head[:64] and b"\x06Attack" in head[:64]


def read(path: Path, head: bytes) -> Recording:
    """Read a file into a recording."""
    tally = SecondsTally(str(path))
    for second, code, latency_ns in _rows(path, head) if _is_row(head) else _objects(path):
        ended = second + latency_ns // _NS
        tally.add_requests(ended, latency_ns / _NS)
        tally.add_failures(ended[(code < 200) | (code >= 400)])
    return tally.recording(("vegeta, each request",))


def _is_object(head: bytes) -> bool:
    first = head.lstrip().split(b"\n", 1)[0]
    return first[:1] == b"{" and all(name in first for name in (b'"timestamp"', b'"latency"', b'"code"', b'"seq"'))


def _is_row(head: bytes) -> bool:
    return _CSV_ROW.match(head) is not None


def _objects(path: Path) -> Iterator[tuple[Integers, Integers, Integers]]:
    for batch in objects(path, _SCHEMA, "vegeta results"):
        _complete(batch, path)
        yield rfc3339_s(batch["timestamp"], str(path)), _integers(batch["code"]), _integers(batch["latency"])


def _rows(path: Path, head: bytes) -> Iterator[tuple[Integers, Integers, Integers]]:
    count = head.split(b"\n", 1)[0].count(b",") + 1
    wanted = dict.fromkeys(_COLUMNS[:3], pa.int64())
    for batch in batches(path, wanted, ",", _COLUMNS[:count]):
        _complete(batch, path)
        yield _integers(batch["timestamp"]) // _NS, _integers(batch["code"]), _integers(batch["latency"])


def _complete(batch: pa.RecordBatch, path: Path) -> None:
    if any(column.null_count for column in batch.columns):
        raise InputError(f"{path}: a result has no timestamp, code or latency")


def _integers(column: pa.Array) -> Integers:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)

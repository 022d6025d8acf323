"""JMeter, a JTL file in CSV: a row a sample, times in ms since 1970 or as dates, elapsed in ms.

Format: https://jmeter.apache.org/usermanual/listeners.html#csvlogformat ; without a header line its default columns
stand in their order.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.adapters.loadtests.delimited import batches, header_of
from plimsoll.adapters.loadtests.jmeter_parts import Parts
from plimsoll.adapters.loadtests.jmeter_samples import NO_MESSAGES, SUMMED_UP, TRANSACTION, Samples, SamplesTally
from plimsoll.adapters.loadtests.times import dates_ms
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Recording

DEFAULT_COLUMNS = (
    "timeStamp", "elapsed", "label", "responseCode", "responseMessage", "threadName", "dataType", "success",
    "failureMessage", "bytes", "sentBytes", "grpThreads", "allThreads", "URL", "Latency", "IdleTime", "Connect",
)  # fmt: skip
_NEEDED = ("timeStamp", "elapsed", "success")
_NO_SUCCESS = (
    "a JTL without the column success: which requests failed is not known; have JMeter save it "
    "(jmeter.save.saveservice.successful=true)"
)
_OPTIONAL = {
    "allThreads": pa.float64(),
    "responseMessage": pa.string(),
    "SampleCount": pa.int64(),
    "Hostname": pa.string(),
    "threadName": pa.string(),
    "label": pa.string(),
}


def recognize(head: bytes) -> bool:
    """Whether the header names JMeter's columns, or a row without header looks like one of its samples."""
    names = header_of(head)[1]
    return {"timeStamp", "elapsed"} <= set(names) or _headless(names)


def read(path: Path, head: bytes) -> Recording:
    """Read a file into a recording."""
    delimiter, names = header_of(head)
    header = DEFAULT_COLUMNS[: len(names)] if _headless(names) else None
    there = header or names
    if "success" not in there:
        raise InputError(f"{path}: {_NO_SUCCESS}")
    time = pa.int64() if header else _time_type(head, delimiter, names)
    wanted = {"timeStamp": time, "elapsed": pa.int64(), "success": pa.string()}
    wanted |= {name: kind for name, kind in _OPTIONAL.items() if name in there}
    tally, parts = SamplesTally(str(path)), Parts()
    for batch in batches(path, wanted, delimiter, header):
        _add(tally, parts, batch, str(path))
    notes = () if "responseMessage" in there else (NO_MESSAGES,)
    return tally.recording(("JMeter JTL in CSV", *notes, *parts.notes()))


def _add(tally: SamplesTally, parts: Parts, batch: pa.RecordBatch, source: str) -> None:
    requests = batch
    if "responseMessage" in batch.schema.names:
        of_transaction = pc.fill_null(pc.starts_with(batch["responseMessage"], TRANSACTION), fill_value=False)
        transactions, requests = batch.filter(of_transaction), batch.filter(pc.invert(of_transaction))
        tally.add_transactions(_samples(transactions, source), transactions["responseMessage"].to_pylist())
    samples = _samples(requests, source)
    tally.add_requests(samples.only(~parts.find(requests, samples.begun_ms, samples.elapsed_ms)))


def _samples(batch: pa.RecordBatch, source: str) -> Samples:
    if any(batch[name].null_count for name in _NEEDED):
        raise InputError(f"{source}: a sample has no {', '.join(_NEEDED)}")
    if "SampleCount" in batch.schema.names and (pc.max(batch["SampleCount"]).as_py() or 1) > 1:
        raise InputError(f"{source}: {SUMMED_UP}")
    elapsed = batch["elapsed"].to_numpy(zero_copy_only=False)
    stamps = batch["timeStamp"]
    begun = dates_ms(stamps, source) if pa.types.is_string(stamps.type) else stamps.to_numpy(zero_copy_only=False)
    success = pc.utf8_lower(batch["success"])
    other = success.filter(pc.invert(pc.is_in(success, value_set=pa.array(["true", "false"]))))
    if len(other):
        raise InputError(f"{source}: success is {other[0].as_py()[:40]!r} in a row, and neither true nor false")
    failed = pc.equal(success, "false").to_numpy(zero_copy_only=False)
    users = (
        batch["allThreads"].to_numpy(zero_copy_only=False)
        if "allThreads" in batch.schema.names
        else np.full(elapsed.size, np.nan)
    )
    return Samples(begun, elapsed, failed, users, _names(batch, "Hostname"), _names(batch, "threadName"))


def _names(batch: pa.RecordBatch, column: str) -> frozenset[str]:
    return frozenset(pc.unique(batch[column]).drop_null().to_pylist() if column in batch.schema.names else ())


def _time_type(head: bytes, delimiter: str, names: tuple[str, ...]) -> pa.DataType:
    """Decide by the first row whether times are whole numbers or dates."""
    rows = head.decode("utf-8", errors="replace").splitlines()
    cells = rows[1].split(delimiter) if len(rows) > 1 else []
    place = names.index("timeStamp")
    return pa.string() if place < len(cells) and not cells[place].strip('" ').isdigit() else pa.int64()


def _headless(names: tuple[str, ...]) -> bool:
    return (
        len(names) in (16, 17)
        and len(names[0]) == 13
        and names[0].isdigit()
        and names[1].isdigit()
        and names[7].lower() in ("true", "false")
    )

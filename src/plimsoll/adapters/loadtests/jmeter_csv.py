"""JMeter, a JTL file in CSV: a row a sample, times in ms since 1970 or as dates, elapsed in ms.

Format: https://jmeter.apache.org/usermanual/listeners.html#csvlogformat ; without a header line its default columns
stand in their order. Samples of transaction controllers are left out: their requests are there already.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.adapters.loadtests.delimited import batches, header_of
from plimsoll.adapters.loadtests.seconds import SecondsTally
from plimsoll.adapters.loadtests.times import dates_ms
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Recording

DEFAULT_COLUMNS = (
    "timeStamp", "elapsed", "label", "responseCode", "responseMessage", "threadName", "dataType", "success",
    "failureMessage", "bytes", "sentBytes", "grpThreads", "allThreads", "URL", "Latency", "IdleTime", "Connect",
)  # fmt: skip
_NEEDED = ("timeStamp", "elapsed", "success")
_TRANSACTION = "Number of samples in transaction"


def recognize(head: bytes) -> bool:
    """Tell whether the header names JMeter's columns, or a row without header looks like one of its samples."""
    names = header_of(head)[1]
    return set(_NEEDED) <= set(names) or _headless(names)


def read(path: Path, head: bytes) -> Recording:
    """Read a file into a recording."""
    delimiter, names = header_of(head)
    header = DEFAULT_COLUMNS[: len(names)] if _headless(names) else None
    there = header or names
    time = pa.int64() if header else _time_type(head, delimiter, names)
    wanted = {"timeStamp": time, "elapsed": pa.int64(), "success": pa.string()}
    wanted |= {
        name: kind for name, kind in (("allThreads", pa.float64()), ("responseMessage", pa.string())) if name in there
    }
    tally = SecondsTally(str(path))
    for batch in batches(path, wanted, delimiter, header):
        _add(tally, batch, str(path))
    return tally.recording(("JMeter JTL in CSV",))


def _add(tally: SecondsTally, batch: pa.RecordBatch, source: str) -> None:
    if "responseMessage" in batch.schema.names:
        transaction = pc.fill_null(pc.starts_with(batch["responseMessage"], _TRANSACTION), fill_value=False)
        batch = batch.filter(pc.invert(transaction))
    if any(batch[name].null_count for name in _NEEDED):
        raise InputError(f"{source}: a sample has no {', '.join(_NEEDED)}")
    elapsed = batch["elapsed"].to_numpy(zero_copy_only=False)
    stamps = batch["timeStamp"]
    begun = dates_ms(stamps, source) if pa.types.is_string(stamps.type) else stamps.to_numpy(zero_copy_only=False)
    second = (begun + elapsed) // 1000
    tally.add_requests(second, elapsed / 1000.0)
    failed = np.equal(pc.utf8_lower(batch["success"]).to_numpy(zero_copy_only=False), "false")
    tally.add_failures(second[failed])
    if "allThreads" in batch.schema.names:
        users = np.nan_to_num(batch["allThreads"].to_numpy(zero_copy_only=False))
        tally.add_users(second, users)


def _time_type(head: bytes, delimiter: str, names: tuple[str, ...]) -> pa.DataType:
    """Tell by the first row whether times are whole numbers or dates."""
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

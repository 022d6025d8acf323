"""How are samples stored in a Parquet file?

Columns `series` (a number, the labels are kept once elsewhere), `time` (differences), and the value in one of three
forms (see `value_coding`): `scaled` with `divisor`, `level`, or `raw`. Sorted by (series, time), so that a series is
one run, its row groups can be skipped by its number, and every encoding sees like values together. Any Parquet reader
gets the value back by coalesce(scaled / divisor, level, raw).
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plimsoll.adapters.store.manifest import Segment
from plimsoll.adapters.store.samples import Samples
from plimsoll.adapters.store.value_coding import code

if TYPE_CHECKING:
    import pyarrow as pa

VALUE_SQL = "coalesce(scaled / divisor, level, raw)"
_ROWS_PER_GROUP = 131_072
_ROWS_PER_PART = 4 * 1024 * 1024
_READ = 1 << 20


def write_segment(path: Path, parts: Iterable[Samples]) -> Segment:
    """Write tables, in ascending order of (series, time), into a new file and flush it to disk."""
    import pyarrow.parquet as pq

    rows, first, last = 0, [], []
    with path.open("wb") as file:
        writer: Any = None
        for part in filter(len, parts):
            for start in range(0, len(part), _ROWS_PER_PART):
                table = _columns(part.take(slice(start, start + _ROWS_PER_PART)))
                writer = writer or pq.ParquetWriter(file, table.schema, **_options())
                writer.write_table(table, row_group_size=_ROWS_PER_GROUP)
                rows += len(table)
            first.append(int(part.times_ms.min()))
            last.append(int(part.times_ms.max()))
        if writer is None:
            raise ValueError("a segment without samples")
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    return Segment(path.name, rows, path.stat().st_size, checksum(path), min(first), max(last))


def checksum(path: Path) -> int:
    """The CRC-32 of a file."""
    crc = 0
    with path.open("rb") as file:
        while block := file.read(_READ):
            crc = zlib.crc32(block, crc)
    return crc


def fault(path: Path, segment: Segment) -> str | None:
    """Say how a segment's file differs from what was written; None if it does not."""
    try:
        size = path.stat().st_size
        if size != segment.size:
            return f"{path}: {size} bytes where {segment.size} were written"
        return None if checksum(path) == segment.crc32 else f"{path}: its content is not what was written (CRC-32)"
    except FileNotFoundError:
        return f"{path}: the file is missing"
    except OSError as error:
        return f"{path}: {error.strerror or error}"


class SegmentReader:
    """One segment open for merging: returns its samples by ranges of series."""

    def __init__(self, path: Path) -> None:
        """Open the file, which has been checked to be what was written."""
        import pyarrow.parquet as pq

        self._file: Any = pq.ParquetFile(path)
        groups = [self._file.metadata.row_group(index) for index in range(self._file.num_row_groups)]
        statistics = [group.column(0).statistics for group in groups]
        self.ends: list[tuple[int, int]] = [(s.max, g.num_rows) for s, g in zip(statistics, groups, strict=True)]
        self._starts = [s.min for s in statistics]

    def range(self, first: int, last: int) -> Samples:
        """The samples of the series numbered `first` to `last`, both included."""
        wanted = [i for i, (end, _) in enumerate(self.ends) if end >= first and self._starts[i] <= last]
        samples = _samples(self._file.read_row_groups(wanted, use_threads=False))
        return samples.take((samples.series >= first) & (samples.series <= last))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def ranges(readers: Sequence[SegmentReader]) -> list[tuple[int, int]]:
    """Split the series into ranges of a few million samples each, so that merging a day needs bounded memory."""
    ends = sorted(item for reader in readers for item in reader.ends)
    cuts, rows = [-1], 0
    for end, count in ends:
        rows += count
        if rows >= _ROWS_PER_PART:
            cuts.append(end)
            rows = 0
    cuts.append(ends[-1][0])
    return [(low + 1, high) for low, high in pairwise(cuts) if high > low]


def _options() -> dict[str, Any]:
    delta, split = "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"
    return {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": ["series", "divisor", "level"],
        "column_encoding": {"time": delta, "scaled": delta, "raw": split},
    }


def _columns(samples: Samples) -> pa.Table:
    import pyarrow as pa

    coded = code(samples.values, samples.runs())
    return pa.table(
        {
            "series": pa.array(samples.series, pa.int32()),
            "time": pa.array(samples.times_ms, pa.int64()),
            "scaled": pa.array(coded.scaled, pa.int64(), mask=~coded.is_scaled),
            "divisor": pa.array(coded.divisor, pa.float64(), mask=~coded.is_scaled),
            "level": pa.array(samples.values, pa.float64(), mask=~coded.is_level),
            "raw": pa.array(samples.values, pa.float64(), mask=coded.is_scaled | coded.is_level),
        }
    )


def _samples(table: pa.Table) -> Samples:
    import pyarrow as pa
    import pyarrow.compute as pc

    divided = pc.divide(pc.cast(table["scaled"], pa.float64()), table["divisor"])
    values = pc.coalesce(divided, table["level"], table["raw"])
    columns = (table["series"].to_numpy(), table["time"].to_numpy(), values.to_numpy())
    return Samples(columns[0].astype(np.int32, copy=False), columns[1], columns[2])

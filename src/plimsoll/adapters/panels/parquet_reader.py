"""A Parquet file of many series: unique_id, ds, y, and optionally kind, lower, upper.

The file is read by row ranges, so that a fleet of any size needs little memory and every part can be read on any
machine. If a series is not one run of rows, or row groups are too large to read in parts, the file is first rearranged
by an external sort (`parquet_layout`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.panel import FIRST_MS, LAST_MS, NO_TIME, Panel, PanelOutline
from plimsoll.domain.series import MetricKind, Values

REQUIRED = ("unique_id", "ds", "y")
OPTIONAL = ("kind", "lower", "upper")
LARGEST_ROW_GROUP = 4_000_000
_KINDS = {kind.value: kind for kind in MetricKind}


class NotInRuns(Exception):
    """The rows of one series lie in several places of the file."""


@dataclass(frozen=True, slots=True)
class ParquetReader:
    """Reads one file; holds only its path, so that it can be sent to other machines."""

    path: str

    def check(self) -> tuple[str, ...]:
        """Return the columns that will be read; raises InputError for a file or a column that cannot be read."""
        try:
            schema = pq.read_schema(self.path)
        except FileNotFoundError:
            raise InputError("no such file", Place(self.path)) from None
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"is no readable Parquet file: {_first_line(error)}", Place(self.path)) from None
        missing = [name for name in REQUIRED if name not in schema.names]
        if missing:
            raise InputError(f"has no column {', '.join(missing)}; it has {', '.join(schema.names)}", Place(self.path))
        if twice := sorted({name for name in (*REQUIRED, *OPTIONAL) if schema.names.count(name) > 1}):
            raise InputError(f"has more than one column {', '.join(twice)}", Place(self.path))
        for name in ("unique_id", "kind"):
            if name in schema.names and pa.types.is_nested(schema.field(name).type):
                raise InputError(f"holds {schema.field(name).type}, not names", Place(self.path, field=name))
        for name in ("y", "lower", "upper"):
            if name in schema.names and not _is_number(schema.field(name).type):
                raise InputError(f"holds {schema.field(name).type}, not numbers", Place(self.path, field=name))
        if not _is_time(schema.field("ds").type):
            raise InputError(f"holds {schema.field('ds').type}, not times", Place(self.path, field="ds"))
        return tuple(name for name in (*REQUIRED, *OPTIONAL) if name in schema.names)

    def has_text_names(self) -> bool:
        """Whether series are named by text, which may be empty, as that of a missing name is."""
        kind = pq.read_schema(self.path).field("unique_id").type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

    def fits(self) -> bool:
        """Whether the row groups are small enough to be read by parts."""
        metadata = pq.read_metadata(self.path)
        groups = range(metadata.num_row_groups)
        return all(metadata.row_group(group).num_rows <= LARGEST_ROW_GROUP for group in groups)

    def outline(self) -> PanelOutline:
        """List the series; raises NotInRuns where one series lies in several places."""
        columns = [name for name in self.check() if name in ("unique_id", "kind")]
        file = pq.ParquetFile(self.path, read_dictionary=columns)
        ids: list[str] = []
        kinds: list[MetricKind] = []
        firsts: list[NDArray[np.int64]] = []
        seen: set[str] = set()
        row = 0
        for batch in file.iter_batches(1 << 20, columns=columns):
            codes = _codes(batch.column("unique_id"))
            starts = np.flatnonzero(np.diff(codes, prepend=-1))
            names = _texts(batch.column("unique_id").take(pa.array(starts)))
            if ids and names and names[0] == ids[-1]:
                starts, names = starts[1:], names[1:]
            if len(set(names)) < len(names) or not seen.isdisjoint(names):
                raise NotInRuns
            seen.update(names)
            ids.extend(names)
            kinds.extend(_kinds_of(_kind_words(batch, starts)))
            firsts.append(starts + row)
            row += batch.num_rows
        first_rows = np.concatenate(firsts) if firsts else np.zeros(0, dtype=np.int64)
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
        return PanelOutline(tuple(ids), tuple(kinds), first_rows, row, np.cumsum(sizes, dtype=np.int64))

    def read(self, first: int, end: int) -> Panel:
        """Read the rows from `first` up to `end`, which must be whole series."""
        columns = list(self.check())
        text = [name for name in columns if name in ("unique_id", "kind")]
        file = pq.ParquetFile(self.path, read_dictionary=text)
        groups, skipped = _groups_between(file.metadata, first, end)
        table = file.read_row_groups(groups, columns=columns, use_threads=False)
        return _panel(table.slice(first - skipped, end - first).combine_chunks())


def _groups_between(metadata: Any, first: int, end: int) -> tuple[list[int], int]:
    """Return the row groups that hold the rows, and the number of rows before the first of them."""
    groups, skipped, row = [], 0, 0
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).num_rows
        if row + size <= first:
            skipped = row + size
        elif row < end:
            groups.append(group)
        row += size
    return groups, skipped


def _panel(table: pa.Table) -> Panel:
    ids = table.column("unique_id").unify_dictionaries().combine_chunks()
    starts = np.flatnonzero(np.diff(_codes(ids), prepend=-1))
    words, changing = _kind_words(table, starts), _changing(table, starts)
    return Panel(
        tuple(_texts(ids.take(pa.array(starts)))),
        np.append(starts, table.num_rows).astype(np.int64),
        _times_ms(table.column("ds")),
        _numbers(table.column("y")),
        _kinds_of(words),
        _bounds(table, "lower", starts),
        _bounds(table, "upper", starts),
        tuple("; ".join((*_remarks_on(word), *changing.get(i, ()))) for i, word in enumerate(words)),
    )


def _codes(column: Any) -> NDArray[np.int64]:
    encoded = column if isinstance(column, pa.DictionaryArray) else pc.dictionary_encode(column)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    return np.asarray(pc.fill_null(encoded.indices, len(encoded.dictionary)), dtype=np.int64)


def _texts(column: Any) -> list[str]:
    """Read words of any type; none is empty, and bytes that are no text are escaped."""
    plain = column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
    if _is_bytes(plain.type):
        return [(word or b"").decode("utf-8", "backslashreplace") for word in plain.to_pylist()]
    return ["" if text is None else text for text in plain.cast(pa.string()).to_pylist()]


def _kind_words(table: Any, starts: NDArray[np.int64]) -> list[str]:
    if "kind" not in table.schema.names:
        return [""] * len(starts)
    column = table.column("kind")
    return _texts(pc.take(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column, pa.array(starts)))


def _kinds_of(words: Sequence[str]) -> tuple[MetricKind, ...]:
    return tuple(_KINDS.get(word, MetricKind.UNKNOWN) for word in words)


def _remarks_on(word: str) -> tuple[str, ...]:
    """Note how an unknown kind was read; an error in one series does not stop a fleet."""
    if not word or word in _KINDS:
        return ()
    return (f"kind {word[:40]!r} is not one of {', '.join(_KINDS)}: taken as unknown",)


def _changing(table: pa.Table, starts: NDArray[np.int64]) -> dict[int, list[str]]:
    """Note series with a property that differs between rows, although it must be constant; the first row counts."""
    notes: dict[int, list[str]] = {}
    for name in OPTIONAL:
        if name in table.column_names:
            codes = _codes(table.column(name).unify_dictionaries().combine_chunks())
            changes = np.setdiff1d(np.flatnonzero(np.diff(codes)) + 1, starts)
            for series in np.unique(np.searchsorted(starts, changes, side="right") - 1).tolist():
                notes.setdefault(series, []).append(f"{name} changes from row to row: that of the first row is taken")
    return notes


def _times_ms(column: Any) -> NDArray[np.int64]:
    times = column.cast(pa.timestamp("ms"), safe=False).cast(pa.int64())
    values = np.asarray(pc.fill_null(times, NO_TIME), dtype=np.int64)
    return np.where((values >= FIRST_MS) & (values <= LAST_MS), values, NO_TIME)


def _numbers(column: Any) -> Values:
    return np.asarray(pc.fill_null(column.cast(pa.float64(), safe=False), np.nan), dtype=np.float64)


def _bounds(table: pa.Table, name: str, starts: NDArray[np.int64]) -> Values:
    if name not in table.column_names:
        return np.full(len(starts), np.nan)
    return _numbers(table.column(name))[starts]


def _is_number(kind: Any) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind)
    )


def _is_bytes(kind: Any) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _is_time(kind: Any) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__

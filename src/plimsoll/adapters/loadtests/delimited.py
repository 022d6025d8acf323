"""Delimited text read block by block by Arrow, only the named columns, each as text or as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc_csv

from plimsoll.adapters.loadtests.content import opened
from plimsoll.domain.errors import InputError

_BLOCK = 2 << 20
_HEADER_AGAIN = ": the header stands in the file once more: it holds several runs, of which one is read at a time"


def batches(
    path: Path, wanted: Mapping[str, Any], delimiter: str, header: tuple[str, ...] | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield blocks of the `wanted` columns (name to Arrow type); `header` names columns where the file does not.

    Raises InputError for a row that does not fit.
    """
    read = pc_csv.ReadOptions(block_size=_BLOCK, use_threads=False, column_names=list(header) if header else None)
    parse = pc_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    convert = pc_csv.ConvertOptions(
        column_types=dict(wanted),
        include_columns=list(wanted),
        null_values=["", "N/A", "null"],
        strings_can_be_null=True,
    )
    try:
        with opened(path) as stream, pc_csv.open_csv(pa.PythonFile(stream, mode="r"), read, parse, convert) as reader:
            yield from reader
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        message = str(error).splitlines()[0][:300]
        again = any(f"invalid value '{name}'" in message for name in wanted)
        raise InputError(f"{path}: {message}{_HEADER_AGAIN if again else ''}") from error


def header_of(head: bytes) -> tuple[str, tuple[str, ...]]:
    """Split the first line into column names by the delimiter that yields the most."""
    line = head.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace").strip("\r")
    delimiter = max(",;\t|", key=line.count)
    return delimiter, tuple(name.strip().strip('"') for name in line.split(delimiter))

"""One JSON object a line, read block by block by Arrow; only the fields of a schema are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.json as pj

from plimsoll.adapters.loadtests.content import opened
from plimsoll.domain.errors import InputError, Place

_BLOCK = 2 << 20
_ROW = re.compile(r"\.? in row (\d+)$")


def objects(path: Path, schema: pa.Schema, format_name: str) -> Iterator[pa.RecordBatch]:
    """Yield blocks of objects; raises InputError with the line that is not an object, or longer than a block."""
    options = pj.ReadOptions(use_threads=False, block_size=_BLOCK)
    parse = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    read = 0
    try:
        with opened(path) as stream, pj.open_json(pa.PythonFile(stream, mode="r"), options, parse) as reader:
            for batch in reader:
                yield batch
                read += batch.num_rows
    except pa.ArrowInvalid as error:
        raise _fault(str(error).splitlines()[0], read, path, format_name) from error


def _fault(message: str, read: int, path: Path, format_name: str) -> InputError:
    """Say where a file breaks off: Arrow counts rows from the start of a block."""
    if "straddl" in message:
        return InputError(f"begins as {format_name}, then a line is longer than {_BLOCK >> 20} MB", Place(str(path)))
    row = _ROW.search(message)
    place = Place(str(path), read + 1 + int(row[1])) if row else Place(str(path))
    why = _ROW.sub("", message).removeprefix("JSON parse error: ")[:200]
    return InputError(f"begins as {format_name}, then a line is not whole: {why}", place)

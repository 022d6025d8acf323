"""Series from a CSV file, long or wide; the delimiter is found in the header line.

The file is read as a stream of blocks: memory holds the samples of the window, never the text of the file. Line ends,
byte-order mark and encoding are normalized before the parser; a fault names file, line and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc_csv

from plimsoll.adapters.sources.tables.cells import (
    are_adorned,
    first_grouped,
    has_decimal_comma,
    is_missing,
    is_number,
    numbers,
)
from plimsoll.adapters.sources.tables.file_source import TableFile, empty
from plimsoll.adapters.sources.tables.gather import Gather, Locate, TableContent
from plimsoll.adapters.sources.tables.layout import VALUE_NAMES, Layout, check_names, layout_of
from plimsoll.adapters.sources.tables.lines import BLOCK_BYTES, MAX_LINE_BYTES, CleanLines, records
from plimsoll.adapters.sources.tables.times import Clock
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.series import Window

_DELIMITERS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"[^"]*"')
_BLOCK_BYTES = 2 * MAX_LINE_BYTES


@dataclass(frozen=True)
class _Head:
    """The header line: its delimiter and its column names."""

    delimiter: str
    columns: tuple[str, ...]

    @property
    def decimal_comma(self) -> bool:
        """Whether a comma is a decimal comma: spreadsheets that separate columns by semicolons write 1,5."""
        return self.delimiter == ";"


class CsvFile(TableFile):
    """A CSV file as a source."""

    def take(self, window: Window) -> TableContent:
        """Read the file in one pass; raises InputError with file, line and column."""
        head = _head(self.path, self.name)
        gather: Gather | None = None
        for batch in _batches(self.path, self.name, head):
            cells = {name: batch.column(i) for i, name in enumerate(head.columns)}
            if gather is None:
                place = _Locator(self.path, self.name, head).place
                layout = _layout(self.name, head, batch, place)
                gather = Gather(self.path.stem, layout, Clock(self.tz), window, place, self.bounds)
            gather.add(_typed(cells, gather, head))
        if gather is None or gather.rows == 0:
            raise empty(self.name)
        return gather.content()


@dataclass(frozen=True)
class _Locator:
    """Finds the line of a row by reading the file again, which only happens for a fault."""

    path: Path
    shown: str
    head: _Head

    def place(self, row: int, column: str) -> Place:
        """The place of the cell in data row `row` (from 0)."""
        number = self.head.columns.index(column) + 1
        return Place(self.shown, self.line(row), number, column[:60])

    def line(self, row: int) -> int:
        """The line that data row `row` begins on."""
        with CleanLines(self.path, self.shown) as raw, io.BufferedReader(raw) as whole:
            text = io.TextIOWrapper(whole, encoding="utf-8", newline="")
            csv.field_size_limit(2 * MAX_LINE_BYTES)
            reader = csv.reader(text, delimiter=self.head.delimiter)
            record, end_of_previous = -1, 0  # the header is record -1
            for cells in reader:
                if any(cell.strip() for cell in cells) or len(cells) > 1:
                    if record == row:
                        break
                    record += 1
                end_of_previous = reader.line_num
            return end_of_previous + 1 + raw.leading_lines


def _head(path: Path, shown: str) -> _Head:
    with CleanLines(path, shown) as lines:
        text = b""
        while b"\n" not in text and (block := lines.read(BLOCK_BYTES)):
            text += block
        number = 1 + lines.leading_lines
    line = text.split(b"\n", 1)[0].decode("utf-8")
    if not line.strip():
        raise InputError("is empty", Place(file=shown))
    delimiter = max(_DELIMITERS, key=_QUOTED.sub("", line).count)
    cells = next(csv.reader([line], delimiter=delimiter))
    if len(cells) < 2:
        raise InputError("names one column; a time and a value are needed", Place(shown, number))
    if cells[0][:1].isdigit() or is_number(cells[0], decimal_comma=True):
        raise InputError("the first line must name the columns; this one holds values", Place(shown, number))
    columns = tuple(cell.strip() or f"column {n}" for n, cell in enumerate(cells, start=1))
    check_names(shown, columns)
    return _Head(delimiter, columns)


def _batches(path: Path, shown: str, head: _Head) -> Iterator[Any]:
    """Parse the rows block by block.

    Arrow gets copies of the blocks, never a Python file: it would read ahead in such a file in a thread of its own,
    which aborts the process if Python ends first (as after an error that ends a command).
    """
    odd = _OddRows()
    convert = pc_csv.ConvertOptions(
        column_types=dict.fromkeys(head.columns, pa.string()), strings_can_be_null=False, check_utf8=False
    )
    read = pc_csv.ReadOptions(use_threads=False, block_size=2 * _BLOCK_BYTES, column_names=head.columns)
    parse = pc_csv.ParseOptions(delimiter=head.delimiter, newlines_in_values=True, invalid_row_handler=odd.handle)
    with CleanLines(path, shown) as lines:
        for block in _rows_of(records(lines, _BLOCK_BYTES)):
            odd.skipped = 0
            try:
                table = pc_csv.read_csv(_copied(block), read, parse, convert)
            except pa.ArrowException as error:
                raise _ragged(_Locator(path, shown, head), odd, str(error)) from error
            odd.rows_before += table.num_rows
            yield from table.to_batches()


def _rows_of(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks that contain any text, without the header line."""
    first = True
    for block in blocks:
        text = block.partition(b"\n")[2] if first else block
        first = False
        if text.strip():
            yield text


def _copied(block: bytes) -> Any:
    """A copy in Arrow's own memory, which Arrow can free without Python."""
    stream = pa.BufferOutputStream()
    stream.write(block)
    return pa.BufferReader(stream.getvalue())


@dataclass
class _OddRows:
    """Rows whose number of cells differs from the header's: blank ones are skipped, the first other one is a fault."""

    rows_before: int = 0  # in earlier blocks, without skipped rows
    skipped: int = 0
    row: int | None = None
    fault: str = ""

    def handle(self, row: Any) -> str:
        """Handle one such row: return "skip" or "error", as Arrow expects."""
        if not row.text.strip():
            self.skipped += 1
            return "skip"
        if self.row is None:
            self.row = self.rows_before + row.number - 1 - self.skipped
            columns = row.expected_columns
            self.fault = f"has {row.actual_columns} cells where the header names {columns} columns"
        return "error"


def _ragged(locator: _Locator, odd: _OddRows, message: str) -> InputError:
    if odd.row is None:
        return InputError(f"is no CSV: {message.splitlines()[0][:120]}", Place(locator.shown))
    return InputError(odd.fault, Place(locator.shown, locator.line(odd.row)))


def _layout(shown: str, head: _Head, batch: Any, place: Locate) -> Layout:
    """Assign the columns their roles by the first value of each; a column that is empty so far may become numbers.

    Raises InputError for a column of values such as 55.1%, 3 GB or 1,234, which as text would be a label that makes
    each row a series of its own, and for one of 1.234 where that is a thousand.
    """
    numeric, adorned = {}, {}
    comma = head.decimal_comma and any(has_decimal_comma(batch.column(i)) for i in range(len(head.columns)))
    for index, name in enumerate(head.columns):
        column = batch.column(index)
        cells = (cell.as_py() for cell in column)
        first = next(((row, cell) for row, cell in enumerate(cells) if not is_missing(cell)), (0, "0"))
        numeric[name] = is_number(first[1], head.decimal_comma)
        grouped = first_grouped(column, comma) if head.decimal_comma else None
        if grouped is not None:
            adorned[name] = (grouped, column[grouped].as_py())
        elif not numeric[name] and are_adorned(column, head.decimal_comma):
            adorned[name] = first
    values = [name for name in head.columns if name.lower() in VALUE_NAMES]
    values = values or list(layout_of(shown, head.columns, numeric | dict.fromkeys(adorned, True)).values)
    if (wrong := next((name for name in values if name in adorned), None)) is not None:
        row, cell = adorned[wrong]
        message = f"{cell.strip()[:40]!r} is not a plain number, without separators, signs and units"
        raise InputError(message, place(row, wrong))
    return layout_of(shown, head.columns, numeric)


def _typed(cells: dict[str, Any], gather: Gather, head: _Head) -> dict[str, Any]:
    for name in gather.layout.values:
        values, bad = numbers(cells[name], head.decimal_comma)
        if bad is not None:
            shown = str(cells[name][bad].as_py())[:40]
            raise InputError(f"{shown!r} is not a number", gather.locate(gather.rows + bad, name))
        cells[name] = values
    return cells

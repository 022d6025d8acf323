"""Which numbers are in a column of a plain CSV, and do its cells mark them as percentages?

Between semicolons a comma is a decimal comma, and a point beside it separates thousands (`1.234,5`). A column with
points only, all of which could separate thousands (`1.000`), is ambiguous between one and a thousand and is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.quantity import counted

Column = NDArray[np.float64]

_DELIMITER_FOR_EXCEL = re.compile(r"sep=.")
_ABSENT = ("", "nan", "n/a", "null", "-")
_POINTS_PART_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?")
_COMMA_MAY_PART_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


@dataclass(frozen=True)
class _Cell:
    text: str
    place: Place

    @property
    def shown(self) -> str:
        return repr(self.text[:40])


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column: NaN where a cell is empty; `in_percent` if cells end with a %; what was assumed about its commas."""

    values: Column
    in_percent: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The cells of a file as text, with the line that each row begins on."""

    source: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    decimal_comma: bool = False

    def column(self, name: str) -> Numbers:
        """Read one column as numbers; raises InputError with the place of a cell that is no number or ambiguous."""
        if self.header.count(name) > 1:
            raise InputError(
                f"{self.source}: has {self.header.count(name)} columns called {name!r}: rename all but one"
            )
        number = self.header.index(name)
        cells = [_Cell(row[number].strip(), Place(self.source, line, number + 1, name)) for line, row in self.rows]
        known = [cell for cell in cells if cell.text.lower() not in _ABSENT]
        if not known:
            raise InputError(f"{self.source}: column {name!r} holds no number")
        in_percent = _in_percent(known)
        cells = [_Cell(cell.text.removesuffix("%").strip(), cell.place) for cell in cells]
        notes: tuple[str, ...] = ()
        if self.decimal_comma:
            cells, notes = _with_decimal_points(cells, name)
        return Numbers(np.array([_number(cell) for cell in cells]), in_percent, notes)


def table(text: str, source: str) -> Table:
    """Split the text into rows that fit the header; raises InputError where one does not."""
    text = _without_remarks(text)
    delimiter = _delimiter(_first_line(text))
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        rows = [(reader.line_num, tuple(row)) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"is no CSV that can be read: {error}", Place(source, reader.line_num + 1)) from None
    if len(rows) < 2:
        raise InputError(f"{source}: the file is empty" if not rows else f"{source}: has a header and no row")
    header = tuple(name.strip() for name in rows[0][1])
    for line, row in rows[1:]:
        if len(row) != len(header):
            has = counted(len(row), "cell")
            raise InputError(f"has {has}, the header has {len(header)}", Place(source, line))
    return Table(source, header, tuple(rows[1:]), decimal_comma=delimiter == ";")


def column_names(text: str) -> tuple[str, ...]:
    """Split the first line into names, whatever follows it; none if the line is too long for names."""
    first = _first_line(_without_remarks(text))
    try:
        return tuple(name.strip() for row in csv.reader([first], delimiter=_delimiter(first)) for name in row)
    except csv.Error:
        return ()


def listed(names: Sequence[str]) -> str:
    """List the first columns for a message, with long names cut."""
    return ", ".join(name[:40] for name in names[:12])


def what_it_has(names: Sequence[str]) -> str:
    """Say which columns a file has, or, where its first line begins with a number, that it names none."""
    is_number = names[0].replace(".", "", 1).replace(",", "", 1).isdigit()
    return ("its first line names no columns: it is " if is_number else "it has ") + listed(names)


def _without_remarks(text: str) -> str:
    """Blank out the lines above the header that are no rows: `sep=;`, and remarks after a #.

    A header may begin with a #, too: then the line below has as many cells.
    """
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        below = next((one for one in lines[number + 1 :] if one.strip()), "")
        if line.strip() and not _DELIMITER_FOR_EXCEL.fullmatch(line.strip()) and not _is_remark(line, below):
            break
        lines[number] = "\n"
    return "".join(lines)


def _is_remark(line: str, below: str) -> bool:
    delimiter = _delimiter(line)
    is_header = not below.lstrip().startswith("#") and 0 < line.count(delimiter) == below.count(delimiter)
    return line.lstrip().startswith("#") and not is_header


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def _delimiter(line: str) -> str:
    return max(",;\t|", key=line.count)


def _in_percent(cells: Sequence[_Cell]) -> bool:
    """Whether the cells end with a %; a cell without one must then be zero."""
    marked = [cell.text.endswith("%") for cell in cells]
    if not any(marked):
        return False
    for cell, has_sign in zip(cells, marked, strict=True):
        if not has_sign and cell.text.strip("0.,"):
            raise InputError(f"{cell.shown} has no %, and other cells of the column have one", cell.place)
    return True


def _with_decimal_points(cells: list[_Cell], name: str) -> tuple[list[_Cell], tuple[str, ...]]:
    """Write cells with decimal points; note a comma read as decimal that could separate thousands."""
    with_comma = [cell for cell in cells if "," in cell.text]
    with_point = [cell for cell in cells if "." in cell.text]
    if not with_comma:
        if with_point and all(_POINTS_PART_THOUSANDS.fullmatch(cell.text) for cell in with_point):
            one = with_point[0]
            raise InputError(
                f"{one.shown} is {_number(_plain(one)):.15g} if its point parts thousands, and less if it is decimal: "
                "semicolons between columns leave that open, so write no point, or a decimal comma",
                one.place,
            )
        return cells, ()
    for cell in with_point:
        if not _POINTS_PART_THOUSANDS.fullmatch(cell.text):
            raise InputError(f"{cell.shown} has a decimal point, and the column has decimal commas", cell.place)
    if not all(_COMMA_MAY_PART_THOUSANDS.fullmatch(cell.text) for cell in with_comma):
        return [_plain(cell) for cell in cells], ()
    first = with_comma[0]
    note = f"column {name!r}: {first.shown} is taken as {_number(_plain(first)):.15g}, with a decimal comma"
    return [_plain(cell) for cell in cells], (note,)


def _plain(cell: _Cell) -> _Cell:
    return _Cell(cell.text.replace(".", "").replace(",", "."), cell.place)


def _number(cell: _Cell) -> float:
    if cell.text.lower() in _ABSENT:
        return float("nan")
    try:
        value = float(cell.text)
    except ValueError as error:
        raise InputError(f"{cell.shown} is not a number", cell.place) from error
    if not np.isfinite(value):
        raise InputError(f"{cell.shown} is not finite", cell.place)
    return value

"""How does a table fit a terminal? Unchanged if the terminal is wide enough; otherwise long texts wrap between words.

If even that is too wide, each row is shown by itself: its first cell, and below it the others with their column names.
Words and numbers are never broken, except for a word that is longer than a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap

from plimsoll.domain.table import Table
from plimsoll.render.table import printable

_GAP, _INDENT = 2, "    "
_TEXT = 24  # a column of text is not made narrower than this

Mark = Callable[[str], str]
Rows = Sequence[Sequence[str]]


def to_terminal(tables: Sequence[Table], width: int, mark: Mark = str) -> str:
    """Write tables for a terminal `width` characters wide; `mark` styles titles and column names."""
    return "\n\n".join("\n".join(_lines(table, width, mark)) for table in tables) + "\n"


def _lines(table: Table, width: int, mark: Mark) -> list[str]:
    lines = [mark(line) for line in _wrapped(table.title, width)] if table.title else []
    if table.columns:
        rows = [[printable(cell) for cell in row] for row in (table.columns, *table.rows)]
        widths = _widths(rows, width)
        lines += _records(rows, width, mark) if widths is None else _grid(table, rows, widths, mark)
    return lines + [line for note in table.notes for line in _wrapped(note, width)]


def _widths(rows: Rows, width: int) -> list[int] | None:
    """Find the width of each column; None where the columns do not fit."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, cells)) for cells in columns]
    words = [max((len(word) for cell in cells for word in cell.split()), default=0) for cells in columns]
    least = [min(now, max(_TEXT, word)) for now, word in zip(widths, words, strict=True)]
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    while excess > 0:
        widest = max(range(len(widths)), key=lambda i: widths[i] - least[i])
        if widths[widest] == least[widest]:
            return None
        widths[widest] -= 1
        excess -= 1
    return widths


def _grid(table: Table, rows: Rows, widths: Sequence[int], mark: Mark) -> list[str]:
    lines = []
    for number, row in enumerate(rows):
        cells = [wrap(cell, size, break_on_hyphens=False) for cell, size in zip(row, widths, strict=True)]
        for i in range(max(1, *map(len, cells))):
            parts = [cell[i] if i < len(cell) else "" for cell in cells]
            set_ = [
                part.rjust(size) if column in table.numeric else part.ljust(size)
                for column, part, size in zip(table.columns, parts, widths, strict=True)
            ]
            line = (" " * _GAP).join(set_).rstrip()
            lines.append(line if number else mark(line))
    return lines


def _records(rows: Rows, width: int, mark: Mark) -> list[str]:
    names, *body = rows
    lines = []
    for first, *rest in body:
        lines += [mark(line) for line in _wrapped(first, width)]
        line = ""
        for pair in [f"{name} {cell}" for name, cell in zip(names[1:], rest, strict=True) if cell]:
            if line and len(_INDENT) + len(line) + _GAP + len(pair) > width:
                lines += _wrapped(line, width, _INDENT)
                line = pair
            else:
                line = f"{line}{' ' * _GAP}{pair}" if line else pair
        lines += _wrapped(line, width, _INDENT) if line else []
    return lines


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Wrap a text between words, keeping its line breaks."""
    size = max(width - len(indent), 1)
    lines = [wrap(line, size, break_on_hyphens=False) or [""] for line in printable(text).split("\n")]
    return [indent + line for wrapped in lines for line in wrapped]

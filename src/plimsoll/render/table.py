"""How does an answer look as a table: on a terminal, as CSV, as Markdown?"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from unicodedata import category

from plimsoll.domain.table import Table
from plimsoll.render.estimate import MARK

__all__ = ["Table", "as_markdown", "printable", "to_csv", "to_markdown", "to_text"]

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, bidirectional marks, surrogates, line separators
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]\d+(\.\d+)?(e[+-]\d+)?( ?[A-Za-z%]+([/ ][A-Za-z]+)*)?")  # with a unit: -3.5%, -2.1 MB/s
_TAG_OPENS = re.compile(r"<(?=[A-Za-z/!?])")  # CommonMark 0.31, 6.6: anything else does not begin raw HTML


def to_csv(tables: Sequence[Table]) -> str:
    """Write tables as CSV (RFC 4180 quoting), a blank line between two; titles, notes and their mark are left out.

    A cell that a spreadsheet would read as a formula gets a leading apostrophe (OWASP, CSV injection). Control
    characters are escaped, because the output may go to a terminal. Numbers have no thousands separators, because a
    comma is a decimal comma in some locales.
    """
    out = io.StringIO()
    for index, table in enumerate(tables):
        if index:
            out.write("\n")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def to_markdown(tables: Sequence[Table]) -> str:
    """Write tables as GitHub-flavored Markdown, titles as headings and notes as paragraphs."""
    parts: list[str] = []
    for table in tables:
        if table.title:
            parts.append(f"## {as_markdown(table.title)}")
        if table.columns:
            ruler = ["---:" if column in table.numeric else "---" for column in table.columns]
            lines = [table.columns, tuple(ruler), *table.rows]
            parts.append("\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines))
        parts.extend(as_markdown(note) for note in table.notes)
    return "\n\n".join(parts) + "\n"


def to_text(tables: Sequence[Table]) -> str:
    """Write tables as aligned text without color, for a pipe or a file."""
    parts: list[str] = []
    for table in tables:
        lines = [printable(table.title)] if table.title else []
        if table.columns:
            rows = [[printable(cell) for cell in row] for row in (table.columns, *table.rows)]
            widths = [max(len(row[i]) for row in rows) for i in range(len(table.columns))]
            for row in rows:
                cells = [
                    cell.rjust(width) if column in table.numeric else cell.ljust(width)
                    for column, cell, width in zip(table.columns, row, widths, strict=True)
                ]
                lines.append("  ".join(cells).rstrip())
        lines.extend(printable(note) for note in table.notes)
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def printable(text: str) -> str:
    r"""Escape control characters, so that a name from outside cannot move a terminal's cursor.

    >>> print(printable("disk\x1b[2J"))
    disk\x1b[2J
    """
    if text.isprintable():
        return text
    return "".join(repr(c)[1:-1] if category(c) in _UNSEEN and c not in "\n\t" else c for c in text)


def as_markdown(text: str) -> str:
    r"""Escape a line of text for Markdown, so that a name from outside cannot add a tag, a line or a control character.

    >>> print(as_markdown("p95<250ms of <b>disk\x1b[2J"))
    p95<250ms of \<b>disk\x1b[2J
    """
    return _TAG_OPENS.sub(r"\\<", printable(text).replace("\n", " "))


def _cell(text: str) -> str:
    return as_markdown(text).replace("|", "\\|")


def _harmless(text: str) -> str:
    text = printable(text.replace(f"){MARK}", ")"))
    if _THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and text != "-" and not _NUMBER.fullmatch(text):
        return "'" + text
    return text

"""An answer in rows and columns of text, as people read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Columns and rows of text. `numeric` names the columns that are set flush right; `notes` stand below.

    `label` marks data that were not measured ("synthetic").
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    numeric: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    label: str = ""

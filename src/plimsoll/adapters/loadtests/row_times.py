"""When was each row of a plain CSV taken, if it is a moment of a run and no step?

`time=COLUMN` names a column of dates, epochs, or seconds since the start. Without it, a column counts as time if all
its cells are dates, or epochs under a name for time; all times must differ and lie within the longest plausible run.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from plimsoll.adapters.loadtests.plain_table import Column, Table
from plimsoll.adapters.loadtests.seconds import LONGEST_S
from plimsoll.adapters.sources.tables.times import OUTSIDE_MS, Clock
from plimsoll.domain.errors import InputError

_ROWS_OF_A_RUN = 10  # at one load: no test repeats a step as often in sequence
_CALLED_A_TIME = re.compile(r"time|stamp|date|epoch|clock|\bts\b", re.IGNORECASE)


def time_column(cells: Table, named: frozenset[str]) -> str:
    """Find the first column, apart from those `named`, that holds the time of each row; empty where none does."""
    for number, name in enumerate(cells.header):
        if name in named or cells.header.count(name) > 1:
            continue
        are_dates = any(not row[number].strip().replace(".", "", 1).isdigit() for _, row in cells.rows)
        times = _moments_s(cells, name) if are_dates or _CALLED_A_TIME.search(name) else None
        if times is not None and not _fault(times):
            return name
    return ""


def row_times_s(cells: Table, name: str, scale: float) -> Column:
    """Read the times of all rows, in seconds; plain numbers are `scale` seconds each.

    Raises InputError for a cell that is no time, or for times that cannot be of one run.
    """
    times = _moments_s(cells, name)
    times = cells.column(name).values * scale if times is None else times
    if fault := "a row has none" if np.any(np.isnan(times)) else _fault(times):
        raise InputError(f"{cells.source}: column {name!r} is no time of rows of one run: {fault}")
    return times


def unnamed_times_s(cells: Table, named: frozenset[str], notes: list[str]) -> Column | None:
    """Read the times from a column apart from those `named`, with a note; None without such a column."""
    if not (column := time_column(cells, named)):
        return None
    notes.append(f"column {column!r} tells when each row was taken: rows are moments of one run")
    return row_times_s(cells, column, 1.0)


def rows_that_stay(load: Column) -> tuple[str, ...]:
    """Note many successive rows at the same load, which look like moments of a run without times."""
    changes = np.flatnonzero(np.diff(load, prepend=np.nan, append=np.nan) != 0)
    rows = np.diff(changes)
    if np.max(rows, initial=0) < _ROWS_OF_A_RUN:
        return ()
    longest = int(np.argmax(rows))
    stays = (
        f"load stays at {load[changes[longest]]:g} for {rows[longest]} rows, each taken for a steady step of its own"
    )
    wrong = "if they are moments of one run, intervals are far too narrow and the line may lie too high"
    return (f"{stays}: {wrong}; name their times (time=COLUMN), or write the means of each steady load in a row",)


def _moments_s(cells: Table, name: str) -> Column | None:
    """Read dates or epochs; None where any cell is neither."""
    number = cells.header.index(name)
    times_ms, bad = Clock().read(pa.array([row[number] for _, row in cells.rows]))
    return None if np.any(bad | (times_ms == OUTSIDE_MS)) else times_ms / 1000


def _fault(times: Column) -> str:
    if np.unique(times).size < times.size:
        return "two rows have the same"
    days = f"they span more than {LONGEST_S // 86400} days, as telemetry does (limits from-telemetry)"
    return days if np.ptp(times) > LONGEST_S else ""

"""Where a recorded demand comes from: a CSV of timestamp,value with one row a step.

Further columns whose cells are all numbers (or blank: nothing was recorded) are series of the whole component.
Time stamps are numbers (epoch seconds) or ISO 8601; one without a zone is UTC. A row without a value was a step without
demand; rows are taken as steps in the order of the file. Both are findings where they matter.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.finding import Finding
from plimsoll.domain.series import Values
from plimsoll.domain.trace import Trace

if TYPE_CHECKING:
    from _csv import Reader

_COLUMNS = ("timestamp", "value")
_MOST_BYTES = 256 * 2**20  # ten years of minutes have 150 MB
_LATEST_S = 253_402_300_799.0  # the end of the year 9999


def read_trace(path: str | Path) -> Trace:
    """Read a trace; raises InputError with line and column for what cannot be understood."""
    file = str(path)
    try:
        with Path(path).open("rb") as raw:
            content = raw.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"is larger than {_MOST_BYTES // 2**20} MiB, which no trace is", Place(file))
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", Place(file)) from None
    rows = list(_rows(text, file))
    if len(rows) < 2:
        raise InputError(f"has {len(rows)} rows; a trace needs at least two, to tell its step", Place(file))
    times = np.array([time_s for time_s, _ in rows])
    step_s = float(times[1] - times[0])
    if step_s <= 0:
        message = "the second row is not later than the first; rows must be in the order of time"
        raise InputError(message, Place(file, 3, 1, "timestamp"))
    if times[-1] + step_s > _LATEST_S:
        raise InputError("its last step ends after the year 9999", Place(file, len(times) + 1, 1, "timestamp"))
    load = np.array([0.0 if value is None else value for _, value in rows])
    if not load.any():
        raise InputError("holds no demand: every value is 0", Place(file))
    blank = sum(value is None for _, value in rows)
    found = tuple(_findings(file, times.tolist(), step_s, blank))
    return Trace(Path(path).stem, times, load, step_s, found, tuple(_columns(text, len(rows))))


def _columns(text: str, rows: int) -> Iterator[tuple[str, Values]]:
    """Find the further columns that hold numbers."""
    cells = [row for row in csv.reader(text.splitlines()) if row]
    names = [name.strip() for name in cells[0]]
    for place, name in enumerate(names):
        if not name or name.lower() in _COLUMNS:
            continue
        column = [_number(row[place] if place < len(row) else "") for row in cells[1 : rows + 1]]
        known = [value for value in column if value is not None]
        if len(known) == rows:
            yield name, np.array(known)


def _number(text: str) -> float | None:
    """Read a cell: NaN where it is blank, None where it is no number."""
    try:
        value = float(text) if text.strip() else math.nan
    except ValueError:
        return None
    return value if not math.isinf(value) else None


def _rows(text: str, file: str) -> Iterator[tuple[float, float | None]]:
    reader = csv.reader(text.splitlines())
    try:
        yield from _read(reader, file)
    except csv.Error as error:
        raise InputError(f"is no CSV that can be read: {error}", Place(file, reader.line_num + 1)) from None


def _read(reader: Reader, file: str) -> Iterator[tuple[float, float | None]]:
    header = [name.strip().lower() for name in next(reader, [])]
    if missing := [name for name in _COLUMNS if name not in header]:
        raise InputError(f"has no column {missing[0]!r}; a trace begins with `timestamp,value`", Place(file, 1))
    at_time, at_value = (header.index(name) for name in _COLUMNS)
    for cells in reader:
        if not cells:
            continue
        line = reader.line_num
        if len(cells) <= max(at_time, at_value):
            raise InputError(f"has {len(cells)} cells where {len(header)} were expected", Place(file, line))
        yield (
            _time(cells[at_time].strip(), Place(file, line, at_time + 1, "timestamp")),
            _value(cells[at_value].strip(), Place(file, line, at_value + 1, "value")),
        )


def _time(text: str, place: Place) -> float:
    try:
        if text.replace(".", "", 1).isdigit():
            return _epoch(text, place)
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise InputError(f"{text[:40]!r} is no time; write epoch seconds or ISO 8601", place) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _epoch(text: str, place: Place) -> float:
    seconds = float(text)
    if seconds > _LATEST_S:
        raise InputError(f"{text[:40]!r} is past the year 9999; write epoch seconds, not milliseconds", place)
    return seconds


def _value(text: str, place: Place) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{text[:40]!r} is no number", place) from None
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{text[:40]!r} is no demand; it must be finite and not below 0", place)
    return value


def _findings(file: str, times: list[float], step_s: float, blank: int) -> Iterator[Finding]:
    if blank:
        yield Finding("trace-blank", f"{blank} rows have no value", "taken as steps without demand", (Place(file),))
    uneven = [place for place, (one, other) in enumerate(pairwise(times)) if other - one != step_s]
    if uneven:
        message = f"{len(uneven)} rows do not follow the one before by {step_s:g} s"
        place = Place(file, uneven[0] + 3, 1, "timestamp")
        yield Finding("trace-uneven", message, "every row is taken as one step", (place,))

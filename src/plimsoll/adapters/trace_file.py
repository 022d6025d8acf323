"""How is a recorded demand read? From a CSV of timestamp,value with one row per step.

Further columns whose cells are all numbers (or blank: nothing was recorded) are series of the whole component. Time
stamps are numbers (epoch seconds) or ISO 8601; one without a zone is UTC. A row without a value is a step without
demand; rows are steps in the order of the file; a row with a time outside the years 1 to 9999 is left out. Each of
these is a finding where it matters, and the last is also a warning.
"""

from __future__ import annotations

import csv
import logging
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.finding import Finding
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.series import COMMON, Values, usual_step_ms
from plimsoll.domain.stored import EVER
from plimsoll.domain.trace import Trace

if TYPE_CHECKING:
    from _csv import Reader

_COLUMNS = ("timestamp", "value")
_MOST_BYTES = 256 * 2**20  # ten years of minutes have 150 MB
_EARLIEST_S, _LATEST_S = EVER.start_ms / 1000, EVER.end_ms / 1000 - 1
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_OUTSIDE = re.compile(r"(?:[+-]?\d{5,12}|-\d{4}|[+-]?0000)(-\d\d-\d\d(?:[T ].*)?)")  # a year outside the calendar
_OUTSIDE_WORDS = "outside the years 1 to 9999"
_HINT = "write epoch seconds, not milliseconds"
_JITTER = 0.1  # of a step: the tolerance within which a row still follows the one before
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: the place and text of its time, the time in seconds (None: outside the calendar), and the value."""

    line: int
    column: int
    shown: str
    time_s: float | None
    value: float | None


def read_trace(path: str | Path) -> Trace:
    """Read a trace; raises InputError with line and column for a row that cannot be read."""
    file = str(path)
    try:
        with Path(path).open("rb") as raw:
            content = raw.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"is larger than {_MOST_BYTES // 2**20} MiB, which no trace is", Place(file))
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {(error.strerror or 'error').lower()}", Place(file)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text; save the file as UTF-8", Place(file)) from None
    if not text.strip():
        raise InputError("is empty", Place(file))
    every = list(_rows(text, file))
    kept = [place for place, row in enumerate(every) if row.time_s is not None]
    rows = [every[place] for place in kept]
    outside = [row for row in every if row.time_s is None]
    if outside and not rows:
        raise InputError(f"{outside[0].shown!r} is {_OUTSIDE_WORDS}; {_HINT}", _at(file, outside[0]))
    if len(rows) < 2:
        raise InputError(f"has {len(rows)} rows; a trace needs at least two, to tell its step", Place(file))
    times = np.array([row.time_s for row in rows], dtype=np.float64)
    if times[1] <= times[0]:
        message = "the second row is not later than the first; rows must be in the order of time"
        raise InputError(message, _at(file, rows[1]))
    step_s = float(np.quantile(np.diff(times), 0.5, method="lower"))
    if step_s <= 0:
        raise InputError("half of its rows are not later than the one before; sort them by time", Place(file))
    if step_s >= 1 and np.mean(np.diff(times) == step_s) < COMMON:  # with a jittering clock hardly any distance repeats
        step_s = usual_step_ms(np.rint(1000 * times).astype(np.int64)) / 1000
    if times[-1] + step_s > _LATEST_S:
        raise InputError("its last step ends after the year 9999", _at(file, rows[-1]))
    load = np.array([0.0 if row.value is None else row.value for row in rows])
    if not load.any():
        raise InputError("holds no demand: every value is 0", Place(file))
    found = (*_left_out(file, outside), *_findings(file, rows, times, step_s))
    return Trace(Path(path).stem, times, load, step_s, found, tuple(_columns(text, kept)))


def _columns(text: str, kept: list[int]) -> Iterator[tuple[str, Values]]:
    """Find the further columns that hold numbers in every row that is kept."""
    names, *body = [row for row in csv.reader(text.splitlines()) if row]
    for place, name in enumerate(name.strip() for name in names):
        if not name or name.lower() in _COLUMNS:
            continue
        cells = (body[row][place] if place < len(body[row]) else "" for row in kept)
        known = [value for cell in cells if (value := _number(cell)) is not None]
        if len(known) == len(kept):
            yield name, np.array(known)


def _number(text: str) -> float | None:
    """Read a cell: NaN where it is blank, None where it is no number."""
    try:
        value = float(text) if text.strip() else math.nan
    except ValueError:
        return None
    return value if not math.isinf(value) else None


def _rows(text: str, file: str) -> Iterator[_Row]:
    reader = csv.reader(text.splitlines())
    try:
        yield from _read(reader, file)
    except csv.Error as error:
        raise InputError(f"is no CSV that can be read: {error}", Place(file, reader.line_num + 1)) from None


def _read(reader: Reader, file: str) -> Iterator[_Row]:
    header = [name.strip().lower() for name in next(reader, [])]
    if missing := [name for name in _COLUMNS if name not in header]:
        why = f"has no column {missing[0]!r}: a trace begins with `timestamp,value`; of another file name a --signal"
        raise InputError(why, Place(file, 1))
    at_time, at_value = (header.index(name) for name in _COLUMNS)
    for cells in reader:
        if not cells:
            continue
        line = reader.line_num
        if len(cells) <= max(at_time, at_value):
            raise InputError(f"has {len(cells)} cells where {len(header)} were expected", Place(file, line))
        shown = cells[at_time].strip()
        yield _Row(
            line,
            at_time + 1,
            shown[:40],
            _time(shown, Place(file, line, at_time + 1, "timestamp")),
            _value(cells[at_value].strip(), Place(file, line, at_value + 1, "value")),
        )


def _time(text: str, place: Place) -> float | None:
    """Read a time; None where it is a time outside the calendar."""
    if _NUMBER.fullmatch(text):
        seconds = float(text)
        return seconds if _EARLIEST_S <= seconds <= _LATEST_S else None
    outside = _OUTSIDE.fullmatch(text)
    try:
        moment = datetime.fromisoformat(("2000" + outside[1] if outside else text).replace("Z", "+00:00"))
    except ValueError:
        raise InputError(f"{text[:40]!r} is no time; write epoch seconds or ISO 8601", place) from None
    return None if outside else (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


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


def _at(file: str, row: _Row) -> Place:
    return Place(file, row.line, row.column, "timestamp")


def _left_out(file: str, rows: list[_Row]) -> Iterator[Finding]:
    """Warn of the rows that were left out for their times."""
    if rows:
        place, count = _at(file, rows[0]), f"{len(rows)} row{'s' if len(rows) > 1 else ''}"
        message = f"{rows[0].shown!r}: {count} with a time {_OUTSIDE_WORDS} left out"
        _LOG.warning("%s: %s", place, message)
        yield Finding("trace-outside", message, "the rows around are taken as one step after the other", (place,))


def _findings(file: str, rows: list[_Row], times: Values, step_s: float) -> Iterator[Finding]:
    if blank := sum(row.value is None for row in rows):
        yield Finding("trace-blank", f"{blank} rows have no value", "taken as steps without demand", (Place(file),))
    uneven = np.flatnonzero(np.abs(np.diff(times) - step_s) > _JITTER * step_s)
    if uneven.size:
        message = f"{uneven.size} rows do not follow the one before by {step_s:g} s"
        off_s = float(times[-1] - times[0]) - (times.size - 1) * step_s
        clock = f", so that the clock of schedules is {format_duration(abs(off_s))} off at the end" if off_s else ""
        taken = f"every row is taken as one step{clock}"
        yield Finding("trace-uneven", message, taken, (_at(file, rows[uneven[0] + 1]),))

"""Which moment does a time cell mean?

Whole numbers are seconds, milliseconds, microseconds or nanoseconds since 1970. The first number large enough to be a
time decides by its size (10^11 s is the year 5138, 10^11 ms is 1973), and all others must have the same unit. Numbers
below 10^8 are a count, not times; in a column of times they are out of range.

Text is ISO 8601; a month (2026-02) is its first moment, and slashes may follow a leading year (2026/02/14). A time
without a zone is UTC unless one is given. When clocks go back, an hour of the zone comes twice: only the order of the
rows shows the second pass, so a time that does not advance within such an hour belongs to the second pass. When clocks
go forward, an hour does not exist: a time in it is read as if the clock had not moved.

A well-formed date outside the years 1 to 9999 is `OUTSIDE_MS`: its row is left out and counted. A cell that is no date
at all is a fault of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.domain.series import Times
from plimsoll.domain.stored import EVER

Mask = NDArray[np.bool_]
# name, smallest, first too large, and the factor to milliseconds: no number is in two of them
_EPOCHS = (
    ("seconds", 1e8, 1e11, 1000.0),
    ("milliseconds", 1e11, 1e14, 1.0),
    ("microseconds", 1e14, 1e17, 1e-3),
    ("nanoseconds", 1e17, float("inf"), 1e-6),
)
_ZONED = r"[T ]\d{2}.*(?:Z|z| ?UTC|[+-]\d{2}:?\d{2})$"
OUTSIDE_MS = EVER.end_ms
# A year of five digits or more, or one before the year 1; the rest of the cell must be a date of its own.
_OUTSIDE = r"^(?:[+-]?\d{5,12}|-\d{4}|[+-]?0000)(-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ].*)?)$"
_ANY_YEAR = r"2000\1"  # a leap year replaces it
_YEAR_FIRST = r"^(\d{4})/(\d{2})/(\d{2})"
_MONTH = r"^(\d{4}-(?:0[1-9]|1[0-2]))$"  # begins on its first day


@dataclass
class Clock:
    """What is known about the times of one file so far; carried from batch to batch.

    `zone` is the zone of times without one. `ambiguous` marks the rows of the last batch that lie in a doubled hour.
    """

    zone: str = ""
    epoch: tuple[str, float, float, float] | None = None
    naive: int = 0
    skipped_hour: int = 0
    ambiguous: Mask | None = None
    notes: list[str] = field(default_factory=list)

    def read(self, cells: Any) -> tuple[Times, Mask]:
        """Turn an Arrow array of time cells into epoch ms; the mask marks the first that cannot be read."""
        self.ambiguous = None
        if isinstance(cells, pa.ChunkedArray):
            cells = cells.combine_chunks()
        if pa.types.is_dictionary(cells.type):
            cells = cells.cast(cells.type.value_type)
        kind = cells.type
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return self._timestamps(cells)
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return self._epochs(cells.cast(pa.float64(), safe=False))
        return self._texts(cells.cast(pa.string()))

    def _texts(self, cells: Any) -> tuple[Times, Mask]:
        cells = pc.utf8_trim_whitespace(pc.fill_null(cells, ""))
        numbers = _numbers(cells)
        if numbers is not None:
            return self._epochs(numbers)
        cells = pc.replace_substring_regex(cells, _MONTH, r"\1-01")
        cells = pc.replace_substring_regex(cells, _YEAR_FIRST, r"\1-\2-\3")
        outside = np.asarray(pc.match_substring_regex(cells, _OUTSIDE))
        if outside.any():
            cells = pc.replace_substring_regex(cells, _OUTSIDE, _ANY_YEAR)
        times, bad = self._dates(cells)
        times[outside & ~bad] = OUTSIDE_MS
        return times, bad

    def _dates(self, cells: Any) -> tuple[Times, Mask]:
        zoned = np.asarray(pc.match_substring_regex(cells, _ZONED))
        times = np.zeros(len(cells), dtype=np.int64)
        bad = np.zeros(len(cells), dtype=bool)
        if zoned.any():
            times[zoned], bad[zoned] = _zoned(cells.filter(pa.array(zoned)))
        if not zoned.all():
            plain, plain_bad = _naive(cells.filter(pa.array(~zoned)))
            times[~zoned], bad[~zoned] = self._localized(plain, ~zoned), plain_bad
        return times, bad

    def _timestamps(self, cells: Any) -> tuple[Times, Mask]:
        missing, outside = np.asarray(cells.is_null()), _outside(cells)
        zoned = getattr(cells.type, "tz", None) is not None
        whole = np.asarray(pc.fill_null(pc.cast(cells, _MS, safe=False).cast(pa.int64()), 0), dtype=np.int64)
        whole = np.where(outside, 0, whole)
        times = whole if zoned else self._localized(whole, np.ones(len(cells), dtype=bool))
        return np.where(outside, OUTSIDE_MS, times), missing

    def _epochs(self, numbers: Any) -> tuple[Times, Mask]:
        values = np.asarray(pc.fill_null(numbers, float("nan")), dtype=np.float64)
        fits = (values >= _EPOCHS[0][1]) & (values * _EPOCHS[-1][3] < OUTSIDE_MS)
        if self.epoch is None and fits.any():
            first = values[np.argmax(fits)]
            self.epoch = next(epoch for epoch in _EPOCHS if epoch[1] <= first < epoch[2])
            self.notes.append(f"whole-number times taken as {self.epoch[0]} since 1970-01-01 UTC")
        if self.epoch is None:
            return np.zeros(values.size, dtype=np.int64), np.ones(values.size, dtype=bool)
        _, least, most, factor = self.epoch
        inside = fits & (values >= least) & (values < most) & (values * factor < OUTSIDE_MS)
        bad = ~np.isfinite(values) | (fits & ~inside)  # of another size: a file of two units
        return np.where(inside, np.round(np.where(inside, values * factor, 0)), OUTSIDE_MS).astype(np.int64), bad

    def _localized(self, local_ms: Times, where: Mask) -> Times:
        """Convert naive local times to UTC; remember which rows (of `where`) lie in a doubled hour."""
        self.naive += int(local_ms.size)
        if not self.zone or self.zone == "UTC":
            return local_ms
        cells = pa.array(local_ms, type=_MS)
        early = _assumed(cells, self.zone, "earliest")
        late = _assumed(cells, self.zone, "latest")
        self.skipped_hour += int(np.count_nonzero(early + _offset_ms(early, self.zone) != local_ms))
        if (early != late).any():
            self.ambiguous = np.zeros(where.size, dtype=bool)
            self.ambiguous[np.flatnonzero(where)[early != late]] = True
        return early

    def remarks(self) -> tuple[str, ...]:
        """State what was assumed about the times."""
        out = list(self.notes)
        if self.naive:
            out.append(f"times without a zone taken as {self.zone or 'UTC'}")
        if self.skipped_hour:
            jumped = "do not exist (clocks went forward), taken as if the clock had not moved yet"
            out.append(f"{self.skipped_hour} times in {self.zone} {jumped}")
        return tuple(out)


_MS = pa.timestamp("ms")


def second_pass_ms(times_ms: Times, ambiguous: Mask, zone: str) -> Times:
    """Shift the times of one series that lie in the second pass of a doubled hour.

    `times_ms` are in the order of the rows, read as of the first pass; a time that does not advance begins the second
    pass.
    """
    if not ambiguous.any():
        return times_ms
    out = times_ms.copy()
    previous: int | None = None
    second = False
    for row in range(out.size):
        if not ambiguous[row]:
            previous, second = None, False
            continue
        second = second or (previous is not None and int(times_ms[row]) <= previous)
        previous = int(times_ms[row])
        if second:
            out[row] += _fold_ms(previous, zone)
    return out


def _fold_ms(first_pass_ms: int, zone: str) -> int:
    """The length of the doubled span that contains `first_pass_ms`, from the two readings of its local time."""
    local = pa.array(np.array([first_pass_ms], dtype=np.int64) + _offset_ms(np.array([first_pass_ms]), zone), type=_MS)
    return int(_assumed(local, zone, "latest")[0] - _assumed(local, zone, "earliest")[0])


def _assumed(cells: Any, zone: str, ambiguous: str) -> Times:
    # "earliest"/"latest" of a time that does not exist are the moments just before and at the jump; shifting by the
    # offset that held before the jump keeps the minutes, so those cells are worked out on their own below.
    moments = pc.assume_timezone(cells, zone, ambiguous=ambiguous, nonexistent="earliest")
    out = np.asarray(moments.cast(pa.int64()), dtype=np.int64).copy()
    local = np.asarray(cells.cast(pa.int64()), dtype=np.int64)
    missing = out + _offset_ms(out, zone) != local
    if missing.any():
        out[missing] = local[missing] - _offset_ms(out[missing], zone)
    return out


def _offset_ms(times_ms: Times, zone: str) -> Times:
    moments = pa.array(times_ms, type=pa.timestamp("ms", tz="UTC")).cast(pa.timestamp("ms", tz=zone))
    return np.asarray(pc.local_timestamp(moments).cast(pa.int64()), dtype=np.int64) - times_ms


def _numbers(cells: Any) -> Any | None:
    """The cells as floats if all of them are plain numbers (a plain year such as 2024 counts as an epoch)."""
    try:
        return pc.cast(cells, pa.float64())
    except pa.ArrowInvalid:
        return None


def _outside(cells: Any) -> Mask:
    """Find the dates and timestamps outside the years 1 to 9999, before they are cast: a cast would wrap around."""
    unit = getattr(cells.type, "unit", "ms") if pa.types.is_timestamp(cells.type) else "ms"
    if pa.types.is_date32(cells.type):
        cells, unit = cells.cast(pa.timestamp("s")), "s"
    numbers = np.asarray(pc.fill_null(cells.cast(pa.int64()), 0), dtype=np.float64)
    times = numbers * {"s": 1e3, "ms": 1.0, "us": 1e-3, "ns": 1e-6}[unit]
    return np.asarray((times < EVER.start_ms) | (times >= EVER.end_ms), dtype=bool)


def _naive(cells: Any) -> tuple[Times, Mask]:
    if _castable(cells, pa.timestamp("ns")):
        return _cast(cells, pa.timestamp("ns"))
    return _cast(_in_ms(cells), _MS)  # nanoseconds reach from 1677 to 2262


def _zoned(cells: Any) -> tuple[Times, Mask]:
    return _cast(_in_ms(pc.replace_substring_regex(cells, r"(z| ?UTC)$", "Z")), pa.timestamp("ms", tz="UTC"))


def _in_ms(cells: Any) -> Any:
    return pc.replace_substring_regex(cells, r"(\.\d{3})\d+", r"\1")


def _cast(cells: Any, kind: Any) -> tuple[Times, Mask]:
    whole = pa.timestamp("ms", tz=kind.tz)
    bad = np.zeros(len(cells), dtype=bool)
    if (first := _first_unreadable(cells, kind)) is not None:
        bad[first] = True
        cells = cells[:first]
    times = np.zeros(bad.size, dtype=np.int64)
    times[: len(cells)] = np.asarray(pc.cast(pc.cast(cells, kind), whole, safe=False).cast(pa.int64()))
    return times, bad


def _first_unreadable(cells: Any, kind: Any) -> int | None:
    """Find the first cell that cannot be cast, by bisection; None where all can."""
    if _castable(cells, kind):
        return None
    good, bad = 0, len(cells)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if _castable(cells[good:middle], kind) else (good, middle)
    return good


def _castable(cells: Any, kind: Any) -> bool:
    try:
        pc.cast(cells, kind)
    except pa.ArrowInvalid:
        return False
    return True

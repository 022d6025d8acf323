"""How do rows of a table become series? Each batch is grouped by its labels, and the groups are joined at the end.

Corrections on the way (duplicates, order, missing cells, infinities) are counted and stated in the notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.adapters.sources.metric_names import kind_named, unit_and_kind
from plimsoll.adapters.sources.tables.layout import Layout
from plimsoll.adapters.sources.tables.times import Clock, Mask, second_pass_ms
from plimsoll.domain.errors import InputError, Place
from plimsoll.domain.quantity import some_of
from plimsoll.domain.series import (
    MetricKind,
    Series,
    SeriesId,
    Times,
    Values,
    Window,
    falls_of,
    is_no_counter,
    tidy,
)
from plimsoll.domain.stored import EVER
from plimsoll.domain.time_spans import DAY_MS

_MOST_NAMES = 5

Locate = Callable[[int, str], Place]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a file is read before it is refused: bounds of memory, and of what a user can plausibly mean."""

    samples: int = 60_000_000
    series: int = 200_000


@dataclass(frozen=True)
class TableContent:
    """The result of one pass over a file: its series in the window, what was assumed, and what was corrected.

    `left_out` names the first row that was left out for its time, and counts such rows; a series that has no other rows
    is present without samples.
    """

    series: tuple[Series, ...]
    assumed: tuple[str, ...]
    put_right: tuple[str, ...]
    left_out: str = ""


@dataclass
class _Part:
    """The content of one batch: group code, time and doubled-hour mark of each row, and each value column."""

    codes: NDArray[np.int32]
    times_ms: Times
    ambiguous: Mask
    columns: list[tuple[Values, Mask]]


@dataclass
class Gather:
    """Gathers the batches of a table; `content` returns the result. `locate` turns a row and a column into a place."""

    stem: str
    layout: Layout
    clock: Clock
    window: Window
    locate: Locate
    bounds: Bounds = Bounds()
    rows: int = 0
    _samples: int = 0
    _groups: dict[Key, int] = field(default_factory=dict)
    _parts: list[_Part] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _silent: list[str] = field(default_factory=list)
    _falling: dict[str, tuple[int, int]] = field(default_factory=dict)
    _outside: Counter[int] = field(default_factory=Counter)
    _inside: Counter[int] = field(default_factory=Counter)
    _first_outside: str = ""

    def add(self, cells: Mapping[str, Any]) -> None:
        """Take one batch: Arrow arrays by column name, numbers as floats, labels as text."""
        times, bad = self.clock.read(cells[self.layout.time])
        if bad.any():
            row = int(np.argmax(bad))
            text = str(cells[self.layout.time][row].as_py())[:40]
            place = self.locate(self.rows + row, self.layout.time)
            raise InputError(f"{text!r} is not a time (ISO 8601 or a number since 1970)", place)
        codes = self._codes(cells, times.size)
        doubled = self.clock.ambiguous if self.clock.ambiguous is not None else np.zeros(times.size, dtype=bool)
        inside = (times >= EVER.start_ms) & (times < EVER.end_ms)
        self._count(codes, inside, cells[self.layout.time])
        kept = inside & (times >= self.window.start_ms - DAY_MS) & (times < self.window.end_ms + DAY_MS)
        columns = [_floats(cells[name], kept) for name in self.layout.values]
        self._parts.append(_Part(codes[kept], times[kept], doubled[kept], columns))
        self.rows += times.size
        self._samples += int(np.count_nonzero(kept)) * len(columns)
        if self._samples > self.bounds.samples:
            most = f"{self.bounds.samples:,} samples in the window"
            raise InputError(f"holds more than {most}; read a shorter one", self._file())

    def _count(self, codes: NDArray[np.int32], inside: Mask, cells: Any) -> None:
        """Count the rows of each group in and outside the calendar; remember the first outside."""
        if not inside.all() and not self._first_outside:
            row = int(np.argmin(inside))
            place = self.locate(self.rows + row, self.layout.time)
            self._first_outside = f"{place}: {_cell_text(cells[row])!r}"
        for counts, rows in ((self._inside, inside), (self._outside, ~inside)):
            found = np.bincount(codes[rows])
            counts.update({int(code): int(found[code]) for code in np.flatnonzero(found)})

    def series(self) -> tuple[Series, ...]:
        """Put the batches together: one series for each group and value column, unless its samples lie elsewhere."""
        if not self._parts:
            return ()
        codes = np.concatenate([part.codes for part in self._parts])
        times = np.concatenate([part.times_ms for part in self._parts])
        doubled = np.concatenate([part.ambiguous for part in self._parts])
        order = np.argsort(codes, kind="stable") if len(self._groups) > 1 else np.arange(codes.size)
        edges = np.searchsorted(codes[order], np.arange(len(self._groups) + 1))
        out: list[Series] = []
        for column, name in enumerate(self.layout.values):
            values = np.concatenate([part.columns[column][0] for part in self._parts])
            missing = np.concatenate([part.columns[column][1] for part in self._parts])
            silent: list[Series] = []
            for key, group in self._groups.items():
                rows = order[edges[group] : edges[group + 1]]
                rows = rows[~missing[rows]]
                if not self._inside[group]:
                    out.append(self._empty_series(name, key))
                    continue
                if not rows.size and (self.window == EVER or edges[group] < edges[group + 1]):
                    silent.append(self._empty_series(name, key))
                moments = second_pass_ms(times[rows], doubled[rows], self.clock.zone)
                out.extend(self._series_of(name, key, moments, values[rows]))
            self._counts["missing"] += int(np.count_nonzero(missing))
            if len(self.layout.values) == 1 or len(silent) == len(self._groups):  # else it is not a column of all
                self._silent.extend(str(one.id) for one in silent)
                out.extend(silent)
        return self._with_true_counters(out)

    def _with_true_counters(self, series: list[Series]) -> tuple[Series, ...]:
        """Take what is a counter by its name alone, and does not count up, for what the rest of the name says."""
        self._falling = _no_counters(series) if self.layout.kind is None else {}
        kinds = {name: unit_and_kind(name[: -len("_total")])[1] for name in self._falling}
        return tuple(replace(one, kind=kinds.get(one.id.name, one.kind)) for one in series)

    def content(self) -> TableContent:
        """Return the result: series, what was assumed about times, and what was corrected."""
        series = self.series()
        return TableContent(series, self.clock.remarks(), self._put_right(), self._left_out())

    def _left_out(self) -> str:
        """Report the rows that were left out for their times, if any."""
        if not self._outside:
            return ""
        names = {group: self._name_of(key) for key, group in self._groups.items() if self._outside[group]}
        groups = [f"{names[group]} {count}" for group, count in self._outside.most_common(_MOST_NAMES) if names[group]]
        more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
        of = f" (of {', '.join([*groups, *more])})" if groups else ""
        total = self._outside.total()
        word = "row" if total == 1 else "rows"
        return f"{self._first_outside}: {total} {word} with a time outside the years 1 to 9999 left out{of}"

    def _name_of(self, key: Key) -> str:
        """Name a group of rows; empty if the whole table is one group."""
        if self.layout.is_long:
            return str(self._identity(self.layout.values[0], key)[0])[:60]
        return " ".join(cell for cell in key if cell)[:60]

    def _empty_series(self, column: str, key: Key) -> Series:
        """A series without samples, of which only the name is known."""
        identity, unit, kind = self._identity(column, key)
        return Series(identity, np.zeros(0, dtype=np.int64), np.zeros(0), unit, kind)

    def _put_right(self) -> tuple[str, ...]:
        words = {
            "missing": "{n} empty cells left out",
            "duplicates": "{n} samples with a time that came again dropped (the last one stands)",
            "disordered": "{n} series had rows out of order (sorted)",
            "infinite": "{n} infinite values kept as not-a-number",
            "nan": "{n} values are not-a-number in the file",
            "negative": "{n} values of counters are negative",
        }
        notes = [text.format(n=self._counts[what]) for what, text in words.items() if self._counts[what]]
        falling = (
            f"{name} falls at {falls} of {steps} steps: taken as values, not as a counter"
            for name, (falls, steps) in self._falling.items()
        )
        return (*notes, *falling, *self._without_a_value())

    def _without_a_value(self) -> tuple[str, ...]:
        return (f"not one value with a time in {some_of(self._silent, _MOST_NAMES)}",) if self._silent else ()

    def _series_of(self, column: str, key: Key, times: Times, values: Values) -> list[Series]:
        times, values, duplicates, disordered = tidy(times, values)
        inside = (times >= self.window.start_ms) & (times < self.window.end_ms)
        times, values = times[inside], values[inside]
        if not times.size:
            return []
        identity, unit, kind = self._identity(column, key)
        infinite = np.isinf(values)
        self._counts["infinite"] += int(np.count_nonzero(infinite))
        self._counts["nan"] += int(np.count_nonzero(np.isnan(values)))
        self._counts["duplicates"] += duplicates
        self._counts["disordered"] += int(disordered)
        if kind is MetricKind.COUNTER:
            self._counts["negative"] += int(np.count_nonzero(values < 0))
        return [Series(identity, times, np.where(infinite, np.nan, values), unit, kind)]

    def _identity(self, column: str, key: Key) -> tuple[SeriesId, str, MetricKind]:
        cell = dict(zip(self.layout.keys, key, strict=True))
        labels = {name: cell[name] for name in self.layout.labels if cell[name]}
        name = cell.get(self.layout.name or "", "")
        if not self.layout.is_long:
            labels |= {self.layout.name: name} if self.layout.name and name else {}
            name = column
        name = name or self.stem
        unit, kind = unit_and_kind(name)
        stated = kind_named(cell.get(self.layout.kind or "", ""))
        return (
            SeriesId.of(name, labels),
            cell.get(self.layout.unit or "", "") or unit,
            (kind if stated is MetricKind.UNKNOWN else stated),
        )

    def _codes(self, cells: Mapping[str, Any], size: int) -> NDArray[np.int32]:
        """Number the group of each row; a new combination of labels gets the next number."""
        if not self.layout.keys:
            self._groups.setdefault((), 0)
            return np.zeros(size, dtype=np.int32)
        combined = np.zeros(size, dtype=np.int64)
        for column in self.layout.keys:
            indices = np.asarray(_encoded(cells[column]).indices, dtype=np.int64)
            _, combined = np.unique(combined * (int(indices.max(initial=0)) + 1) + indices, return_inverse=True)
        _, first = np.unique(combined, return_index=True)
        columns = [cells[column].take(pa.array(first)).to_pylist() for column in self.layout.keys]
        keys: list[Key] = [tuple(str(cell or "") for cell in row) for row in zip(*columns, strict=True)]
        numbered = np.array([self._groups.setdefault(key, len(self._groups)) for key in keys], dtype=np.int32)
        if len(self._groups) > self.bounds.series:
            names = ", ".join(self.layout.keys)
            raise InputError(f"holds more than {self.bounds.series:,} series, told apart by {names}", self._file())
        return numbered[combined]

    def _file(self) -> Place:
        return Place(file=self.locate(0, self.layout.time).file)


def _no_counters(series: Iterable[Series]) -> dict[str, tuple[int, int]]:
    """Find the metrics named counters that fall too often, each with how often, and its number of steps.

    `orders_total` of a spreadsheet is often the orders of each day, and their sum over all days would be forecast.
    """
    found: dict[str, tuple[int, int]] = {}
    for one in series:
        if one.kind is MetricKind.COUNTER:
            (falls, steps), (more, of) = found.get(one.id.name, (0, 0)), falls_of(one.values)
            found[one.id.name] = falls + more, steps + of
    return {name: (falls, steps) for name, (falls, steps) in found.items() if is_no_counter(falls, steps)}


def _cell_text(cell: Any) -> str:
    """A cell as text; a time outside the calendar as its number."""
    try:
        return str(cell.as_py())[:40]
    except (OverflowError, ValueError):
        return str(cell.value)


def _floats(cells: Any, kept: Mask) -> tuple[Values, Mask]:
    missing = np.asarray(cells.is_null())
    return np.asarray(pc.fill_null(cells, float("nan")), dtype=np.float64)[kept], missing[kept]


def _encoded(cells: Any) -> Any:
    filled = pc.fill_null(cells, "")
    return filled if pa.types.is_dictionary(filled.type) else filled.dictionary_encode()

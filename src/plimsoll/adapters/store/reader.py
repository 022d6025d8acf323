"""How is the store read while another process writes to it?

A reader takes one manifest and answers from the files that it names. If a compaction deletes a file meanwhile, it reads
the manifest again. Each file is compared with its checksum before it is first read, because DuckDB ignores checksums
and returns wrong numbers from a file with a flipped byte. A damaged file is left out, and its day is a gap with a
reason.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from plimsoll.adapters.store.layers import samples_sql, where_sql
from plimsoll.adapters.store.ledger import SeriesTable, read_gaps
from plimsoll.adapters.store.manifest import SEGMENTS, Manifest, Segment, load
from plimsoll.adapters.store.samples import day_name
from plimsoll.adapters.store.segment import fault
from plimsoll.domain.errors import StoreError
from plimsoll.domain.gaps import unfilled
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, Window
from plimsoll.domain.stored import EVER, Selector, StoredSeries
from plimsoll.domain.time_spans import DAY_MS

_ATTEMPTS = 8
_READ = "select series, time, value from ({samples}) order by series, time"
_OVER_STEPS = """
    select series, {start} + (time - {start}) // {step} * {step} as time,
           coalesce({value} filter (where not isnan(value)), 'nan'::double) as value
    from ({samples}) group by all order by all
"""
_MEAN, _FIRST = "avg(value)", "arg_min(value, time)"
_EXTENT = """
    select series, count(*) as samples, min(time) as first, max(time) as last from ({samples}) group by all order by all
"""
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class View:
    """The part of one state of the store that a query needs: the segments of each day, and the damaged ones."""

    manifest: Manifest
    numbers: tuple[int, ...]
    window: Window
    days: dict[int, list[Segment]]
    damaged: dict[int, list[str]]


class Reader:
    """Answers queries from the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._table = SeriesTable()
        self._trusted: set[tuple[str, int, int]] = set()
        self._connection: Any = None

    def read(self, selector: Selector, window: Window) -> Harvest:
        """Read samples as they were written."""
        return self._consistently(lambda: self._plain(self._view(selector, window), selector))

    def mean(self, selector: Selector, window: Window, step_ms: int) -> Harvest:
        """Average over steps from the start of the window; of a counter, take the first value of each."""
        query = _OVER_STEPS.replace("{start}", str(window.start_ms)).replace("{step}", str(step_ms))
        return self._consistently(lambda: self._stepped(self._view(selector, window), selector, query))

    def catalog(self, selector: Selector, window: Window) -> tuple[StoredSeries, ...]:
        """Count the samples of each series, with the first and the last time."""
        return self._consistently(lambda: self._extents(self._view(selector, window)))

    def gaps(self, selector: Selector, window: Window) -> tuple[Gap, ...]:
        """List the gaps that no samples have filled."""
        return self._consistently(lambda: self._open_gaps(self._view(selector, window), selector))

    def faults(self) -> tuple[str, ...]:
        """Compare every file with what was written; one line for each that differs."""
        manifest = load(self._folder) or Manifest()
        return tuple(wrong for item in manifest.segments() if (wrong := fault(self._path(item.file), item)))

    def manifest(self) -> Manifest:
        """The current state of the store."""
        return load(self._folder) or Manifest()

    def _consistently(self, answer: Callable[[], Answer]) -> Answer:
        """Repeat a query if the files changed while it ran."""
        import duckdb

        for _ in range(_ATTEMPTS):
            before = self.manifest().generation
            try:
                found = answer()
            except (duckdb.Error, FileNotFoundError, StoreError) as error:
                if self.manifest().generation != before:
                    continue
                if isinstance(error, StoreError):
                    raise
                raise StoreError(f"series store {self._folder}: cannot be read: {_first_line(error)}") from error
            return found
        raise StoreError(f"series store {self._folder}: it changes faster than it can be read; try again")

    def _view(self, selector: Selector, window: Window) -> View:
        manifest = self.manifest()
        self._table.follow(self._folder, manifest.series)
        entries = self._table.entries
        numbers = tuple(number for number, entry in enumerate(entries) if selector.matches(entry.id))
        span = Window(max(window.start_ms, EVER.start_ms), min(window.end_ms, EVER.end_ms))
        days: dict[int, list[Segment]] = {}
        damaged: dict[int, list[str]] = {}
        for day in manifest.days_in(span) if numbers else ():
            for segment in filter(lambda item: item.touches(span), manifest.days[day]):
                wrong = self._damage_of(segment)
                if wrong is None:
                    days.setdefault(day, []).append(segment)
                else:
                    damaged.setdefault(day, []).append(wrong)
        if damaged and self.manifest().generation != manifest.generation:
            raise FileNotFoundError(f"{self._folder}: files were merged meanwhile")
        return View(manifest, numbers, span, days, damaged)

    def _damage_of(self, segment: Segment) -> str | None:
        """Check a file once, and again whenever it changes."""
        path = self._path(segment.file)
        mark = _mark(path)
        if mark in self._trusted:
            return None
        wrong = fault(path, segment)
        if wrong is None and mark is not None:
            self._trusted.add(mark)
        return wrong

    def _plain(self, view: View, selector: Selector) -> Harvest:
        return self._harvest(view, selector, self._series(self._rows(view, _READ)))

    def _stepped(self, view: View, selector: Selector, query: str) -> Harvest:
        """Answer one value a step; the mean over the reset of a counter would be a value that it never had.

        Counters are asked for apart: DuckDB 2.0 lets NaN pass where two aggregates of one query are filtered.
        """
        entries = self._table.entries
        series: list[Series] = []
        for value, is_counter in ((_MEAN, False), (_FIRST, True)):
            numbers = tuple(n for n in view.numbers if (entries[n].kind is MetricKind.COUNTER) is is_counter)
            series += self._series(self._rows(replace(view, numbers=numbers), query.replace("{value}", value)))
        return self._harvest(view, selector, tuple(sorted(series, key=lambda one: self._table.known(one.id))))

    def _harvest(self, view: View, selector: Selector, series: tuple[Series, ...]) -> Harvest:
        lost = unfilled([gap for day in view.damaged for gap in self._lost(view, day)], series)
        notes = tuple(f"left out, damaged: {wrong}" for day in sorted(view.damaged) for wrong in view.damaged[day])
        return Harvest(f"store {self._folder}", series, (*self._open_gaps(view, selector), *lost), notes)

    def _open_gaps(self, view: View, selector: Selector) -> tuple[Gap, ...]:
        """The gaps that no samples have filled; a gap for a whole name is filled only by its own source."""
        logged = {
            source: [gap.clipped(view.window) for gap in gaps if gap.touches(view.window) and selector.concerns(gap)]
            for source, gaps in read_gaps(self._folder, view.manifest.gaps).items()
        }
        if not any(logged.values()):
            return ()
        present = self._series(self._rows(self._around(view, logged), _READ))
        sources = {entry.id: entry.source for entry in self._table.entries}
        left: list[Gap] = []
        for source in sorted(logged):
            labeled = {gap.id for gap in logged[source] if gap.id.labels}
            candidates = [one for one in present if sources[one.id] == source or one.id in labeled]
            left.extend(unfilled(logged[source], candidates))
        return tuple(left)

    def _around(self, view: View, logged: Mapping[str, Sequence[Gap]]) -> View:
        """The part of a view that could fill the gaps: their series, from the first gap to the last."""
        gaps = [gap for of_source in logged.values() for gap in of_source]
        names, ids = {gap.id.name for gap in gaps}, {gap.id for gap in gaps}
        entries = self._table.entries
        numbers = tuple(n for n in view.numbers if entries[n].id in ids or entries[n].id.name in names)
        span = Window(min(gap.window.start_ms for gap in gaps), max(gap.window.end_ms for gap in gaps))
        days = {day: [item for item in items if item.touches(span)] for day, items in view.days.items() if numbers}
        return replace(view, numbers=numbers, window=span, days={day: items for day, items in days.items() if items})

    def _rows(self, view: View, query: str) -> dict[str, Any]:
        """Run a query over the samples of a view; columns as arrays."""
        if not view.days or not view.numbers:
            return {}
        where = where_sql(view.numbers, len(self._table.entries), view.window)
        text = query.replace("{samples}", samples_sql(self._folder / SEGMENTS, view.days, where))
        columns: dict[str, Any] = self._connected().sql(text).fetchnumpy()
        if columns["series"].max(initial=-1) >= len(self._table.entries):
            log = self._folder / view.manifest.series.file
            raise StoreError(
                f"{log}: damaged, it does not name every series that has samples; restore it from a backup"
            )
        return columns

    def _series(self, columns: dict[str, Any]) -> tuple[Series, ...]:
        """Cut columns that are sorted by (series, time) into series."""
        if not columns or not columns["series"].size:
            return ()
        numbers, times, values = columns["series"], np.ascontiguousarray(columns["time"]), columns["value"]
        starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        ends = np.append(starts[1:], numbers.size)
        entries = [self._table.entries[number] for number in numbers[starts]]
        return tuple(
            Series(entry.id, times[start:end], np.ascontiguousarray(values[start:end]), entry.unit, entry.kind)
            for entry, start, end in zip(entries, starts, ends, strict=True)
        )

    def _extents(self, view: View) -> tuple[StoredSeries, ...]:
        columns = self._rows(view, _EXTENT)
        if not columns:
            return ()
        rows = zip(*(columns[name].tolist() for name in ("series", "samples", "first", "last")), strict=True)
        found = ((self._table.entries[number], extent) for number, *extent in rows)
        return tuple(
            StoredSeries(entry.id, entry.unit, entry.kind, samples, first, last, entry.source)
            for entry, (samples, first, last) in found
        )

    def _lost(self, view: View, day: int) -> list[Gap]:
        span = Window(max(day * DAY_MS, view.window.start_ms), min((day + 1) * DAY_MS, view.window.end_ms))
        reason = f"the samples of {day_name(day)} are damaged: {'; '.join(view.damaged[day])}"
        return [Gap(self._table.entries[number].id, span, reason) for number in view.numbers]

    def _connected(self) -> Any:
        """A cursor of an engine that reads only Parquet, without extensions or access to Python variables."""
        import duckdb

        if self._connection is None:
            self._connection = duckdb.connect(
                config={
                    "python_enable_replacements": False,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "temp_directory": f"{tempfile.gettempdir()}/plimsoll-duckdb",
                }
            )
            self._connection.execute("set enable_progress_bar = false")
        return self._connection

    def _path(self, file: str) -> Path:
        return self._folder / SEGMENTS / file


def _mark(path: Path) -> tuple[str, int, int] | None:
    """A fingerprint that changes with the file; None where the file cannot be accessed."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return path.name, stat.st_size, stat.st_mtime_ns


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)

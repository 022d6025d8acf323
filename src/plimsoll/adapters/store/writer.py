"""How does the store change? Under the lock, by new files that a new manifest names; the manifest is the last step.

    segments written and flushed -> logs extended and flushed -> manifest replaced       an append is durable
    merged segment written       -> manifest replaced            -> parts deleted        a compaction

If the writer is killed at any point, the store is in the state of the last manifest: an append is there completely or
not at all.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from plimsoll.adapters.store.compaction import MOST_SEGMENTS, first_to_merge, merge_segments
from plimsoll.adapters.store.durable import extend_file, replace_file, storage_faults, sync_folder
from plimsoll.adapters.store.ledger import Entry, SeriesTable, gap_lines, read_gaps, series_lines
from plimsoll.adapters.store.lock import WriterLock
from plimsoll.adapters.store.manifest import SEGMENTS, Log, Manifest, commit, load, segment_name
from plimsoll.adapters.store.samples import Samples, by_day, gather
from plimsoll.adapters.store.segment import fault, write_segment
from plimsoll.domain.errors import StoreError
from plimsoll.domain.gaps import join
from plimsoll.domain.series import Harvest, Series

_GAP_LOG_SLACK = 65_536  # bytes by which the log of gaps may grow before it is rewritten


class Writer:
    """The one process that writes to a folder, from construction to `close`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock and clear what a killed writer left; raises StoreBusy or StoreError."""
        self._folder = folder
        self._table = SeriesTable()
        self._gap_log_limit = 4 * _GAP_LOG_SLACK
        with storage_faults(folder):
            (folder / SEGMENTS).mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
            self._lock = WriterLock(folder)
        try:
            if load(folder) is None:
                commit(folder, Manifest())
            self._manifest = self._recovered()
        except BaseException:
            self._lock.release()
            raise

    def append(self, harvest: Harvest) -> int:
        """Keep a harvest durably; return its number of samples."""
        entries = (Entry(s.id, s.unit, s.kind, harvest.source) for s in harvest.series if len(s))
        changed = list({new.id: new for entry in entries if (new := self._table.changed_entry(entry))}.values())
        samples = gather(self._numbered(harvest.series, changed))
        if not len(samples) and not harvest.gaps:
            return 0
        days = tuple(by_day(samples))
        with self._all_or_nothing():
            self._commit(self._with_appended(days, series_lines(changed), gap_lines(harvest.gaps, harvest.source)))
        for day, _ in days:
            segments = self._manifest.days[day]
            if len(segments) > MOST_SEGMENTS:
                self._compact(day, first_to_merge([item.rows for item in segments]))
        if self._manifest.gaps.length > self._gap_log_limit:
            self._shorten_gaps()
        return len(samples)

    def close(self) -> None:
        """Merge the days that are over, shorten the log of gaps, and release the lock."""
        try:
            for day in sorted(self._manifest.days)[:-1]:
                self._compact(day, 0)
            if self._manifest.gaps.length > _GAP_LOG_SLACK:
                self._shorten_gaps()
        finally:
            self._lock.release()

    def _numbered(self, series: Sequence[Series], changed: Sequence[Entry]) -> list[tuple[int, Series]]:
        fresh = (entry.id for entry in changed if self._table.number(entry.id) is None)
        numbers = {series_id: number for number, series_id in enumerate(fresh, len(self._table.entries))}
        filled = (item for item in series if len(item))
        return [(numbers[item.id] if item.id in numbers else self._table.known(item.id), item) for item in filled]

    def _with_appended(self, days: Sequence[tuple[int, Samples]], series: bytes, gaps: bytes) -> Manifest:
        """Append what is new, and return the manifest that would name it."""
        now = self._manifest
        segments = dict(now.days)
        for day, part in days:
            path = self._folder / SEGMENTS / segment_name(day, now.generation + 1)
            segments[day] = (*segments.get(day, ()), write_segment(path, [part]))
        sync_folder(self._folder / SEGMENTS)
        return replace(
            now,
            days=segments,
            series=self._extended(now.series, series),
            gaps=self._extended(now.gaps, gaps),
            garbage=(),
        )

    def _extended(self, log: Log, content: bytes) -> Log:
        if not content:
            return log
        length = extend_file(self._folder / log.file, log.length, content)
        return Log(log.file, length, zlib.crc32(content, log.crc32))

    def _compact(self, day: int, first: int) -> None:
        """Merge the segments of a day from `first` on; segments after a damaged one are not merged with it."""
        segments = self._manifest.days[day]
        if len(segments) - first < 2:
            return
        damaged = [i for i, item in enumerate(segments) if fault(self._folder / SEGMENTS / item.file, item)]
        first = max(first, damaged[-1] + 1) if damaged else first
        kept, parts = segments[:first], segments[first:]
        if len(parts) < 2:
            return
        with self._all_or_nothing():
            merged = merge_segments(self._folder, parts, day, self._manifest.generation + 1)
            sync_folder(self._folder / SEGMENTS)
            days = {**self._manifest.days, day: (*kept, merged)}
            self._commit(replace(self._manifest, days=days, garbage=tuple(item.file for item in parts)))
            self._sweep(self._manifest)

    def _shorten_gaps(self) -> None:
        """Rewrite the log of gaps if most of it consists of adjacent gaps that can be joined."""
        log = self._manifest.gaps
        gaps = read_gaps(self._folder, log)
        content = b"".join(gap_lines(join(gaps[source]), source) for source in sorted(gaps))
        self._gap_log_limit = 4 * len(content) + _GAP_LOG_SLACK
        if len(content) > log.length // 2:
            return
        with self._all_or_nothing():
            name = f"gaps.{self._manifest.generation + 1:010d}.jsonl"
            replace_file(self._folder / name, content)
            self._commit(
                replace(self._manifest, gaps=Log(name, len(content), zlib.crc32(content)), garbage=(log.file,))
            )
            self._sweep(self._manifest)

    def _commit(self, manifest: Manifest) -> None:
        following = replace(manifest, generation=manifest.generation + 1)
        commit(self._folder, following)
        self._table.follow(self._folder, following.series)
        self._manifest = following

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """After any error, continue from the state of the manifest on disk."""
        try:
            with storage_faults(self._folder):
                yield
        except BaseException:
            self._manifest = self._recovered()
            raise

    def _recovered(self) -> Manifest:
        manifest = load(self._folder)
        if manifest is None:
            raise StoreError(f"series store {self._folder}: its manifest is gone while it was written to")
        with storage_faults(self._folder):
            for path in (self._folder / SEGMENTS).glob(f"*.{manifest.generation + 1:010d}.parquet"):
                path.unlink(missing_ok=True)
            self._sweep(manifest)
        self._table.follow(self._folder, manifest.series)
        return manifest

    def _sweep(self, manifest: Manifest) -> None:
        for name in manifest.garbage:
            folder = self._folder / SEGMENTS if name.endswith(".parquet") else self._folder
            (folder / name).unlink(missing_ok=True)

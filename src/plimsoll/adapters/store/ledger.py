"""What does the store keep besides samples? The series with their labels, once each, and the gaps with their reasons.

Both are logs of JSON lines. A series is identified by the number of its first line; a later line for the same series
changes its unit or kind. Nothing past the committed length is read; up to there the manifest has the checksum.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from plimsoll.adapters.store.manifest import Log
from plimsoll.domain.errors import StoreError
from plimsoll.domain.series import Gap, MetricKind, SeriesId, Window

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is stored once per series."""

    id: SeriesId
    unit: str
    kind: MetricKind
    source: str


class SeriesTable:
    """The series of a store by their number."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._numbers: dict[SeriesId, int] = {}
        self._followed = Log("")

    def follow(self, folder: Path, log: Log) -> None:
        """Read what has been committed since the last call."""
        if log == self._followed:
            return
        path = folder / log.file
        content = _committed(path, log)
        known = self._followed.length
        if zlib.crc32(content[:known]) != self._followed.crc32:  # another store lies in the folder now
            self.entries, self._numbers, known = [], {}, 0
        for entry in _parsed(path, content[known:], _entry):
            self._learn(entry)
        self._followed = log

    def number(self, series: SeriesId) -> int | None:
        """The number of a series, None where it is not known."""
        return self._numbers.get(series)

    def known(self, series: SeriesId) -> int:
        """The number of a series that is known."""
        return self._numbers[series]

    def _learn(self, entry: Entry) -> None:
        number = self._numbers.setdefault(entry.id, len(self.entries))
        if number == len(self.entries):
            self.entries.append(entry)
        else:
            self.entries[number] = entry

    def changed_entry(self, entry: Entry) -> Entry | None:
        """The entry to write for this series, None if nothing is new; a known unit is never removed."""
        number = self._numbers.get(entry.id)
        if number is None:
            return entry
        known = self.entries[number]
        kind = known.kind if entry.kind is MetricKind.UNKNOWN else entry.kind
        merged = replace(known, unit=entry.unit or known.unit, kind=kind, source=entry.source)
        return None if merged == known else merged


def series_lines(entries: Iterable[Entry]) -> bytes:
    """Write series as lines of the log."""
    return b"".join(
        _line({"name": e.id.name, "labels": e.id.label_map, "unit": e.unit, "kind": e.kind.value, "source": e.source})
        for e in entries
    )


def gap_lines(gaps: Iterable[Gap], source: str) -> bytes:
    """Write gaps of one source as lines of the log."""
    return b"".join(
        _line(
            {
                "name": gap.id.name,
                "labels": gap.id.label_map,
                "start_ms": gap.window.start_ms,
                "end_ms": gap.window.end_ms,
                "reason": gap.reason,
                "source": source,
            }
        )
        for gap in gaps
    )


def read_gaps(folder: Path, log: Log) -> dict[str, list[Gap]]:
    """Read the gaps that have been committed, by the source that left them."""
    path = folder / log.file
    gaps: dict[str, list[Gap]] = {}
    for source, gap in _parsed(path, _committed(path, log), _gap):
        gaps.setdefault(source, []).append(gap)
    return gaps


def _entry(line: dict[str, Any]) -> Entry:
    series = SeriesId.of(line["name"], line["labels"])
    return Entry(series, line["unit"], MetricKind(line["kind"]), line["source"])


def _gap(line: dict[str, Any]) -> tuple[str, Gap]:
    window = Window(int(line["start_ms"]), int(line["end_ms"]))
    return line["source"], Gap(SeriesId.of(line["name"], line["labels"]), window, line["reason"])


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def _committed(path: Path, log: Log) -> bytes:
    """The content of a log up to its committed length; raises StoreError where it is not what was written."""
    if not log.length:
        return b""
    try:
        with path.open("rb") as file:
            content = file.read(log.length)
    except FileNotFoundError:
        raise StoreError(f"{path}: the file is missing; restore it from a backup") from None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    if len(content) < log.length:
        raise StoreError(f"{path}: {len(content)} bytes where {log.length} were written; restore it from a backup")
    if zlib.crc32(content) != log.crc32:
        raise StoreError(f"{path}: damaged, its content is not what was written (CRC-32); restore it from a backup")
    return content


def _parsed(path: Path, content: bytes, read: Callable[[dict[str, Any]], Item]) -> list[Item]:
    """The lines of a log, each parsed by `read`; lines of form 1 have no checksum, so they may be damaged."""
    try:
        return [read(json.loads(line)) for line in content.splitlines()]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(f"{path}: damaged, a line is no entry of it; restore it from a backup") from None

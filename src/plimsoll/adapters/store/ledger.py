"""What is known beside the samples: the series with their labels, kept once, and the gaps with their reasons.

Both are logs of JSON lines. A series is known by the number of its first line; a later line for the same series changes
its unit or kind. What lies behind the committed length is not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from plimsoll.adapters.store.manifest import Log
from plimsoll.domain.errors import StoreError
from plimsoll.domain.series import Gap, MetricKind, SeriesId, Window


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept once for a series."""

    id: SeriesId
    unit: str
    kind: MetricKind
    source: str


class SeriesTable:
    """The series of a store by their number."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._numbers: dict[SeriesId, int] = {}
        self._length = 0

    def follow(self, folder: Path, log: Log) -> None:
        """Read what has been committed since the last call."""
        if log.length == self._length:
            return
        if log.length < self._length:
            self.entries, self._numbers, self._length = [], {}, 0  # another store lies in the folder now
        for line in _lines(folder / log.file, self._length, log.length):
            series = SeriesId.of(line["name"], line["labels"])
            self._learn(Entry(series, line["unit"], MetricKind(line["kind"]), line["source"]))
        self._length = log.length

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

    def news(self, entry: Entry) -> Entry | None:
        """What would have to be written for this series: None when it is known so; a known unit is never unlearned."""
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
    gaps: dict[str, list[Gap]] = {}
    for line in _lines(folder / log.file, 0, log.length):
        window = Window(int(line["start_ms"]), int(line["end_ms"]))
        gap = Gap(SeriesId.of(line["name"], line["labels"]), window, line["reason"])
        gaps.setdefault(line["source"], []).append(gap)
    return gaps


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def _lines(path: Path, start: int, end: int) -> Sequence[dict[str, Any]]:
    """The lines between two committed lengths."""
    if start == end:
        return ()
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read(end - start)
    except FileNotFoundError:
        raise StoreError(f"{path}: the file is missing; restore it from a backup") from None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    if len(content) < end - start:
        raise StoreError(f"{path}: {start + len(content)} bytes where {end} were written; restore it from a backup")
    try:
        return [json.loads(line) for line in content.splitlines()]
    except ValueError:
        raise StoreError(f"{path}: damaged, a line is no JSON; restore it from a backup") from None

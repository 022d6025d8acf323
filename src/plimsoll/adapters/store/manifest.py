"""What belongs to the store? The files that the manifest names; the store changes only when the manifest is replaced.

Days hold segments, oldest first: if two hold the same sample, the later one counts. The two logs (series, gaps) are
valid up to the length that is stored here. A file that is not named here was never committed; `garbage` names files
that have been merged and may be deleted.

The manifest holds a checksum of each file that it names, and of itself: a changed digit in it would move a day or count
samples twice, and a changed letter in a log would assign samples to another series. Form 1 had no checksums of the logs
and of itself; it is read as it is, and the next change writes form 2.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from plimsoll.adapters.store.durable import replace_file, storage_faults
from plimsoll.domain.errors import StoreError
from plimsoll.domain.series import Window
from plimsoll.domain.time_spans import DAY_MS

SEGMENTS = "days"
_FILE = "manifest.json"
_FORMS = "plimsoll-series-store/"
_FORMAT_BEFORE = f"{_FORMS}1"
_FORMAT = f"{_FORMS}2"
_NAME = re.compile(r"[A-Za-z0-9-][A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Segment:
    """One Parquet file of one day: its name, samples, size in bytes, CRC-32, first and last time (epoch ms)."""

    file: str
    rows: int
    size: int
    crc32: int
    first_ms: int
    last_ms: int

    def touches(self, window: Window) -> bool:
        """Whether the segment can have samples in a window."""
        return self.first_ms < window.end_ms and self.last_ms >= window.start_ms


@dataclass(frozen=True, slots=True)
class Log:
    """A file of JSON lines, the length up to which it is valid, and the CRC-32 of that much."""

    file: str
    length: int = 0
    crc32: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of the store; days are counted from 1970-01-01."""

    generation: int = 0
    series: Log = Log("series.jsonl")
    gaps: Log = Log("gaps.jsonl")
    days: Mapping[int, tuple[Segment, ...]] = field(default_factory=dict)
    garbage: tuple[str, ...] = ()

    def segments(self) -> Iterator[Segment]:
        """Every segment, by day."""
        for day in sorted(self.days):
            yield from self.days[day]

    def days_in(self, window: Window) -> list[int]:
        """The days that have samples and touch the window, in order."""
        first, last = window.start_ms // DAY_MS, (window.end_ms - 1) // DAY_MS
        return sorted(day for day in self.days if first <= day <= last)


def segment_name(day: int, generation: int) -> str:
    """Name a segment by its day and the generation that wrote it; names of one day sort by age.

    >>> segment_name(20_000, 17)
    '2024-10-04.0000000017.parquet'
    """
    return f"{np.datetime64(day, 'D')}.{generation:010d}.parquet"


def load(folder: Path) -> Manifest | None:
    """Read the manifest; None where there is no store yet. Raises StoreError for a file that is not one."""
    path = folder / _FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        _refuse_orphans(folder)
        return None
    except UnicodeDecodeError:
        raise StoreError(f"{path}: not the manifest of a series store (no UTF-8)") from None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    try:
        return _read(folder, json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError(f"{path}: not the manifest of a series store, or damaged; restore it from a backup") from None


def commit(folder: Path, manifest: Manifest) -> None:
    """Make `manifest` the state of the store, durably and at once."""
    days = {str(day): [astuple(item) for item in items] for day, items in sorted(manifest.days.items())}
    content = {
        "format": _FORMAT,
        "generation": manifest.generation,
        "series": astuple(manifest.series),
        "gaps": astuple(manifest.gaps),
        "days": days,
        "garbage": manifest.garbage,
    }
    with storage_faults(folder):
        replace_file(folder / _FILE, json.dumps(content | {"crc32": _checksum(content)}).encode())


def _read(folder: Path, content: Any) -> Manifest:
    form = str(content["format"])
    if form == _FORMAT_BEFORE:
        found = _parse(content)
        return replace(
            found, series=_with_present_checksum(folder, found.series), gaps=_with_present_checksum(folder, found.gaps)
        )
    if form == _FORMAT and content.pop("crc32") == _checksum(content):
        return _parse(content)
    if form != _FORMAT and form.startswith(_FORMS):
        advice = "read it with the version that wrote it, or collect into another folder"
        raise StoreError(f"{folder / _FILE}: the store has the form {form}, this version reads {_FORMAT}; {advice}")
    raise ValueError("not what was written")


def _checksum(content: Mapping[str, Any]) -> int:
    """The CRC-32 of the JSON of a manifest, which is the same before it is written and after it is read."""
    return zlib.crc32(json.dumps(content).encode())


def _with_present_checksum(folder: Path, log: Log) -> Log:
    """A log of form 1 with the checksum of its present content; an unreadable log is reported when it is read."""
    try:
        return replace(log, crc32=zlib.crc32((folder / log.file).read_bytes()[: log.length]))
    except OSError:
        return log


def _parse(content: Any) -> Manifest:
    names = [content["series"][0], content["gaps"][0], *content["garbage"]]
    names += [item[0] for items in content["days"].values() for item in items]
    if not all(_NAME.fullmatch(name) for name in names):
        raise ValueError("a name that leads out of the store")
    return Manifest(
        generation=int(content["generation"]),
        series=Log(*content["series"]),
        gaps=Log(*content["gaps"]),
        days={int(day): tuple(Segment(*item) for item in items) for day, items in content["days"].items()},
        garbage=tuple(content["garbage"]),
    )


def _refuse_orphans(folder: Path) -> None:
    """Refuse samples without a manifest: treated as an empty store, they would be overwritten."""
    if next((folder / SEGMENTS).glob("*.parquet"), None) is not None:
        raise StoreError(f"{folder}: {_FILE} is missing although {SEGMENTS}/ holds samples; restore it from a backup")

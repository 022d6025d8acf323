"""What does the series store hold, and what did one collection bring in?

A selector says which series are meant: `cpu`, `disk_*`, `http_requests{job="api",code="5*"}`. Name and label values may
hold the wildcards `*`, `?` and `[...]`; a label that is not named may have any value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.errors import InputError
from plimsoll.domain.series import Gap, MetricKind, SeriesId, Window

EVER = Window(-62_135_596_800_000, 253_402_300_800_000)  # the years 1 to 9999, which every calendar here can name
_SELECTOR = re.compile(r'\s*([^{}\s"]+)?\s*(?:\{(.*)\})?\s*', re.DOTALL)
_MATCHER = re.compile(r'\s*([^\s{}=,"]+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')


@dataclass(frozen=True, slots=True)
class Selector:
    """Which series are meant: by patterns of name and labels, or exactly those of `ids` where it is given."""

    name: str = "*"
    labels: tuple[tuple[str, str], ...] = ()
    ids: frozenset[SeriesId] | None = None

    @staticmethod
    def named(name: str) -> Selector:
        """Select the series of exactly this name, whatever their labels."""
        return Selector(re.sub(r"([*?[])", r"[\1]", name))

    @staticmethod
    def parse(text: str) -> Selector:
        """Read a selector; raises InputError for what is none.

        >>> Selector.parse('disk_*{host="db1"}')
        Selector(name='disk_*', labels=(('host', 'db1'),), ids=None)
        """
        match = _SELECTOR.fullmatch(text)
        if match is None or not text.strip():
            raise InputError(f'{text[:80]!r} selects no series; write it like cpu or disk_*{{host="db1"}}')
        return Selector(match[1] or "*", _matchers(match[2] or "", text))

    def matches(self, series: SeriesId) -> bool:
        """Say whether a series is meant."""
        if self.ids is not None:
            return series in self.ids
        labels = series.label_map
        return fnmatchcase(series.name, self.name) and all(
            fnmatchcase(labels.get(key, ""), wanted) for key, wanted in self.labels
        )

    def concerns(self, gap: Gap) -> bool:
        """Say whether a gap touches what is meant; a gap without labels stands for every series of its name."""
        if gap.id.labels:
            return self.matches(gap.id)
        if self.ids is not None:
            return any(series.name == gap.id.name for series in self.ids)
        return fnmatchcase(gap.id.name, self.name)


def _matchers(inside: str, text: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    position = 0
    while inside[position:].strip():
        match = _MATCHER.match(inside, position)
        if match is None:
            raise InputError(f'{text[:80]!r}: expected key="value" at {inside[position : position + 20]!r}')
        found.append((match[1], re.sub(r"\\(.)", r"\1", match[2])))
        position = match.end()
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """One series as the store knows it: its samples, the first and the last (UTC epoch milliseconds), its source."""

    id: SeriesId
    unit: str
    kind: MetricKind
    samples: int
    first_ms: int
    last_ms: int
    source: str


@dataclass(frozen=True, slots=True)
class StoreSize:
    """How much room a store takes: bytes and files of samples, days that they cover."""

    sample_bytes: int
    files: int
    days: int


@dataclass(frozen=True)
class SeriesLine:
    """One series in a status: `labels` as a selector would write them."""

    series: str
    source: str
    unit: str
    samples: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class GapLine:
    """One known gap in a status."""

    series: str
    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class StoreStatus(Document):
    """What a store holds as of a moment; `damaged` names files that cannot be trusted, each with what is wrong."""

    KIND: ClassVar[str] = "StoreStatus"
    store: str
    as_of: datetime
    samples: int
    bytes_per_sample: float | None
    size_bytes: int
    days: int
    files: int
    first: datetime | None
    last: datetime | None
    samples_after_as_of: int
    series: tuple[SeriesLine, ...]
    gaps: tuple[GapLine, ...]
    damaged: tuple[str, ...]


@dataclass(frozen=True)
class Collected:
    """What one source brought in over a whole collection; `error` is its last failure, None once a read succeeded.

    `unread` are the signals that were a gap when the source last answered, with the reason.
    """

    source: str
    signals: int
    series: int
    samples: int
    first: datetime | None
    last: datetime | None
    failures: int
    error: str | None
    notes: tuple[str, ...]
    unread: Mapping[str, str]


@dataclass(frozen=True)
class Collection(Document):
    """One run of the collector: the number of rounds, and what each source brought in."""

    KIND: ClassVar[str] = "Collection"
    store: str
    rounds: int
    started: datetime
    ended: datetime
    samples: int
    sources: tuple[Collected, ...]

"""How does the store fill from the sources, round by round, and what did each source bring in?

One round reads every source once and appends the result; a source that fails leaves gaps with the reason, and the
others continue. Appended data are durable, so stopping at any moment loses at most the current round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from plimsoll.app.feed import Feed, without_foreign_series
from plimsoll.domain.errors import PlimsollError, StoreError
from plimsoll.domain.ports import SeriesStore
from plimsoll.domain.series import Gap, Harvest, SeriesId, Window, as_datetime
from plimsoll.domain.stored import (
    EVER,
    Collected,
    Collection,
    GapLine,
    Selector,
    SeriesLine,
    StoredSeries,
    StoreSize,
    StoreStatus,
)


class Pace(Protocol):
    """The clock of a collection, and its stop signal."""

    def now_ms(self) -> int:
        """The time (UTC epoch milliseconds)."""

    def wait_until(self, moment_ms: int) -> bool:
        """Wait for a moment; False when asked to stop."""

    def unbroken(self) -> AbstractContextManager[None]:
        """Delay the stop signal while a block runs; elsewhere it arrives as a KeyboardInterrupt."""


class KeptStore(SeriesStore, Protocol):
    """A store that can be looked into: its size, and whether its files are what was written."""

    def size(self) -> StoreSize:
        """How much room the samples take."""

    def verify(self) -> tuple[str, ...]:
        """Compare every file with what was written; one line for each that differs."""


@dataclass
class Tally:
    """What one feed has brought in so far."""

    feed: Feed
    samples: int = 0
    series: set[SeriesId] = field(default_factory=set)
    first_ms: int | None = None
    last_ms: int | None = None
    failures: int = 0
    error: str | None = None
    unread: tuple[Gap, ...] = ()
    notes: dict[str, None] = field(default_factory=dict)

    def count(self, harvest: Harvest, samples: int) -> None:
        """Add what a round brought in."""
        self.samples += samples
        self.error = None
        self.unread = harvest.gaps
        self.notes |= dict.fromkeys(harvest.notes)
        for one in (series for series in harvest.series if len(series)):
            self.series.add(one.id)
            first, last = int(one.times_ms[0]), int(one.times_ms[-1])
            self.first_ms = first if self.first_ms is None else min(self.first_ms, first)
            self.last_ms = last if self.last_ms is None else max(self.last_ms, last)

    def result(self) -> Collected:
        """The tally as it is shown."""
        return Collected(
            source=self.feed.source.name,
            signals=len(self.feed.signals),
            series=len(self.series),
            samples=self.samples,
            first=None if self.first_ms is None else as_datetime(self.first_ms),
            last=None if self.last_ms is None else as_datetime(self.last_ms),
            failures=self.failures,
            error=self.error,
            notes=tuple(self.notes),
            unread={gap.id.name: gap.reason for gap in self.unread},
        )


Progress = Callable[[int, Sequence[Tally]], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The time between rounds (`every_ms`) and the end; `until_ms` None means until the stop signal."""

    every_ms: int
    until_ms: int | None


def collect(
    feeds: Sequence[Feed], store: SeriesStore, schedule: Schedule, pace: Pace, progress: Progress
) -> Collection:
    """Read the feeds round by round until the schedule or the user ends it; `progress` is called for rounds and feeds.

    Raises StoreError when the store cannot be written; what was appended before is kept.
    """
    started = now_ms = pace.now_ms()
    tallies = [Tally(feed) for feed in feeds]
    owners: dict[SeriesId, str] = {}
    rounds = 0
    try:
        for feed in feeds:
            feed.resume(store, now_ms)
        while True:
            for tally in tallies:
                _collect_round(tally, store, pace, owners)
                progress(rounds + 1, tallies)
            rounds += 1
            now_ms = min(now_ms, pace.now_ms())  # a clock that was set back must not delay the next round
            following = now_ms + schedule.every_ms * max(1, -(-(pace.now_ms() - now_ms) // schedule.every_ms))
            if schedule.until_ms is not None and following > schedule.until_ms:
                break
            if not pace.wait_until(following):
                break
            now_ms = following
    except KeyboardInterrupt:
        pass  # the stop signal: everything appended is durable, the current round is read again next time
    return Collection(
        store.name,
        rounds,
        as_datetime(started),
        as_datetime(pace.now_ms()),
        sum(tally.samples for tally in tallies),
        tuple(tally.result() for tally in tallies),
    )


def _collect_round(tally: Tally, store: SeriesStore, pace: Pace, owners: dict[SeriesId, str]) -> None:
    """Read one feed and keep what it gave; a failure is kept as gaps."""
    now_ms = pace.now_ms()
    source = tally.feed.source.name
    try:
        harvest = tally.feed.read(now_ms)
        fresh = tally.feed.fresh(without_foreign_series(harvest, owners))
        with pace.unbroken():
            tally.count(fresh, store.append(fresh))
            tally.feed.kept(harvest, now_ms)
    except StoreError:
        raise
    except PlimsollError as error:
        tally.failures += 1
        tally.error = str(error)
        with pace.unbroken():
            store.append(Harvest(source, gaps=tally.feed.missed(now_ms, str(error))))


def status(store: KeptStore, now_ms: int, *, verify: bool) -> StoreStatus:
    """Tell what a store holds; `verify` compares every file with what was written."""
    lines = store.catalog(Selector(), EVER)
    late = store.catalog(Selector(), Window(now_ms + 1, EVER.end_ms))
    size = store.size()
    samples = sum(line.samples for line in lines)
    return StoreStatus(
        store=store.name,
        as_of=as_datetime(now_ms),
        samples=samples,
        bytes_per_sample=size.sample_bytes / samples if samples else None,
        size_bytes=size.sample_bytes,
        days=size.days,
        files=size.files,
        first=as_datetime(min(line.first_ms for line in lines)) if lines else None,
        last=as_datetime(max(line.last_ms for line in lines)) if lines else None,
        samples_after_as_of=sum(line.samples for line in late),
        series=tuple(_series_line(line) for line in lines),
        gaps=tuple(_gap_line(gap) for gap in store.gaps(Selector(), EVER)),
        damaged=store.verify() if verify else (),
    )


def _series_line(line: StoredSeries) -> SeriesLine:
    first, last = as_datetime(line.first_ms), as_datetime(line.last_ms)
    return SeriesLine(str(line.id), line.source, line.unit, line.samples, first, last)


def _gap_line(gap: Gap) -> GapLine:
    return GapLine(str(gap.id), as_datetime(gap.window.start_ms), as_datetime(gap.window.end_ms), gap.reason)

"""Up to where has a source been read, and which spans are still missing?

    next read of a signal = from its last sample in the store, less an overlap, to now
    a span that failed    = read again in the next round, then after 2, 4, 8 ... rounds, up to an hour's worth

The last sample is looked up in the store, per source and signal, so that a collection resumes where the previous one
was stopped or killed. The overlap reads the newest samples again, because servers fill in late; a sample that is read
twice is stored once. Samples with a time in the future are ignored here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from plimsoll.domain.ports import SeriesStore, Signal, Source
from plimsoll.domain.series import Gap, Harvest, Series, SeriesId, Times, Values, Window
from plimsoll.domain.stored import EVER, Selector, StoredSeries
from plimsoll.domain.time_spans import DAY_MS, HOUR_MS, MINUTE_MS

OVERLAP_STEPS = 2
_ALIVE_MS = DAY_MS  # a series whose samples ended this long before its siblings' is not waited for
_LONGEST_PAUSE_MS = HOUR_MS
_LOOK_AGAIN_MS = HOUR_MS  # how often a source is asked for new signals


@dataclass(slots=True)
class _Debt:
    """A span that failed: its start, and the number of rounds until the next attempt."""

    start_ms: int
    rounds_left: int = 1
    pause: int = 1


@dataclass
class Feed:
    """One source that is collected from; with no signals given, all that it offers or has offered in this run."""

    source: Source
    signals: tuple[Signal, ...] = ()
    step_ms: int = MINUTE_MS
    since_ms: int = 0
    _next_look_ms: int | None = None
    _unread_from_ms: int | None = None  # the start of the first read, until there is any sample
    _marks: dict[str, int] = field(default_factory=dict)
    _debts: dict[str, _Debt] = field(default_factory=dict)
    _tails: dict[SeriesId, tuple[Times, Values]] = field(default_factory=dict)

    def resume(self, store: SeriesStore, now_ms: int) -> None:
        """Look up in the store how far this source has been read, and which gaps it left."""
        past = Window(EVER.start_ms, now_ms + 1)
        own = [line for line in store.catalog(Selector(), past) if line.source == self.source.name]
        self._marks = _marks(own)
        recent = Window(now_ms - self.since_ms, now_ms + 1)
        for gap in store.gaps(Selector(), recent):
            self._owe(gap)

    def read(self, now_ms: int) -> Harvest:
        """Read new samples, and missing spans that are due; raises the error of a source that fails as a whole."""
        self._follow_clock(now_ms)
        if (self._next_look_ms is not None and now_ms >= self._next_look_ms) or not self.signals:
            offered = self.source.discover(Window(self._first(now_ms), now_ms + 1))
            self.signals = tuple({signal.name: signal for signal in (*self.signals, *offered)}.values())
            self._next_look_ms = now_ms + _LOOK_AGAIN_MS
        groups: dict[int, list[Signal]] = {}
        for signal in self.signals:
            groups.setdefault(self._start(signal.name, now_ms), []).append(signal)
        step_s = self.step_ms / 1000
        read = [self.source.read(group, Window(start, now_ms + 1), step_s) for start, group in groups.items()]
        return Harvest(
            self.source.name,
            tuple(series for part in read for series in part.series),
            tuple(gap for part in read for gap in part.gaps),
            tuple(dict.fromkeys(note for part in read for note in part.notes)),
        )

    def _follow_clock(self, now_ms: int) -> None:
        """Trust a clock that was set back: no read or discovery counts as later than now."""
        self._marks = {name: min(last, now_ms) for name, last in self._marks.items()}
        if self._next_look_ms is not None:
            self._next_look_ms = min(self._next_look_ms, now_ms + _LOOK_AGAIN_MS)

    def fresh(self, harvest: Harvest) -> Harvest:
        """Leave out the samples that the overlap brought once more, unchanged."""
        return replace(harvest, series=tuple(self._new_samples(series) for series in harvest.series))

    def kept(self, harvest: Harvest, now_ms: int) -> None:
        """Record that what was read is now in the store."""
        for series in (one for one in harvest.series if len(one)):
            last = series.times_ms > series.times_ms[-1] - (OVERLAP_STEPS + 2) * self.step_ms
            self._tails[series.id] = (series.times_ms[last], series.values[last])
        self._advance(harvest, now_ms)
        self._unread_from_ms = None

    def missed(self, now_ms: int, reason: str) -> tuple[Gap, ...]:
        """The gaps that a failed read leaves: one for each signal, or one in the source's name before any is known."""
        self._unread_from_ms = self._first(now_ms)
        names = [signal.name for signal in self.signals] or sorted(self._marks) or [self.source.name]
        return tuple(Gap(SeriesId(name), Window(self._start(name, now_ms), now_ms + 1), reason) for name in names)

    def _new_samples(self, series: Series) -> Series:
        if series.id not in self._tails:
            return series
        times, values = self._tails[series.id]
        _, read_at, kept_at = np.intersect1d(series.times_ms, times, assume_unique=True, return_indices=True)
        same = series.values[read_at].view(np.int64) == values[kept_at].view(np.int64)
        new = np.setdiff1d(np.arange(len(series)), read_at[same], assume_unique=True)
        return replace(series, times_ms=series.times_ms[new], values=series.values[new])

    def _start(self, name: str, now_ms: int) -> int:
        first = self._first(now_ms)
        if name in self._marks:
            first = self._marks[name] - OVERLAP_STEPS * self.step_ms
        debt = self._debts.get(name)
        if debt is not None and debt.rounds_left <= 1:
            first = min(first, debt.start_ms)
        return first // self.step_ms * self.step_ms

    def _first(self, now_ms: int) -> int:
        """Where to begin a signal that was never read: a fixed span before now, or before its first failed read."""
        first = now_ms - self.since_ms
        return first if self._unread_from_ms is None else min(first, self._unread_from_ms)

    def _advance(self, harvest: Harvest, now_ms: int) -> None:
        for series in harvest.series:
            past = series.times_ms[series.times_ms <= now_ms]
            if past.size:
                name = series.id.name
                self._marks[name] = max(self._marks.get(name, int(past[-1])), int(past[-1]))
        failed: dict[str, Gap] = {}
        for gap in harvest.gaps:
            first = failed.get(gap.id.name, gap)
            failed[gap.id.name] = first if first.window.start_ms <= gap.window.start_ms else gap
        for signal in self.signals:
            self._settle(signal.name, failed.get(signal.name))
            if signal.name in failed and not any(series.id.name == signal.name for series in harvest.series):
                self._marks[signal.name] = now_ms

    def _settle(self, name: str, gap: Gap | None) -> None:
        """Remove missing spans that arrived, add those that failed, and lengthen the pause of repeated failures."""
        debt = self._debts.get(name)
        if debt is None:
            if gap is not None:
                self._owe(gap)
        elif debt.rounds_left > 1:
            debt.rounds_left -= 1
        elif gap is None:
            del self._debts[name]
        else:
            debt.pause = min(debt.pause * 2, max(1, _LONGEST_PAUSE_MS // self.step_ms))
            debt.start_ms, debt.rounds_left = gap.window.start_ms, debt.pause

    def _owe(self, gap: Gap) -> None:
        known = self._debts.get(gap.id.name)
        if known is None or gap.window.start_ms < known.start_ms:
            self._debts[gap.id.name] = _Debt(gap.window.start_ms)


def _marks(lines: Iterable[StoredSeries]) -> dict[str, int]:
    """How far each signal has been read: up to the oldest last sample among its series that are still alive."""
    by_name: dict[str, list[int]] = {}
    for line in lines:
        by_name.setdefault(line.id.name, []).append(line.last_ms)
    return {name: min(last for last in lasts if last >= max(lasts) - _ALIVE_MS) for name, lasts in by_name.items()}


def without_foreign_series(harvest: Harvest, owners: dict[SeriesId, str]) -> Harvest:
    """Leave out series that another source of the same collection also has; the rest are added to `owners`.

    Mixing two sources in one series would give a saw tooth that nobody measured.
    """
    own = tuple(one for one in harvest.series if owners.setdefault(one.id, harvest.source) == harvest.source)
    if len(own) == len(harvest.series):
        return harvest
    others: Sequence[SeriesId] = [one.id for one in harvest.series if owners[one.id] != harvest.source]
    note = f"{len(others)} series come from {owners[others[0]]}, too, and are kept from there alone: {others[0]}"
    return Harvest(harvest.source, own, harvest.gaps, (*harvest.notes, note))

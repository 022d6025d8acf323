"""The series store as a source: what has been collected answers every command that reads a source.

A series that is denser than the step asked for is averaged over it; one that is not comes as it was written.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from plimsoll.domain.ports import Check, CheckState, SeriesStore, Signal
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window, as_datetime
from plimsoll.domain.stored import EVER, Selector, StoredSeries

_DENSER = 0.75  # a series with steps below this share of the step asked for is averaged


class CheckedStore(SeriesStore, Protocol):
    """A store that can compare its files with what was written."""

    def verify(self) -> tuple[str, ...]:
        """One line for each file that differs."""


class StoreSource:
    """A series store as a source."""

    def __init__(self, store: CheckedStore) -> None:
        self._store = store

    @property
    def name(self) -> str:
        """The store's name: its folder."""
        return self._store.name

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read the series that each signal selects; a signal without samples is a Gap with the reason."""
        read = [self._read_one(signal, window, step_s) for signal in signals]
        return Harvest(
            self.name,
            tuple(series for part in read for series in part.series),
            tuple(gap for part in read for gap in part.gaps),
            tuple(dict.fromkeys(note for part in read for note in part.notes)),
        )

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the names that have samples in the window."""
        found: dict[str, Signal] = {}
        for line in self._store.catalog(Selector(), window):
            found.setdefault(line.id.name, Signal(line.id.name, "", line.unit, line.kind))
        return tuple(found.values())

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Check the files, what the store covers, and which gaps it knows."""
        damaged = self._store.verify()
        files = [
            Check("file", CheckState.FAILED, wrong, "restore it from a backup, or collect that day again")
            for wrong in damaged
        ]
        return (
            *(files or [Check("files", CheckState.OK, "every file is what was written")]),
            _coverage(self._store.catalog(Selector(), window)),
            _gaps(self._store.gaps(Selector(), window)),
        )

    def _read_one(self, signal: Signal, window: Window, step_s: float) -> Harvest:
        selector = Selector.parse(signal.query) if signal.query else Selector.named(signal.name)
        lines = self._store.catalog(selector, window)
        dense = frozenset(line.id for line in lines if _step_s(line) < _DENSER * step_s)
        sparse = frozenset(line.id for line in lines) - dense
        mean = self._store.mean(Selector(ids=dense), window, step_s) if dense else Harvest(self.name)
        plain = self._store.read(Selector(ids=sparse), window) if sparse or not lines else Harvest(self.name)
        gaps = [*mean.gaps, *plain.gaps]
        if not lines:
            gaps = [*self._store.gaps(selector, window)] or [self._unknown(signal, selector, window)]
        series = tuple(_called(one, signal) for one in (*mean.series, *plain.series))
        called = dict.fromkeys(replace(gap, id=SeriesId(signal.name, gap.id.labels)) for gap in gaps)
        return Harvest(self.name, series, tuple(called), (*mean.notes, *plain.notes))

    def _unknown(self, signal: Signal, selector: Selector, window: Window) -> Gap:
        wanted = signal.query or signal.name
        if held := self._store.catalog(selector, EVER):
            last = as_datetime(max(line.last_ms for line in held))
            reason = f"{self.name} has no sample of {wanted} in the window; the last is of {last:%Y-%m-%d %H:%M}Z"
            return Gap(SeriesId(signal.name), window, reason)
        names = {line.id.name for line in self._store.catalog(Selector(), EVER)}
        close = difflib.get_close_matches(wanted, names, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "; collect it first"
        return Gap(SeriesId(signal.name), window, f"{self.name} has no series {wanted[:80]!r}{hint}")


def _step_s(line: StoredSeries) -> float:
    """The mean distance between the samples of a series."""
    return (line.last_ms - line.first_ms) / 1000 / (line.samples - 1) if line.samples > 1 else float("inf")


def _called(series: Series, signal: Signal) -> Series:
    kind = series.kind if signal.kind is MetricKind.UNKNOWN else signal.kind
    return replace(series, id=SeriesId(signal.name, series.id.labels), unit=signal.unit or series.unit, kind=kind)


def _coverage(lines: Sequence[StoredSeries]) -> Check:
    if not lines:
        remedy = "run plimsoll collect, or choose another window"
        return Check("coverage", CheckState.FAILED, "no samples in the window", remedy)
    first, last = min(line.first_ms for line in lines), max(line.last_ms for line in lines)
    samples = sum(line.samples for line in lines)
    span = f"{as_datetime(first):%Y-%m-%dT%H:%M:%SZ} to {as_datetime(last):%Y-%m-%dT%H:%M:%SZ}"
    return Check("coverage", CheckState.OK, f"{len(lines)} series, {samples} samples, {span}")


def _gaps(gaps: Sequence[Gap]) -> Check:
    if not gaps:
        return Check("gaps", CheckState.OK, "none known")
    newest = max(gaps, key=lambda gap: gap.window.end_ms)
    seen = f"{len(gaps)} known, the newest of {newest.id}: {newest.reason}"
    return Check("gaps", CheckState.WARNING, seen, "collect again: what the source still holds is read again")

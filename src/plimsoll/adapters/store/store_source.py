"""The series store as a source: every command that reads a source can read the collected history.

A series that is denser than the requested step is averaged over it, a counter has its first value of each step; any
other is returned as it was written.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from plimsoll.domain.errors import InputError
from plimsoll.domain.ports import Check, CheckState, SeriesStore, Signal
from plimsoll.domain.series import Gap, Harvest, SeriesId, Window, as_datetime
from plimsoll.domain.stored import EVER, Selector, StoredSeries

_DENSER = 0.75  # a series with steps below this share of the requested step is averaged


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
        """Read the series that each signal stands for; a signal without samples is a Gap with the reason."""
        lines = self._store.catalog(Selector(), window)
        resolved = _resolved(signals, lines)
        wanted = frozenset(series for _, ids in resolved for series in ids)
        stored = self._samples([line for line in lines if line.id in wanted], window, step_s)
        by_id = {one.id: one for one in stored.series}
        series = tuple(signal.called(by_id[of]) for signal, ids in resolved for of in ids if of in by_id)
        return Harvest(self.name, series, self._gaps(resolved, stored.gaps, window), stored.notes)

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
            _gap_check(self._store.gaps(Selector(), window)),
        )

    def _samples(self, lines: Sequence[StoredSeries], window: Window, step_s: float) -> Harvest:
        """Samples of the listed series: averaged if they are denser than the step, otherwise as they were written."""
        dense = frozenset(line.id for line in lines if _step_s(line) < _DENSER * step_s)
        sparse = frozenset(line.id for line in lines) - dense
        mean = self._store.mean(Selector(ids=dense), window, step_s) if dense else Harvest(self.name)
        plain = self._store.read(Selector(ids=sparse), window) if sparse else Harvest(self.name)
        gaps, notes = dict.fromkeys((*mean.gaps, *plain.gaps)), dict.fromkeys((*mean.notes, *plain.notes))
        return Harvest(self.name, (*mean.series, *plain.series), tuple(gaps), tuple(notes))

    def _gaps(
        self, resolved: Sequence[tuple[Signal, Sequence[SeriesId]]], stored: Sequence[Gap], window: Window
    ) -> tuple[Gap, ...]:
        """The gaps of each signal, in its name; one for each signal that has no samples."""
        missing = any(not ids for _, ids in resolved)
        known = _by_name([*stored, *(self._store.gaps(Selector(), window) if missing else ())])
        found: dict[Gap, None] = {}
        for signal, ids in resolved:
            names = {of.name for of in ids} or {signal.name}
            nearby = [gap for name in names for gap in known.get(name, ())]
            of_signal = [gap for gap in nearby if not gap.id.labels or not ids or gap.id in ids]
            of_signal = of_signal or ([] if ids else [self._unknown(signal, window)])
            found |= dict.fromkeys(replace(gap, id=SeriesId(signal.name, gap.id.labels)) for gap in of_signal)
        return tuple(found)

    def _unknown(self, signal: Signal, window: Window) -> Gap:
        """Why a signal has no samples in the window."""
        lines = self._store.catalog(Selector(), EVER)
        wanted = signal.query or signal.name
        if ids := set(_resolved([signal], lines)[0][1]):
            last = as_datetime(max(line.last_ms for line in lines if line.id in ids))
            reason = f"{self.name} has no sample of {wanted} in the window; the last is of {last:%Y-%m-%d %H:%M}Z"
            return Gap(SeriesId(signal.name), window, reason)
        close = difflib.get_close_matches(signal.name, {line.id.name for line in lines}, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "; collect it first"
        return Gap(SeriesId(signal.name), window, f"{self.name} has no series {wanted[:80]!r}{hint}")


def _resolved(signals: Sequence[Signal], lines: Sequence[StoredSeries]) -> list[tuple[Signal, tuple[SeriesId, ...]]]:
    """The series of each signal's name; if there are none, those that its query selects.

    Series collected for a model are stored under the names of its signals, whose queries are in another language.
    """
    by_name: dict[str, list[SeriesId]] = {}
    for line in lines:
        by_name.setdefault(line.id.name, []).append(line.id)
    return [(signal, tuple(by_name.get(signal.name, ())) or _selected(signal.query, lines)) for signal in signals]


def _selected(query: str, lines: Sequence[StoredSeries]) -> tuple[SeriesId, ...]:
    """The series that a query selects; none where it is no selector."""
    try:
        selector = Selector.parse(query)
    except InputError:
        return ()
    return tuple(line.id for line in lines if selector.matches(line.id))


def _by_name(gaps: Sequence[Gap]) -> dict[str, list[Gap]]:
    found: dict[str, list[Gap]] = {}
    for gap in gaps:
        found.setdefault(gap.id.name, []).append(gap)
    return found


def _step_s(line: StoredSeries) -> float:
    """The mean distance between the samples of a series."""
    return (line.last_ms - line.first_ms) / 1000 / (line.samples - 1) if line.samples > 1 else float("inf")


def _coverage(lines: Sequence[StoredSeries]) -> Check:
    if not lines:
        remedy = "run plimsoll collect, or choose another window"
        return Check("coverage", CheckState.FAILED, "no samples in the window", remedy)
    first, last = min(line.first_ms for line in lines), max(line.last_ms for line in lines)
    samples = sum(line.samples for line in lines)
    span = f"{as_datetime(first):%Y-%m-%dT%H:%M:%SZ} to {as_datetime(last):%Y-%m-%dT%H:%M:%SZ}"
    return Check("coverage", CheckState.OK, f"{len(lines)} series, {samples} samples, {span}")


def _gap_check(gaps: Sequence[Gap]) -> Check:
    if not gaps:
        return Check("gaps", CheckState.OK, "none known")
    newest = max(gaps, key=lambda gap: gap.window.end_ms)
    summary = f"{len(gaps)} known, the newest of {newest.id}: {newest.reason}"
    return Check("gaps", CheckState.WARNING, summary, "collect again: what the source still holds is read again")

"""Which series does a signal refer to? For sources that hold whole series: files and memory."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from plimsoll.domain.ports import Signal
from plimsoll.domain.series import Gap, Series, SeriesId, Window


def select(
    source: str, available: Sequence[Series], signals: Iterable[Signal], window: Window
) -> tuple[tuple[Series, ...], tuple[Gap, ...]]:
    """Select the series of each signal, cut to the window and renamed to the signal's name.

    A signal refers to the series of its query, or of its name if the query is empty: a metric's name, or a name with
    labels as a SeriesId writes it. A signal without samples in the window is a Gap with the reason. A series that has
    no samples at all stays an empty series, so that it gets a state of its own.
    """
    series: list[Series] = []
    gaps: list[Gap] = []
    by_name: dict[str, list[Series]] = {}
    for one in available:
        by_name.setdefault(one.id.name, []).append(one)
        if one.id.labels:
            by_name.setdefault(str(one.id), []).append(one)
    for signal in signals:
        wanted = signal.query or signal.name
        found = by_name.get(wanted, [])
        cut = [piece for one in found if len(piece := _cut(one, window)) or not len(one)]
        series.extend(signal.called(one) for one in cut)
        if not cut:
            reason = f"{source} has no sample of it in the window" if found else _unknown(source, wanted, by_name)
            gaps.append(Gap(SeriesId(signal.name), window, reason))
    return tuple(series), tuple(gaps)


def signals_of(series: Iterable[Series]) -> tuple[Signal, ...]:
    """List the signals of the given series, one for each name."""
    found: dict[str, Signal] = {}
    for one in series:
        found.setdefault(one.id.name, Signal(one.id.name, "", one.unit, one.kind))
    return tuple(found.values())


def _cut(series: Series, window: Window) -> Series:
    first, last = np.searchsorted(series.times_ms, [window.start_ms, window.end_ms])
    return replace(series, times_ms=series.times_ms[first:last], values=series.values[first:last])


def _unknown(source: str, wanted: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(wanted, list(known), n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{source} has no series {wanted[:80]!r}{hint}"

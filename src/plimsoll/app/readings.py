"""What does a source hold up to now? A span of everything it offers, and which moment counts as "now"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plimsoll.domain.ports import Signal, Source
from plimsoll.domain.quantity import format_duration, some_of
from plimsoll.domain.series import Gap, Harvest, Series, SeriesId, Window, as_datetime
from plimsoll.domain.stored import EVER
from plimsoll.domain.time_spans import DAY_MS, DAY_S
from plimsoll.planning.history import stale_after_ms

_STEP_S = 60.0
_STEPS_AT_MOST = 10_000
_LONE_STEPS = 30  # after as many, of at least a day, the last sample of a recording stands alone


def read_live(source: Source, span_ms: int, now_ms: int, signals: Sequence[Signal] | None) -> Harvest:
    """Read signals, or all that a server or a host offers, over the `span_ms` before `now_ms`."""
    window = Window(now_ms - span_ms, now_ms + 1)
    wanted = source.discover(window) if signals is None else signals
    return source.read(wanted, window, live_step_s(span_ms))


def live_step_s(span_ms: int) -> float:
    """The interval at which a span up to now is read from a server, in seconds."""
    return max(_STEP_S, span_ms / 1000 / _STEPS_AT_MOST)


def read_recording(
    source: Source, span_ms: int, now_ms: int | None, signals: Sequence[Signal] | None = None, fewest: int = 0
) -> tuple[Harvest, int | None]:
    """Read signals, or all that a file or a store holds, over the `span_ms` before now; also return now.

    Unless given, now is the last sample, because a recording describes the time at which it was made; it is None
    without any sample. A series with some but fewer than `fewest` samples in the span is read further back: its samples
    may be months apart.
    """
    harvest = source.read(source.discover(EVER) if signals is None else signals, EVER, _STEP_S)
    last = [int(series.times_ms[-1]) for series in harvest.series if len(series)]
    end_ms = now_ms if now_ms is not None else max(last, default=None)
    if end_ms is None:
        return harvest, None
    window = Window(end_ms - span_ms, end_ms + 1)
    read = tuple(_newest(series, window, fewest) for series in harvest.series)
    lone = lone_end(harvest) if now_ms is None else ()
    return replace(harvest, series=read, notes=(*harvest.notes, *lone, *_not_reached(harvest, read, window))), end_ms


def lone_end(harvest: Harvest) -> tuple[str, ...]:
    """Say that the last sample of a recording, its now, stands alone long after all others: a year may be mistyped."""
    some = [series for series in harvest.series if len(series)]
    end_ms = max((int(one.times_ms[-1]) for one in some), default=0)
    before = [(int(past[-1]), one.step_ms or 0) for one in some if (past := one.times_ms[one.times_ms < end_ms]).size]
    last_ms, step_ms = max(before, default=(end_ms, 0))
    if end_ms - last_ms <= _LONE_STEPS * max(step_ms, DAY_MS):
        return ()
    apart = format_duration((end_ms - last_ms) / 1000)
    now, other = (f"{as_datetime(time_ms):%Y-%m-%dT%H:%M:%SZ}" for time_ms in (end_ms, last_ms))
    return (f"{harvest.source}: now is its last sample, {now}, {apart} after all others; else give --as-of {other}",)


def beyond(source: Source, signals: Sequence[Signal]) -> tuple[str, ...]:
    """Name in a note what a file or a store holds beside `signals`: what nobody names, nobody watches."""
    named = {text.partition("{")[0] for one in signals for text in (one.name, one.query)}
    others = [one.name for one in source.discover(EVER) if one.name not in named]
    return (f"{source.name}: left out, because no signal of the model reads them: {some_of(others)}",) if others else ()


def _newest(series: Series, window: Window, fewest: int) -> Series:
    inside = within(series, window)
    if not 0 < len(inside) < fewest:
        return inside
    past = within(series, Window(EVER.start_ms, window.end_ms))
    return replace(past, times_ms=past.times_ms[-fewest:], values=past.values[-fewest:])


def _not_reached(harvest: Harvest, read: Sequence[Series], window: Window) -> tuple[str, ...]:
    """Name the series without a sample in the window."""
    pairs = zip(harvest.series, read, strict=True)
    left = [f"{one.id} {as_datetime(int(one.times_ms[-1])):%Y-%m-%d}" for one, cut in pairs if len(one) > len(cut) == 0]
    if not left:
        return ()
    span = f"the {window.span_s / DAY_S:.3g} d before {as_datetime(window.end_ms):%Y-%m-%d %H:%M}Z"
    last = f"{some_of(left)} (their last)"
    return (f"{harvest.source}: no sample in {span} of {last}: read further back, or as of another moment",)


def gaps_of(name: str, signals: Sequence[Signal], span_ms: int, now_ms: int, reason: str) -> Harvest:
    """The gaps of a source that could not be read, one for each of its signals."""
    window = Window(now_ms - span_ms, now_ms + 1)
    return Harvest(name, (), tuple(Gap(SeriesId(signal.name), window, reason) for signal in signals))


def joined(name: str, parts: Sequence[Harvest]) -> Harvest:
    """Put several harvests together under one name."""
    return Harvest(
        name,
        tuple(series for part in parts for series in part.series),
        tuple(gap for part in parts for gap in part.gaps),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def stale_after_s(series: Series) -> float:
    """How old the last sample of a series may be to tell of the present, in seconds: the rule of the runway."""
    times_ms = series.times_ms[np.isfinite(series.values)]
    step_ms = int(np.median(np.diff(times_ms))) if times_ms.size > 1 else 0
    return stale_after_ms(step_ms) / 1000


def within(series: Series, window: Window) -> Series:
    """Keep the samples of a window."""
    inside = (series.times_ms >= window.start_ms) & (series.times_ms < window.end_ms)
    return replace(series, times_ms=series.times_ms[inside], values=series.values[inside])

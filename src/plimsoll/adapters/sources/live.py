"""How does a source that only knows the present (a host, an application, a database) answer for a window?

A reading is one sample, stamped with the moment it was taken. A window that ended just before, while the reading was
being taken, gets it at its end; any other window that does not include the present is a gap, because there is no
history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from plimsoll.adapters.sources.metric_names import unit_and_kind
from plimsoll.adapters.sources.selection import select, signals_of
from plimsoll.domain.ports import Signal
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window

_LATEST_MS = 60_000


@dataclass(frozen=True)
class Reading:
    """One number, now: the name says its unit and kind unless they are given."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    kind: MetricKind = MetricKind.UNKNOWN
    unit: str = ""

    def series(self, now_ms: int) -> Series:
        """The reading as a series of one sample."""
        unit, kind = unit_and_kind(self.name)
        kind = kind if self.kind is MetricKind.UNKNOWN else self.kind
        value = np.array([self.value if np.isfinite(self.value) else np.nan], dtype=np.float64)
        times = np.array([now_ms], dtype=np.int64)
        return Series(SeriesId.of(self.name, self.labels), times, value, self.unit or unit, kind)


@dataclass(frozen=True)
class Glance:
    """The result of one look: readings, the reasons for missing ones (by name), and remarks."""

    readings: tuple[Reading, ...]
    missing: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def harvest(
    source: str, glance: Glance, signals: Sequence[Signal], window: Window, step_s: float, now_ms: int
) -> Harvest:
    """Answer `signals` from one look at `now_ms`; what is missing is a gap with its own reason."""
    late = now_ms - window.end_ms
    if now_ms < window.start_ms or late > max(round(step_s * 1000), _LATEST_MS):
        reason = f"{source}: keeps no history; it can be asked about the present only"
        return Harvest(source, gaps=tuple(Gap(SeriesId(signal.name), window, reason) for signal in signals))
    moment = min(now_ms, window.end_ms - 1)
    series, gaps = select(source, [reading.series(moment) for reading in glance.readings], signals, window)
    wanted = {signal.name: signal.query or signal.name for signal in signals}
    explained = tuple(_with_reason(source, gap, wanted[gap.id.name], glance.missing) for gap in gaps)
    return Harvest(source, series, explained, tuple(f"{source}: {note}" for note in glance.notes))


def signals_in(glance: Glance) -> tuple[Signal, ...]:
    """List the signals of one look."""
    return signals_of(reading.series(0) for reading in glance.readings)


def _with_reason(source: str, gap: Gap, wanted: str, missing: Mapping[str, str]) -> Gap:
    """Replace "no such series" by the known reason: that of the same name, otherwise of one with the same beginning."""
    alike = (why for what, why in missing.items() if what.startswith(wanted) or wanted.startswith(what))
    reason = missing.get(wanted) or next(alike, "")
    return replace(gap, reason=f"{source}: {reason}") if reason else gap


def ratios(pairs: Iterable[tuple[str, float, float, Mapping[str, str]]]) -> list[Reading]:
    """Divide used by total where there is a total."""
    return [Reading(name, used / total, labels) for name, used, total, labels in pairs if total > 0]

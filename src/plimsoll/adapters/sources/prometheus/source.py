"""Prometheus as a source: many queries over one window, each a set of series or a gap with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from plimsoll.adapters.sources.metric_names import unit_and_kind
from plimsoll.adapters.sources.prometheus.api import PrometheusApi, QueryRefused
from plimsoll.adapters.sources.prometheus.checks import diagnose
from plimsoll.adapters.sources.prometheus.matrix import NotAResult, Pieces
from plimsoll.adapters.sources.prometheus.ranges import Grid, grid_of, sweep
from plimsoll.adapters.web_client import WebClient
from plimsoll.domain.errors import SourceError, SourceMalformed
from plimsoll.domain.ports import Check, Signal
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window

_PLAIN_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_STATED_KINDS = {"counter": MetricKind.COUNTER, "gauge": MetricKind.GAUGE}
_HISTOGRAM = "holds native histograms, of which no number is read; ask with histogram_quantile or histogram_sum"


@dataclass
class _Reading:
    """One signal while it is read: its results, the failed spans with reasons, the server's warnings."""

    signal: Signal
    pieces: Pieces = field(default_factory=Pieces)
    failed: list[tuple[Window, SourceError]] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    answered: bool = False


class Prometheus:
    """A Prometheus server as a source; only the diagnosis uses `now_ms`."""

    def __init__(self, web: WebClient, now_ms: Callable[[], int]) -> None:
        self._web = web
        self._api = PrometheusApi(web)
        self._now_ms = now_ms

    @property
    def name(self) -> str:
        """The server's address, without credentials."""
        return self._api.address

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        """Read `signals` on the grid of `step_s`; with no step, at the end of the window alone.

        A query that fails, or has no samples, is a Gap. Raises SourceError where not one query was answered because the
        server cannot be reached, refuses us or answers something else; UsageError where the window has too many steps.
        """
        grid = grid_of(window, step_s)
        readings = [_Reading(signal) for signal in signals]
        broken: SourceError | None = None
        with self._web:
            for reading in readings:
                if broken is None:
                    broken = self._read_one(reading, grid)
                else:
                    reading.failed.append((window, broken))
        if broken is not None and not any(reading.answered for reading in readings):
            raise broken
        found = [_outcome(self.name, reading, window) for reading in readings]
        return Harvest(
            self.name,
            tuple(one for series, _, _ in found for one in series),
            tuple(gap for _, gaps, _ in found for gap in gaps),
            tuple(note for _, _, notes in found for note in notes),
        )

    def discover(self, window: Window) -> tuple[Signal, ...]:
        """List the metrics that have samples in `window`; histograms and their buckets are left out."""
        with self._web:
            kinds = self._api.metadata()
            names = self._api.label_values("__name__", window.start_ms, window.end_ms)
        return tuple(_signal(name, kinds.get(name, "")) for name in names if not _is_histogram(name, kinds))

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        """Check access, version, coverage, point limit, scraping and clock; a fault is a failed check."""
        with self._web:
            return diagnose(self._api, self._now_ms)

    def _read_one(self, reading: _Reading, grid: Grid) -> SourceError | None:
        """Read one signal; return the error, if any, after which no other query of the server can succeed."""
        promql = reading.signal.query or selector(reading.signal.name)
        for span, outcome in sweep(self._api, promql, grid):
            if isinstance(outcome, SourceError):
                reading.failed.append((span, outcome))
                reading.answered |= isinstance(outcome, QueryRefused)
                return None if isinstance(outcome, QueryRefused) else outcome
            try:
                reading.pieces.add(outcome.data)
            except NotAResult as error:
                reading.failed.append((span, SourceMalformed(self.name, f"answered {error}")))
                continue
            reading.answered = True
            reading.remarks |= dict.fromkeys(outcome.remarks)
        return None


def selector(name: str) -> str:
    """Write the query that selects a metric by its name, whatever characters it holds.

    >>> selector("up"), selector("http.requests")
    ('up', '{__name__="http.requests"}')
    """
    if _PLAIN_NAME.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{{__name__="{escaped}"}}'


def _outcome(source: str, reading: _Reading, window: Window) -> tuple[list[Series], list[Gap], list[str]]:
    signal, infinite = reading.signal, 0
    series = []
    for labels, times, values in reading.pieces.joined():
        inside = (times >= window.start_ms) & (times < window.end_ms)
        finite = np.where(np.isinf(values), np.nan, values)[inside]
        infinite += int(np.count_nonzero(np.isinf(values[inside])))
        if inside.any():
            series.append(Series(SeriesId(signal.name, labels), times[inside], finite, signal.unit, signal.kind))
    gaps = [Gap(SeriesId(signal.name), _within(span, window), str(error)) for span, error in reading.failed]
    notes = [f"{source}: {signal.name}: {remark}" for remark in reading.remarks]
    if infinite:
        notes.append(f"{source}: {signal.name}: {infinite} infinite values kept as not-a-number")
    notes.extend(f"{source}: {name} {_HISTOGRAM}" for name in sorted(reading.pieces.histograms))
    if not series and not gaps:
        reason = f"{signal.name} {_HISTOGRAM}" if reading.pieces.histograms else "has no sample of it in the window"
        gaps.append(Gap(SeriesId(signal.name), window, f"{source}: {reason}"))
    return series, gaps, notes


def _within(span: Window, window: Window) -> Window:
    return Window(max(span.start_ms, window.start_ms), min(span.end_ms, window.end_ms))


def _signal(name: str, stated: str) -> Signal:
    unit, kind = unit_and_kind(name)
    if kind is MetricKind.UNKNOWN or stated == "counter":
        kind = _STATED_KINDS.get(stated, kind)
    return Signal(name, selector(name), unit, kind)


def _is_histogram(name: str, kinds: dict[str, str]) -> bool:
    if kinds.get(name) in ("histogram", "gaugehistogram"):
        return True
    return name.endswith("_bucket") and kinds.get(name.removesuffix("_bucket")) in ("histogram", "gaugehistogram")

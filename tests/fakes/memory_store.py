"""The series store as a dictionary: the simplest correct form, with which the real store must agree."""

from __future__ import annotations

import math

import numpy as np

from plimsoll.domain.errors import InputError
from plimsoll.domain.gaps import unfilled
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window
from plimsoll.domain.stored import EVER, Selector, StoredSeries


class MemoryStore:
    """Keeps samples by series and time; lives as long as the process."""

    name = "store in memory"

    def __init__(self) -> None:
        self._samples: dict[SeriesId, dict[int, float]] = {}
        self._meta: dict[SeriesId, tuple[str, MetricKind]] = {}
        self._sources: dict[SeriesId, str] = {}
        self._gaps: dict[str, list[Gap]] = {}

    def append(self, harvest: Harvest) -> int:
        kept: set[tuple[SeriesId, int]] = set()
        for series in harvest.series:
            odd = [time for time in series.times_ms.tolist() if not EVER.start_ms <= time < EVER.end_ms]
            if odd:
                raise InputError(f"{series.id}: time {odd[0]} lies outside the years 1 to 9999")
        for series in (item for item in harvest.series if len(item)):
            unit, kind = self._meta.get(series.id, ("", MetricKind.UNKNOWN))
            self._meta[series.id] = (series.unit or unit, kind if series.kind is MetricKind.UNKNOWN else series.kind)
            self._sources[series.id] = harvest.source
            for time, value in zip(series.times_ms.tolist(), series.values.tolist(), strict=True):
                self._samples.setdefault(series.id, {})[time] = value
                kept.add((series.id, time))
        self._gaps.setdefault(harvest.source, []).extend(harvest.gaps)
        return len(kept)

    def read(self, selector: Selector, window: Window) -> Harvest:
        return self._harvest(selector, window, {})

    def mean(self, selector: Selector, window: Window, step_s: float) -> Harvest:
        step_ms = round(step_s * 1000)
        if step_ms < 1:
            raise InputError("a step shorter than a millisecond")
        means: dict[SeriesId, dict[int, float]] = {}
        for series in self.read(selector, window).series:
            steps: dict[int, list[float]] = {}
            for time, value in zip(series.times_ms.tolist(), series.values.tolist(), strict=True):
                numbers = steps.setdefault(window.start_ms + (time - window.start_ms) // step_ms * step_ms, [])
                if not math.isnan(value):
                    numbers.append(value)
            first = series.kind is MetricKind.COUNTER
            means[series.id] = {at: float(v[0] if first else np.mean(v)) if v else math.nan for at, v in steps.items()}
        return self._harvest(selector, window, means)

    def catalog(self, selector: Selector, window: Window) -> tuple[StoredSeries, ...]:
        return tuple(
            StoredSeries(s.id, s.unit, s.kind, len(s), int(s.times_ms[0]), int(s.times_ms[-1]), self._sources[s.id])
            for s in self.read(selector, window).series
        )

    def gaps(self, selector: Selector, window: Window) -> tuple[Gap, ...]:
        left: list[Gap] = []
        held = [
            Series(of, np.array(sorted(samples)), np.array([samples[at] for at in sorted(samples)]))
            for of, samples in self._samples.items()
        ]
        for source, known in sorted(self._gaps.items()):
            inside = [gap.clipped(window) for gap in known if selector.concerns(gap) and gap.touches(window)]
            named = {gap.id for gap in inside if gap.id.labels}
            left.extend(unfilled(inside, [s for s in held if self._sources[s.id] == source or s.id in named]))
        return tuple(left)

    def close(self) -> None:
        """Nothing to put in order."""

    def _harvest(self, selector: Selector, window: Window, instead: dict[SeriesId, dict[int, float]]) -> Harvest:
        series = []
        for series_id, samples in self._samples.items():
            inside = sorted((at, value) for at, value in samples.items() if window.start_ms <= at < window.end_ms)
            if inside and selector.matches(series_id):
                inside = sorted(instead[series_id].items()) if instead else inside
                times, values = np.array([at for at, _ in inside]), np.array([value for _, value in inside])
                series.append(Series(series_id, times, values, *self._meta[series_id]))
        return Harvest(self.name, tuple(series), self.gaps(selector, window))

"""Which resources of a source are judged? Those with limits; every series without a row has a reason.

In a file every series is a resource, with a limit given by the caller or a natural one. On a Prometheus server the
resources are the points of the catalog that it can measure, the metrics that are shares by name, and those that the
caller gives a limit to. A source that only knows the present (this host, a database) is judged on its collected
history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from plimsoll.app.catalog import match_catalog
from plimsoll.app.forecasts.public_holidays import HolidayTerms
from plimsoll.app.readings import lone_end, within
from plimsoll.app.runway.given_limits import FROM_CALLER, NO_LEAD_TIMES, GivenLimit, LeadTimes
from plimsoll.app.runway.limit_units import fitted_to_given
from plimsoll.app.runway.natural_limits import natural_limit
from plimsoll.app.runway.resource_names import ResourceName, names_of, of_point, of_series, unique_names
from plimsoll.domain.limit import Limit
from plimsoll.domain.ports import Signal, Source
from plimsoll.domain.quantity import some_of
from plimsoll.domain.runway import Excluded, RunwayRow, RunwayState
from plimsoll.domain.saturation import CatalogMatch, SaturationPoint
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window, as_datetime
from plimsoll.domain.stored import EVER
from plimsoll.planning.runway import Resource

_COUNTS = 'label_replace(count by (__name__) (last_over_time({__name__!=""}[2h])), "metric", "$1", "__name__", "(.*)")'
_LEAST_WINDOW_S = 300


@dataclass(frozen=True)
class Ask:
    """The caller's request: limits, lead times, and the span and step to read where they can be chosen.

    `horizon_s` is how far ahead to look; None is as far as each limit says. `as_of_ms` is the moment asked for; without
    one a file is judged as of its last sample.
    """

    window: Window
    step_s: float = 3600.0
    limits: tuple[GivenLimit, ...] = ()
    lead_times: LeadTimes = NO_LEAD_TIMES
    holidays: HolidayTerms | None = None
    horizon_s: float | None = None
    as_of_ms: int | None = None


@dataclass(frozen=True)
class Inputs:
    """Resources to judge, rows for what could not be read, what is left out and why, and remarks.

    `holidays` state the effect of public holidays on the resources, where a calendar is named. `aliases` are names that
    resources go by beside their own; on `query_parts`, which only a query of the catalog reads, no limit can be given.
    `kept_as` is the name that predictions are kept under where `source` may be that of another one, too.
    """

    source: str
    resources: tuple[Resource, ...]
    failed: tuple[RunwayRow, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    notes: tuple[str, ...] = ()
    last_ms: int | None = None
    holidays: tuple[str, ...] = ()
    aliases: frozenset[str] = frozenset()
    query_parts: frozenset[str] = frozenset()
    kept_as: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every name of anything in these inputs."""
        held = {name for one in self.resources for name in (one.name, one.series.id.name, str(one.series.id))}
        left = {row.resource for row in self.failed} | {item.resource for item in self.excluded}
        return frozenset((held | left | self.aliases) - self.query_parts)


@dataclass(frozen=True)
class _Candidate:
    """A series before it has a unique name."""

    name: ResourceName
    series: Series
    limit: Limit | None
    no_limit: str = ""
    query: str = ""
    options: tuple[str, ...] = ()
    aliases: tuple[str, ...] = field(default=())


def file_inputs(source: Source, points: Sequence[SaturationPoint], ask: Ask) -> Inputs:
    """Judge a file: every series in it is a resource; names that our own sources use have the catalog's limits.

    What it holds after the moment asked for counts for nothing, not even for the unit or the limit of a series.
    """
    harvest = source.read(source.discover(EVER), EVER, ask.step_s)
    if ask.as_of_ms is None:
        harvest = replace(harvest, notes=(*harvest.notes, *lone_end(harvest)))
    else:
        harvest = _up_to(harvest, ask.as_of_ms)
    return inputs_of(harvest, points, ask)


def _up_to(harvest: Harvest, as_of_ms: int) -> Harvest:
    """Leave out samples after a moment; a note names the series that have no others, with how many they have."""
    read = tuple(within(one, Window(EVER.start_ms, as_of_ms + 1)) for one in harvest.series)
    pairs = zip(harvest.series, read, strict=True)
    later = [f"{one.id} ({len(one)})" for one, past in pairs if len(one) > len(past) == 0]
    why = f"{harvest.source}: all samples are after the as-of time, {as_datetime(as_of_ms):%Y-%m-%dT%H:%M:%SZ}"
    notes = (*harvest.notes, f"{why}, of {some_of(later)}") if later else harvest.notes
    return replace(harvest, series=read, notes=notes)


def inputs_of(harvest: Harvest, points: Sequence[SaturationPoint], ask: Ask, component: str = "") -> Inputs:
    """Judge everything that was read of a file, or of the one `component` that a source tells of."""
    by_signal = {name: point for point in points for name in point.signals}
    found = [_by_name(by_signal, series, ask, component) for series in harvest.series]
    last = [int(series.times_ms[-1]) for series in harvest.series if len(series)]
    excluded = tuple(Excluded(str(gap.id), gap.reason, 0) for gap in harvest.gaps)
    named, known = _named(found, ask), _aliases(found)
    return Inputs(harvest.source, named, (), excluded, harvest.notes, max(last, default=None), aliases=known)


def server_inputs(source: Source, points: Sequence[SaturationPoint], ask: Ask) -> Inputs:
    """Judge a Prometheus server by the catalog, and by other shares that it measures."""
    offered = source.discover(ask.window)
    names = {signal.name for signal in offered}
    matches = match_catalog(points, names)
    matched = [match.point for match in matches if match.matched]
    used = {name: point.name for point in matched for name in point.metrics if name in names}
    others = [signal for signal in offered if signal.name not in used and _worth_reading(signal, ask)]
    span = f"{round(max(ask.step_s, _LEAST_WINDOW_S))}s"
    signals = [Signal(point.name, point.promql(span), point.unit, _kind(point)) for point in matched]
    harvest = source.read([*signals, *others], ask.window, ask.step_s) if signals or others else None
    series = harvest.series if harvest else ()
    by_name = {point.name: point for point in matched}
    found = [_by_name(by_name, one, ask) for one in series]
    counts = _series_counts(source, ask.window)
    read = {*used, *(signal.name for signal in others)}
    failed, empty = _gaps(harvest.gaps if harvest else (), {one.id.name for one in series})
    excluded = (
        *empty,
        *(Excluded(name, f"read by the catalog's {used[name]}", counts.get(name, 1)) for name in sorted(used)),
        *(_without_limit(signal, counts) for signal in offered if signal.name not in read),
    )
    notes = (*(harvest.notes if harvest else ()), _catalog_note(matches))
    parts = frozenset(used)
    return Inputs(source.name, _named(found, ask), failed, excluded, notes, aliases=_aliases(found), query_parts=parts)


def present_inputs(source: Source, history: Source | None, points: Sequence[SaturationPoint], ask: Ask) -> Inputs:
    """Judge a source that knows only the present, on its collected history."""
    offered = source.discover(ask.window)
    by_signal = {name: point for point in points for name in point.signals}
    wanted = [signal for signal in offered if signal.name in by_signal or _worth_reading(signal, ask)]
    now = source.read(wanted, ask.window, ask.step_s)
    past = history.read(wanted, ask.window, ask.step_s) if history is not None else None
    known = {series.id: series for series in past.series} if past else {}
    found = [_by_name(by_signal, _joined(known.get(one.id), one), ask, source.name) for one in now.series]
    read = {signal.name for signal in wanted}
    failed, empty = _gaps(now.gaps, {one.id.name for one in now.series})
    excluded = (*empty, *(_without_limit(signal, {}) for signal in offered if signal.name not in read))
    notes = now.notes if known else (*now.notes, f"{source.name} keeps no history; `plimsoll collect` gathers it")
    return Inputs(source.name, _named(found, ask), failed, excluded, notes, aliases=_aliases(found))


def _aliases(found: Sequence[_Candidate]) -> frozenset[str]:
    return frozenset(name for one in found for name in one.aliases)


def _joined(past: Series | None, now: Series) -> Series:
    """The collected history, with the current reading at its end."""
    if past is None or not len(past):
        return now
    later = now.times_ms > past.times_ms[-1]
    times = np.concatenate([past.times_ms, now.times_ms[later]])
    return replace(past, times_ms=times, values=np.concatenate([past.values, now.values[later]]))


def _by_name(points: Mapping[str, SaturationPoint], series: Series, ask: Ask, component: str = "") -> _Candidate:
    point = points.get(series.id.name)
    if point is None:
        return _by_itself(of_series(series.id), series, ask)
    return _by_point(point, series, ask, of_point(point, series.id.label_map, component))


def _by_itself(name: ResourceName, series: Series, ask: Ask) -> _Candidate:
    aliases = names_of(series.id)
    given = _given(ask, name.name, *aliases)
    if given is None:
        natural = natural_limit(series)
        return _Candidate(name, natural.series, natural.limit, natural.no_limit, aliases=aliases)
    fit = fitted_to_given(given, name.name, series)
    return _Candidate(name, fit.series, fit.limit, aliases=aliases)


def _by_point(point: SaturationPoint, series: Series, ask: Ask, name: ResourceName) -> _Candidate:
    limit = point.limit()
    aliases = (point.name, *names_of(series.id))
    given = _given(ask, name.name, *aliases)
    if given is not None:
        soft, hard = given.values(point.unit)
        own = Limit(name.name, point.unit, FROM_CALLER, soft, hard, direction=given.direction)
        limit = replace(own, lead_time_s=point.lead_time_s, horizon_s=point.horizon_s, noisy=point.noisy)
    remedy = f"the catalog knows no limit of it: it is {point.needs}; give it with --limit {point.name}=VALUE"
    promql = point.promql(f"{round(max(ask.step_s, _LEAST_WINDOW_S))}s")
    query = promql if series.id.name == point.name else str(series.id)
    return _Candidate(name, series, limit, remedy if point.needs else "", query, point.remedies, aliases)


def _named(found: Sequence[_Candidate], ask: Ask) -> tuple[Resource, ...]:
    names = unique_names([one.name for one in found], [one.series.id for one in found])
    return tuple(_resource(name, one, ask) for name, one in zip(names, found, strict=True))


def _resource(name: ResourceName, found: _Candidate, ask: Ask) -> Resource:
    lead_s = ask.lead_times.of(name.name, *found.aliases)
    limit = found.limit
    if limit is not None and lead_s is not None:
        limit = replace(limit, lead_time_s=lead_s)
    return Resource(
        name=name.name,
        component=name.component,
        series=found.series,
        limit=limit,
        no_limit=found.no_limit,
        query=found.query,
        options=found.options,
    )


def _given(ask: Ask, *names: str) -> GivenLimit | None:
    return next((limit for limit in reversed(ask.limits) if limit.concerns(*names)), None)


def _worth_reading(signal: Signal, ask: Ask) -> bool:
    if _given(ask, signal.name) is not None:
        return True
    return signal.kind in (MetricKind.RATIO, MetricKind.PERCENT)


def _kind(point: SaturationPoint) -> MetricKind:
    return MetricKind.RATIO if point.unit == "ratio" else MetricKind.GAUGE


def _series_counts(source: Source, window: Window) -> dict[str, int]:
    """How many series each metric has now; empty where the server does not say."""
    harvest = source.read([Signal("series", _COUNTS)], window, 0.0)
    return {one.id.label_map.get("metric", ""): int(one.values[-1]) for one in harvest.series if len(one)}


def _gaps(gaps: Sequence[Gap], read: set[str]) -> tuple[tuple[RunwayRow, ...], tuple[Excluded, ...]]:
    """Signals without data: an error row if the source failed, a line if there is simply no sample."""
    failed: list[RunwayRow] = []
    empty: list[Excluded] = []
    for gap in gaps:
        if gap.id.name in read:
            continue
        if "no sample" in gap.reason:
            empty.append(Excluded(str(gap.id), gap.reason, 0))
        elif all(row.resource != str(gap.id) for row in failed):
            failed.append(_error_row(gap.id, gap.reason))
    return tuple(failed), tuple(empty)


def _error_row(series: SeriesId, reason: str) -> RunwayRow:
    return RunwayRow(str(series), None, "", None, RunwayState.ERROR, None, None, None, None, None, reason)


def _without_limit(signal: Signal, counts: dict[str, int]) -> Excluded:
    reason = "no limit is known, neither in the catalog nor by nature; give one with --limit NAME=VALUE"
    return Excluded(signal.name, reason, counts.get(signal.name, 1))


def _catalog_note(matches: Sequence[CatalogMatch]) -> str:
    matched = sum(match.matched for match in matches)
    return f"{matched} of the catalog's {len(matches)} limits can be measured here; `plimsoll doctor` names the others"

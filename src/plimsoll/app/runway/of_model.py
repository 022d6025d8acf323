"""Which resources does a model define? Its limits are matched to the signals they name, its events to what they affect.

A limit is matched to the series of its signal (of its resource's name if it names no signal). Series without a limit
have that of the catalog, otherwise their natural one, or are left out with the reason. A limit without a series is also
left out with the reason, so that nobody believes that it is monitored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from plimsoll.app.driver_histories import followers
from plimsoll.app.forecasts.notes import idle_notes
from plimsoll.app.forecasts.public_holidays import HolidayTerms, holiday_notes, with_holidays
from plimsoll.app.model import Model
from plimsoll.app.model.limits import LimitSection
from plimsoll.app.model.translate import limit as limit_of_section
from plimsoll.app.runway.base_units import scale_to_base
from plimsoll.app.runway.given_limits import GivenLimit
from plimsoll.app.runway.inputs import Ask, Inputs
from plimsoll.app.runway.limit_units import Fitted, fitted, fitted_to_given
from plimsoll.app.runway.natural_limits import natural_limit
from plimsoll.app.runway.resource_names import ResourceName, unique_names
from plimsoll.domain.forecast import Annotations, Changepoint, Event, IgnoreWindow
from plimsoll.domain.holidays import HolidayEffect
from plimsoll.domain.limit import Limit
from plimsoll.domain.runway import Excluded, RunwayRow, RunwayState
from plimsoll.domain.saturation import SaturationPoint
from plimsoll.domain.series import Gap, Harvest, Series, Window, as_ms
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.planning.runway import Resource

_FURTHEST_MS = 5 * 366 * DAY_MS


def model_inputs(
    model: Model, harvest: Harvest, points: Sequence[SaturationPoint], ask: Ask, last_ms: int | None = None
) -> Inputs:
    """Match the series of a harvest, under the model's names, to the limits of the model, and to the catalog's."""
    limits, measured = model.file.all_limits(), _points_of(model, points)
    annotations = annotations_of(model)
    matched: list[tuple[Series, Resource]] = []
    found: list[tuple[str, HolidayEffect]] = []
    excluded: list[Excluded] = []
    for series in harvest.series:
        for section in _limits_of(series, limits):
            known = _Known(section, measured.get(series.id.name.rpartition("/")[2]))
            resource = _resource(series, known, ask, annotations)
            if resource.limit is None and section is None:
                excluded.append(Excluded(str(series.id), resource.no_limit))
                continue
            if ask.holidays is not None and resource.limit is not None:
                resource, effect = _with_holidays(resource, ask.holidays)
                found.append((str(series.id), effect))
            matched.append((series, resource))
    watched = [series for series, _ in matched]
    excluded += [_unwatched(section) for section in limits if not any(_concerns(section, one) for one in watched)]
    names = unique_names([ResourceName(item.name, item.component) for _, item in matched], [one.id for one in watched])
    resources = tuple(replace(item, name=name.name) for (_, item), name in zip(matched, names, strict=True))
    failed = tuple(_failed(gap) for gap in harvest.gaps)
    holidays = holiday_notes(found)
    furthest_s = ask.horizon_s or max((item.limit.horizon_s for item in resources if item.limit), default=0.0)
    idle = idle_notes(annotations, harvest.series, round(1000 * furthest_s))
    return Inputs(harvest.source, resources, failed, tuple(excluded), (*harvest.notes, *idle), last_ms, holidays)


def _with_holidays(resource: Resource, terms: HolidayTerms) -> tuple[Resource, HolidayEffect]:
    """Learn the effect of holidays on a resource, for whole days, because the future is simulated day by day."""
    known, effect = with_holidays(resource.series, resource.annotations, terms, _FURTHEST_MS, whole_days=True)
    return replace(resource, annotations=known), effect


def annotations_of(model: Model) -> Annotations:
    """The annotations of past and future from the model's events; times without a zone are in that of the model."""
    events, changes, ignored = [], [], []
    zone = ZoneInfo(model.system.time_zone)
    for section in model.file.events:
        start_ms = _moment_ms(section.start, zone)
        end_ms = _moment_ms(section.end, zone) if section.end else None
        only = followers(model, section.driver) if section.driver else frozenset[str]()
        if section.kind == "changepoint":
            changes.append(Changepoint(start_ms, section.name, only))
        elif section.kind == "ignore":
            ignored.append(IgnoreWindow(Window(start_ms, end_ms or start_ms), section.name, only))
        else:
            events.append(Event(section.name, start_ms, end_ms, section.factor, section.offset, only))
    return Annotations(tuple(events), tuple(changes), tuple(ignored))


def _moment_ms(moment: datetime, zone: ZoneInfo) -> int:
    return as_ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _limits_of(series: Series, limits: Sequence[LimitSection]) -> Sequence[LimitSection | None]:
    """The limits of a series, each a resource of its own (a disk, a quota on it), or None alone where there is none.

    Of several limits of one resource the first counts, that of the component before one at the top of the file.
    """
    found: dict[str, LimitSection] = {}
    for section in limits:
        if _concerns(section, series):
            found.setdefault(section.resource, section)
    return tuple(found.values()) or (None,)


def _concerns(section: LimitSection, series: Series) -> bool:
    component, _, name = series.id.name.rpartition("/")
    if name != (section.signal or section.resource):
        return False
    return not section.component or not component or component == section.component


@dataclass(frozen=True)
class _Known:
    """What is known of a series: the model's limit, and the catalog's point that it measures."""

    section: LimitSection | None
    point: SaturationPoint | None

    @property
    def limit(self) -> Limit | None:
        """The model's limit, otherwise that of the catalog; how a value fluctuates is the catalog's to say."""
        if self.section is None:
            return self.point.limit() if self.point else None
        own = limit_of_section(self.section)
        noisy = self.point is not None and self.point.noisy
        return replace(own, source=f"{own.source}: {own.name}", noisy=noisy)


def _points_of(model: Model, points: Sequence[SaturationPoint]) -> dict[str, SaturationPoint]:
    """The catalog's points by the signals of a model that read what our own sources tell of them."""
    by_signal = {name: point for point in points for name in point.signals}
    return {item.name: by_signal[key] for item in model.file.signals if (key := item.query or item.name) in by_signal}


def _resource(series: Series, known: _Known, ask: Ask, annotations: Annotations) -> Resource:
    component, _, name = series.id.name.rpartition("/")
    section = known.section
    component = component or (section.component if section and section.component else "")
    what = section.resource if section else name
    rest = [value for _, value in series.id.labels]
    full = ":".join([f"{component}/{what}" if component else what, *rest])
    given = next((item for item in reversed(ask.limits) if item.concerns(full, series.id.name, what)), None)
    fit = _limited(full, series, known.limit, given)
    noted = annotations.concerning(series.id.name)
    if isinstance(fit, str):
        return Resource(full, component, series, None, no_limit=fit, annotations=noted, stated=noted)
    lead_s = ask.lead_times.of(full, what, series.id.name)
    limit = fit.limit if lead_s is None else replace(fit.limit, lead_time_s=lead_s)
    options = known.point.remedies if known.point else ()
    noted = noted.scaled(fit.scale)
    return Resource(full, component, fit.series, limit, options=options, annotations=noted, stated=noted)


def _limited(name: str, series: Series, own: Limit | None, given: GivenLimit | None) -> Fitted | str:
    """The limit of a series, with the series in the limit's unit; or why there is none."""
    if given is not None:
        fit = fitted_to_given(given, name, series)
        if own is None:
            return fit
        limit = replace(fit.limit, lead_time_s=own.lead_time_s, horizon_s=own.horizon_s, noisy=own.noisy)
        return replace(fit, limit=limit)
    if own is not None:
        return fitted(own, series)
    natural = natural_limit(series, "write it into the model")
    if natural.limit is None:
        return f"the model sets no limit on it: {natural.no_limit}"
    return Fitted(natural.limit, natural.series, scale_to_base(series))


def _failed(gap: Gap) -> RunwayRow:
    component = gap.id.name.rpartition("/")[0]
    return RunwayRow(
        str(gap.id), None, "", None, RunwayState.ERROR, None, None, None, None, None, gap.reason, component
    )


def _unwatched(section: LimitSection) -> Excluded:
    name = f"{section.component}/{section.resource}" if section.component else section.resource
    if section.signal:
        return Excluded(name, f"its signal {section.signal} gave no series", 0)
    return Excluded(name, "the model names no signal that tells how much of it is used", 0)

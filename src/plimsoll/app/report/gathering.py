"""How is the content of a report gathered? Every stage runs on what was read.

A stage that cannot answer is named in the report with its reason; it does not stop the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from plimsoll.app.assessment.assessing import assessment_of, assessment_of_source
from plimsoll.app.assessment.assessments import AdviceBase
from plimsoll.app.forecasts.public_holidays import HolidayTerms, with_holidays
from plimsoll.app.model import Model
from plimsoll.app.model_terms import pattern_rules
from plimsoll.app.plan.plans import Question, plan
from plimsoll.app.readings import stale_after_s, within
from plimsoll.app.report.daily import daily_worst, known_of_days
from plimsoll.app.report.gathered import Gathered, SeriesOutlook
from plimsoll.app.report.reports import DAILY, MOST_CHARTS
from plimsoll.app.runway.inputs import Inputs
from plimsoll.app.runway.runways import runway
from plimsoll.assess.patterns import pattern_of
from plimsoll.domain.assessment import Assessment
from plimsoll.domain.errors import NothingToAnswer, PlimsollError
from plimsoll.domain.forecast import Annotations, Forecast
from plimsoll.domain.limit import Direction
from plimsoll.domain.pattern import Patterns
from plimsoll.domain.runway import Runway
from plimsoll.domain.series import ORIGIN_SYNTHETIC, SYNTHETIC, Harvest, MetricKind, Series, Window, as_datetime
from plimsoll.domain.stored import EVER
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.forecast.annotations import ordinary
from plimsoll.forecast.single import forecast_series
from plimsoll.planning.runway import Resource, Terms

HORIZON_MS = 90 * DAY_MS
_NO_LIMIT_KNOWN = "no limit is known of anything that was read; a model can give limits (`plimsoll init` begins one)"
_MISSING = {
    "utilization": _NO_LIMIT_KNOWN,
    "actions": _NO_LIMIT_KNOWN,
    "runway": _NO_LIMIT_KNOWN,
    "capacity": "no load test was given: --loadtest FILE, or `load_test` in the model",
    "plan": "no model was given",
    "findings": "no model was given",
}


@dataclass(frozen=True)
class Read:
    """What was read for a report: the harvest as it is, the resources to judge, the span, and the as-of time.

    `past` holds the histories of the model's drivers by name.
    """

    harvest: Harvest
    inputs: tuple[Inputs, ...]
    span_ms: int
    as_of_ms: int
    tz: str = "UTC"
    seed: int = 0
    past: Mapping[str, Series] = field(default_factory=dict)
    holidays: HolidayTerms | None = None


def gather(read: Read, model: Model | None, advice: AdviceBase) -> Gathered:
    """Gather the answers of all stages; raises NothingToAnswer where there is neither a series nor a plan."""
    resources = [_until(resource, read.as_of_ms) for part in read.inputs for resource in part.resources]
    fresh = [resource for resource in resources if not _is_stale(resource.series, read.as_of_ms)]
    known = resources or any(part.failed for part in read.inputs)
    found = runway(read.inputs, Terms(read.as_of_ms, seed=read.seed)).document if known else None
    remarks = [line for part in read.inputs for line in (*part.notes, *part.holidays)]
    gathered = Gathered(
        system=model.system.name if model else read.harvest.source,
        as_of_ms=read.as_of_ms,
        span_days=read.span_ms / DAY_MS,
        sources=tuple(dict.fromkeys((read.harvest.source, *read.harvest.notes, *remarks))),
        assessment=_assessment(read, model, advice),
        patterns=_patterns([_named(resource) for resource in fresh], read, model),
        outlooks=_outlooks(_by_urgency(fresh, found), read),
        stale=tuple(resource.name for resource in resources if resource not in fresh),
        runway=found,
        findings=model.findings if model else None,
        missing=tuple(_MISSING.items()),
    )
    whole = _with_plan(gathered, model, read)
    if not resources and not read.harvest.series and whole.plan is None:
        reason = dict(whole.missing)["plan"]
        raise NothingToAnswer(f"{read.harvest.source}: no series to report on, and no plan: {reason}")
    return whole


def _assessment(read: Read, model: Model | None, advice: AdviceBase) -> Assessment | None:
    if model is not None:
        return assessment_of(read.harvest, model, read.inputs, advice, read.as_of_ms)
    return assessment_of_source(read.harvest, read.inputs, advice, read.as_of_ms)


def _named(resource: Resource) -> Series:
    """The series of a resource, under the name that every part of the report uses."""
    return replace(resource.series, id=replace(resource.series.id, name=resource.name, labels=()))


def _until(resource: Resource, as_of_ms: int) -> Resource:
    """Cut the readings at the as-of time, after which a recording may continue."""
    return replace(resource, series=within(resource.series, Window(EVER.start_ms, as_of_ms + 1)))


def _is_stale(series: Series, as_of_ms: int) -> bool:
    """Whether the last value is too old to describe the present, by the rule of the runway."""
    times_ms = series.times_ms[np.isfinite(series.values)]
    return not times_ms.size or as_of_ms - int(times_ms[-1]) > 1000 * stale_after_s(series)


def _patterns(series: Sequence[Series], read: Read, model: Model | None) -> Patterns | None:
    if not series:
        return None
    return Patterns(
        as_datetime(read.as_of_ms), tuple(pattern_of(item, read.tz, pattern_rules(model)) for item in series)
    )


def _by_urgency(resources: Sequence[Resource], found: Runway | None) -> list[Resource]:
    order = {row.resource: index for index, row in enumerate(found.rows)} if found else {}
    return sorted(resources, key=lambda resource: order.get(resource.name, len(order)))


def _outlooks(resources: Sequence[Resource], read: Read) -> tuple[SeriesOutlook, ...]:
    """Forecast the series that will be drawn, by the worst of each day if samples are finer; only count the rest."""
    drawn = []
    for index, resource in enumerate(resources):
        series = _named(resource)
        label = SYNTHETIC if ORIGIN_SYNTHETIC in resource.series.id.labels else ""
        if index >= MOST_CHARTS:
            drawn.append(SeriesOutlook(series, None, label))
            continue
        ahead, of = _ahead(replace(resource, series=series), read)
        drawn.append(SeriesOutlook(series, ahead, label, of))
    return tuple(drawn)


def _ahead(resource: Resource, read: Read) -> tuple[Forecast, str]:
    """Forecast a resource, by the worst of each day if samples are finer; return of what, where not of its samples."""
    series, stated = resource.series, resource.stated
    direction = resource.limit.direction if resource.limit else Direction.HIGH_IS_BAD
    usual = ordinary(series, stated)
    worst = daily_worst(usual, direction)
    if worst is usual:
        return forecast_series(series, _steps_of(series), annotations=resource.annotations), ""
    is_counter = series.kind is MetricKind.COUNTER  # whose gains, on which events act, are still as they were read
    known = stated if is_counter else known_of_days(stated, worst, direction)
    if read.holidays is not None:  # they change a day's worst differently from its mean
        both, _ = with_holidays(worst, Annotations(stated.events), read.holidays, HORIZON_MS)
        learned = both.events[len(stated.events) :]
        known = Annotations((*known.events, *learned), known.changepoints, (*known.ignore, *both.ignore))
    return forecast_series(worst, _steps_of(worst), annotations=known), DAILY


def _steps_of(series: Series) -> int:
    """Return the number of steps of a series in the horizon."""
    return HORIZON_MS // max(series.step_ms or HORIZON_MS, 1)


def _with_plan(gathered: Gathered, model: Model | None, read: Read) -> Gathered:
    if model is None:
        return gathered
    try:
        return replace(gathered, plan=plan(model, Question(), as_datetime(read.as_of_ms).date(), read.past))
    except PlimsollError as error:
        missing = tuple(item for item in gathered.missing if item[0] != "plan")
        return replace(gathered, missing=(*missing, ("plan", str(error))))

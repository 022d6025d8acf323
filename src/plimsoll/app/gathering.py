"""What is there to report on? Gather the answers of every stage over what was read.

A stage that cannot answer is left out of the report by name, with its reason; it never stops the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from plimsoll.app.assessed_resources import resources_of_model, resources_of_series
from plimsoll.app.assessments import AdviceBase, assess, facts_of, readings_of
from plimsoll.app.daily import daily_worst
from plimsoll.app.model import Model
from plimsoll.app.plans import Question, plan
from plimsoll.app.reports import DAILY, MOST_CHARTS, Gathered, Told
from plimsoll.app.runway_inputs import Inputs
from plimsoll.app.runways import runway
from plimsoll.assess.patterns import pattern_of
from plimsoll.domain.assessment import Assessment
from plimsoll.domain.errors import NothingToAnswer, PlimsollError
from plimsoll.domain.limit import Direction
from plimsoll.domain.pattern import Patterns
from plimsoll.domain.runway import Runway
from plimsoll.domain.series import Harvest, Series, as_datetime
from plimsoll.forecast.single import forecast_series
from plimsoll.planning.runway import Resource, Terms

STALE_AFTER_S = 86_400.0
HORIZON_MS = 90 * 86_400_000


@dataclass(frozen=True)
class Read:
    """What was read for a report: everything as it came, what there is to judge, over what span, as of when."""

    harvest: Harvest
    inputs: tuple[Inputs, ...]
    span_ms: int
    as_of_ms: int
    tz: str = "UTC"
    seed: int = 0


def gather(read: Read, model: Model | None, advice: AdviceBase) -> Gathered:
    """Put all stages' answers together; raises NothingToAnswer where there is not one series."""
    resources = [resource for part in read.inputs for resource in part.resources]
    if not resources and not read.harvest.series:
        raise NothingToAnswer(f"{read.harvest.source}: no series to report on")
    found = runway(read.inputs, Terms(read.as_of_ms, seed=read.seed)).document if resources else None
    gathered = Gathered(
        system=model.system.name if model else read.harvest.source,
        as_of_ms=read.as_of_ms,
        span_days=read.span_ms / 86_400_000,
        sources=(read.harvest.source, *read.harvest.notes),
        assessment=_assessment(read, model, advice),
        patterns=_patterns([resource.series for resource in resources], read),
        told=_told(_by_urgency(resources, found)),
        runway=found,
        findings=model.findings if model else (),
        missing=(("capacity", "no load test was given; --loadtest FILE reads one"), ("plan", "no model was given")),
    )
    return _with_plan(gathered, model, as_datetime(read.as_of_ms))


def _assessment(read: Read, model: Model | None, advice: AdviceBase) -> Assessment | None:
    readings = readings_of(read.harvest, read.as_of_ms, STALE_AFTER_S)
    if model is None:
        resources = resources_of_series(read.harvest.series, readings, advice)
    else:
        resources = resources_of_model(model, readings, advice)
    if not resources:
        return None
    name = model.system.name if model else read.harvest.source
    return assess(name, resources, advice, read.as_of_ms, facts_of(read.harvest.series, None))


def _patterns(series: Sequence[Series], read: Read) -> Patterns | None:
    if not series:
        return None
    return Patterns(as_datetime(read.as_of_ms), tuple(pattern_of(item, read.tz) for item in series))


def _by_urgency(resources: Sequence[Resource], found: Runway | None) -> list[Resource]:
    order = {row.resource: index for index, row in enumerate(found.rows)} if found else {}
    return sorted(resources, key=lambda resource: order.get(resource.name, len(order)))


def _told(resources: Sequence[Resource]) -> tuple[Told, ...]:
    """Forecast what will be drawn, the worst of each day where samples are finer; the rest is only counted."""
    drawn = []
    for index, resource in enumerate(resources):
        series = replace(resource.series, id=replace(resource.series.id, name=resource.name, labels=()))
        label = "synthetic" if ("origin", "synthetic") in resource.series.id.labels else ""
        if index >= MOST_CHARTS:
            drawn.append(Told(series, None, label))
            continue
        worst = daily_worst(series, resource.limit.direction if resource.limit else Direction.HIGH_IS_BAD)
        horizon = HORIZON_MS // max(worst.step_ms or HORIZON_MS, 1)
        ahead = forecast_series(worst, horizon, annotations=resource.annotations)
        drawn.append(Told(series, ahead, label, "" if worst is series else DAILY))
    return tuple(drawn)


def _with_plan(gathered: Gathered, model: Model | None, made: datetime) -> Gathered:
    if model is None:
        return gathered
    try:
        return replace(gathered, plan=plan(model, Question(), made.date()))
    except PlimsollError as error:
        missing = tuple(item for item in gathered.missing if item[0] != "plan")
        return replace(gathered, missing=(*missing, ("plan", str(error))))

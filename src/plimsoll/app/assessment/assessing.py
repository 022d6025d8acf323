"""The use case `assess`: judge what was read, by a model and the catalog, otherwise by the limits of the runway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from plimsoll.app.assessment.alert_conditions import conditions_of
from plimsoll.app.assessment.assessments import AdviceBase, assess, facts_of, readings_of
from plimsoll.app.assessment.known_resources import known_resources
from plimsoll.app.assessment.measures import Measures, measures_of
from plimsoll.app.assessment.resources import assessed_signals, reading_of, resources_of_model
from plimsoll.app.model import Model
from plimsoll.app.runway.base_units import in_base_unit
from plimsoll.app.runway.inputs import Inputs
from plimsoll.app.runway.natural_limits import is_natural
from plimsoll.domain.assessment import Assessment, Priority, Resource, Threshold
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Reading, Value
from plimsoll.domain.quantity import format_quantity, some_of
from plimsoll.domain.series import Harvest

_WORST = {Priority.IMMEDIATE: "critical", Priority.URGENT: "high", Priority.PLANNED: "medium", Priority.NONE: "none"}


def assessment_of(
    harvest: Harvest,
    model: Model,
    parts: Sequence[Inputs],
    base: AdviceBase,
    as_of_ms: int,
    stale_s: float | None = None,
) -> Assessment | None:
    """Judge what was read by a model, and what it says nothing of by the catalog's limits, in the runway's `parts`.

    None where neither has anything to judge by.
    """
    measures = measures_of(model, harvest.series)
    measured = measures.in_base_units(harvest)
    readings = readings_of(measured, as_of_ms, stale_s)
    outside = [_outside_model(model, part) for part in parts]
    others = known_resources(outside, base, as_of_ms, stale_s)
    resources = (*resources_of_model(model, readings, measures, base), *others)
    conditions = conditions_of(model, measured, measures, as_of_ms)
    if not resources and not conditions:
        return None
    facts = facts_of(measured.series, readings, _demanded(model))
    plain = assess(model.system.name, resources, base, as_of_ms, facts)
    called = {str(key): name for key, name in model.file.assess.priorities.items()}
    return replace(
        plain,
        priority_name=called.get(_WORST[plain.priority], ""),
        good=tuple(_good(model, readings, measures)),
        conditions=conditions,
        notes=(*measures.misfits(), *_unjudged(model, harvest, outside)),
    )


def assessment_of_source(
    harvest: Harvest, parts: Sequence[Inputs], base: AdviceBase, as_of_ms: int, stale_s: float | None = None
) -> Assessment | None:
    """Judge resources by the limits that the runway has for them; None where there is none.

    Facts that support one advice over another come from all that was read.
    """
    found = known_resources(parts, base, as_of_ms, stale_s)
    measured = replace(harvest, series=tuple(in_base_unit(one) for one in harvest.series))
    facts = facts_of(measured.series, readings_of(measured, as_of_ms, stale_s), frozenset())
    return assess(harvest.source, found, base, as_of_ms, facts) if found else None


def _outside_model(model: Model, part: Inputs) -> Inputs:
    """Keep the resources that the catalog has a limit for and the model says nothing of.

    A share by nature is not judged: a model leaves out what it does not want judged.
    """
    assessed = assessed_signals(model)
    resources = tuple(
        one
        for one in part.resources
        if one.limit is not None and not is_natural(one.limit) and one.series.id.name.rpartition("/")[2] not in assessed
    )
    return replace(part, resources=resources, failed=())


def _unjudged(model: Model, harvest: Harvest, outside: Sequence[Inputs]) -> Iterator[str]:
    """Name the signals that were read and that nothing judges; those that measure demand are not to be judged."""
    file = model.file
    stated = {item.signal for items in (file.alerts.rules, file.assess.good) for item in items if item.signal}
    known = {one.series.id.name.rpartition("/")[2] for part in outside for one in part.resources}
    judged = assessed_signals(model) | stated | known | _demanded(model)
    read = dict.fromkeys(one.id.name.rpartition("/")[2] for one in harvest.series if len(one))
    if left := [name for name in read if name not in judged]:
        yield f"not judged, because the model has no limit, band or rule for them: {some_of(left)}"


def _demanded(model: Model) -> frozenset[str]:
    """Name the signals that measure demand: those of the drivers, and of the components' demand."""
    drivers, components = model.file.drivers, model.file.components
    demands = (component.demand.signal for component in components if component.demand)
    return frozenset(filter(None, (*(driver.signal for driver in drivers), *demands)))


def _good(model: Model, readings: Mapping[str, Reading], measures: Measures) -> Iterator[str]:
    """List what the model wants reported as good and the readings confirm, even for the worst of several series."""
    for item in model.file.assess.good:
        unit = measures.unit_of(item.signal)
        for side, amount, bad in (
            ("above", item.above, Direction.LOW_IS_BAD),
            ("below", item.below, Direction.HIGH_IS_BAD),
        ):
            bound = measures.number(item.signal, amount)
            reading = reading_of(readings, Resource("", item.signal, "", threshold=Threshold((), bad)))
            if bound is not None and isinstance(reading, Value) and bad.sign * (reading.value - bound) < 0:
                yield f"{item.signal} is {format_quantity(reading.value, unit)}, {side} {format_quantity(bound, unit)}"

"""The use case `assess`: judge what was read, by a model where there is one, otherwise by natural limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from plimsoll.app.assessment.alert_conditions import conditions_of
from plimsoll.app.assessment.assessments import AdviceBase, assess, facts_of, readings_of
from plimsoll.app.assessment.resources import reading_of, resources_of_model, resources_of_series, units_of
from plimsoll.app.model import Model
from plimsoll.app.runway.given_limits import GivenLimit
from plimsoll.domain.assessment import Assessment, Priority, Resource, Threshold
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Reading, Value
from plimsoll.domain.quantity import format_quantity
from plimsoll.domain.series import Harvest

_WORST = {Priority.IMMEDIATE: "critical", Priority.URGENT: "high", Priority.PLANNED: "medium", Priority.NONE: "none"}


def assessment_of(
    harvest: Harvest,
    model: Model | None,
    base: AdviceBase,
    as_of_ms: int,
    stale_after_s: float,
    limits: Sequence[GivenLimit] = (),
) -> Assessment | None:
    """Judge all that was read; None where there is no limit, band or rule to judge by.

    `limits` are those that the caller gives; they come before those that things have by nature. A model has its own.
    """
    readings = readings_of(harvest, as_of_ms, stale_after_s)
    facts = facts_of(harvest.series, readings, _demanded(model))
    if model is None:
        found = resources_of_series(harvest.series, readings, base, limits)
        return assess(harvest.source, found, base, as_of_ms, facts) if found else None
    resources, conditions = resources_of_model(model, readings, base), conditions_of(model, harvest, as_of_ms)
    if not resources and not conditions:
        return None
    plain = assess(model.system.name, resources, base, as_of_ms, facts)
    called = {str(key): name for key, name in model.file.assess.priorities.items()}
    return replace(
        plain,
        priority_name=called.get(_WORST[plain.priority], ""),
        good=tuple(_good(model, readings)),
        conditions=conditions,
    )


def _demanded(model: Model | None) -> frozenset[str]:
    """Name the signals that measure demand: those of the drivers, and of the components' demand."""
    if model is None:
        return frozenset()
    drivers, components = model.file.drivers, model.file.components
    asked = (component.demand.signal for component in components if component.demand)
    return frozenset(filter(None, (*(driver.signal for driver in drivers), *asked)))


def _good(model: Model, readings: Mapping[str, Reading]) -> Iterator[str]:
    """List what the model wants reported as good and the readings confirm, even for the worst of several series."""
    units = units_of(model)
    for item in model.file.assess.good:
        unit = units.get(item.signal, "")
        for side, bound, bad in (
            ("above", item.above, Direction.LOW_IS_BAD),
            ("below", item.below, Direction.HIGH_IS_BAD),
        ):
            reading = reading_of(readings, Resource("", item.signal, "", threshold=Threshold((), bad)))
            if bound is not None and isinstance(reading, Value) and bad.sign * (reading.value - bound.value) < 0:
                yield (
                    f"{item.signal} is {format_quantity(reading.value, unit)}, "
                    f"{side} {format_quantity(bound.value, unit)}"
                )

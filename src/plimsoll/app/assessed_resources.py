"""Which resources are to be judged, and by what? From a model's bands, limits and levels; or from what a source gives.

With a model, every band and every limit makes a resource, read from the signal it names. Without one, a series is
judged by the limit it has by nature (a share is full at 100 %), used up to the practical share of 80 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from plimsoll.app.assessments import AdviceBase
from plimsoll.app.model import Model
from plimsoll.app.model.bands import BandSection
from plimsoll.app.model.limits import LimitSection
from plimsoll.app.model.policies import ConditionSection
from plimsoll.app.model.units import Amount
from plimsoll.app.natural_limits import natural_limit
from plimsoll.domain.assessment import Band, Level, Resource, Severity, Threshold
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Missing, Reading, Value
from plimsoll.domain.series import Series

PRACTICAL_SHARE = 0.8


def resources_of_model(model: Model, readings: Mapping[str, Reading], base: AdviceBase) -> tuple[Resource, ...]:
    """List what a model says to judge; a signal without a reading is missing, and says so."""
    shares = {component.name: component.practical_share for component in model.file.components}
    units = {signal.name: signal.unit for signal in model.file.signals}
    found: dict[tuple[str, str], Resource] = {}
    for limit in _limits(model):
        component, name = limit.component or "", limit.signal or limit.resource
        share = shares.get(component, PRACTICAL_SHARE)
        found[component, name] = _limited(limit, component, name, share)
    for section in model.file.bands:
        key = (section.component or "", section.signal)
        found[key] = _banded(found.get(key) or Resource(*key, unit=""), section, model, base)
    immediate = _immediate(model.file.assess.immediate)
    return tuple(
        replace(
            resource,
            unit=units.get(resource.name, resource.unit),
            reading=_reading(readings, resource),
            immediate_above=immediate.get(resource.name),
            topics=base.topics_of(resource.name),
        )
        for resource in found.values()
    )


def resources_of_series(
    series: Iterable[Series], readings: Mapping[str, Reading], base: AdviceBase
) -> tuple[Resource, ...]:
    """List the series that have a limit by nature as resources."""
    found = (_by_nature(item, readings.get(str(item.id), Missing("no sample")), base) for item in series)
    return tuple(item for item in found if item is not None)


def _by_nature(series: Series, reading: Reading, base: AdviceBase) -> Resource | None:
    natural = natural_limit(series)
    if natural.limit is None or natural.limit.hard is None:
        return None
    limit, topics = natural.limit, base.topics_of(series.id.name)
    plain = Resource("", str(series.id), natural.series.unit, reading, limit_source=limit.source, topics=topics)
    if limit.direction is Direction.LOW_IS_BAD:
        left = tuple(Level(1 - level.value, level.severity) for level in base.share_levels)
        return replace(plain, threshold=Threshold(left, Direction.LOW_IS_BAD))
    threshold = Threshold(base.share_levels)
    return replace(plain, theoretical=limit.hard, practical=PRACTICAL_SHARE * natural.limit.hard, threshold=threshold)


def _limits(model: Model) -> Sequence[LimitSection]:
    own = [
        limit.model_copy(update={"component": component.name})
        for component in model.file.components
        for limit in component.limits
    ]
    return [*own, *model.file.limits]


def _limited(limit: LimitSection, component: str, name: str, share: float) -> Resource:
    """A resource with a limit: the theoretical limit is the hard one, the practical one the soft or a share of it."""
    soft, hard = _number(limit.soft), _number(limit.hard)
    if limit.low_is_bad:
        levels = [(soft, Severity.HIGH), (hard, Severity.CRITICAL)]
        known = tuple(Level(value, severity) for value, severity in levels if value is not None)
        return Resource(
            component, name, "", limit_source=limit.source, threshold=Threshold(known, Direction.LOW_IS_BAD)
        )
    practical = soft if soft is not None else None if hard is None else share * hard
    return Resource(component, name, "", theoretical=hard, practical=practical, limit_source=limit.source)


def _banded(resource: Resource, section: BandSection, model: Model, base: AdviceBase) -> Resource:
    bands = tuple(Band(name, _number(low), _number(high)) for name, (low, high) in section.levels.items())
    direction = Direction.LOW_IS_BAD if section.bad == "low" else Direction.HIGH_IS_BAD
    levels = []
    for band in bands:
        severity = section.severity.get(band.name) or base.severities.get(band.name)
        edge = band.low if direction is Direction.HIGH_IS_BAD else band.high
        if severity is not None and edge is not None:
            levels.append(Level(edge, Severity(severity)))
    levels.sort(key=lambda level: direction.sign * level.value)
    threshold = Threshold(tuple(levels), direction, model.file.assess.urgent_past) if levels else resource.threshold
    return replace(resource, bands=bands, threshold=threshold)


def _reading(readings: Mapping[str, Reading], resource: Resource) -> Reading:
    """Find the reading of a resource; of several series of its name, the one that is worst off."""
    names = (resource.label, resource.name)
    known = [reading for key, reading in readings.items() if key.split("{", 1)[0] in names]
    values = [reading for reading in known if isinstance(reading, Value)]
    if values:
        sign = resource.threshold.direction.sign if resource.threshold else 1
        return max(values, key=lambda reading: sign * reading.value)
    return known[0] if known else Missing(f"no source gave {resource.label}")


def _immediate(conditions: Iterable[ConditionSection]) -> dict[str, float]:
    return {item.signal: item.above.value for item in conditions if item.above is not None}


def _number(amount: Amount | None) -> float | None:
    return None if amount is None else amount.value

"""Which resources are judged, and by what? By a model's bands, limits and levels, or by what a source offers.

With a model, every band, limit, trigger and health status makes a resource, read from the signal it names: a limit is
a bottleneck from its practical share on, a trigger is a mild one at its threshold, and an unhealthy component has the
severity that the model states. Without a model, a series is judged by its natural limit (a share is full at 100 %),
with a practical share of 80 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from plimsoll.app.assessment.assessments import AdviceBase
from plimsoll.app.model import Model
from plimsoll.app.model.bands import BandSection
from plimsoll.app.model.limits import LimitSection
from plimsoll.app.model.policies import ConditionSection
from plimsoll.app.model.signals import SignalSection
from plimsoll.app.model.units import Amount
from plimsoll.app.runway.given_limits import FROM_CALLER, GivenLimit
from plimsoll.app.runway.natural_limits import base_unit, in_base_unit, natural_limit, own_kind, scale_to_base
from plimsoll.app.runway.resource_names import names_of, of_series, told_apart
from plimsoll.assess.standing import why_not_known
from plimsoll.domain.assessment import Band, Level, Resource, Severity, Threshold
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Missing, Reading, Value
from plimsoll.domain.series import MetricKind, Series

PRACTICAL_SHARE = 0.8
_KIND_UNITS = {"bytes": "bytes", "seconds": "seconds"}


def resources_of_model(model: Model, readings: Mapping[str, Reading], base: AdviceBase) -> tuple[Resource, ...]:
    """List the resources that a model defines; one whose signal has no reading is missing, and says so."""
    shares = {component.name: component.practical_share for component in model.file.components}
    units = units_of(model)
    found: dict[tuple[str, str], Resource] = {}
    for limit in model.file.all_limits():
        component, name = limit.component or "", limit.signal or limit.resource
        share = shares.get(component, PRACTICAL_SHARE)
        found[component, name] = _limited(limit, component, name, share)
    for section in model.file.bands:
        key = (section.component or "", section.signal)
        found[key] = _banded(found.get(key) or Resource(*key, unit=""), section, model, base)
    for condition in model.file.assess.triggers:
        _add_trigger(found, condition, model.file.assess.urgent_past)
    for signal in model.file.signals:
        if is_health(signal, model):
            key = (signal.component or "", signal.name)
            found.setdefault(key, _healthy(key, Severity(model.file.assess.unhealthy)))
    above = {item.signal: item.above.value for item in model.file.assess.immediate if item.above is not None}
    below = {item.signal: item.below.value for item in model.file.assess.immediate if item.below is not None}
    return tuple(
        replace(
            resource,
            unit=units.get(resource.name) or resource.unit,
            reading=reading_of(readings, resource),
            unread=_unread(readings, resource),
            immediate_above=above.get(resource.name),
            immediate_below=below.get(resource.name),
            topics=base.topics_of(resource.name),
        )
        for resource in found.values()
    )


def is_health(signal: SignalSection, model: Model) -> bool:
    """Whether a signal is a component's health: read from a health endpoint, or from the place of a status word."""
    kinds = {source.name: source.kind for source in model.file.sources}
    return kinds.get(signal.source or "") == "health" or signal.query.endswith((".status", "/status"))


def _healthy(key: tuple[str, str], severity: Severity) -> Resource:
    """A component's health as a resource: 1 is well, 0.5 degraded, 0 down."""
    return Resource(*key, unit="", threshold=Threshold((Level(0.5, severity),), Direction.LOW_IS_BAD))


def _add_trigger(found: dict[tuple[str, str], Resource], condition: ConditionSection, urgent_past: float) -> None:
    """Add a trigger as a mild level of its signal's resource, unless a level as mild lies at or before it."""
    for amount, direction in ((condition.above, Direction.HIGH_IS_BAD), (condition.below, Direction.LOW_IS_BAD)):
        if amount is None:
            continue
        keys = [key for key in found if key[1] == condition.signal] or [("", condition.signal)]
        for key in keys:
            resource = found.get(key) or Resource(*key, unit="")
            known = resource.threshold
            if known and known.levels and (known.direction is not direction or _as_mild(known, amount.value)):
                continue
            levels = (Level(amount.value, Severity.MEDIUM), *(known.levels if known else ()))
            found[key] = replace(resource, threshold=Threshold(levels, direction, urgent_past))


def _as_mild(threshold: Threshold, value: float) -> bool:
    return any(threshold.direction.sign * (value - level.value) >= 0 for level in threshold.levels)


def units_of(model: Model) -> dict[str, str]:
    """The unit that each signal's readings are in, by its name: percentages are read as ratios."""
    return {signal.name: _unit(signal) for signal in model.file.signals}


def _unit(signal: SignalSection) -> str:
    name = f"{signal.component}/{signal.name}" if signal.component else signal.name
    return base_unit(name, signal.unit or _KIND_UNITS.get(signal.kind, ""), MetricKind(signal.kind))


def resources_of_series(
    series: Iterable[Series], readings: Mapping[str, Reading], base: AdviceBase, limits: Sequence[GivenLimit] = ()
) -> tuple[Resource, ...]:
    """List the series with a given or a natural limit as resources, under the names that the runway gives them."""
    every = tuple(series)
    names = told_apart([of_series(item.id) for item in every], [item.id for item in every])
    found = []
    for name, item in zip(names, every, strict=True):
        reading = readings.get(str(item.id), Missing("no sample"))
        given = next((one for one in reversed(limits) if one.concerns(name.name, *names_of(item.id))), None)
        judged = _given(name.name, item, reading, given) if given else _by_nature(name.name, item, reading, base)
        found += [replace(judged, topics=base.topics_of(item.id.name))] if judged else []
    return tuple(found)


def _given(name: str, series: Series, reading: Reading, given: GivenLimit) -> Resource:
    """A series with a limit of the caller's; a limit in percent makes a series of no kind a share."""
    unit = in_base_unit(series, given.is_share).unit
    if isinstance(reading, Value):
        scale = scale_to_base(series, given.is_share) / scale_to_base(series)
        reading = replace(reading, value=scale * reading.value)
    soft, hard = given.values(unit, own_kind(series))
    plain = Resource("", name, unit, reading, limit_source=FROM_CALLER)
    return _between(plain, soft, hard, given.direction, PRACTICAL_SHARE)


def _by_nature(name: str, series: Series, reading: Reading, base: AdviceBase) -> Resource | None:
    natural = natural_limit(series)
    if natural.limit is None or natural.limit.hard is None:
        return None
    limit = natural.limit
    plain = Resource("", name, natural.series.unit, reading, limit_source=limit.source)
    if limit.direction is Direction.LOW_IS_BAD:
        left = tuple(Level(round(1 - level.value, 9), level.severity) for level in base.share_levels)  # 1 - 0.8 < 0.2
        return replace(plain, threshold=Threshold(left, Direction.LOW_IS_BAD))
    threshold = Threshold(base.share_levels)
    return replace(plain, theoretical=limit.hard, practical=PRACTICAL_SHARE * natural.limit.hard, threshold=threshold)


def _limited(limit: LimitSection, component: str, name: str, share: float) -> Resource:
    """A resource with a limit: the theoretical limit is the hard one; the practical one is the soft one or a share."""
    direction = Direction.LOW_IS_BAD if limit.low_is_bad else Direction.HIGH_IS_BAD
    plain = Resource(component, name, "", limit_source=limit.source)
    return _between(plain, _number(limit.soft), _number(limit.hard), direction, share)


def _between(
    resource: Resource, soft: float | None, hard: float | None, direction: Direction, share: float
) -> Resource:
    """Put a resource below its limits; without a soft one, the practical limit is a share of the hard one."""
    if direction is Direction.LOW_IS_BAD:
        levels = [(soft, Severity.HIGH), (hard, Severity.CRITICAL)]
        known = tuple(Level(value, severity) for value, severity in levels if value is not None)
        return replace(resource, threshold=Threshold(known, Direction.LOW_IS_BAD))
    practical = soft if soft is not None else None if hard is None else share * hard
    levels = [(practical, Severity.HIGH), (hard, Severity.CRITICAL)]
    threshold = Threshold(tuple(Level(value, severity) for value, severity in levels if value is not None))
    return replace(resource, theoretical=hard, practical=practical, threshold=threshold if threshold.levels else None)


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
    own = Threshold(tuple(levels), direction, model.file.assess.urgent_past)
    threshold = own if levels else resource.threshold or own
    target = _number(section.target)
    return replace(resource, bands=bands, threshold=threshold, target=target, action=section.action)


def reading_of(readings: Mapping[str, Reading], resource: Resource) -> Reading:
    """Find the reading of a resource; among several series of its name, the worst one."""
    known = list(_meant(readings, resource).values())
    values = [reading for reading in known if isinstance(reading, Value)]
    if values:
        sign = resource.threshold.direction.sign if resource.threshold else 1
        return max(values, key=lambda reading: sign * reading.value)
    return known[0] if known else Missing(f"no source gave {resource.label}")


def _unread(readings: Mapping[str, Reading], resource: Resource) -> str:
    """Name those of a resource's several series that have no known value, where others have one.

    A gap that stands for all series of the name does not count: it may lie in the distant past.
    """
    meant = {key: reading for key, reading in _meant(readings, resource).items() if "{" in key or _was_read(reading)}
    silent = {key: reading for key, reading in meant.items() if not isinstance(reading, Value)}
    if not silent or len(silent) == len(meant):
        return ""
    key, reading = next(iter(silent.items()))
    return f"nothing is known of {len(silent)} of its {len(meant)} series, such as {key}: {why_not_known(reading)}"


def _was_read(reading: Reading) -> bool:
    return not isinstance(reading, Missing)


def _meant(readings: Mapping[str, Reading], resource: Resource) -> dict[str, Reading]:
    """The readings of a resource's series.

    A resource of a component is read from `component/name` or the bare name, one of none from any component's.
    """
    names = {key: key.split("{", 1)[0] for key in readings}
    meant = {resource.label, resource.name}
    return {
        key: readings[key]
        for key, name in names.items()
        if name in meant or (not resource.component and name.rpartition("/")[2] == resource.name)
    }


def _number(amount: Amount | None) -> float | None:
    return None if amount is None else amount.value

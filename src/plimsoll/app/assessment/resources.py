"""Which resources does a model have judged, and by what? By its bands, limits and levels.

Every band, limit, trigger and health status makes a resource, read from the signal it names: a limit is a bottleneck
from its practical share on, a trigger is a mild one at its threshold, and an unhealthy component has the severity that
the model states. A level for action at once is a critical one of a signal that nothing else judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from plimsoll.app.assessment.assessments import AdviceBase
from plimsoll.app.assessment.limited import PRACTICAL_SHARE, between
from plimsoll.app.assessment.measures import Measures
from plimsoll.app.model import Model
from plimsoll.app.model.bands import BandSection
from plimsoll.app.model.limits import LimitSection
from plimsoll.app.model.policies import ConditionSection
from plimsoll.app.model.signals import SignalSection
from plimsoll.app.model.translate import limit as limit_of_section
from plimsoll.app.runway.limit_units import fitted
from plimsoll.assess.bottlenecks import passed
from plimsoll.assess.standing import why_not_known
from plimsoll.domain.assessment import Band, Level, Resource, Severity, Threshold
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Missing, Reading, Value


def resources_of_model(
    model: Model, readings: Mapping[str, Reading], measures: Measures, base: AdviceBase
) -> tuple[Resource, ...]:
    """List the resources that a model defines; one whose signal has no reading is missing, and says so.

    One with a limit is called as the limit calls it, which is its name in the runway; any other as its signal.
    """
    limited = _below_limits(model, measures)
    found = {key: next(iter(named.values())) for key, named in limited.items()}
    for section in model.file.bands:
        key = (section.component or "", section.signal)
        found[key] = _banded(found.get(key) or Resource(*key, unit=""), section, measures, model, base)
    for condition in model.file.assess.triggers:
        _add_trigger(found, condition, measures, model.file.assess.urgent_past)
    for signal in model.file.signals:
        if is_health(signal, model):
            key = (signal.component or "", signal.name)
            found.setdefault(key, _healthy(key, Severity(model.file.assess.unhealthy)))
    immediate = model.file.assess.immediate
    for condition in immediate:
        _add_immediate(found, condition, measures, model.file.assess.urgent_past)
    every: list[tuple[str, Resource]] = []
    for key, resource in found.items():
        first, *others = limited.get(key, {resource.name: resource}).items()
        every += [(first[0], resource), *others]
    above = {item.signal: measures.number(item.signal, item.above) for item in immediate if item.above is not None}
    below = {item.signal: measures.number(item.signal, item.below) for item in immediate if item.below is not None}
    bounded = (
        (name, replace(one, immediate_above=above.get(one.name), immediate_below=below.get(one.name)))
        for name, one in every
    )
    return tuple(
        replace(
            resource,
            name=name,
            unit=measures.unit_of(resource.name) or resource.unit,
            reading=reading_of(readings, resource),
            unread=_unread(readings, resource),
            topics=base.topics_of(resource.name),
        )
        for name, resource in bounded
    )


def _below_limits(model: Model, measures: Measures) -> dict[tuple[str, str], dict[str, Resource]]:
    """The resources with a limit, by component and signal, and by the limit's name: a disk, and a quota on it.

    Of several limits of one name the first counts, as in the runway.
    """
    shares = {component.name: component.practical_share for component in model.file.components}
    found: dict[tuple[str, str], dict[str, Resource]] = {}
    for limit in model.file.all_limits():
        component, signal = limit.component or "", limit.signal or limit.resource
        share = shares.get(component, PRACTICAL_SHARE)
        named = found.setdefault((component, signal), {})
        named.setdefault(limit.resource, _limited(limit, component, signal, measures, share))
    return found


def assessed_signals(model: Model) -> frozenset[str]:
    """Name the signals of which a model says by what they are judged."""
    file = model.file
    limited = (limit.signal or limit.resource for limit in file.all_limits())
    others = (item.signal for items in (file.bands, file.assess.triggers, file.assess.immediate) for item in items)
    return frozenset((*limited, *others, *(item.name for item in file.signals if is_health(item, model))))


def is_health(signal: SignalSection, model: Model) -> bool:
    """Whether a signal is a component's health: read from a health endpoint, or from the place of a status word."""
    kinds = {source.name: source.kind for source in model.file.sources}
    return kinds.get(signal.source or "") == "health" or signal.query.endswith((".status", "/status"))


def _healthy(key: tuple[str, str], severity: Severity) -> Resource:
    """A component's health as a resource: 1 is well, 0.5 degraded, 0 down."""
    return Resource(*key, unit="", threshold=Threshold((Level(0.5, severity),), Direction.LOW_IS_BAD))


def _add_trigger(
    found: dict[tuple[str, str], Resource], condition: ConditionSection, measures: Measures, urgent_past: float
) -> None:
    """Add a trigger as a mild level of its signal's resource, unless a level as mild lies at or before it."""
    for value, direction in _sides(condition, measures):
        keys = [key for key in found if key[1] == condition.signal] or [("", condition.signal)]
        for key in keys:
            resource = found.get(key) or Resource(*key, unit="")
            own = resource.threshold
            if own and own.levels and own.direction is not direction:
                found[key] = replace(resource, opposite=_mild(resource.opposite, value, direction, urgent_past))
            else:
                found[key] = replace(resource, threshold=_mild(own, value, direction, urgent_past))


def _mild(known: Threshold | None, value: float, direction: Direction, urgent_past: float) -> Threshold:
    """Levels on one side with a mild one added, unless one of them lies at or before it."""
    levels = known.levels if known else ()
    if known and any(direction.sign * (value - level.value) >= 0 for level in levels):
        return known
    return Threshold((Level(value, Severity.MEDIUM), *levels), direction, urgent_past)


def _add_immediate(
    found: dict[tuple[str, str], Resource], condition: ConditionSection, measures: Measures, urgent_past: float
) -> None:
    """Add a resource with a critical level for a signal that nothing else judges."""
    if any(signal == condition.signal for _, signal in found):
        return
    for value, direction in _sides(condition, measures):
        threshold = Threshold((Level(value, Severity.CRITICAL),), direction, urgent_past)
        found.setdefault(("", condition.signal), Resource("", condition.signal, unit="", threshold=threshold))


def _sides(condition: ConditionSection, measures: Measures) -> Iterator[tuple[float, Direction]]:
    """Each threshold of a condition that measures what its signal does, with the side on which trouble lies."""
    for amount, direction in ((condition.above, Direction.HIGH_IS_BAD), (condition.below, Direction.LOW_IS_BAD)):
        value = measures.number(condition.signal, amount)
        if value is not None:
            yield value, direction


def _limited(section: LimitSection, component: str, name: str, measures: Measures, share: float) -> Resource:
    """A resource below a limit of the model, in the unit that the limit has in common with the signal, if any."""
    fit = fitted(limit_of_section(section), measures.of(name))
    if isinstance(fit, str):
        return Resource(component, name, "", no_limit=fit)
    return between(Resource(component, name, fit.limit.unit), fit.limit, share)


def _banded(resource: Resource, section: BandSection, measures: Measures, model: Model, base: AdviceBase) -> Resource:
    edges = [amount for level in section.levels.values() for amount in level if amount is not None]
    if other := next(filter(None, (measures.misfit(section.signal, amount) for amount in edges)), ""):
        return replace(resource, no_limit=f"a band is {other}")
    bands = tuple(
        Band(name, measures.number(section.signal, low), measures.number(section.signal, high))
        for name, (low, high) in section.levels.items()
    )
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
    target = measures.number(section.signal, section.target)
    return replace(resource, bands=bands, threshold=threshold, target=target, action=section.action)


def reading_of(readings: Mapping[str, Reading], resource: Resource) -> Reading:
    """Find the reading of a resource; among several series of its name, the worst one."""
    known = list(_meant(readings, resource).values())
    values = [reading for reading in known if isinstance(reading, Value)]
    if values:
        return max(values, key=lambda reading: _badness(resource, reading.value))
    return known[0] if known else Missing(f"no source gave {resource.label}")


def _badness(resource: Resource, value: float) -> tuple[int, float]:
    """How bad a value is, to be compared: by the level that it has reached on either side, then by the worse side."""
    found = passed(resource, value)
    sign = resource.threshold.direction.sign if resource.threshold else 1
    return -1 if found is None else found[0].severity.rank, sign * value


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

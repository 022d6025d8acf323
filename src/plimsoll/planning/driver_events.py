"""How do known events change drivers? Each multiplies and adds while it lasts, in the order of the model.

    driver:      value x factor + offset, never below zero, rounded as the driver says
    followers:   ratio x their driver as changed; one with a course of its own takes the factors, and ratio x offsets

An event that began before the plan is part of where drivers stand at its start, and is not applied again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plimsoll.domain.forecast import Event
from plimsoll.domain.plan_inputs import Driver
from plimsoll.domain.series import Window
from plimsoll.planning.growth import Demands, Exact, Outlook, exact, rounded


def cut(events: Sequence[Event], window: Window) -> tuple[tuple[int, tuple[Event, ...]], ...]:
    """Split a window where events begin and end: each start, in epoch ms, with the events that act until the next.

    >>> sale = Event("sale", 2, 5)
    >>> [(start_ms, [event.name for event in active]) for start_ms, active in cut([sale], Window(0, 9))]
    [(0, []), (2, ['sale']), (5, [])]
    """
    bounds = {bound for event in events for bound in (event.start_ms, event.end_ms) if bound is not None}
    starts = [window.start_ms, *sorted(bound for bound in bounds if window.start_ms < bound < window.end_ms)]
    return tuple((start, tuple(event for event in events if event.lasts_at(start))) for start in starts)


@dataclass(frozen=True, slots=True)
class _Change:
    """The combined effect of all events on a driver: value x factor + offset."""

    factor: Exact
    offset: Exact


def outlook_under(drivers: Sequence[Driver], grown: frozenset[str], plain: Outlook, active: Sequence[Event]) -> Outlook:
    """Apply the active events to every driver of an outlook; `grown` are the drivers with a course of their own."""
    if not active:
        return plain
    known = {driver.name: driver for driver in drivers if driver.name in plain.mid}
    roots = frozenset(name for name, driver in known.items() if _is_root(driver, grown, plain.mid))
    changes = {}
    for name, driver in known.items():
        concerning = _concerning(active, name, known if name in roots else {name: driver}, name in roots)
        if concerning:
            changes[name] = _all_of(concerning)
    return Outlook(*(_under(known, roots, side, changes) for side in (plain.low, plain.mid, plain.high)))


def _under(
    known: Mapping[str, Driver], roots: frozenset[str], demands: Demands, changes: Mapping[str, _Change]
) -> Demands:
    values = {name: _changed(demands[name], known[name], changes.get(name)) for name in known if name in roots}
    for _ in known:
        for name, driver in known.items():
            if name not in roots and driver.of in values:
                follows = rounded(values[driver.of] * exact(driver.ratio), driver.rounding)
                values[name] = _changed(follows, driver, changes.get(name))
    return {**demands, **values}


def _is_root(driver: Driver, grown: frozenset[str], demands: Demands) -> bool:
    return driver.of is None or driver.name in grown or driver.of not in demands


def _concerning(
    active: Sequence[Event], name: str, known: Mapping[str, Driver], leads: bool
) -> list[tuple[Event, Exact]]:
    """Return the events that change a driver itself, or one of `known` that it follows, with the scale of their offset.

    A driver that follows another is changed by that one's events through it, and so by events that name no driver.
    """
    line = dict(lineage(name, known))
    found = []
    for event in active:
        scales = [scale for one, scale in line.items() if one in event.only]
        if scales or (leads and not event.only):
            found.append((event, scales[0] if scales else Exact(1)))
    return found


def lineage(name: str, known: Mapping[str, Driver]) -> Iterator[tuple[str, Exact]]:
    """Yield a driver and those that it follows, each with the units of the first per unit of it."""
    scale, seen = Exact(1), set[str]()
    while name in known and name not in seen:
        seen.add(name)
        yield name, scale
        scale, name = scale * exact(known[name].ratio), known[name].of or ""


def _all_of(events: Sequence[tuple[Event, Exact]]) -> _Change:
    factor, offset = Exact(1), Exact(0)
    for event, scale in events:
        times = exact(event.factor)
        factor, offset = factor * times, offset * times + exact(event.offset) * scale
    return _Change(factor, offset)


def _changed(value: Exact, driver: Driver, change: _Change | None) -> Exact:
    if change is None:
        return value
    return rounded(max(Exact(0), value * change.factor + change.offset), driver.rounding)


def peak_of(outlooks: Sequence[Outlook]) -> Outlook:
    """Return the maximum of every driver over several outlooks, separately for low, middle and high."""
    first, *rest = outlooks
    if not rest:
        return first
    return Outlook(*(_most(sides) for sides in zip(*((one.low, one.mid, one.high) for one in outlooks), strict=True)))


def _most(sides: Sequence[Demands]) -> Demands:
    return {name: max(side[name] for side in sides) for name in sides[0]}

"""What do known events make of drivers? Each multiplies and adds while it lasts, in the order of the model.

    driver:      value x factor + offset, never below zero, rounded as the driver says
    followers:   ratio x their driver as changed; one that follows a course of its own is changed in the same ratio

An event that began before the plan is part of where drivers stand at its start, and is not applied again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plimsoll.domain.forecast import Event
from plimsoll.domain.plan_inputs import Driver
from plimsoll.domain.series import Window
from plimsoll.planning.growth import Demands, Exact, Outlook, exact, rounded


def cut(events: Sequence[Event], window: Window) -> tuple[tuple[int, tuple[Event, ...]], ...]:
    """Cut a window where events begin and end: from when on, in epoch ms, which of them act until the next cut.

    >>> sale = Event("sale", 2, 5)
    >>> [(start_ms, [event.name for event in active]) for start_ms, active in cut([sale], Window(0, 9))]
    [(0, []), (2, ['sale']), (5, [])]
    """
    bounds = {bound for event in events for bound in (event.start_ms, event.end_ms) if bound is not None}
    starts = [window.start_ms, *sorted(bound for bound in bounds if window.start_ms < bound < window.end_ms)]
    return tuple((start, tuple(event for event in events if event.lasts_at(start))) for start in starts)


def outlook_under(drivers: Sequence[Driver], grown: frozenset[str], plain: Outlook, active: Sequence[Event]) -> Outlook:
    """Change every driver of an outlook by the events that act; `grown` are the drivers with a course of their own."""
    if not active:
        return plain
    return Outlook(*(_under(drivers, grown, side, active) for side in (plain.low, plain.mid, plain.high)))


def _under(drivers: Sequence[Driver], grown: frozenset[str], demands: Demands, active: Sequence[Event]) -> Demands:
    known = {driver.name: driver for driver in drivers if driver.name in demands}
    leads = {name: _is_root(driver, grown, demands) for name, driver in known.items()}
    values = {
        name: _changed(demands[name], known[name], _concerning(active, name, known))
        for name, is_root in leads.items()
        if is_root
    }
    for _ in known:
        for name, driver in known.items():
            if not leads[name] and driver.of in values:
                follows = rounded(values[driver.of] * exact(driver.ratio), driver.rounding)
                own = [(event, Exact(1)) for event in active if name in event.only]
                values[name] = _changed(follows, driver, own) if own else follows
    return {**demands, **values}


def _is_root(driver: Driver, grown: frozenset[str], demands: Demands) -> bool:
    return driver.of is None or driver.name in grown or driver.of not in demands


def _concerning(active: Sequence[Event], name: str, known: Mapping[str, Driver]) -> list[tuple[Event, Exact]]:
    """The events that change a driver that leads, with how much of what they add reaches it."""
    line = dict(lineage(name, known))
    found = []
    for event in active:
        scales = [line[one] for one in line if one in event.only] if event.only else [Exact(1)]
        found += [(event, scales[0])] if scales else []
    return found


def lineage(name: str, known: Mapping[str, Driver]) -> Iterator[tuple[str, Exact]]:
    """A driver and those that it follows, each with how much of it one unit makes."""
    scale, seen = Exact(1), set[str]()
    while name in known and name not in seen:
        seen.add(name)
        yield name, scale
        scale, name = scale * exact(known[name].ratio), known[name].of or ""


def _changed(value: Exact, driver: Driver, events: Sequence[tuple[Event, Exact]]) -> Exact:
    if not events:
        return value
    for event, scale in events:
        value = value * exact(event.factor) + exact(event.offset) * scale
    return rounded(max(Exact(0), value), driver.rounding)


def peak_of(outlooks: Sequence[Outlook]) -> Outlook:
    """The most of every driver over several outlooks, side by side."""
    first, *rest = outlooks
    if not rest:
        return first
    return Outlook(*(_most(sides) for sides in zip(*((one.low, one.mid, one.high) for one in outlooks), strict=True)))


def _most(sides: Sequence[Demands]) -> Demands:
    return {name: max(side[name] for side in sides) for name in sides[0]}

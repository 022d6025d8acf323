"""How many replicas were added or removed recently? Scale events and their ages; horizontal.go.

An event counts while strictly younger than the period; it is outdated once older than the longest period, and the
last outdated slot is reused.
"""

from __future__ import annotations

from typing import NamedTuple

from plimsoll.domain.series import Times, Values


class Events(NamedTuple):
    """Scale events of one direction: times (epoch seconds), changes (> 0), outdated flags, number of slots in use."""

    times_s: Values
    changes: Values
    outdated: Times
    size: Times


def change_within(events: Events, now_s: float, period_s: float) -> int:
    """Sum the changes of the events strictly younger than the period."""
    total = 0
    for i in range(events.size[0]):
        if now_s - events.times_s[i] < period_s:
            total += int(events.changes[i])
    return total


def store(events: Events, now_s: float, change: int, longest_period_s: float) -> None:
    """Mark what is older than the longest period as outdated and keep the new event.

    Arrays without room (after a clock that ran backwards in a replay) give up the slot they began with.
    """
    place = -1
    for i in range(events.size[0]):
        if now_s - events.times_s[i] > longest_period_s:
            events.outdated[i] = 1
        if events.outdated[i] == 1:
            place = i
    if place < 0:
        place = events.size[0] if events.size[0] < events.times_s.size else 0
        events.size[0] = max(events.size[0], place + 1)
    events.times_s[place] = now_s
    events.changes[place] = change
    events.outdated[place] = 0

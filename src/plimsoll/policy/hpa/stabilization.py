"""Which of the recent recommendations counts? Windows over past proposals; horizontal.go.

A remembered recommendation is the proposal before stabilization. Slots are reused: the last one found too old is
overwritten, else one is appended.
"""

from __future__ import annotations

from typing import NamedTuple

from plimsoll.domain.series import Times, Values


class Slots(NamedTuple):
    """Remembered recommendations: times (epoch seconds) and counts, the first `size[0]` of them in use."""

    times_s: Values
    counts: Values
    size: Times


def remember(slots: Slots, old: int, now_s: float, count: int) -> None:
    """Keep a recommendation in slot `old`, or in a new one where `old` is -1.

    Arrays without room (after a clock that ran backwards in a replay) give up the slot they began with.
    """
    place = old
    if old < 0:
        place = slots.size[0] if slots.size[0] < slots.times_s.size else 0
        slots.size[0] = max(slots.size[0], place + 1)
    slots.times_s[place] = now_s
    slots.counts[place] = count


def stabilized_by_default(slots: Slots, now_s: float, proposed: int, window_s: float) -> int:
    """Without a behavior: take the largest of the proposal and those within the window, and remember the proposal."""
    highest, old = proposed, -1
    for i in range(slots.size[0]):
        if now_s - slots.times_s[i] > window_s:
            old = i
        elif slots.counts[i] > highest:
            highest = int(slots.counts[i])
    remember(slots, old, now_s, proposed)
    return highest


def stabilized(slots: Slots, now_s: float, current: int, proposed: int, windows_s: tuple[float, float]) -> int:
    """With a behavior: move from `current` into the bounds that the windows (up, down) give, and remember the proposal.

    Upwards at most to the lowest, downwards at least to the highest proposal strictly younger than the window.
    """
    up_s, down_s = windows_s
    up_bound, down_bound, old = proposed, proposed, -1
    for i in range(slots.size[0]):
        age_s = now_s - slots.times_s[i]
        if age_s < up_s and slots.counts[i] < up_bound:
            up_bound = int(slots.counts[i])
        if age_s < down_s and slots.counts[i] > down_bound:
            down_bound = int(slots.counts[i])
        if age_s > up_s and age_s > down_s:
            old = i
    remember(slots, old, now_s, proposed)
    count = max(current, up_bound)
    return min(count, down_bound)

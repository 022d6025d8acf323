"""What was the largest or smallest recent value? Sliding windows in constant time, and a ring of events.

A window keeps only the samples that can still become its extreme, in falling (or rising) order, so that the extreme
comes first (Lemire 2006, "Streaming maximum-minimum filter using no more than three comparisons per element").
Sizes are powers of two, so that a position wraps with one `&`.
"""

from __future__ import annotations

from plimsoll.policy.kernel.layout import Rows


def push_extreme(
    ring: Rows, position: tuple[int, int], now_s: float, value: float, window_s: float, sign: float
) -> tuple[int, int]:
    """Add a sample and drop what is no longer strictly younger than the window; return the new (head, size).

    `sign` is 1.0 for the largest, -1.0 for the smallest. The extreme is `ring[head]`; a full ring forgets its oldest.
    """
    head, size = position
    mask = ring.size - 1
    while size > 0 and (now_s - ring[head]["time_s"] >= window_s or size == ring.size):
        head = (head + 1) & mask
        size -= 1
    while size > 0 and ring[(head + size - 1) & mask]["value"] * sign <= value * sign:
        size -= 1
    ring[(head + size) & mask]["time_s"] = now_s
    ring[(head + size) & mask]["value"] = value
    return head, size + 1


def push_event(ring: Rows, position: tuple[int, int], now_s: float, change: float) -> tuple[int, int]:
    """Add an event; the oldest gives way where the ring is full."""
    head, size = position
    mask = ring.size - 1
    if size == ring.size:
        head = (head + 1) & mask
        size -= 1
    ring[(head + size) & mask]["time_s"] = now_s
    ring[(head + size) & mask]["value"] = change
    return head, size + 1


def events_within(
    ring: Rows, position: tuple[int, int], now_s: float, period_s: float, sign: float
) -> tuple[float, float]:
    """Count the events of one direction strictly younger than the period, and sum their changes."""
    head, size = position
    mask = ring.size - 1
    count = 0.0
    total = 0.0
    for back in range(size):
        event = ring[(head + size - 1 - back) & mask]
        if now_s - event["time_s"] >= period_s:
            break
        if event["value"] * sign > 0:
            count += 1.0
            total += event["value"] * sign
    return count, total


def shift(ring: Rows, by_s: float) -> None:
    """Shift every time stamp after the clock was set back."""
    for i in range(ring.size):
        ring[i]["time_s"] += by_s

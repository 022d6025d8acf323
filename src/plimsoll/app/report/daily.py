"""What is the worst sample of each day? Capacity is planned for it.

A forecast months ahead in hourly steps has thousands of steps, of which only the worst of each day matters. The worst
of a day with fewer than half of its samples is not reliable; such a day is a gap.

Hours to ignore and past events must be taken out before: an incident of two hours is the worst of its day. Events to
come change whole days: one that makes things worse every day on which it acts, one that relieves only those that it
fills, for on others the worst hour may lie outside of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.domain.forecast import Annotations, Event
from plimsoll.domain.limit import Direction
from plimsoll.domain.series import Series
from plimsoll.domain.time_spans import DAY_MS


def daily_worst(series: Series, direction: Direction = Direction.HIGH_IS_BAD) -> Series:
    """Reduce a series to the worst sample of each UTC day, stamped at the day's start; coarser series stay as they are.

    The worst is the highest where high is bad and the lowest where low is.
    """
    step_ms = series.step_ms
    if step_ms is None or step_ms >= DAY_MS:
        return series
    finite = np.isfinite(series.values)
    days, values = series.times_ms[finite] // DAY_MS, direction.sign * series.values[finite]
    if not days.size:
        return series
    starts = np.flatnonzero(np.append(True, np.diff(days) > 0))
    counts = np.diff(np.append(starts, days.size))
    whole = counts >= DAY_MS / step_ms / 2
    worst = direction.sign * np.maximum.reduceat(values, starts)
    return replace(series, times_ms=days[starts][whole] * DAY_MS, values=worst[whole])


def known_of_days(known: Annotations, worst: Series, direction: Direction = Direction.HIGH_IS_BAD) -> Annotations:
    """Return the events after the last day of `worst`, in whole days; those before it must have been taken out."""
    if not len(worst):
        return Annotations()
    next_ms = int(worst.times_ms[-1]) + DAY_MS
    found = (_in_days(event, float(worst.values[-1]), direction) for event in known.events)
    return Annotations(
        tuple(replace(one, start_ms=max(one.start_ms, next_ms)) for one in found if _lasts_to(one, next_ms))
    )


def _in_days(event: Event, level: float, direction: Direction) -> Event:
    is_worse = direction.sign * (level * (event.factor - 1.0) + event.offset) > 0.0
    end_ms = None if event.end_ms is None else _midnight(event.end_ms, is_next=is_worse)
    return replace(event, start_ms=_midnight(event.start_ms, is_next=not is_worse), end_ms=end_ms)


def _midnight(moment_ms: int, *, is_next: bool) -> int:
    return (-(-moment_ms // DAY_MS) if is_next else moment_ms // DAY_MS) * DAY_MS


def _lasts_to(event: Event, moment_ms: int) -> bool:
    return event.end_ms is None or event.end_ms > max(moment_ms, event.start_ms)

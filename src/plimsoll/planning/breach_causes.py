"""Which known events cause a breach? Those that push towards the limit then, and without which it comes later.

The pace of a resource does not show a date that an event brings: it reads "flat" and runs out within a week.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plimsoll.domain.forecast import Event
from plimsoll.domain.series import as_datetime
from plimsoll.planning.first_passage import Futures, Passage
from plimsoll.planning.known_events import under_events
from plimsoll.planning.runway_grid import Floats, Grid


def causing_events(
    passage_of: Callable[[Futures], Passage], usual: Futures, grid: Grid, events: Sequence[Event], sign: int
) -> tuple[Event, ...]:
    """Name the events that bring the p50 date (the early one where there is no p50) forward by more than a period.

    `usual` are the futures before events; `sign` is 1 where high is bad and -1 where low is.
    """
    reached_ms = _date(passage_of(under_events(usual, grid, events))) if events else None
    if reached_ms is None:
        return ()
    period = max(0, int(np.ceil(reached_ms / grid.period_ms)) - 1)
    pushing = [one for one in events if sign * _moved(usual, grid, one)[period] > 0]
    without_ms = _date(passage_of(under_events(usual, grid, [one for one in events if one not in pushing])))
    earlier = without_ms is None or without_ms > reached_ms + grid.period_ms
    return tuple(pushing) if earlier else ()


def _moved(usual: Futures, grid: Grid, event: Event) -> Floats:
    """Return what an event adds to each period of the median future, (horizon,)."""
    middle = Futures(np.median(usual.levels, axis=0, keepdims=True), usual.shape_rows[:1])
    return np.asarray((under_events(middle, grid, [event]).means - middle.levels)[0])


def cause_phrase(events: Sequence[Event]) -> str:
    """Say which events cause a breach, with their dates.

    >>> cause_phrase([Event("promo", 0, 172_800_000), Event("launch", 86_400_000)])
    'reached with promo (1970-01-01 to 1970-01-03), launch (from 1970-01-02)'
    """
    return "reached with " + ", ".join(f"{event.name} ({_span(event)})" for event in events)


def _span(event: Event) -> str:
    start = f"{as_datetime(event.start_ms):%Y-%m-%d}"
    return f"from {start}" if event.end_ms is None else f"{start} to {as_datetime(event.end_ms):%Y-%m-%d}"


def _date(passage: Passage) -> float | None:
    return passage.early_ms if passage.p50_ms is None else passage.p50_ms

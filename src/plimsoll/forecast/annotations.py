"""What people know and samples do not say: spans to ignore, breaks with the past, and events to come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Annotations, Event
from plimsoll.domain.series import Series, Times


def without_ignored(series: Series, annotations: Annotations) -> Series:
    """Leave out the history before the last change point, and make the samples in windows to ignore unknown.

    A change point after the last sample is left for later: nothing is known yet of what comes after it.
    """
    times, values = series.times_ms, series.values.copy()
    for ignored in annotations.ignore:
        values[(times >= ignored.window.start_ms) & (times < ignored.window.end_ms)] = np.nan
    last = times[-1] if times.size else 0
    breaks = [change.at_ms for change in annotations.changepoints if change.at_ms <= last]
    kept = times >= max(breaks, default=int(times[0]) if times.size else 0)
    return Series(series.id, times[kept], values[kept], series.unit, series.kind)


def with_events(values: NDArray[np.float64], times_ms: Times, events: Sequence[Event]) -> NDArray[np.float64]:
    """Lay known events on values whose rows are the times: value x factor + offset while each lasts."""
    changed = values.copy()
    for event in events:
        during = (times_ms >= event.start_ms) & (times_ms < (event.end_ms if event.end_ms is not None else np.inf))
        changed[during] = changed[during] * event.factor + event.offset
    return changed

"""What people know and samples do not say: spans to ignore, breaks with the past, and events.

An event that has begun is in the samples already: it is taken off them before anything is learned, and laid on what is
to come for as long as it lasts. So nothing is changed twice, and a campaign that is over is not expected again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Annotations, Event, Levels, without_events
from plimsoll.domain.series import MetricKind, Series, Times, Values


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


def ordinary(series: Series, annotations: Annotations) -> Series:
    """Leave out what is not to count, and take off what events have done so far.

    A counter is left as it was read: `known_changes` takes it off its gains.
    """
    kept = without_ignored(series, annotations)
    if series.kind is MetricKind.COUNTER:
        return kept
    return replace(kept, values=without_events(kept.times_ms, kept.values, annotations.events))


def with_events(
    values: NDArray[np.float64],
    times_ms: Times,
    events: Sequence[Event],
    levels: NDArray[np.float64] | Levels = (),
    medians: Values | None = None,
) -> NDArray[np.float64]:
    """Lay known events on values whose rows are the times: value x factor + offset while each lasts.

    What an event leaves open widens the values where it is told at which `levels` they stand, one each or a row's, and
    which `medians`, one a time, they lie round.
    """
    changed = values.copy()
    middle = None if medians is None else medians[:, None].copy()
    for event in events:
        during = (times_ms >= event.start_ms) & (times_ms < (event.end_ms if event.end_ms is not None else np.inf))
        changed[during] = changed[during] * event.factor + event.offset
        if middle is not None:
            middle[during] = middle[during] * event.factor + event.offset
            if event.spread > 0.0 and during.any():
                at = np.broadcast_to(levels, values.shape)[during]
                changed[during] = widened(changed[during], middle[during], at, event.spread)
    return changed


def widened(
    values: NDArray[np.float64], middle: NDArray[np.float64], levels: NDArray[np.float64], spread: float
) -> NDArray[np.float64]:
    """Add an independent normal error to values at levels of the same shape: distances from the middle as variances.

    distance' = sqrt(distance^2 + (z spread)^2), z the normal quantile of the level; the median stays. A value
    depends on its own level only, whichever others there are.
    """
    from scipy.special import ndtri  # dear to load, and most commands do without

    z = ndtri(levels)
    return np.asarray(middle + np.sign(z) * np.hypot(values - middle, z * spread))

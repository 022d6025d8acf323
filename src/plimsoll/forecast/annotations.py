"""What do people know that samples do not show? Windows to ignore, change points, and events.

The effect of an event that has begun is in the samples already. It is removed from them before anything is learned, and
applied to the future for as long as the event lasts. So nothing is applied twice, and a campaign that is over is not
expected again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Annotations, Event, Levels, without_events
from plimsoll.domain.series import MetricKind, Series, Times, Values
from plimsoll.forecast.preparation import CEILING


def without_ignored(series: Series, annotations: Annotations) -> Series:
    """Drop the history before the last change point, and set the samples in windows to ignore to NaN.

    A change point after the last sample has no effect yet: nothing is known of what comes after it.
    """
    times, values = series.times_ms, series.values.copy()
    for ignored in annotations.ignore:
        values[(times >= ignored.window.start_ms) & (times < ignored.window.end_ms)] = np.nan
    last = times[-1] if times.size else 0
    breaks = [change.at_ms for change in annotations.changepoints if change.at_ms <= last]
    kept = times >= max(breaks, default=int(times[0]) if times.size else 0)
    return Series(series.id, times[kept], values[kept], series.unit, series.kind)


def ordinary(series: Series, annotations: Annotations) -> Series:
    """Drop what is not to count, and remove the effect of events so far.

    A share that was read within its bound stays within it: 60 % at half the demand would be no more than 100 %. A
    counter is left as it was read: `known_changes` removes events from its gains.
    """
    kept = without_ignored(series, annotations)
    if series.kind is MetricKind.COUNTER:
        return kept
    usual = without_events(kept.times_ms, kept.values, annotations.events)
    bound = CEILING.get(series.kind, np.inf)
    return replace(kept, values=usual if (kept.values > bound).any() else np.minimum(usual, bound))


def with_events(
    values: NDArray[np.float64],
    times_ms: Times,
    events: Sequence[Event],
    levels: NDArray[np.float64] | Levels = (),
    medians: Values | None = None,
) -> NDArray[np.float64]:
    """Apply known events to values whose rows are the times: value x factor + offset while each lasts.

    The uncertainty of an event widens the values if their `levels` are given, one each or a row's, and their `medians`,
    one for each time.
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
    """Add an independent normal error to quantiles at `levels` of the same shape; squared distances to the median add.

    distance' = sqrt(distance^2 + (z spread)^2), z the normal quantile of the level; the median stays. A value depends
    on its own level only, not on which others there are.
    """
    from scipy.special import ndtri  # slow to import, and most commands do without it

    z = ndtri(levels)
    return np.asarray(middle + np.sign(z) * np.hypot(values - middle, z * spread))

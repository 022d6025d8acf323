"""What is the worst sample of each day? Capacity is planned for it.

A forecast months ahead in hourly steps has thousands of steps, of which only the worst of each day matters. The worst
of a day with fewer than half of its samples is not reliable; such a day is a gap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

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

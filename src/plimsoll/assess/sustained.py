"""Was a value above X for all of the duration D?

A condition holds if every sample of the window satisfies it and no part of the window longer than `max_gap_s` is
without a sample. One sample that does not satisfy it refutes it. Otherwise, with a gap or without any sample, the
answer is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.domain.assessment import Truth
from plimsoll.domain.limit import Direction
from plimsoll.domain.quantity import counted, format_duration, format_quantity
from plimsoll.domain.series import Series, Window


@dataclass(frozen=True, slots=True)
class Sustained:
    """Whether a condition held, and why."""

    holds: Truth
    why: str


def held_past(series: Series, level: float, window: Window, max_gap_s: float, direction: Direction) -> Sustained:
    """Tell whether all of `window` lay past `level`: above it where high is bad, below it where low is."""
    inside = (series.times_ms >= window.start_ms) & (series.times_ms < window.end_ms) & np.isfinite(series.values)
    times, values = series.times_ms[inside], series.values[inside]
    edges = np.concatenate(([window.start_ms], times, [window.end_ms]))
    gap_s = float(np.diff(edges).max()) / 1000.0
    side = "above" if direction is Direction.HIGH_IS_BAD else "below"
    bound = f"{side} {format_quantity(level, series.unit)}"
    against = int(np.count_nonzero(direction.sign * (values - level) <= 0))
    if against:
        return Sustained(Truth.NO, f"{against} of {counted(values.size, 'sample')} not {bound}")
    if gap_s > max_gap_s or not values.size:
        return Sustained(Truth.UNKNOWN, f"cannot tell: {format_duration(gap_s)} of the window have no sample")
    return Sustained(Truth.YES, f"{counted(values.size, 'sample')}, all {bound}")

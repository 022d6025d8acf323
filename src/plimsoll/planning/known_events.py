"""What do known future events do to simulated levels? Each multiplies and adds while it lasts.

`driver_events` holds the same rule for the drivers of a plan, which are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plimsoll.domain.forecast import Event
from plimsoll.planning.runway_grid import Floats, Grid


def with_events(levels: Floats, grid: Grid, events: Sequence[Event]) -> Floats:
    """Apply events to future levels (paths, horizon); a period counts where the middle of its samples lies within."""
    if not events:
        return levels
    step_ms = grid.period_ms / grid.shapes.shape[1]
    middles = grid.end_ms + np.arange(levels.shape[1]) * grid.period_ms + (grid.period_ms + step_ms) / 2
    changed = levels.copy()
    for event in events:
        within = middles >= event.start_ms
        if event.end_ms is not None:
            within &= middles < event.end_ms
        changed[:, within] = changed[:, within] * event.factor + event.offset
    return changed


def last_level(grid: Grid, events: Sequence[Event]) -> float:
    """The last known level of a history from which events were taken off, with those that act on it."""
    last = int(np.flatnonzero(np.isfinite(grid.levels))[-1])
    before = replace(grid, end_ms=grid.end_ms - (grid.levels.size - last) * grid.period_ms)
    return float(with_events(grid.levels[None, last : last + 1], before, events)[0, 0])

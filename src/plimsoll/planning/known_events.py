"""What do known future events do to simulated levels? Each multiplies and adds while it lasts; a counter's gains, not
its total.

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
    if grid.is_total:
        return _with_events_on_gains(levels, grid, events, middles - grid.period_ms / 2)
    return _laid_on(levels, events, middles, 1.0)


def _with_events_on_gains(levels: Floats, grid: Grid, events: Sequence[Event], middles: Floats) -> Floats:
    """Apply events to what levels gain from one to the next; what one adds in a step it adds in each of a period's."""
    last = _last(grid)
    start = last_level(grid, ()) + np.zeros((levels.shape[0], 1))
    season = grid.season[last % grid.season.size]
    gains = np.diff(levels, axis=1, prepend=start * season if grid.relative else start + season)
    changed = _laid_on(gains, events, middles, float(grid.shapes.shape[1]))
    return np.asarray(levels + np.cumsum(changed - gains, axis=1))


def _laid_on(values: Floats, events: Sequence[Event], middles: Floats, steps: float) -> Floats:
    changed = values.copy()
    for event in events:
        within = middles >= event.start_ms
        if event.end_ms is not None:
            within &= middles < event.end_ms
        changed[:, within] = changed[:, within] * event.factor + event.offset * steps
    return changed


def _last(grid: Grid) -> int:
    return int(np.flatnonzero(np.isfinite(grid.levels))[-1])


def last_level(grid: Grid, events: Sequence[Event]) -> float:
    """The last known level of a history from which events were taken off, with those that act on it."""
    last = _last(grid)
    if grid.is_total:
        return float(grid.levels[last])
    before = replace(grid, end_ms=grid.end_ms - (grid.levels.size - last) * grid.period_ms)
    return float(with_events(grid.levels[None, last : last + 1], before, events)[0, 0])

"""How do known events change simulated futures? Each multiplies and adds while it lasts.

They act on samples; for a counter on its gains, not on its total. A sample stands for its whole step: an event that
begins and ends between two samples affects the later one. `driver_events` has the same rule for the drivers of a plan,
in exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Event
from plimsoll.planning.first_passage import Futures
from plimsoll.planning.runway_grid import Floats, Grid


def under_events(usual: Futures, grid: Grid, events: Sequence[Event]) -> Futures:
    """Apply events to futures without them."""
    if not events:
        return usual
    factors, offsets = _factors_and_offsets(grid, events, np.arange(usual.levels.shape[1]))
    if grid.is_total:
        return replace(usual, levels=_with_gains_changed(usual.levels, grid, factors, offsets))
    return replace(usual, factors=factors, offsets=offsets)


def factor_now(grid: Grid, events: Sequence[Event]) -> float:
    """Return the factor by which events multiply the last known period of a history from which they were removed."""
    factors, _ = _factors_and_offsets(grid, events, np.array([_last(grid) - grid.levels.size]))
    return float(factors.mean())


def _factors_and_offsets(grid: Grid, events: Sequence[Event], periods: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return factors and offsets (n, k) for the samples of periods, counted from the first future one."""
    slots = grid.shapes.shape[1]
    step_ms = grid.period_ms / slots
    ends = grid.end_ms + periods[:, None] * grid.period_ms + (np.arange(slots) + 1) * step_ms
    times = ends - grid.period_ms / 2 if grid.is_total else ends
    factors, offsets = np.ones(times.shape), np.zeros(times.shape)
    for event in events:
        end_ms = np.inf if event.end_ms is None else max(event.end_ms, event.start_ms + step_ms)
        during = (times >= event.start_ms) & (times < end_ms)
        factors[during] *= event.factor
        offsets[during] = offsets[during] * event.factor + event.offset
    return factors, offsets


def _with_gains_changed(levels: Floats, grid: Grid, factors: Floats, offsets: Floats) -> Floats:
    """Change the gains between successive levels (paths, horizon); a period gets the offsets of all its steps.

    The first one gained its share of what was gained since the last known level.
    """
    last = _last(grid)
    season = grid.season[last % grid.season.size]
    start = np.full((levels.shape[0], 1), grid.levels[last] * season if grid.relative else grid.levels[last] + season)
    gains = np.diff(levels, axis=1, prepend=start)
    gains[:, 0] /= grid.levels.size - last
    changed = gains * factors.mean(axis=1) + offsets.sum(axis=1)
    return np.asarray(levels + np.cumsum(changed - gains, axis=1))


def _last(grid: Grid) -> int:
    return int(np.flatnonzero(np.isfinite(grid.levels))[-1])

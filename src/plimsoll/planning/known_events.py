"""What do known future events do to simulated levels? Each multiplies and adds while it lasts.

`driver_events` holds the same rule for the drivers of a plan, which are exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.domain.forecast import Event
from plimsoll.planning.runway_grid import Floats, Grid


def with_events(levels: Floats, grid: Grid, events: Sequence[Event]) -> Floats:
    """Apply events to future levels (paths, horizon); a period counts where its middle lies within the event."""
    if not events:
        return levels
    middles = grid.end_ms + (np.arange(levels.shape[1]) + 0.5) * grid.period_ms
    changed = levels.copy()
    for event in events:
        within = middles >= event.start_ms
        if event.end_ms is not None:
            within &= middles < event.end_ms
        changed[:, within] = changed[:, within] * event.factor + event.offset
    return changed

"""How does no later call wait for the compiler? The forecast's kernels are compiled in advance."""

from __future__ import annotations

import numpy as np

from plimsoll.domain.panel import Panel, Request
from plimsoll.domain.series import MetricKind
from plimsoll.domain.time_spans import HOUR_MS
from plimsoll.forecast.panel import forecast_panel, pools_of


def warm_up() -> None:
    """Run a small panel through both passes; the compiled kernels stay in the cache."""
    size = 96
    values = np.sin(np.arange(size, dtype=np.float64))
    none = np.full(1, np.nan)
    times = np.arange(size, dtype=np.int64) * HOUR_MS
    panel = Panel(("warm-up",), np.array([0, size]), times, values, (MetricKind.UNKNOWN,), none, none)
    request = Request(horizon=4, levels=(0.1, 0.5, 0.9), step_ms=HOUR_MS)
    forecast_panel(panel, request, pools_of(panel, request))

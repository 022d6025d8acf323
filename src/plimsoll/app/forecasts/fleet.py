"""How is a whole fleet forecast from file to file? In two passes.

The first pass lists the series and measures the width of intervals on a seeded sample of them. The second forecasts
everything in spans of rows, on any engine, each span by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from heapq import nsmallest

import numpy as np

from plimsoll.domain.panel import (
    Engine,
    PanelForecast,
    PanelOutline,
    PanelReader,
    PanelRun,
    PanelWriter,
    Request,
    join_panels,
    picked,
)
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.series import MetricKind
from plimsoll.forecast.calibration import SAMPLE_SIZE, sampling_rank
from plimsoll.forecast.panel import Pools, forecast_panel, pools_of

SPAN_ROWS = 750_000


def forecast_fleet(
    reader: PanelReader,
    writer: PanelWriter,
    engine: Engine,
    request: Request,
    progress: Callable[[int, int], None],
    span_rows: int = SPAN_ROWS,
) -> PanelRun:
    """Forecast every series of `reader` into `writer`, in spans of at least `span_rows`.

    `progress` is called with spans done and spans in all. The result is bit-identical for any spans and any engine.
    """
    outline = reader.outline()
    pools = measure_pools(reader, outline, request)
    spans = outline.spans(span_rows)
    states: dict[str, int] = {}
    for done, forecast in enumerate(engine.map(partial(forecast_span, reader, request, pools), spans), start=1):
        writer.write(forecast)
        for state in forecast.states:
            states[state.value] = states.get(state.value, 0) + 1
        progress(done, len(spans))
    return PanelRun(len(outline.ids), states, dict(named(pools)))


def named(pools: Pools) -> Counter[str]:
    """Count the series behind the pools by kind and step, in words."""
    counts: Counter[str] = Counter()
    for key, pool in pools.items():
        counts[f"{key.kind.value} at {format_duration(key.step_ms / 1000)}"] += pool.series
    return counts


def forecast_span(reader: PanelReader, request: Request, pools: Pools, span: tuple[int, int]) -> PanelForecast:
    """Read and forecast one span of rows: the task that engines run."""
    return forecast_panel(reader.read(*span), request, pools)


def measure_pools(reader: PanelReader, outline: PanelOutline, request: Request) -> Pools:
    """Measure the pools on the sample, which depends only on the ids and the seed."""
    chosen = sample_of(outline, request.seed)
    if not chosen:
        return {}
    rows = outline.first_rows[chosen]
    parts = []
    for span in outline.spans(SPAN_ROWS):
        if wanted := [i for i, row in zip(chosen, rows.tolist(), strict=True) if span[0] <= row < span[1]]:
            first = int(np.searchsorted(outline.first_rows, span[0]))
            parts.append(picked(reader.read(*span), [i - first for i in wanted]))
    return pools_of(join_panels(parts), request)


def sample_of(outline: PanelOutline, seed: int) -> list[int]:
    """Choose the series whose errors are pooled: those with the lowest tickets of each kind, in order of rows."""
    by_kind: dict[MetricKind, list[tuple[int, int]]] = {}
    for index, (unique_id, kind) in enumerate(zip(outline.ids, outline.kinds, strict=True)):
        by_kind.setdefault(kind, []).append((sampling_rank(unique_id, seed), index))
    return sorted(index for tickets in by_kind.values() for _, index in nsmallest(SAMPLE_SIZE, tickets))

"""What will each of many series do? One call for a chunk of a fleet; chunks may come in any order and on any machine.

    quantile(level) at step k = center_k + scale_k x factor(level)

Center and scale are the series' own (`kernel.engine`), the factors come from its pool (`calibration`). So the answer
for a series depends only on the series, the request and the pools.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import ForecastState
from plimsoll.domain.panel import LAST_MS, NO_TIME, Panel, PanelForecast, Request
from plimsoll.domain.series import MetricKind, Times
from plimsoll.forecast.borrowed import NAME as BORROWED
from plimsoll.forecast.borrowed import borrow_season, shared_shape
from plimsoll.forecast.calibration import NO_POOL, Pool, PoolKey, pool_of
from plimsoll.forecast.outlook import bounded_values, comparable_errors, outlook_of, outlooks_of
from plimsoll.forecast.preparation import Prepared, joined, prepare, regular_rows
from plimsoll.forecast.sporadic import NAME as SPORADIC
from plimsoll.forecast.sporadic import is_sporadic, newest_of, own_past_is_better

Pools = Mapping[PoolKey, Pool]


def forecast_panel(panel: Panel, request: Request, pools: Pools) -> PanelForecast:
    """Forecast every series of a panel; a series that cannot be forecast is all NaN and says why.

    Each series needs at least one row. Times start one step after the series' own last time stamp.
    """
    prepared = prepare_all(panel, request)
    values = np.full((len(panel), request.horizon, len(request.levels)), np.nan)
    times = np.empty((len(panel), request.horizon), dtype=np.int64)
    for i, series in enumerate(prepared):
        times[i] = times_of(series, request.horizon)
        if series.state is ForecastState.CONSTANT:
            values[i] = series.values[~np.isnan(series.values)][-1] if not series.is_counter else series.base
    reasons = [one.why for one in prepared]
    for indices in by_periods(prepared):
        group, kinds = [prepared[i] for i in indices], [panel.kinds[i] for i in indices]
        values[indices] = quantiles_of(group, kinds, request, pools)
        for i in indices:
            pool = pools.get(PoolKey(panel.kinds[i], prepared[i].step_ms), NO_POOL)
            if (other := alternative(prepared[i], pool, request)) is not None:
                values[i], reasons[i] = other
    return PanelForecast(panel.ids, times, values, tuple(one.state for one in prepared), tuple(reasons))


def times_of(series: Prepared, horizon: int) -> Times:
    """Return the times of the horizon, shape (h,), `NO_TIME` where there is none or the calendar has ended."""
    times = np.full(horizon, NO_TIME, dtype=np.int64)
    if series.end_ms != NO_TIME:
        within = min(horizon, (LAST_MS - series.end_ms) // series.step_ms)
        found = series.step.after(series.end_ms, np.arange(1, within + 1, dtype=np.int64))
        times[:within] = np.where(found <= LAST_MS, found, NO_TIME)
    return times


def pools_of(panel: Panel, request: Request) -> dict[PoolKey, Pool]:
    """Measure the pools on a sample of the fleet: the first of two passes."""
    return pools_from(zip(prepare_all(panel, request), panel.kinds, strict=True), request.horizon)


def pools_from(sample: Iterable[tuple[Prepared, MetricKind]], horizon: int) -> dict[PoolKey, Pool]:
    """Measure the pools from the backtests of series, given with their kinds, over a horizon."""
    fleets: dict[PoolKey, list[Prepared]] = {}
    for series, kind in sample:
        if series.state is ForecastState.OK:
            fleets.setdefault(PoolKey(kind, series.step_ms), []).append(series)
    return {
        key: replace(
            pool_of([comparable_errors(one, outlook_of(one, horizon)) for one in fleet]), shape=shared_shape(fleet)
        )
        for key, fleet in fleets.items()
    }


def prepare_all(panel: Panel, request: Request) -> tuple[Prepared, ...]:
    """Prepare every series of a panel."""
    if not len(panel):
        return ()
    regular = regular_rows(panel, request.step_ms)
    return tuple(prepare(panel, i, request, bool(regular[i])) for i in range(len(panel)))


def by_periods(prepared: tuple[Prepared, ...]) -> list[NDArray[np.int64]]:
    """Group the series to be run by the kernel by their natural periods, in order."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, series in enumerate(prepared):
        if series.state in (ForecastState.OK, ForecastState.SHORT_HISTORY):
            groups.setdefault(series.seasons.natural, []).append(i)
    return [np.asarray(indices, dtype=np.int64) for indices in groups.values()]


def quantiles_of(
    group: Sequence[Prepared], kinds: Sequence[MetricKind], request: Request, pools: Pools
) -> NDArray[np.float64]:
    """Compute the quantiles of series with the same natural periods, shape (series, h, levels)."""
    keys = [PoolKey(kind, one.step_ms) for kind, one in zip(kinds, group, strict=True)]
    by_key = {key: pools.get(key, NO_POOL).at(request.levels) for key in set(keys)}
    factors = np.array([by_key[key] for key in keys])[:, None, :]
    answer = outlooks_of(group, request.horizon, with_errors=False)
    return bounded_values(group, answer.center, answer.scale, factors)


def alternative(one: Prepared, pool: Pool, request: Request) -> tuple[NDArray[np.float64], str] | None:
    """Return quantiles (h, levels) and the reason for a series better predicted by its past or its fleet's season."""
    if is_sporadic(one) and own_past_is_better(one, outlook_of(one, request.horizon), pool):
        own = np.clip(np.quantile(newest_of(one, one.values.size), request.levels), one.lower, one.upper)
        return np.tile(own, (request.horizon, 1)), joined(one.why, SPORADIC)
    if (borrowed := borrow_season(one, request.horizon, pool)) is not None:
        values = bounded_values([one], borrowed.center[None], borrowed.scale[None], pool.at(request.levels)[None, None])
        return values[0], joined(one.why, BORROWED)
    return None

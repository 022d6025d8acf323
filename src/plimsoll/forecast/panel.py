"""What will each of many series do? One call for a chunk of a fleet; chunks may come in any order and on any machine.

    quantile(level) at step k = center_k + scale_k x factor(level)

center and scale are the series' own (`kernel.engine`), the factors come from its pool (`calibration`), so that the
answer for a series depends on nothing but the series, the request and the pools.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import ForecastState
from plimsoll.domain.panel import NO_TIME, Panel, PanelForecast, Request
from plimsoll.forecast.calibration import NO_POOL, Pool, PoolKey, pool_of
from plimsoll.forecast.preparation import Prepared, prepare, regular_rows

Pools = Mapping[PoolKey, Pool]


def forecast_panel(panel: Panel, request: Request, pools: Pools) -> PanelForecast:
    """Forecast every series of a panel; a series that cannot be forecast is all NaN and says why.

    Each series needs at least one row. Times start one step after the series' own last time stamp.
    """
    prepared = prepare_all(panel, request)
    values = np.full((len(panel), request.horizon, len(request.levels)), np.nan)
    times = np.empty((len(panel), request.horizon), dtype=np.int64)
    ahead = np.arange(1, request.horizon + 1, dtype=np.int64)
    for i, series in enumerate(prepared):
        times[i] = series.end_ms + series.step_ms * ahead if series.end_ms != NO_TIME else NO_TIME
        if series.state is ForecastState.CONSTANT:
            values[i] = series.values[~np.isnan(series.values)][-1] if not series.is_counter else series.base
    for indices in by_periods(prepared):
        run(prepared, indices, panel, request, pools, values)
    return PanelForecast(
        panel.ids, times, values, tuple(one.state for one in prepared), tuple(one.why for one in prepared)
    )


def pools_of(panel: Panel, request: Request) -> dict[PoolKey, Pool]:
    """Measure the pools on a sample of the fleet: the first of two passes."""
    from plimsoll.forecast.kernel.engine import outlook

    errors: dict[PoolKey, list[NDArray[np.float64]]] = {}
    for i, series in enumerate(prepare_all(panel, request)):
        if series.state is ForecastState.OK:
            answer = outlook(series.values, series.nature(request.horizon), series.seasons.periods)
            errors.setdefault(PoolKey(panel.kinds[i], series.step_ms), []).append(answer[4])
    return {key: pool_of(standardized) for key, standardized in errors.items()}


def prepare_all(panel: Panel, request: Request) -> tuple[Prepared, ...]:
    """Prepare every series of a panel."""
    if not len(panel):
        return ()
    regular = regular_rows(panel, request.step_ms)
    return tuple(prepare(panel, i, request, bool(regular[i])) for i in range(len(panel)))


def by_periods(prepared: tuple[Prepared, ...]) -> list[NDArray[np.int64]]:
    """Group the series that the kernel shall run by their natural periods, in order."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, series in enumerate(prepared):
        if series.state in (ForecastState.OK, ForecastState.SHORT_HISTORY):
            groups.setdefault(series.seasons.natural, []).append(i)
    return [np.asarray(indices, dtype=np.int64) for indices in groups.values()]


def run(
    prepared: tuple[Prepared, ...],
    indices: NDArray[np.int64],
    panel: Panel,
    request: Request,
    pools: Pools,
    values: NDArray[np.float64],
) -> None:
    """Run the kernel on a group of series and write their quantiles into `values`."""
    from plimsoll.forecast.kernel.engine import outlook_many

    group = [prepared[i] for i in indices]
    flat = np.concatenate([series.values for series in group])
    offsets = np.concatenate([[0], np.cumsum([series.values.size for series in group])])
    keys = [PoolKey(panel.kinds[i], prepared[i].step_ms) for i in indices]
    by_key = {key: pools.get(key, NO_POOL).at(request.levels) for key in set(keys)}
    out = np.empty((len(group), request.horizon, len(request.levels)))
    shapes = np.array([series.shape for series in group], dtype=np.int64)
    terms = np.array(
        [(one.lower - one.base, one.upper - one.base, *by_key[key]) for one, key in zip(group, keys, strict=True)]
    )
    outlook_many(flat, offsets, shapes, group[0].seasons.periods, terms, out)
    values[indices] = out + np.array([series.base for series in group])[:, None, None]

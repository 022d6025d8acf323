"""What will this one series do? The panel's method on a single series."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import DEFAULT_LEVELS, Annotations, Forecast, ForecastState, Grade, Levels
from plimsoll.domain.series import Series


def forecast_series(
    series: Series,
    horizon: int,
    levels: Levels = DEFAULT_LEVELS,
    annotations: Annotations | None = None,
    seasons: tuple[int, ...] | None = None,
    seed: int = 0,
) -> Forecast:
    """Forecast `horizon` steps after the last sample of `series` at `levels`.

    `seasons` are season lengths in steps; None takes those that the series' step has (a day and a week of hours, ...).
    Never raises for what the series holds: a forecast that cannot be made is a state with its reason.
    """
    step_ms = series.step_ms or 1
    last = int(series.times_ms[-1]) if len(series) else 0
    times = last + step_ms * np.arange(1, horizon + 1, dtype=np.int64)
    known = series.values[np.isfinite(series.values)]
    if known.size < 2:
        empty: NDArray[np.float64] = np.full((horizon, len(levels)), np.nan)
        return Forecast(series.id, times, levels, empty, ForecastState.CANNOT_TELL, "fewer than two samples")
    step = float(np.std(np.diff(known)))
    normal = np.sqrt(np.arange(1, horizon + 1))[:, None] * _normal(levels)[None, :]
    values = known[-1] + step * normal
    return Forecast(series.id, times, levels, values, ForecastState.OK, grade=Grade.F, unit=series.unit)


def _normal(levels: Levels) -> NDArray[np.float64]:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.asarray(levels)), dtype=np.float64)

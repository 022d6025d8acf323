"""What will this one series do, how certain is that, and how did the same method do on its past?

This is the panel's method on a single series, with what people know about it: windows to ignore become gaps, history
before a known change point is dropped, and known events are removed from the past and applied to the quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import (
    DEFAULT_LEVELS,
    Annotations,
    Event,
    Forecast,
    ForecastState,
    Grade,
    IgnoreWindow,
    Levels,
    MethodWeight,
)
from plimsoll.domain.panel import NO_TIME, Panel, Request
from plimsoll.domain.series import Series
from plimsoll.forecast.accuracy import LEAST_SAMPLES, accuracy_of, grade_of, is_tested, newest_outlier, reach, verdict
from plimsoll.forecast.annotations import ordinary
from plimsoll.forecast.borrowed import NAME as BORROWED
from plimsoll.forecast.borrowed import borrow_season
from plimsoll.forecast.calibration import Pool, PoolKey, pool_of
from plimsoll.forecast.known_changes import Course, changed, usual_gains
from plimsoll.forecast.outlook import Outlook, bounded_values, comparable_errors, outlook_of
from plimsoll.forecast.panel import Pools
from plimsoll.forecast.preparation import FEWEST, Prepared, joined, known_samples, prepare
from plimsoll.forecast.sporadic import NAME as SPORADIC
from plimsoll.forecast.sporadic import is_sporadic, newest_of, own_coverage, own_past_is_better, with_own_errors

LEAST_WEIGHT = 0.02  # methods with less weight are not listed
ALIKE = 9  # digits in which the weights of methods with the same forecasts agree


def forecast_series(
    series: Series,
    horizon: int,
    levels: Levels = DEFAULT_LEVELS,
    annotations: Annotations | None = None,
    seasons: tuple[int, ...] | None = None,
    pools: Pools | None = None,
) -> Forecast:
    """Forecast `horizon` steps after the last sample of `series` at `levels`.

    `seasons` are season lengths in steps; None takes the natural ones of the series' step (a day and a week of hours,
    ...). `pools` are the fleet's; without them the series' own errors are pooled with the shipped prior. Never raises
    because of the series' content: a forecast that cannot be made is a state with its reason.
    """
    known = annotations or Annotations()
    prepared = prepared_series(series, known, seasons)
    times = times_ahead(prepared, horizon)
    if prepared.state is ForecastState.CANNOT_TELL:
        return no_forecast(series, prepared, times, levels)
    if prepared.state is ForecastState.CONSTANT:
        return constant_forecast(series, prepared, times, levels, known.events)
    outlook, pool, borrowed = outlook_and_pool(series, prepared, horizon, pools)
    is_own = is_sporadic(prepared) and own_past_is_better(prepared, outlook, pool)
    accuracy = accuracy_of(prepared, with_own_errors(prepared, outlook) if is_own else outlook, pool)
    if accuracy and is_own:
        accuracy = replace(accuracy, coverage80=own_coverage(prepared, outlook))
    plain = quantiles_at(np.tile((*levels, 0.5), (horizon, 1)), prepared, outlook, pool, is_own)
    return Forecast(
        series.id,
        times,
        levels,
        changed(Course(plain[:, :-1], levels, plain[:, -1], outlook.scale), times, prepared, known.events),
        prepared.state,
        joined(
            prepared.why,
            "" if is_own else newest_outlier(prepared, outlook, pool),
            SPORADIC if is_own else "",
            BORROWED if borrowed else "",
            verdict(accuracy, is_tested(prepared, outlook)),
            reach(prepared, outlook) if accuracy else "",
        ),
        weights=(MethodWeight(SPORADIC, 1.0),) if is_own else heaviest(outlook),
        accuracy=accuracy,
        grade=grade_of(accuracy),
        pool_series=pool.series,
        unit=series.unit,
    )


def outlook_and_pool(
    series: Series, prepared: Prepared, horizon: int, pools: Pools | None
) -> tuple[Outlook, Pool, bool]:
    """Return the outlook of a series, the pool of its widths, and whether its season is borrowed from the pool."""
    outlook = outlook_of(prepared, horizon)
    pool = pool_for(series, prepared, outlook, pools)
    borrowed = borrow_season(prepared, horizon, pool)
    return borrowed or outlook, pool, borrowed is not None


def quantiles_at(
    levels: NDArray[np.float64], prepared: Prepared, outlook: Outlook, pool: Pool, is_own: bool
) -> NDArray[np.float64]:
    """Compute the quantiles at `levels` of shape (h, k), from the series' own past or from center and scale."""
    if is_own:
        return np.asarray(np.quantile(newest_of(prepared, prepared.values.size), levels))
    factors = pool.at(tuple(levels.ravel())).reshape(1, *levels.shape)
    return np.asarray(
        bounded_values([prepared], outlook.center[None], outlook.scale[None], factors)[0], dtype=np.float64
    )


def prepared_series(series: Series, annotations: Annotations, seasons: tuple[int, ...] | None) -> Prepared:
    """Prepare a single series; an empty one is prepared as one row without a time."""
    kept = ordinary(series, annotations)
    times, values = kept.times_ms, kept.values
    if not len(kept):
        times, values = np.full(1, NO_TIME), np.full(1, np.nan)
    none = np.full(1, np.nan)
    offsets = np.array([0, times.size], dtype=np.int64)
    panel = Panel((str(series.id),), offsets, times, values, (series.kind,), none, none)
    prepared = prepare(panel, 0, Request(1, DEFAULT_LEVELS, series.step_ms or 1, seasons), regular=False)
    if prepared.ready_at_ms is not None:
        prepared = replace(prepared, ready_at_ms=ready_at_ms(prepared, annotations.ignore))
    return usual_gains(prepared, kept, annotations) if prepared.is_counter else prepared


def ready_at_ms(prepared: Prepared, ignored: Sequence[IgnoreWindow]) -> int:
    """Return the moment at which enough samples will be known; future ones in a window to ignore do not count."""
    at_ms, missing = prepared.end_ms, FEWEST - known_samples(prepared)
    while missing > 0:
        at_ms = int(prepared.step.after(at_ms, np.array([1]))[0])
        ends = [one.window.end_ms for one in ignored if one.window.start_ms <= at_ms < one.window.end_ms]
        if not ends:
            missing -= 1
        elif not prepared.step.months:
            at_ms += (max(ends) - 1 - at_ms) // prepared.step_ms * prepared.step_ms
    return at_ms


def times_ahead(prepared: Prepared, horizon: int) -> NDArray[np.int64]:
    """Return the times of the horizon, shape (h,); without any time, steps from the epoch."""
    start = prepared.end_ms if prepared.end_ms != NO_TIME else 0
    return prepared.step.after(start, np.arange(1, horizon + 1, dtype=np.int64))


def no_forecast(series: Series, prepared: Prepared, times: NDArray[np.int64], levels: Levels) -> Forecast:
    """Say why there is no forecast, and when there can be one."""
    empty = np.full((times.size, len(levels)), np.nan)
    ready = prepared.ready_at_ms if series.step_ms is not None else None  # one sample shows no step
    one_sample = "when there will be enough is unknown: one sample has no step" if len(series) == 1 else ""
    why = joined(prepared.why, one_sample)
    return Forecast(series.id, times, levels, empty, prepared.state, why, ready, unit=series.unit)


def constant_forecast(
    series: Series, prepared: Prepared, times: NDArray[np.int64], levels: Levels, events: Sequence[Event]
) -> Forecast:
    """Predict that a series keeps its constant value, but for events; a handful of equal samples is not graded."""
    same = changed(constant_course(prepared, (times.size, len(levels))), times, prepared, events)
    is_enough = known_samples(prepared) >= LEAST_SAMPLES
    grade, why = (Grade.A, prepared.why) if is_enough else (Grade.F, joined(prepared.why, verdict(None)))
    return Forecast(series.id, times, levels, same, prepared.state, why, grade=grade, unit=series.unit)


def constant_course(prepared: Prepared, shape: tuple[int, int]) -> Course:
    """Repeat the value of a series that never moved; a counter that never moved stays at its last reading."""
    value = prepared.base if prepared.is_counter else prepared.values[~np.isnan(prepared.values)][-1]
    same = np.full(shape, value, dtype=np.float64)
    return Course(same, np.full(shape, 0.5), same[:, 0], np.zeros(shape[0]))


def pool_for(series: Series, prepared: Prepared, outlook: Outlook, pools: Pools | None) -> Pool:
    """Return the fleet's pool for the series, or pool its own errors with the shipped prior."""
    return (pools or {}).get(PoolKey(series.kind, prepared.step_ms)) or pool_of([comparable_errors(prepared, outlook)])


def heaviest(outlook: Outlook) -> tuple[MethodWeight, ...]:
    """List the methods with the most weight in the forecast, in that order, and what they saw of the series.

    Methods of equal weight made the same forecasts: one that has nothing to go by (a year, a week, a saw tooth) repeats
    a simpler one. They are listed as the first of them, with their weights together.
    """
    from plimsoll.forecast.kernel.methods import AUTOREGRESSIONS, METHOD_NAMES

    _, first, alike = np.unique(outlook.weights.round(ALIKE), return_index=True, return_inverse=True)
    together, found = np.bincount(alike, weights=outlook.weights), []
    for i in np.lexsort((first, -together)):
        about = " about a line" if outlook.along_line and first[i] not in AUTOREGRESSIONS else ""
        how = ", in logarithms" if outlook.in_logarithms else ""
        if together[i] >= LEAST_WEIGHT:
            found.append(MethodWeight(METHOD_NAMES[first[i]] + about + how, float(together[i])))
    return tuple(found)

"""How are the series of a source forecast for people? With accuracy, known events, and a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from plimsoll.app.forecasts.notes import annotation_notes, check_scenario, scenario_notes
from plimsoll.app.forecasts.public_holidays import HolidayTerms, holiday_notes, with_holidays
from plimsoll.app.runway.given_limits import fits
from plimsoll.app.runway.resource_names import names_of
from plimsoll.domain.errors import NothingToAnswer, UsageError
from plimsoll.domain.forecast import (
    Annotations,
    Forecast,
    ForecastReport,
    ForecastRow,
    ForecastState,
    Levels,
    Scenario,
    SeriesForecast,
    level_name,
)
from plimsoll.domain.holidays import HolidayEffect
from plimsoll.domain.panel import LAST_MS
from plimsoll.domain.quantity import format_duration, some_of
from plimsoll.domain.series import Harvest, MetricKind, Series, as_datetime
from plimsoll.domain.time_spans import DAY_MS, HOUR_MS, MINUTE_MS
from plimsoll.forecast.calibration import SAMPLE_SIZE, Pool, PoolKey, sampling_rank
from plimsoll.forecast.grid import own_step
from plimsoll.forecast.panel import Pools, pools_from
from plimsoll.forecast.paths import simulate_paths
from plimsoll.forecast.preparation import Prepared, joined
from plimsoll.forecast.scenarios import FUTURES, ground_of, with_scenario
from plimsoll.forecast.single import forecast_series, prepared_series
from plimsoll.forecast.steps import Step
from plimsoll.planning.history import stale_after_ms

MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class ForecastAsk:
    """The request: the horizon, the levels, the series (wildcards; empty for all), and the scenario.

    `as_of_ms` is the moment taken as now, or None; a series that ended long before it is reported as such.
    """

    horizon_ms: int
    levels: Levels
    seasons: tuple[int, ...] | None = None
    only: tuple[str, ...] = ()
    annotations: Annotations = field(default_factory=Annotations)
    scenario: Scenario | None = None
    seed: int = 0
    holidays: HolidayTerms | None = None
    as_of_ms: int | None = None


def forecast_report(harvest: Harvest, ask: ForecastAsk) -> ForecastReport:
    """Forecast every series of a harvest that was asked for; raises NothingToAnswer where there is none."""
    wanted = [series for series in harvest.series if is_wanted(series, ask.only)]
    if not wanted:
        held = sorted({str(series.id) for series in harvest.series})
        which = f" of that name; it holds {some_of(held)}" if ask.only and held else ""
        raise NothingToAnswer(f"{harvest.source}: holds no series{which}")
    steps = min((_steps(series, ask) for series in wanted if len(series)), default=1)
    if steps > MOST_STEPS:
        step_ms = max(_step(series, ask).ms for series in wanted if len(series))
        furthest = f"give --horizon {_furthest(step_ms)} or less"
        raise UsageError(f"the horizon is {steps} steps; at most {MOST_STEPS} are forecast: {furthest}")
    check_scenario(ask.scenario, wanted)
    known = [_known(series, ask) for series in wanted]
    pools = source_pools(((one, notes) for one, (notes, _) in zip(wanted, known, strict=True)), ask)
    forecasts = tuple(
        replace(series_forecast(one, with_age(one, ask, forecast_one(one, ask, pools, notes))), holidays=effect)
        for one, (notes, effect) in zip(wanted, known, strict=True)
    )
    found = [(item.series, item.holidays) for item in forecasts if item.holidays is not None]
    gaps = tuple(f"{gap.id}: {gap.reason}" for gap in harvest.gaps)
    course = ask.scenario.name if ask.scenario else None
    notes = (
        *annotation_notes(ask.annotations, wanted, ask.horizon_ms),
        *scenario_notes(ask.scenario, wanted),
        *holiday_notes(found),
    )
    return ForecastReport(harvest.source, course, forecasts, (*harvest.notes, *gaps, *notes))


def check_answered(report: ForecastReport) -> None:
    """Raise NothingToAnswer where not one series could be forecast."""
    if not any(item.state.answered for item in report.forecasts):
        raise NothingToAnswer(f"{report.source}: no series can be forecast: {report.forecasts[0].why}")


def is_wanted(series: Series, only: Sequence[str]) -> bool:
    """Whether the name, bare or with labels, equals or matches one of the words; without words every name does."""
    return not only or any(fits(word, names_of(series.id)) for word in only)


def _step(series: Series, ask: ForecastAsk) -> Step:
    """The step of the grid for the series; for a single sample it is the horizon."""
    return own_step(series.times_ms, series.step_ms) if series.step_ms else Step(ask.horizon_ms)


def _steps(series: Series, ask: ForecastAsk) -> int:
    return max(1, round(ask.horizon_ms / _step(series, ask).ms))


def _furthest(step_ms: int) -> str:
    """The longest horizon in whole days, hours or minutes."""
    reach_ms = MOST_STEPS * step_ms
    unit_ms = next((unit for unit in (DAY_MS, HOUR_MS, MINUTE_MS) if reach_ms >= 2 * unit), 1)
    return format_duration(reach_ms // unit_ms * unit_ms / 1000)


def _known(series: Series, ask: ForecastAsk) -> tuple[Annotations, HolidayEffect | None]:
    """The annotations of one series, and the effect of its holidays where a calendar is named."""
    known = ask.annotations.concerning(series.id.name)
    if ask.holidays is None or _steps(series, ask) > MOST_STEPS:
        return known, None
    return with_holidays(series, known, ask.holidays, ask.horizon_ms)


def forecast_one(series: Series, ask: ForecastAsk, pools: Pools, known: Annotations) -> Forecast:
    """Forecast one series and apply the scenario."""
    horizon = _steps(series, ask)
    if not len(series):
        return _nothing(series, ask, "no sample in the span that was read; the notes say why")
    if horizon > MOST_STEPS:
        return _nothing(series, ask, f"the horizon is {horizon} of its steps; at most {MOST_STEPS} are forecast")
    if _step(series, ask).goes_past(int(series.times_ms[-1]), horizon, LAST_MS):
        return _nothing(series, ask, "the horizon goes past the year 9999")
    forecast = forecast_series(series, horizon, ask.levels, known, ask.seasons, pools)
    if ask.scenario is None or not forecast.state.answered or not ask.scenario.concerns(series.id.name):
        return forecast
    futures = simulate_paths(series, (FUTURES, horizon), ask.seed, known, ask.seasons, pools)
    ground = ground_of(prepared_series(series, known, ask.seasons), forecast.times_ms, known.events)
    return with_scenario(forecast, futures, ask.scenario, ask.seed, ground)


def with_age(series: Series, ask: ForecastAsk, forecast: Forecast) -> Forecast:
    """Report series whose last sample is too old to describe the present, or whose horizon is already over.

    What a forecast lacks can only come from now on: samples that should have followed the last one did not.
    """
    if ask.as_of_ms is None or not len(series):
        return forecast
    age_ms = ask.as_of_ms - int(series.times_ms[-1])
    if forecast.ready_at_ms is not None and forecast.ready_at_ms <= ask.as_of_ms:
        forecast = replace(forecast, ready_at_ms=forecast.ready_at_ms + age_ms)
    if age_ms <= stale_after_ms(_step(series, ask).ms):
        return forecast
    is_over = forecast.state.answered and int(forecast.times_ms[-1]) <= ask.as_of_ms
    old = f"the last sample is {format_duration(age_ms / 1000)} old"
    return replace(forecast, why=joined(f"{old}: the whole horizon lies in the past" if is_over else old, forecast.why))


def _nothing(series: Series, ask: ForecastAsk, why: str) -> Forecast:
    nothing = np.empty((0, len(ask.levels)))
    return Forecast(series.id, series.times_ms[:0], ask.levels, nothing, ForecastState.CANNOT_TELL, why)


def source_pools(pasts: Iterable[tuple[Series, Annotations]], ask: ForecastAsk) -> Pools:
    """Measure the widths of intervals on the series of the source itself, with the annotations of each."""
    usable = [(one, known) for one, known in pasts if len(one) and _steps(one, ask) <= MOST_STEPS]
    by_horizon: dict[int, list[tuple[Prepared, MetricKind]]] = {}
    for one, known in sorted(usable, key=lambda past: sampling_rank(str(past[0].id), ask.seed))[:SAMPLE_SIZE]:
        past = prepared_series(one, known, ask.seasons)
        by_horizon.setdefault(_steps(one, ask), []).append((past, one.kind))
    pools: dict[PoolKey, Pool] = {}
    for horizon, sample in by_horizon.items():
        pools |= pools_from(sample, horizon)
    return pools


def series_forecast(series: Series, forecast: Forecast) -> SeriesForecast:
    """Turn a forecast into its part of the document, percentages into ratios."""
    names = [level_name(level) for level in forecast.levels]
    percent = forecast.unit in ("percent", "%")
    rows = tuple(
        ForecastRow(as_datetime(int(time)), dict(zip(names, map(float, values), strict=True)))
        for time, values in zip(forecast.times_ms, forecast.values / (100.0 if percent else 1.0), strict=True)
    )
    return SeriesForecast(
        series=str(forecast.id),
        unit="ratio" if percent else forecast.unit,
        state=forecast.state,
        grade=forecast.grade,
        why=forecast.why,
        ready_at=moment(forecast.ready_at_ms),
        accuracy=forecast.accuracy,
        skill=forecast.accuracy.skill if forecast.accuracy else None,
        methods=forecast.weights,
        pool_series=forecast.pool_series,
        cutoff=as_datetime(int(series.times_ms[-1])) if len(series) else None,
        rows=rows if forecast.state is not ForecastState.CANNOT_TELL else (),
    )


def moment(time_ms: int | None) -> datetime | None:
    """Turn milliseconds into a moment where there are any."""
    return None if time_ms is None else as_datetime(time_ms)

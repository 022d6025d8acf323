"""How does a model want its series analyzed? Its terms for rhythms, plain trends, forecasts, and advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from plimsoll.app.model import Model
from plimsoll.app.model.units import Amount
from plimsoll.assess.patterns import PatternRules
from plimsoll.domain.forecast import ForecastReport, ForecastRow, Levels, SeriesForecast
from plimsoll.domain.quantity import format_duration, format_quantity

MEDIAN = 0.5


@dataclass(frozen=True, slots=True)
class ForecastTerms:
    """How a model wants its signals forecast: the horizon, the levels, and which signals (wildcards; empty for all)."""

    horizon_ms: int
    levels: Levels
    only: tuple[str, ...]


def pattern_rules(model: Model | None) -> PatternRules:
    """Take the rules of rhythms from a model; the usual ones where there is none."""
    if model is None:
        return PatternRules()
    patterns, forecast = model.file.planning.patterns, model.file.planning.forecast
    usual = PatternRules()
    return PatternRules(
        buffer_ratio=patterns.peak_buffer,
        high_variance_quantile=patterns.high_variance,
        hourly_monitoring_above=patterns.hourly_above,
        automatic=patterns.automatic,
        manual=patterns.manual,
        show=frozenset(patterns.show),
        trends=forecast.trend_models,
        growth_per=forecast.growth_per or usual.growth_per,
        show_r_squared=forecast.show_r_squared,
    )


def forecast_terms(model: Model) -> ForecastTerms | None:
    """Take the terms of forecasts from a model: levels are the two ends of each interval, and the median.

    None where the model does not mention forecasts.
    """
    if "forecast" not in model.file.planning.model_fields_set:
        return None
    section = model.file.planning.forecast
    ends = {round(level, 6) for width in section.intervals for level in ((1 - width) / 2, (1 + width) / 2)}
    levels = tuple(sorted({*ends, MEDIAN} - {0.0, 1.0}))
    only = tuple(word for name in section.signals for word in (name, f"*/{name}"))
    return ForecastTerms(round(section.horizon * 1000), levels, only)


def with_advice(report: ForecastReport, model: Model) -> ForecastReport:
    """Add the notes that the model asks for: the forecast at the shorter horizon, and when it passes which level."""
    section = model.file.planning.forecast
    notes = [note for item in report.forecasts for note in _passes(item, section.advise)]
    if section.example_horizon is not None:
        notes = [*(note for item in report.forecasts for note in _at(item, section.example_horizon)), *notes]
    return replace(report, notes=(*report.notes, *notes))


def _at(item: SeriesForecast, horizon_s: float) -> Iterator[str]:
    """State the forecast at a horizon after the cutoff, if it reaches that far."""
    if item.cutoff is None:
        return
    until = [row for row in item.rows if (row.time - item.cutoff).total_seconds() <= horizon_s]
    if not until or until[-1] is item.rows[-1]:
        return
    quantiles = ", ".join(f"{name} {format_quantity(value, item.unit)}" for name, value in until[-1].quantiles.items())
    yield f"{item.series} in {format_duration(horizon_s)}: {quantiles}"


def _passes(item: SeriesForecast, advise: Mapping[str, Amount]) -> Iterator[str]:
    amount = advise.get(item.series.rpartition("/")[2].partition("{")[0])
    if amount is None or not item.rows:
        return
    advice = f"{item.series}: advised to act above {format_quantity(amount.value, item.unit)}"
    middle = _first(item.rows, "q0.5", amount.value)
    high = _first(item.rows, max(item.rows[0].quantiles), amount.value)
    if middle is not None:
        yield f"{advice}: the median of the forecast passes it on {middle:%Y-%m-%d}"
    elif high is not None:
        yield f"{advice}: the upper end of the forecast passes it on {high:%Y-%m-%d}, the median does not"
    else:
        yield f"{advice}: the forecast does not pass it"


def _first(rows: tuple[ForecastRow, ...], level: str, bound: float) -> datetime | None:
    return next((row.time for row in rows if row.quantiles[level] > bound), None)

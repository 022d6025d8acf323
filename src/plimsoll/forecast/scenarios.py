"""What if demand grows at stated rates? Monthly rates applied to the forecast, or to a stated start, as quantiles.

    factor(t) = prod_month (1 + r_month) over the time from the cutoff,  log factor ~ N(., spread^2 x months)

A rate and a spread measured over n past months are uncertain themselves: each future draws a spread by the chi-squared
distribution with n - 1 degrees of freedom, and an error of the rate of spread / sqrt(n), which adds up. Of a stated
range of rates each future draws its place between the lowest, the middle and the highest course, and keeps it.

With MULTIPLY a future is forecast x factor. With ADD it is forecast + level x (factor - 1), the level being the mean of
the newest season with the events that act at t. With a stated start the forecast is not used and a future is start x
factor. For a counter all this applies to its gain in a step, which is summed up again. Quantiles are taken over seeded
futures, so that they combine the uncertainty of the forecast and of the growth, and are clipped to the series' bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.forecast import Annotations, Combination, Event, Forecast, Scenario
from plimsoll.domain.series import MetricKind, Series, Times, Values
from plimsoll.domain.time_spans import MONTH_MS
from plimsoll.forecast.annotations import ordinary, with_events
from plimsoll.forecast.kernel.nature import Matrix
from plimsoll.forecast.known_changes import effect_times_ms, gains_of, totals_of
from plimsoll.forecast.preparation import Prepared, joined
from plimsoll.forecast.single import prepared_series

FUTURES = 2_000
_MOST_GROWTH = 300.0  # log: a factor past all use, which is still a number
FEWEST_MONTHS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What growth is applied to: a prepared series, and its level (of a counter, its gains) at each step, (h,)."""

    prepared: Prepared
    levels: Values


def ground_of(prepared: Prepared, times_ms: Times, events: Sequence[Event]) -> Ground:
    """Apply the events at each step to the mean of the newest season, from which past events were removed."""
    usual = np.full((times_ms.size, 1), usual_level(prepared))
    return Ground(prepared, with_events(usual, effect_times_ms(times_ms, prepared), events)[:, 0])


def usual_level(prepared: Prepared) -> float:
    """Return the mean of the newest whole season in the history, a week before a day; without one, of all of it."""
    known = prepared.values[~np.isnan(prepared.values)]
    lengths = (prepared.seasons.long, prepared.seasons.main)
    return float(known[-next((n for n in lengths if 1 < n <= known.size), known.size) :].mean())


def with_scenario(forecast: Forecast, paths: Matrix, scenario: Scenario, seed: int, ground: Ground) -> Forecast:
    """Apply a scenario to a forecast; `paths` (paths, h) are its futures, each of which gets one course of growth."""
    start_ms = ground.prepared.end_ms
    factors = growth_factors(forecast.times_ms, start_ms, scenario, paths.shape[0], seed)
    futures = grown(paths.T, factors.T, scenario, ground)
    bounded = np.clip(futures, ground.prepared.lower, ground.prepared.upper)
    values = np.quantile(bounded, forecast.levels, axis=1).T
    return replace(forecast, values=values, why=joined(forecast.why, describe(scenario)))


def grown(ahead: Matrix, factors: Matrix, scenario: Scenario, ground: Ground) -> Matrix:
    """Apply factors to futures, shape (h, futures) each."""
    if scenario.initial is not None:
        return scenario.initial * factors
    base = ground.prepared.base if ground.prepared.is_counter else None
    moved = ahead if base is None else gains_of(ahead, base)
    if scenario.combination is Combination.ADD:
        moved = moved + ground.levels[:, None] * (factors - 1.0)
    else:
        moved = moved * factors
    return moved if base is None else totals_of(moved, base)


def describe(scenario: Scenario) -> str:
    """Name the scenario, and what a stated start leaves out."""
    if scenario.initial is None:
        return scenario.name
    return f"{scenario.name} from {scenario.initial:g}, without the forecast and known events"


def growth_factors(times_ms: Times, start_ms: int, scenario: Scenario, count: int, seed: int) -> Matrix:
    """Draw `count` courses of growth since `start_ms`, shape (count, h); without spread or range all the same."""
    months = (times_ms - start_ms) / MONTH_MS
    middle = cumulated(scenario.monthly_rates, months)
    draw = np.random.default_rng(seed)
    gained = np.diff(months, prepend=0.0)
    noise = draw.standard_normal((count, months.size)) * np.sqrt(np.maximum(gained, 0.0))
    apart, steps = noise.cumsum(axis=1), scenario.measured_steps
    if steps is not None:
        of_rate, of_spread = draw.standard_normal((count, 1)), draw.chisquare(steps - 1, (count, 1))
        apart = (apart + of_rate * months / np.sqrt(steps)) * np.sqrt((steps - 1) / of_spread)
    logs = middle + scenario.spread * apart
    if scenario.rate_range is not None:
        place = draw.uniform(-1.0, 1.0, (count, 1))
        lowest, highest = (cumulated((rate,), months) - middle for rate in scenario.rate_range)
        logs += np.where(place < 0.0, -place * np.minimum(lowest, 0.0), place * np.maximum(highest, 0.0))
    return np.asarray(np.exp(np.minimum(logs, _MOST_GROWTH)))


def cumulated(monthly_rates: tuple[float, ...], months: Values) -> Values:
    """Compute the log of the growth after this many months; the last rate goes on.

    >>> np.exp(cumulated((0.1, 0.0), np.array([0.5, 1.0, 5.0]))).round(4).tolist()
    [1.0488, 1.1, 1.1]
    """
    logs = np.log1p(np.asarray(monthly_rates))
    marks = np.arange(logs.size + 1, dtype=np.float64)
    sums = np.concatenate([[0.0], np.cumsum(logs)])
    beyond = np.maximum(months - logs.size, 0.0) * logs[-1]
    return np.asarray(np.interp(months, marks, sums) + beyond)


class PastGrowth(NamedTuple):
    """The monthly rate of growth, the standard deviation of a month's log growth, and the steps that they come from."""

    rate: float
    spread: float
    steps: int


def growth_of_history(series: Series, known: Annotations | None = None) -> PastGrowth:
    """Measure the usual monthly rate of growth and its spread from the means of past months, without known events.

    From one month with samples to the next, on average m months later, the log grows by m times that of the rate, with
    m times its variance. For a counter it is the growth of its gains. Raises NothingToAnswer for less than three whole
    months, or where a month's mean is not above zero.
    """
    times_ms, values = usual_past(series, known or Annotations())
    age = (times_ms[-1] - times_ms) // MONTH_MS if times_ms.size else np.zeros(0, dtype=np.int64)
    whole = int(age.max()) if age.size else 0
    in_months = [(age == month) & np.isfinite(values) for month in range(whole - 1, -1, -1)]
    levels = np.array([values[known].mean() for known in in_months if known.any()])
    if levels.size < FEWEST_MONTHS:
        raise NothingToAnswer(f"{series.id}: growth from history needs {FEWEST_MONTHS} whole months of samples")
    if not (levels > 0.0).all():
        raise NothingToAnswer(f"{series.id}: growth from history needs values above zero")
    months = np.diff([times_ms[known].mean() / MONTH_MS for known in in_months if known.any()])
    logs = np.diff(np.log(levels))
    rate = logs.sum() / months.sum()
    scatter = (logs - rate * months) / np.sqrt(months)
    return PastGrowth(float(np.expm1(rate)), float(np.sqrt(scatter @ scatter / (logs.size - 1))), logs.size)


def usual_past(series: Series, known: Annotations) -> tuple[Times, Values]:
    """Return the samples that count, without the effect of events; of a counter, the gain in each step of its grid."""
    prepared = prepared_series(series, known, None) if series.kind is MetricKind.COUNTER and len(series) else None
    if prepared is None or not prepared.is_counter:
        kept = ordinary(series, known)
        return kept.times_ms, kept.values
    back = np.arange(1 - prepared.values.size, 1, dtype=np.int64)
    return prepared.step.after(prepared.end_ms, back), prepared.values

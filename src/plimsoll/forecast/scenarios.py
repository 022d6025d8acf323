"""What if demand grows by a stated course? Monthly rates laid on the forecast, or standing alone, as quantiles.

    factor(t) = prod_month (1 + r_month) over the time from the start,  log factor ~ N(., spread^2 x months)

With MULTIPLY a future is forecast x factor, with ADD forecast + level x (factor - 1), the level being the forecast's
first median; with a stated start the forecast is left out and a future is start x factor. Quantiles are taken over
seeded futures, so that the width of the forecast and that of the growth come together.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.forecast import Combination, Forecast, Scenario
from plimsoll.domain.series import Series, Times, Values

MONTH_MS = 30.4375 * 86_400_000.0
FUTURES = 2_000
FEWEST_MONTHS = 3


def with_scenario(forecast: Forecast, paths: NDArray[np.float64], scenario: Scenario, seed: int) -> Forecast:
    """Lay a scenario on a forecast; `paths` (paths, h) are its futures, whose number decides that of the growth's."""
    start_ms = int(2 * forecast.times_ms[0] - forecast.times_ms[1]) if forecast.times_ms.size > 1 else None
    factors = growth_factors(forecast.times_ms, start_ms, scenario, paths.shape[0], seed)
    if scenario.initial is not None:
        futures = scenario.initial * factors
    elif scenario.combination is Combination.ADD:
        futures = paths + np.median(paths[:, 0]) * (factors - 1.0)
    else:
        futures = paths * factors
    values = np.quantile(futures, forecast.levels, axis=0).T
    return replace(forecast, values=values, why="; ".join(part for part in (forecast.why, scenario.name) if part))


def growth_factors(
    times_ms: Times, start_ms: int | None, scenario: Scenario, count: int, seed: int
) -> NDArray[np.float64]:
    """Draw `count` courses of growth since `start_ms`, shape (count, h); without spread they are all the same."""
    months = (times_ms - (start_ms if start_ms is not None else times_ms[0])) / MONTH_MS
    middle = cumulated(scenario.monthly_rates, months)
    draw = np.random.default_rng(seed)
    gained = np.diff(months, prepend=0.0)
    noise = draw.standard_normal((count, months.size)) * np.sqrt(np.maximum(gained, 0.0))
    return np.asarray(np.exp(middle + scenario.spread * noise.cumsum(axis=1)))


def cumulated(monthly_rates: tuple[float, ...], months: Values) -> Values:
    """Answer the log of the growth after so many months; the last rate goes on.

    >>> np.exp(cumulated((0.1, 0.0), np.array([0.5, 1.0, 5.0]))).round(4).tolist()
    [1.0488, 1.1, 1.1]
    """
    logs = np.log1p(np.asarray(monthly_rates))
    marks = np.arange(logs.size + 1, dtype=np.float64)
    sums = np.concatenate([[0.0], np.cumsum(logs)])
    beyond = np.maximum(months - logs.size, 0.0) * logs[-1]
    return np.asarray(np.interp(months, marks, sums) + beyond)


def growth_of_history(series: Series) -> tuple[float, float]:
    """Measure the usual monthly rate of growth and its spread from the means of past months.

    Raises NothingToAnswer with less than three whole months, or where a month's mean is not above zero.
    """
    age = (series.times_ms[-1] - series.times_ms) // int(MONTH_MS) if len(series) else np.zeros(0, dtype=np.int64)
    whole = int(age.max()) if age.size else 0
    means = [series.values[age == month] for month in range(whole - 1, -1, -1)]
    levels = np.array([np.nanmean(part) if np.isfinite(part).any() else np.nan for part in means])
    if np.count_nonzero(np.isfinite(levels)) < FEWEST_MONTHS:
        raise NothingToAnswer(f"{series.id}: growth from history needs {FEWEST_MONTHS} whole months of samples")
    if not (levels[np.isfinite(levels)] > 0.0).all():
        raise NothingToAnswer(f"{series.id}: growth from history needs values above zero")
    logs = np.diff(np.log(levels[np.isfinite(levels)]))
    return float(np.expm1(logs.mean())), float(logs.std(ddof=1)) if logs.size > 1 else 0.0

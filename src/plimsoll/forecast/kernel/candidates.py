"""Which methods are tried? Their list, and one function a family that writes its paths.

`paths` has shape (origins, METHODS, h), `out` the part of one origin. Each method is closed form or one pass. Where a
method does not apply (no second season, values below zero) it repeats its nearest kin, so that the weights need no
special case.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.autoregression import autoregress, lags_for
from plimsoll.forecast.kernel.nature import Cube, Matrix, Nature, Places, Values
from plimsoll.forecast.kernel.sawtooth import falls_in, next_teeth
from plimsoll.forecast.kernel.seasonal import (
    additive_pattern,
    divide_pattern,
    multiplicative_pattern,
    phase_median,
    subtract_pattern,
)
from plimsoll.forecast.kernel.smoothing import damped_trend, smoothed_level
from plimsoll.forecast.kernel.trend import line_of, pace_of

METHOD_NAMES = (
    "naive",
    "seasonal naive",
    "mean of seasons",
    "median of seasons",
    "recent median",
    "pattern on mean",
    "pattern on slow level",
    "pattern on level",
    "pattern on fast level",
    "pattern on last value",
    "pattern, fading surprise 0.8",
    "pattern, fading surprise 0.95",
    "pattern, fading surprise 0.99",
    "pattern on slow damped trend",
    "pattern on fast damped trend",
    "pattern on theta line",
    "pattern on local line",
    "pattern on global line",
    "share of level",
    "share of fast level",
    "share of damped trend",
    "week naive",
    "week naive, level moved",
    "week pattern on level",
    "week pattern on last value",
    "week share of level",
    "pace of a horizon",
    "pace of four horizons",
    "pace of all",
    "half pace of a horizon",
    "slope of a horizon",
    "slope of two seasons",
    "autoregression",
    "autoregression, forgetting",
    "autoregression of changes",
    "year before, level moved",
    "saw tooth",
    "day of week level",
)
METHODS = len(METHOD_NAMES)
(
    NAIVE, SEASONAL_NAIVE, SEASON_MEAN, SEASON_MEDIAN, RECENT_MEDIAN,
    ON_MEAN, ON_SLOW, ON_LEVEL, ON_FAST, ON_LAST, FADING_8, FADING_95, FADING_99,
    ON_TREND, ON_FAST_TREND, ON_THETA, ON_LOCAL, ON_GLOBAL,
    SHARE_LEVEL, SHARE_FAST, SHARE_TREND,
    WEEK_NAIVE, WEEK_MOVED, WEEK_LEVEL, WEEK_LAST, WEEK_SHARE,
    PACE, PACE_4, PACE_ALL, PACE_HALF, SLOPE, SLOPE_2M,
    AUTO, AUTO_FORGETTING, AUTO_CHANGES, YEAR, SAW_TOOTH, DAY_LEVEL,
) = range(METHODS)  # fmt: skip

RIDGE, RIDGE_CHANGES = 1e-3, 3e-3
SEASONS_KEPT, WEEKS_KEPT = 8, 4


@njit(cache=True)
def naive_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Repeat: the last value, the last season, the mean or median of seasons, the recent median."""
    m, horizon = nature.m, nature.horizon
    seasons = max(1, min(4, origin // m))
    recent = np.median(y[max(0, origin - 7) : origin])
    for k in range(horizon):
        phase = k % m
        out[NAIVE, k] = y[origin - 1]
        out[SEASONAL_NAIVE, k] = y[max(0, origin - m + phase)]
        out[RECENT_MEDIAN, k] = recent
        if k >= m:
            out[SEASON_MEAN, k] = out[SEASON_MEAN, k - m]
            out[SEASON_MEDIAN, k] = out[SEASON_MEDIAN, k - m]
            continue
        total = 0.0
        for j in range(seasons):
            total += y[max(0, origin - (j + 1) * m + phase)]
        out[SEASON_MEAN, k] = total / seasons
        out[SEASON_MEDIAN, k] = phase_median(y, origin, m, phase, 7)


@njit(cache=True)
def pattern_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Lay the additive pattern on every way to carry the level on."""
    m, horizon = nature.m, nature.horizon
    pattern, tail = np.zeros(m), np.empty(origin)
    if m > 1:
        size = additive_pattern(y, origin, m, SEASONS_KEPT, 0.85, pattern) * m
    else:
        size = min(origin, max(100, 4 * horizon))
    subtract_pattern(y, origin, size, pattern, m, tail)
    slow, level = smoothed_level(tail, size, 0.05), smoothed_level(tail, size, 0.2)
    fast, last = smoothed_level(tail, size, 0.5), tail[size - 1]
    mean = tail[:size].mean()
    trend_level, trend = damped_trend(tail, size, 0.2, 0.1, 0.98)
    quick_level, quick = damped_trend(tail, size, 0.6, 0.2, 0.9)
    long_slope, _ = line_of(tail, 0, size)
    slope, end = line_of(tail, max(0, size - max(2 * m, 10)), size)
    sum_slow, power_slow, sum_quick, power_quick = 0.0, 1.0, 0.0, 1.0
    fading_8, fading_95, fading_99 = 1.0, 1.0, 1.0
    for k in range(horizon):
        shape = pattern[k % m]
        power_slow *= 0.98
        sum_slow += power_slow
        power_quick *= 0.9
        sum_quick += power_quick
        fading_8 *= 0.8
        fading_95 *= 0.95
        fading_99 *= 0.99
        out[ON_MEAN, k] = mean + shape
        out[ON_SLOW, k] = slow + shape
        out[ON_LEVEL, k] = level + shape
        out[ON_FAST, k] = fast + shape
        out[ON_LAST, k] = last + shape
        out[FADING_8, k] = slow + fading_8 * (last - slow) + shape
        out[FADING_95, k] = slow + fading_95 * (last - slow) + shape
        out[FADING_99, k] = slow + fading_99 * (last - slow) + shape
        out[ON_TREND, k] = trend_level + sum_slow * trend + shape
        out[ON_FAST_TREND, k] = quick_level + sum_quick * quick + shape
        out[ON_THETA, k] = level + 0.5 * long_slope * (k + 1) + shape
        out[ON_LOCAL, k] = end + slope * (k + 1) + shape
        out[ON_GLOBAL, k] = last + long_slope * (k + 1) + shape


@njit(cache=True)
def share_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Multiply a level by the season's share of it."""
    m, horizon = nature.m, nature.horizon
    if m == 1 or not nature.positive:
        out[SHARE_LEVEL], out[SHARE_FAST], out[SHARE_TREND] = out[ON_LEVEL], out[ON_FAST], out[ON_TREND]
        return
    pattern, tail = np.zeros(m), np.empty(origin)
    size = multiplicative_pattern(y, origin, m, SEASONS_KEPT, 0.85, pattern) * m
    divide_pattern(y, origin, size, pattern, m, tail)
    level, fast = smoothed_level(tail, size, 0.2), smoothed_level(tail, size, 0.5)
    trend_level, trend = damped_trend(tail, size, 0.2, 0.1, 0.98)
    total, power = 0.0, 1.0
    for k in range(horizon):
        power *= 0.98
        total += power
        share = pattern[k % m]
        out[SHARE_LEVEL, k] = level * share
        out[SHARE_FAST, k] = fast * share
        out[SHARE_TREND, k] = (trend_level + total * trend) * share


@njit(cache=True)
def week_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Do the same with the long season (the week of a day), where two of them are there."""
    m, long, horizon = nature.m, nature.long, nature.horizon
    if long <= m or origin < long + m:
        out[WEEK_NAIVE], out[WEEK_MOVED] = out[SEASONAL_NAIVE], out[SEASONAL_NAIVE]
        out[WEEK_LEVEL], out[WEEK_LAST], out[WEEK_SHARE] = out[ON_LEVEL], out[ON_LAST], out[SHARE_LEVEL]
        return
    pattern, tail = np.zeros(long), np.empty(origin)
    weeks = additive_pattern(y, origin, long, WEEKS_KEPT, 0.8, pattern)
    size = weeks * long
    subtract_pattern(y, origin, size, pattern, long, tail)
    level, last = smoothed_level(tail, size, 0.1), tail[size - 1]
    moved = y[origin - m : origin].mean() - y[origin - m - long : origin - long].mean()
    for k in range(horizon):
        shape = pattern[k % long]
        out[WEEK_NAIVE, k] = y[origin - long + k % long]
        out[WEEK_MOVED, k] = out[WEEK_NAIVE, k] + moved
        out[WEEK_LEVEL, k] = level + shape
        out[WEEK_LAST, k] = last + shape
    out[WEEK_SHARE] = out[WEEK_LEVEL]
    if nature.positive:
        multiplicative_pattern(y, origin, long, WEEKS_KEPT, 0.8, pattern)
        divide_pattern(y, origin, size, pattern, long, tail)
        level = smoothed_level(tail, size, 0.1)
        for k in range(horizon):
            out[WEEK_SHARE, k] = level * pattern[k % long]


@njit(cache=True)
def growth_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Go on from the last value at the pace or the slope of some past span."""
    m, horizon = nature.m, nature.horizon
    last = y[origin - 1]
    pace, pace_4 = pace_of(y, max(horizon, 8), origin), pace_of(y, max(4 * horizon, 8), origin)
    pace_all = pace_of(y, origin, origin)
    slope, _ = line_of(y, max(0, origin - max(horizon, 8)), origin)
    short, _ = line_of(y, max(0, origin - max(2 * m, 8)), origin)
    for k in range(horizon):
        out[PACE, k] = last + pace * (k + 1)
        out[PACE_4, k] = last + pace_4 * (k + 1)
        out[PACE_ALL, k] = last + pace_all * (k + 1)
        out[PACE_HALF, k] = last + 0.5 * pace * (k + 1)
        out[SLOPE, k] = last + slope * (k + 1)
        out[SLOPE_2M, k] = last + short * (k + 1)


@njit(cache=True)
def year_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Take what followed a year ago, moved to today's level."""
    m, year, horizon = nature.m, nature.year, nature.horizon
    span = max(2 * m, 4)
    if year <= m or origin < year + span:
        out[YEAR] = out[ON_LEVEL]
        return
    now, then = y[origin - span : origin].mean(), y[origin - span - year : origin - year].mean()
    for k in range(horizon):
        out[YEAR, k] = y[origin - year + k % year] + now - then


@njit(cache=True)
def autoregressive_family(y: Values, origins: Places, nature: Nature, paths: Cube) -> None:
    """Write the three autoregressions for all origins at once."""
    mean, deviation = y.mean(), max(y.std(), 1e-300)
    m, long, horizon = nature.m, nature.long, nature.horizon
    lags = lags_for(m, long, origins[0])
    part = np.empty((origins.size, horizon))
    x = (y - mean) / deviation
    autoregress(x, origins, lags, RIDGE, 1.0, part)
    paths[:, AUTO] = part * deviation + mean
    autoregress(x, origins, lags, RIDGE, 0.5 ** (1.0 / max(4.0 * max(m, long), 100.0)), part)
    paths[:, AUTO_FORGETTING] = part * deviation + mean
    change = np.zeros(y.size)
    change[1:] = np.diff(y)
    size = max(change.std(), 1e-300)
    autoregress(change / size, origins, lags, RIDGE_CHANGES, 1.0, part)
    for index in range(origins.size):
        level = y[origins[index] - 1]
        for k in range(horizon):
            level += part[index, k] * size
            paths[index, AUTO_CHANGES, k] = level


@njit(cache=True)
def saw_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Climb and fall on, where the past does."""
    out[SAW_TOOTH] = out[NAIVE]
    if nature.toothed:
        falls, climb = falls_in(y, origin)
        if falls.size:
            next_teeth(y, origin, falls, climb, out[SAW_TOOTH])


@njit(cache=True)
def day_level_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Let the season's shape stand and give each day of the week a level of its own.

    Needs far fewer weeks than a whole week pattern: seven levels instead of seven times a season.
    """
    m, long = nature.m, nature.long
    out[DAY_LEVEL] = out[ON_LEVEL]
    days = long // m if m > 1 else 0
    weeks = origin // long if long > m else 0
    if days < 2 or weeks < 2:
        return
    weeks = min(weeks, SEASONS_KEPT)
    pattern = np.zeros(m)
    additive_pattern(y, origin, m, SEASONS_KEPT, 0.85, pattern)
    levels = np.zeros(days)
    weight, total, mean = 1.0, 0.0, 0.0
    for w in range(weeks):
        first = origin - (w + 1) * long
        week = y[first : first + long].mean()
        for d in range(days):
            levels[d] += weight * (y[first + d * m : first + (d + 1) * m].mean() - week)
        mean += weight * week
        total += weight
        weight *= 0.6
    base = 0.5 * (mean / total + y[origin - long : origin].mean())
    for k in range(nature.horizon):
        out[DAY_LEVEL, k] = base + levels[(k // m) % days] / total + pattern[k % m]


@njit(cache=True)
def all_paths(y: Values, origins: Places, nature: Nature, paths: Cube) -> None:
    """Write the paths of every method from every one of the rising `origins`."""
    autoregressive_family(y, origins, nature, paths)
    for index in range(origins.size):
        origin, out = origins[index], paths[index]
        naive_family(y, origin, nature, out)
        pattern_family(y, origin, nature, out)
        share_family(y, origin, nature, out)
        week_family(y, origin, nature, out)
        growth_family(y, origin, nature, out)
        year_family(y, origin, nature, out)
        saw_family(y, origin, nature, out)
        day_level_family(y, origin, nature, out)

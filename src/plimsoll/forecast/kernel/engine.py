"""How is a series forecast from start to end? Repair, try, weigh and measure, for many series; the one compiled entry.

Series do not affect one another: the same series gives the same numbers bit for bit among any others, on any core.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.backtesting import backtest
from plimsoll.forecast.kernel.candidates import all_paths
from plimsoll.forecast.kernel.clean import bridge_gaps, repair
from plimsoll.forecast.kernel.compounding import compounds, exponentials_of
from plimsoll.forecast.kernel.methods import METHODS
from plimsoll.forecast.kernel.movement import follow_movement
from plimsoll.forecast.kernel.nature import Answer, Cube, Nature, Places, Values
from plimsoll.forecast.kernel.periods import own_period
from plimsoll.forecast.kernel.sawtooth import falls_in
from plimsoll.forecast.kernel.steady_growth import slopes_of_line
from plimsoll.forecast.kernel.sums import mean_of
from plimsoll.forecast.kernel.windows import least_for, rolling_origins, windows_that_count


def outlook_many(
    values: Values, truths: Values, offsets: Places, shapes: Places, periods: Places, answer: Answer
) -> None:
    """Forecast many series, `values[offsets[i]:offsets[i+1]]` each, into the rows of `answer`.

    `truths` are the values on which errors are measured: the same values, or NaN where a value was not read as such.
    `shapes` has one row a series: season, long season, year, and 1 for a counter's increments. At least one sample of
    each series must be known. Seasons that a series is too short for are dropped; where none is left, one of `periods`
    is looked for. Of growth that compounds the methods see the logarithms, and growth along a line they do not see.
    """
    horizon, longest = answer.center.shape[1], longest_of(periods)
    for i in range(offsets.size - 1):
        raw = values[offsets[i] : offsets[i + 1]]
        m = shapes[i, 0] if raw.size >= least_for(shapes[i, 0]) else 1
        is_sum = shapes[i, 3] == 1
        actual, cleaned = np.empty(raw.size), np.empty(raw.size)
        bridge_gaps(raw, m, cleaned)
        toothed = not is_sum and falls_in(cleaned, cleaned.size)[0].size > 0
        season = max(shapes[i, 0], shapes[i, 1], longest)
        repair(truths[offsets[i] : offsets[i + 1]], m, season, toothed, actual, cleaned)
        origins = rolling_origins(actual, horizon, m)
        long = own_period(cleaned, periods) if m == 1 else shapes[i, 1]
        long = long if origins[max(0, origins.size - 3)] >= long + m + 2 else 0  # in the newest two windows
        year = shapes[i, 2] if origins[0] >= shapes[i, 2] + 2 * m + 2 else 0
        paths = np.empty((origins.size, METHODS, horizon))
        in_logs = not toothed and compounds(cleaned, season, horizon)
        course = np.log(cleaned) if in_logs else cleaned
        positive = not in_logs and not has_negative(cleaned)
        slopes = np.zeros(origins.size) if toothed else slopes_of_line(course, origins, season, m, horizon, positive)
        counts = windows_that_count(origins, slopes, actual, horizon, is_sum)
        nature = Nature(m, long, year, horizon, positive, toothed, slopes, counts, np.ones(origins.size))
        all_paths(course, origins, nature, paths)
        for w in range(counts.size):
            if not counts[w] and slopes[w] == 0.0 and slopes[counts.size] != 0.0:
                paths[w] = np.nan  # without the line of today methods are not those of today
        answer.in_logarithms[i], answer.along_line[i] = in_logs, slopes[origins.size - 1] != 0.0
        if in_logs:
            exponentials_of(course, origins, paths)
            slopes[:] = 0.0  # the errors are measured in other units than the line
        if is_sum:
            for index in range(origins.size):
                slopes[index] = mean_of(cleaned, 0, origins[index])
            sum_increments(cleaned, origins, actual, paths)
        ordinary = actual if is_sum else np.where(np.isnan(actual), np.nan, cleaned)
        follow_movement(ordinary, origins, 0 if i < answer.errors.shape[0] else origins.size - 1, nature)
        backtest(origins, paths, actual, nature, answer, i)


def longest_of(periods: Places) -> int:
    """Return the longest of some periods; 0 where there is none."""
    longest = 0
    for period in periods:
        longest = max(longest, period)
    return longest


def has_negative(y: Values) -> bool:
    """Whether any value is below zero."""
    lowest = 0.0
    for value in y:
        lowest = min(lowest, value)
    return lowest < 0.0


def sum_increments(cleaned: Values, origins: Places, actual: Values, paths: Cube) -> None:
    """Sum a counter's increments in place: each path from its start, and `actual` so that the last sample is 0."""
    total = np.empty(cleaned.size)
    level = 0.0
    for i in range(cleaned.size - 1, -1, -1):
        total[i] = level
        level -= cleaned[i]
    for index in range(origins.size):
        for c in range(METHODS):
            level = total[origins[index] - 1]
            for k in range(paths.shape[2]):
                level += max(paths[index, c, k], 0.0)
                paths[index, c, k] = level
    for i in range(cleaned.size):
        actual[i] = np.nan if np.isnan(actual[i]) else total[i]

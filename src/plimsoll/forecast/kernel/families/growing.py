"""What if it goes on growing as it did recently, or as it did a year ago?"""

from __future__ import annotations

from plimsoll.forecast.kernel.methods import ON_LEVEL, PACE, PACE_4, PACE_ALL, PACE_HALF, SLOPE, SLOPE_2M, YEAR
from plimsoll.forecast.kernel.nature import Matrix, Nature, Values
from plimsoll.forecast.kernel.sums import mean_of
from plimsoll.forecast.kernel.trend import line_of, pace_of


def growth_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Continue from the last value at the pace or slope of some past span."""
    m, horizon = nature.m, nature.horizon
    last = y[origin - 1]
    pace, pace_4 = pace_of(y, max(horizon, 8), origin), pace_of(y, max(4 * horizon, 8), origin)
    pace_all = pace_of(y, origin, origin)
    slope, _ = line_of(y, max(0, origin - max(horizon, 8)), origin)
    short, _ = line_of(y, max(0, origin - max(2 * m, 8)), origin)
    for k in range(horizon):
        ahead = k + 1.0
        out[PACE, k] = last + pace * ahead
        out[PACE_4, k] = last + pace_4 * ahead
        out[PACE_ALL, k] = last + pace_all * ahead
        out[PACE_HALF, k] = last + 0.5 * pace * ahead
        out[SLOPE, k] = last + slope * ahead
        out[SLOPE_2M, k] = last + short * ahead


def year_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Repeat what followed a year ago, moved to today's level."""
    m, year, horizon = nature.m, nature.year, nature.horizon
    span = max(2 * m, 4)
    if year <= m or origin < year + span:
        for k in range(horizon):
            out[YEAR, k] = out[ON_LEVEL, k]
        return
    moved = mean_of(y, origin - span, origin) - mean_of(y, origin - span - year, origin - year)
    for k in range(horizon):
        out[YEAR, k] = y[origin - year + k % year] + moved

"""How fast has a series grown, by a plain line or parabola through the past, and how much variance does that explain?

    linear       y(t) = a + b t               ordinary least squares, t in days before the last sample
    quadratic    y(t) = a + b t + c t^2
    R squared    1 - (sum of squared residuals) / (sum of squared deviations from the mean)
    slope error  s / sqrt(sum of (t - mean t)^2),  s^2 = residual sum of squares / (n - 2)

Growth is the slope of the line; for a parabola, its slope at the last sample. A month is 30 days, a year 365. These are
plain trends, as in a spreadsheet, not a forecast with a measured error (`plimsoll forecast`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.domain.pattern import PlainTrend
from plimsoll.domain.series import Series
from plimsoll.domain.time_spans import DAY_MS

SPANS_DAYS = {"day": 1.0, "month": 30.0, "year": 365.0}
_DEGREES = {"linear": 1, "quadratic": 2}


def plain_trends(series: Series, models: Sequence[str], growth_per: Sequence[str]) -> tuple[PlainTrend, ...]:
    """Fit each of `models` (linear, quadratic) to a series; a model is left out if there are too few values."""
    return tuple(trend for name in models if (trend := plain_trend(series, name, growth_per)) is not None)


def plain_trend(series: Series, model: str, growth_per: Sequence[str] = ("month",)) -> PlainTrend | None:
    """Fit one plain trend; None where there are no more values than coefficients, or all are at one time."""
    finite = np.isfinite(series.values)
    values = series.values[finite]
    days = (series.times_ms[finite] - series.times_ms[finite][-1:]) / DAY_MS
    degree = _DEGREES[model]
    if values.size <= degree + 1 or np.unique(days).size <= degree:
        return None
    coefficients = np.polyfit(days, values - values[-1], degree)  # less rounding error, and none for a constant series
    coefficients[-1] += values[-1]
    residuals = values - np.polyval(coefficients, days)
    slope, last = float(coefficients[-2]), float(coefficients[-1])
    spread = float(((values - values.mean()) ** 2).sum()) if np.ptp(values) > 0 else 0.0
    explained = float(residuals @ residuals)
    center = float(((days - days.mean()) ** 2).sum())
    return PlainTrend(
        model=model,
        last=last,
        growth={span: slope * SPANS_DAYS[span] for span in growth_per},
        slope_per_day=slope,
        slope_error_per_day=float(np.sqrt(explained / (values.size - degree - 1) / center)) if degree == 1 else None,
        r_squared=1.0 - explained / spread if spread > 0 else None,
        samples=int(values.size),
        span_days=float(days[-1] - days[0]),
    )

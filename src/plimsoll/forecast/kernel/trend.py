"""How steep is it? Least-squares lines over the newest samples, in one pass."""

from __future__ import annotations

from plimsoll.forecast.kernel.nature import Values
from plimsoll.forecast.kernel.sums import mean_of


def line_of(x: Values, first: int, end: int) -> tuple[float, float]:
    """Fit a line to `x[first:end]`; return its slope a step and its value at the last sample."""
    size = end - first
    if size < 2:
        return 0.0, x[end - 1]
    middle = (size - 1) / 2.0
    mean = mean_of(x, first, end)
    product = 0.0
    for i in range(size):
        product += (i - middle) * (x[first + i] - mean)
    slope = product / (size * (size * size - 1.0) / 12.0)
    return slope, mean + slope * middle


def pace_of(x: Values, span: int, end: int) -> float:
    """Return the mean change a step over the last `span` steps before `end`; only the two ends count."""
    reach = min(span, end - 1)
    return float((x[end - 1] - x[end - 1 - reach]) / reach) if reach > 0 else 0.0

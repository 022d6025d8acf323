"""What was seen that speaks for one remedy rather than another? Facts by name, each from series or readings.

`memory_rises`: the median of pairwise slopes of memory (Sen 1968) is positive and its rise over the window is more
than a tenth of the mean, while demand over the same window rose by less than half of that share. A short window, or
a demand that is not known, gives no fact: advice that needs it is then not given.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from plimsoll.domain.series import Series, Values

MIN_SAMPLES = 12
_MOST_POINTS = 200
_RISE_RATIO = 0.1


def memory_rises(memory: Series, demands: Iterable[Series]) -> bool:
    """Tell whether memory rises over its span while no demand does; with no demand known, it does not tell."""
    risen = relative_rise(memory)
    asked = [rise for one in demands if (rise := relative_rise(one)) is not None]
    return risen is not None and risen > _RISE_RATIO and bool(asked) and max(asked) < risen / 2


def relative_rise(series: Series) -> float | None:
    """Measure the rise over the span of a series, as a share of its mean; None where that cannot be told."""
    finite = np.isfinite(series.values)
    times, values = series.times_ms[finite].astype(np.float64), series.values[finite]
    if values.size < MIN_SAMPLES or not values.mean() > 0:
        return None
    pick = np.unique(np.linspace(0, values.size - 1, min(values.size, _MOST_POINTS)).astype(int))
    return _median_slope(times[pick], values[pick]) * float(times[-1] - times[0]) / float(values.mean())


def _median_slope(times: Values, values: Values) -> float:
    first, second = np.triu_indices(times.size, k=1)
    return float(np.median((values[second] - values[first]) / (times[second] - times[first])))

"""Which observations support one remedy over another? Facts by name, each derived from series or readings.

`memory_rises`: the median of pairwise slopes of memory (Sen 1968) is positive and its rise over the window is more than
a tenth of the mean, while demand over the same window rose by less than half of that share. A short window or an
unknown demand gives no fact, so advice that needs it is not given.

`connections_idle`: of the connections counted by state, more than half are idle now. `sequential_scans`: the largest
table is read more often by sequential scan than by index. `database_slow`: a latency of the database is past a level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from plimsoll.assess.bottlenecks import passed
from plimsoll.domain.assessment import Resource
from plimsoll.domain.observation import Value
from plimsoll.domain.series import Series, SeriesId, Values

MIN_SAMPLES = 12
_MOST_POINTS = 200
_RISE_RATIO = 0.1
_MOST = 0.5


def memory_rises(memory: Series, demands: Iterable[Series]) -> bool:
    """Tell whether memory rises over its span while no demand does; False if no demand is known."""
    risen = relative_rise(memory)
    rises = [rise for one in demands if (rise := relative_rise(one)) is not None]
    return risen is not None and risen > _RISE_RATIO and bool(rises) and max(rises) < risen / 2


def relative_rise(series: Series) -> float | None:
    """Measure the rise over the span of a series, as a share of its mean; None where that is not defined."""
    finite = np.isfinite(series.values)
    times, values = series.times_ms[finite].astype(np.float64), series.values[finite]
    if values.size < MIN_SAMPLES or not values.mean() > 0:
        return None
    chosen = np.unique(np.linspace(0, values.size - 1, min(values.size, _MOST_POINTS)).astype(int))
    return _median_slope(times[chosen], values[chosen]) * float(times[-1] - times[0]) / float(values.mean())


def connections_idle(now: Mapping[SeriesId, float]) -> bool:
    """Tell whether most of the connections that are counted by state are idle, in a transaction or out of one."""
    counted = {key: value for key, value in now.items() if "connection" in key.name and "state" in key.label_map}
    idle = sum(value for key, value in counted.items() if key.label_map["state"].startswith("idle"))
    return idle > _MOST * sum(counted.values())


def sequential_scans(now: Mapping[SeriesId, float]) -> bool:
    """Tell whether most reads of the largest table that was measured are sequential scans."""
    sizes = {key.labels: value for key, value in now.items() if key.name.endswith("table_bytes")}
    largest = max(sizes, key=lambda labels: sizes[labels], default=None)
    shares = {key.labels: value for key, value in now.items() if key.name.endswith("sequential_scan_ratio")}
    return largest is not None and shares.get(largest, 0.0) > _MOST


def database_slow(resources: Iterable[Resource]) -> bool:
    """Tell whether a latency of the database is past a level of its own."""
    return any(
        {"database", "latency"} <= set(one.topics)
        and isinstance(one.reading, Value)
        and passed(one, one.reading.value) is not None
        for one in resources
    )


def _median_slope(times: Values, values: Values) -> float:
    first, second = np.triu_indices(times.size, k=1)
    return float(np.median((values[second] - values[first]) / (times[second] - times[first])))

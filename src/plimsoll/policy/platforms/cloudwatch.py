"""Is a CloudWatch alarm in the state ALARM? It is if enough of the latest data points breach; gaps do not count.

Source: Amazon CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" (treatment `missing`, the
default) and "Alarm evaluation". The alarm looks at more points than its evaluation periods (five for three):

    as many real points as evaluation periods:  the latest of them count, `needed` must breach
    fewer:                                      ALARM where the oldest breaching one is `needed` periods old or older
                                                and everything after it breaches or is missing
    none:                                       no ALARM
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from plimsoll.policy.platforms.ledger import Numbers

FURTHER = 2  # points that an alarm looks at beyond its evaluation periods


def data_points(
    found: Numbers, name: str, periods: int, value: float | None, clock: tuple[float, float]
) -> list[float]:
    """Keep the points an alarm looks at (NaN: missing); `clock` is the time and the period in seconds.

    A look within a period replaces that period's point; a clock that was set back begins another.
    """
    now_s, period_s = clock
    times, points = found.get(f"times {name}", []), found.get(f"points {name}", [])
    point = math.nan if value is None else value
    if times and 0 <= now_s - times[-1] < period_s:
        points = [*points[:-1], point]
    else:
        times, points = [*times, now_s], [*points, point]
    found[f"times {name}"], found[f"points {name}"] = times[-periods - FURTHER :], points[-periods - FURTHER :]
    return found[f"points {name}"]


def in_alarm(points: Sequence[float], periods: int, needed: int, breaches: Callable[[float], bool]) -> bool:
    """Judge an alarm over its data points.

    >>> nan = math.nan
    >>> [in_alarm(row, 3, 3, lambda x: x > 0) for row in ([1, 1, nan, 1], [0, 1, nan, 1], [nan, 1, nan, nan], [nan, 1])]
    [True, False, True, False]
    """
    real = [point for point in points if not math.isnan(point)]
    if len(real) >= periods:
        return sum(breaches(point) for point in real[-periods:]) >= needed
    recent = points[-periods:]
    oldest = next((i for i, point in enumerate(recent) if breaches(point)), None)
    if oldest is None or len(recent) - oldest < needed:
        return False
    return all(math.isnan(point) or breaches(point) for point in recent[oldest:])

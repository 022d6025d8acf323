"""What should be tested next, so that `cannot tell` becomes an answer? Which loads, and for how long.

A step has to last until its statistic settles: a quantile q needs about 20 requests beyond it, so 20 / (1 - q)
requests, and a minute at least.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plimsoll.domain.load_line import LoadLine, NextTest, ObjectiveLimit, Peak, PeakState
from plimsoll.domain.load_test import Steps

_FEWEST_LOADS = 7
_BEYOND = 20
_SHORTEST_S = 60.0
_WIDE = 0.5


def next_test(
    steps: Steps, peak: Peak, line: LoadLine | None, limits: Sequence[ObjectiveLimit], quantile: float | None
) -> NextTest | None:
    """Propose the next test; None where the line stands within its tested range and is narrow."""
    low, high = float(np.min(steps.load)), float(np.max(steps.load))
    step_s = _step_s(steps, quantile)
    if np.unique(steps.load).size < _FEWEST_LOADS:
        why = f"{np.unique(steps.load).size} different loads were tested; a curve with its interval needs about seven"
        return NextTest(_stairs(max(low / 2, 1.0) if low > 1 else low, high * 1.5, _FEWEST_LOADS), step_s, why)
    if any(limit.state == "never_met" for limit in limits):
        return NextTest(_stairs(low / 8, low, 6), step_s, "an objective is broken at the lowest tested load")
    if line is not None and line.beyond_tested:
        return NextTest(_stairs(high * 1.25, high * 2.5, 5), step_s, "every objective still holds at the highest load")
    if line is not None and line.load is not None:
        return _around(line, high, step_s)
    if peak.state is not PeakState.IDENTIFIED:
        return NextTest(_stairs(high * 1.25, high * 2.5, 5), step_s, "no peak shows within the tested loads")
    return None


def _around(line: LoadLine, high: float, step_s: float) -> NextTest | None:
    load = line.load
    if load is None or load.low is None:
        return None
    upper = load.high if load.high is not None else high * 1.5
    if upper - load.low <= _WIDE * load.value:
        return None
    loads = _stairs(max(load.low, load.value / 2), max(upper, load.value * 1.2), 5)
    return NextTest(loads, step_s, "the interval of the load line is wide: more steps around it narrow it")


def _stairs(low: float, high: float, count: int) -> tuple[float, ...]:
    values = np.linspace(low, high, count)
    digits = 0 if high >= 10 * count else 1
    return tuple(dict.fromkeys(round(float(value), digits) for value in values))


def _step_s(steps: Steps, quantile: float | None) -> float:
    if quantile is None or steps.throughput is None or not np.any(steps.throughput > 0):
        return _SHORTEST_S
    slowest = float(np.min(steps.throughput[steps.throughput > 0]))
    return float(max(_SHORTEST_S, 10 * math.ceil(_BEYOND / (1 - quantile) / slowest / 10)))

"""What should be tested next, so that `cannot tell` becomes an answer? Which loads, and for how long.

A step has to last until its statistic settles: a quantile q needs about 20 requests beyond it, so 20 / (1 - q)
requests, and a minute at least.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from plimsoll.capacity.choice import Choice
from plimsoll.capacity.columns import column_of, is_measured
from plimsoll.capacity.fit import PointFit
from plimsoll.capacity.model import Values
from plimsoll.domain.load_line import LoadLine, NextTest, ObjectiveLimit, Peak, PeakState
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import Objective

_FEWEST_LOADS = 7
_BEYOND = 20
_SHORTEST_S = 60.0
_WIDE = 0.5
_MORE = 3  # steps: with so many more at seven, intervals hold 95 %
_LEVEL = 1.05  # times the least throughput of the upper half of the loads
_RISES = 1.2  # times the throughput of the lowest load: less than that is a flat curve


def next_test(
    steps: Steps,
    peak: Peak,
    line: LoadLine | None,
    limits: Sequence[ObjectiveLimit],
    objectives: Sequence[Objective],
    choices: Sequence[Choice] = (),
) -> NextTest | None:
    """Propose the next test; None where the line stands in its tested range, is narrow, and holds what it should."""
    low, high = float(np.min(steps.load)), float(np.max(steps.load))
    step_s = _step_s(steps, max((one.quantile for one in objectives if one.quantile is not None), default=None))
    loads = np.unique(steps.load)
    missing = dict.fromkeys(one.name for one in objectives if not is_measured(steps, one))
    if loads.size < _FEWEST_LOADS:
        why = f"{loads.size} different loads were tested; a curve with its interval needs about seven"
        return NextTest(_stairs(max(low / 2, 1.0) if low > 1 else low, high * 1.5, _FEWEST_LOADS), step_s, why)
    if any(limit.state == "never_met" for limit in limits):
        return NextTest(_stairs(low / 8, low, 6), step_s, "an objective is broken at the lowest tested load")
    if missing:
        return NextTest(_stairs(low, high, _FEWEST_LOADS), step_s, f"the file lacks {', '.join(missing)}: record it")
    if line is not None and line.at_least is not None and line.at_least < high:
        why = f"past {line.at_least:g} not all that is bounded was measured: record it there"
        return NextTest(_stairs(line.at_least, high, 5), step_s, why)
    if line is not None and line.beyond_tested:
        return NextTest(_stairs(high * 1.25, high * 2.5, 5), step_s, "every objective still holds at the highest load")
    found = _around(line, high, step_s) if line is not None and line.load else _for_a_peak(steps, peak, step_s)
    asked = _stopping(steps, limits, objectives)
    scatter = (_for_scatter(choice, step_s) for choice in choices if choice.quantity.name in asked)
    return found or next((test for test in scatter if test is not None), None)


def _stopping(steps: Steps, limits: Sequence[ObjectiveLimit], objectives: Sequence[Objective]) -> set[str]:
    """Name the quantities that the answer rests on: throughput, and what stops the load within the test."""
    stopped = {limit.objective for limit in limits if limit.state == "identified"}
    columns = (column_of(steps, one) for one in objectives if one.text in stopped)
    return {"throughput", *(column[0].name for column in columns if not isinstance(column, str))}


def _for_a_peak(steps: Steps, peak: Peak, step_s: float) -> NextTest | None:
    """Propose where a peak may be; None for arrivals, which have none: there an objective is what is missing."""
    if peak.state is PeakState.IDENTIFIED or steps.load_unit is LoadUnit.ARRIVALS_PER_S or steps.throughput is None:
        return None
    low, high = float(np.min(steps.load)), float(np.max(steps.load))
    first, most = steps.throughput[int(np.argmin(steps.load))], np.nanmax(steps.throughput)
    if most <= _RISES * first:
        why = "throughput hardly rises from the lowest tested load on, so it is full there"
        return NextTest(_stairs(min(1.0, low), low, 6), step_s, why) if low > 1 else None
    if most <= _LEVEL * np.nanmin(steps.throughput[steps.load >= (low + high) / 2]):
        return None  # it has leveled off: more load shows what an objective says of it, and no peak
    return NextTest(_stairs(high * 1.25, high * 2.5, 5), step_s, "no peak shows within the tested loads")


def _for_scatter(choice: Choice, step_s: float) -> NextTest | None:
    """Propose steps where the chosen curve's intervals cannot hold 95 %, see docs/decisions/0030."""
    fit = choice.chosen.fit if choice.chosen is not None else None
    if fit is None or all(one.coverage is None for one in fit.parameters().values()):
        return None
    loads = _stairs(*_untold(choice.load, fit.point), _MORE + 2)[1:-1]
    if not loads:
        return None
    why = f"{choice.quantity.name}: too few steps there to tell how scatter grows, so intervals do not hold 95 %"
    return NextTest(loads, step_s, why)


def _untold(load: Values, point: PointFit) -> tuple[float, float]:
    """Find between which loads steps would tell best how scatter grows.

    On the side of a knee where least is measured; else beside the step on which the curve hangs most, by its leverage.
    """
    ends = float(np.min(load)), float(np.max(load))
    if (knee := dict(point.model.fixed).get("knee")) is not None:
        left, right = (float(np.mean(point.predict(np.array(side)))) for side in ((ends[0], knee), (knee, ends[1])))
        return (ends[0], knee) if left <= right else (knee, ends[1])
    plane = np.linalg.qr(point.optimum.slopes)[0]
    tested, step = np.unique(load), float(load[np.argmax(np.sum(plane**2, axis=1))])
    gaps = [(a, b) for a, b in itertools.pairwise(tested.tolist()) if step in (a, b)]
    return max(gaps, key=lambda gap: gap[1] - gap[0], default=ends)


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

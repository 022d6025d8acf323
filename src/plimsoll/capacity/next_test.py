"""What should be tested next, so that `cannot tell` becomes an answer? Which loads, and for how long.

A step has to last until its statistic is stable: a quantile q needs about 20 requests beyond it, so 20 / (1 - q)
requests at the lowest of the loads, and at least a minute.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.choice import Choice
from plimsoll.capacity.columns import column_of, is_measured
from plimsoll.capacity.fit import PointFit
from plimsoll.capacity.model import Values
from plimsoll.capacity.stairs import are_whole, stairs
from plimsoll.domain.load_line import LoadLine, NextTest, ObjectiveLimit, Peak, PeakState
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import Objective

_FEWEST_LOADS = 7
_BEYOND = 20
_SHORTEST_S = 60.0
_WIDE = 0.5
_MORE = 3  # steps: added to seven, so many bring intervals to 95 % coverage
_LEVEL = 1.05  # times the least throughput of the upper half of the loads: less is a plateau
_RISES = 1.2  # times the throughput of the lowest load: less is a flat curve


def next_test(
    steps: Steps,
    peak: Peak,
    line: LoadLine | None,
    limits: Sequence[ObjectiveLimit],
    objectives: Sequence[Objective],
    choices: Sequence[Choice] = (),
) -> NextTest | None:
    """Propose the next test; None where the line lies in its tested range, is narrow and has its coverage."""
    high, loads = float(np.max(steps.load)), np.unique(steps.load[steps.load > 0])
    low = float(loads[0])
    quantiles = [one.quantile for one in objectives if one.quantile is not None]
    proposer = _Proposer(steps, max(quantiles, default=None))
    missing = dict.fromkeys(objective.name for objective in objectives if not is_measured(steps, objective))
    if loads.size < _FEWEST_LOADS:
        why = f"{loads.size} different loads were tested; a curve with its interval needs about seven"
        return proposer.stairs(low / 2, max(high * 1.5, _FEWEST_LOADS if proposer.whole else 0.0), _FEWEST_LOADS, why)
    if any(limit.state == "never_met" for limit in limits):
        return proposer.lower(low, "an objective is broken at the lowest tested load")
    if missing:
        return proposer.stairs(low, high, _FEWEST_LOADS, f"the file lacks {', '.join(missing)}: record it")
    if line is not None and line.at_least is not None and line.at_least < high:
        why = f"past {line.at_least:g} not every quantity with an objective was measured: record them all there"
        return proposer.stairs(line.at_least, high, 5, why)
    if line is not None and line.beyond_tested:
        return proposer.stairs(high * 1.25, high * 2.5, 5, "every objective still holds at the highest load")
    proposed = _around(line, high, proposer) if line is not None and line.load else _for_a_peak(peak, proposer)
    binding = _binding_quantities(steps, limits, objectives)
    scatter = (_for_noise_shape(choice, proposer) for choice in choices if choice.quantity.name in binding)
    return proposed or next((test for test in scatter if test is not None), None)


@dataclass(frozen=True, eq=False)
class _Proposer:
    """Proposes tests after these steps; `quantile` is the highest one that an objective bounds."""

    steps: Steps
    quantile: float | None

    @property
    def whole(self) -> bool:
        """Whether loads are whole numbers of users."""
        return are_whole(self.steps)

    def stairs(self, low: float, high: float, count: int, why: str) -> NextTest:
        """Propose `count` loads from `low` to `high`."""
        return self.of(stairs(low, high, count, self.whole), why)

    def lower(self, low: float, why: str) -> NextTest | None:
        """Propose loads up to the lowest that was tested; None below one user."""
        return None if self.whole and low <= 1 else self.stairs(low / 8, low, 6, why)

    def of(self, loads: tuple[float, ...], why: str) -> NextTest:
        """Propose these loads, each for as long as the lowest of them needs."""
        return NextTest(loads, self._step_s(loads[0]), why)

    def _step_s(self, load: float) -> float:
        throughput = self.steps.throughput
        if self.quantile is None or throughput is None or not np.any(throughput > 0):
            return _SHORTEST_S
        served = throughput > 0
        rate = float(np.interp(load, [0.0, *self.steps.load[served]], [0.0, *throughput[served]]))
        return float(max(_SHORTEST_S, 10 * math.ceil(_BEYOND / (1 - self.quantile) / rate / 10)))


def _binding_quantities(steps: Steps, limits: Sequence[ObjectiveLimit], objectives: Sequence[Objective]) -> set[str]:
    """Name the quantities on which the answer rests: throughput, and what stops the load within the test."""
    stopped = {limit.objective for limit in limits if limit.state == "identified"}
    columns = (column_of(steps, one) for one in objectives if one.text in stopped)
    return {"throughput", *(column[0].name for column in columns if not isinstance(column, str))}


def _for_a_peak(peak: Peak, proposer: _Proposer) -> NextTest | None:
    """Propose loads where a peak may be; None for arrivals, which have none: there an objective is missing."""
    steps = proposer.steps
    if peak.state is PeakState.IDENTIFIED or steps.load_unit is LoadUnit.ARRIVALS_PER_S or steps.throughput is None:
        return None
    low, high = float(np.min(steps.load)), float(np.max(steps.load))
    first, most = steps.throughput[int(np.argmin(steps.load))], np.nanmax(steps.throughput)
    if most <= _RISES * first:
        return proposer.lower(low, "throughput hardly rises above the lowest tested load, so it is saturated there")
    if most <= _LEVEL * np.nanmin(steps.throughput[steps.load >= (low + high) / 2]):
        return None  # throughput has leveled off: more load would show no peak
    return proposer.stairs(high * 1.25, high * 2.5, 5, "no peak shows within the tested loads")


def _for_noise_shape(choice: Choice, proposer: _Proposer) -> NextTest | None:
    """Propose steps where intervals of the chosen curve cannot reach 95 % coverage, see docs/decisions/0030."""
    fit = choice.chosen.fit if choice.chosen is not None else None
    if fit is None or all(one.coverage is None for one in fit.parameters().values()):
        return None
    low, high = _most_informative_range(choice.load, fit.point)
    loads = tuple(load for load in stairs(low, high, _MORE + 2, proposer.whole) if low < load < high)
    if not loads:
        return None
    why = f"{choice.quantity.name}: too few steps there to estimate how noise grows, so intervals cover less than 95 %"
    return proposer.of(loads, why)


def _most_informative_range(load: Values, point: PointFit) -> tuple[float, float]:
    """Find the range of loads in which further steps would best show how noise grows.

    That is the side of a knee with the smaller predictions; without a knee, beside the step of most leverage.
    """
    ends = float(np.min(load)), float(np.max(load))
    if (knee := dict(point.model.fixed).get("knee")) is not None:
        left, right = (float(np.mean(point.predict(np.array(side)))) for side in ((ends[0], knee), (knee, ends[1])))
        return (ends[0], knee) if left <= right else (knee, ends[1])
    plane = np.linalg.qr(point.optimum.slopes)[0]
    tested, step = np.unique(load), float(load[np.argmax(np.sum(plane**2, axis=1))])
    gaps = [(a, b) for a, b in itertools.pairwise(tested.tolist()) if step in (a, b)]
    return max(gaps, key=lambda gap: gap[1] - gap[0], default=ends)


def _around(line: LoadLine, high: float, proposer: _Proposer) -> NextTest | None:
    load = line.load
    if load is None or load.low is None:
        return None
    upper = load.high if load.high is not None else high * 1.5
    if upper - load.low <= _WIDE * load.value:
        return None
    why = "the interval of the load line is wide: more steps around it narrow it"
    return proposer.stairs(max(load.low, load.value / 2), max(upper, load.value * 1.2), 5, why)

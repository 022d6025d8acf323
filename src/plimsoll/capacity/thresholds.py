"""Which loads are optimal, worrying, critical and too much, by rules that a team has written down?

Marks are read off measured steps: the step with the most throughput per latency, or the first step at which any of
several bounds is passed. Scaling loads are shares of marks; replicas are ceil(load / mark) plus a buffer. Where a value
is unknown, or was set aside, no mark is read. Marks that come out in the wrong order contradict each other. Both cases
are noted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from plimsoll.capacity.columns import any_latency, column_of
from plimsoll.capacity.model import Values
from plimsoll.domain.load_line import InstancePlan, Thresholds
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import Objective

MARKS = ("optimal", "warning", "critical", "maximum")
SHARES = ("scale_out", "scale_in", "emergency")
_ORDERS = (MARKS, ("scale_in", "scale_out", "emergency"))


@dataclass(frozen=True)
class Share:
    """A load that is a share of a mark."""

    of: str
    times: float


@dataclass(frozen=True)
class InstanceRule:
    """Replicas: ceil(load / mark `per`), plus the greater of `buffer_ratio` times that and `buffer_at_least`."""

    per: str
    buffer_ratio: float
    buffer_at_least: int


@dataclass(frozen=True)
class Rules:
    """The content of a rules file: bounds for each mark, any of which suffices; None means the most power."""

    name: str
    marks: Mapping[str, tuple[Objective, ...] | None]
    shares: Mapping[str, Share]
    instances: InstanceRule


def thresholds(steps: Steps, rules: Rules) -> tuple[Thresholds, tuple[str, ...]]:
    """Read all marks and shares off the steps; the notes name bounds that match no column, and contradictions."""
    notes: list[str] = []
    marks = {
        name: _most_power(steps, notes) if bounds is None else _first_step(steps, bounds, name, notes)
        for name, bounds in rules.marks.items()
    }
    shares = {name: _share(marks, share) for name, share in rules.shares.items()}
    loads = {name: {**marks, **shares}.get(name) for name in (*MARKS, *SHARES)}
    return Thresholds(**loads), tuple(dict.fromkeys([*notes, *_contradictions(loads)]))


def _contradictions(loads: Mapping[str, float | None]) -> list[str]:
    """Name loads whose order contradicts their names."""
    pairs = [[(name, load) for name in order if (load := loads[name]) is not None] for order in _ORDERS]
    return [
        f"rules: {first.replace('_', ' ')} ({low:g}) lies above {second.replace('_', ' ')} ({high:g}): by these steps "
        "the rules contradict each other, and neither is to be relied on"
        for order in pairs
        for (first, low), (second, high) in pairwise(order)
        if low > high
    ]


def instances(load: float, marks: Thresholds, rule: InstanceRule) -> InstancePlan | None:
    """Count the replicas for a load; None where the mark they are counted by was not found.

    >>> marks = Thresholds(50.0, None, None, None, None, None, None)
    >>> plan = instances(1000, marks, InstanceRule("optimal", 0.2, 1))
    >>> plan.needed, plan.with_buffer
    (20, 24)
    """
    per = getattr(marks, rule.per)
    if per is None or per <= 0:
        return None
    needed = max(math.ceil(load / per - 1e-9), 1)
    buffer = max(rule.buffer_at_least, math.ceil(needed * rule.buffer_ratio - 1e-9))
    return InstancePlan(load, needed, needed + buffer)


def power(steps: Steps) -> Values | None:
    """Compute throughput per latency at each step (L. Kleinrock's power, ICC 1979), (n,); None where it is unknown.

    An arrival rate stands in for throughput. Where users have no latency, Little's law gives it: load / throughput.
    """
    arrivals = steps.load_unit is LoadUnit.ARRIVALS_PER_S
    throughput = steps.load if steps.throughput is None and arrivals else steps.throughput
    latency = any_latency(steps)
    if throughput is None or (latency is None and arrivals):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Values = throughput / (steps.load / throughput if latency is None else latency[1])
    return np.where(np.isfinite(ratio), ratio, np.nan)


def _most_power(steps: Steps, notes: list[str]) -> float | None:
    """Find the load of the most throughput per latency."""
    powers = power(steps)
    if powers is None:
        lacks = "latency" if steps.load_unit is LoadUnit.ARRIVALS_PER_S else "throughput"
        notes.append(f"rules: no {lacks} was measured, so there is no optimal load")
        return None
    if any_latency(steps) is None:
        stand_in = "load / throughput stands in for it (Little's law), think time included"
        notes.append(f"rules: no latency was measured; {stand_in}")
    if np.all(np.isnan(powers)):
        return None
    best = float(steps.load[int(np.nanargmax(powers))])
    if best == np.max(steps.load):
        notes.append("rules: throughput per latency still rises at the highest load: the optimal one may lie past it")
    return best


def _first_step(steps: Steps, bounds: tuple[Objective, ...], mark: str, notes: list[str]) -> float | None:
    """Find the lowest load at which any bound holds; None where none does."""
    passed_at: list[float] = []
    for bound in bounds:
        column = column_of(steps, bound)
        if isinstance(column, str):
            notes.append(f"rules: {mark} leaves out '{bound.text}': {column}")
            continue
        notes.extend(_gaps(steps, column[0].name, column[1]))
        passed = [load for load, value in zip(steps.load, column[1], strict=True) if bound.holds(float(value))]
        passed_at.extend(float(load) for load in passed[:1])
    return min(passed_at, default=None)


def _gaps(steps: Steps, name: str, values: Values) -> list[str]:
    """Say at which loads a quantity is unknown: a bound may be passed there unseen."""
    loads = steps.load[~np.isfinite(values) & (steps.load > 0)]
    if not loads.size:
        return []
    where = ", ".join(f"{load:g}" for load in loads[:5]) + (", ..." if loads.size > 5 else "")
    return [f"rules: no mark is read off {name} at load {where}, where it is not known or was set aside"]


def _share(marks: Mapping[str, float | None], share: Share) -> float | None:
    of = marks.get(share.of)
    return None if of is None else round(share.times * of, 9)

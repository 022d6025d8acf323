"""What was measured at each step, and how efficient was a unit of load there?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from plimsoll.capacity.choice import Choice
from plimsoll.capacity.model import Values
from plimsoll.capacity.models import usl
from plimsoll.capacity.thresholds import power
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_line import MeasuredStep, Overhead
from plimsoll.domain.load_test import Steps


def measured_steps(steps: Steps, kept: Steps, throughput: Choice | None) -> tuple[MeasuredStep, ...]:
    """Gather the measurements of each step; derived values rest on `kept`, the steps without outliers.

    Efficiency and overhead come from the scalability law, if it was fitted to `throughput`.
    """
    powers, law = power(kept), _law(throughput)
    efficiencies: list[Estimate | None] = [None] * len(steps)
    overheads: list[Overhead | None] = [None] * len(steps)
    if law is not None and kept.throughput is not None:
        load = np.where(steps.load >= 1, steps.load, np.nan)  # below a load of one nothing is shared
        efficiencies, overheads = _efficiencies(law, load, kept.throughput), _overheads(law, load)
    left = _columns(kept)
    return tuple(
        MeasuredStep(
            load=float(load),
            duration_s=_at(steps.duration_s, i),
            throughput=_at(steps.throughput, i),
            latency_s={name: _at(values, i) for name, values in steps.latency_s.items()},
            error_ratio=_at(steps.error_ratio, i),
            resources={name: _at(values, i) for name, values in steps.resources.items()},
            throughput_per_latency=_at(powers, i),
            efficiency=efficiencies[i],
            overhead=overheads[i],
            set_aside=tuple(
                name for name, was in _columns(steps).items() if np.isnan(left[name][i]) > np.isnan(was[i])
            ),
        )
        for i, load in enumerate(steps.load)
    )


def _law(throughput: Choice | None) -> Mapping[str, Estimate] | None:
    """Find the parameters of the scalability law, chosen or not; None where it was not fitted."""
    trials = () if throughput is None else throughput.trials
    return next((found for one in trials if one.model.name == usl.MODEL.name and (found := one.parameters())), None)


def _efficiencies(law: Mapping[str, Estimate], load: Values, throughput: Values) -> list[Estimate | None]:
    """Compute throughput / (rate x load) at each step, with the uncertainty of the rate."""
    value, high, low = usl.efficiency(_sides(law), load, throughput)
    return [_estimate(law["rate"], sides) for sides in zip(value, low, high, strict=True)]


def _overheads(law: Mapping[str, Estimate], load: Values) -> list[Overhead | None]:
    """Split the time of a unit of work at each step; each part has the uncertainty of its parameter."""
    parts = np.stack([usl.overhead(side, load) for side in _sides(law)], axis=-1)  # (n, 3 parts, 3 sides)
    estimates = [
        (float(ideal[0]), _estimate(law["contention"], contention), _estimate(law["coherency"], coherency))
        for ideal, contention, coherency in parts
    ]
    return [
        None if contention is None or coherency is None else Overhead(ideal, contention, coherency)
        for ideal, contention, coherency in estimates
    ]


def _sides(law: Mapping[str, Estimate]) -> Values:
    """Return the values of contention, coherency and rate, their low ends and their high ends in rows, (3, 3)."""
    sides = ((one.value, one.low, one.high) for one in law.values())
    return np.array([[np.nan if side is None else side for side in one] for one in sides]).T


def _estimate(parameter: Estimate, sides: Sequence[float]) -> Estimate | None:
    """Make an estimate with the uncertainty of a parameter; None where its value is unknown."""
    value, low, high = (float(side) if np.isfinite(side) else None for side in sides)
    return None if value is None else replace(parameter, value=value, low=low, high=high)


def _columns(steps: Steps) -> dict[str, Values]:
    throughput = {} if steps.throughput is None else {"throughput": steps.throughput}
    return {**throughput, **steps.latency_s, **steps.resources}


def _at(values: Values | None, step: int) -> float | None:
    return float(values[step]) if values is not None and np.isfinite(values[step]) else None

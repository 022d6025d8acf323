"""What does a replay take from a load test? Capacity, utilization, latency and errors of one replica, by fitted curves.

The curves are those of `limits`, over the tested range only; a replica serves at most the highest tested load. The
loads of a test in arrivals per second are converted to a demand per span by the length of the span. The loads of a test
in users are a demand in users as they are, and are converted to a demand per span by the fitted throughput, up to its
peak. The plain rules use none of this but the capacity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from plimsoll.app.load_line.of_model import Means, load_test_of, model_load_test
from plimsoll.app.model.loading import Model
from plimsoll.app.rehearsal.replays import chosen_component
from plimsoll.domain.errors import Place
from plimsoll.domain.finding import Finding
from plimsoll.domain.load_line import LoadChart, LoadTestLimits
from plimsoll.domain.load_test import LoadUnit
from plimsoll.domain.quantity import Dimension, format_quantity
from plimsoll.domain.response import Response, ServiceCurve
from plimsoll.domain.series import Values
from plimsoll.domain.system import Component

_LATENCY, _ERRORS, _THROUGHPUT, _CPU = "seconds", "errors", "throughput", "cpu"
_RATIO = Dimension.RATIO.value
_AMOUNTS = {(_CPU, "count"): Dimension.CORES.value, ("memory", "bytes"): Dimension.BYTES.value}  # as in a load test
_CPU_NAMES = ("cpu", "cpu_utilization", "cpu_usage")
_WORD = re.compile(r"[\w.]+")
RULE = "measured-service"


def measured_component(
    model: Model, name: str | None, means: Means, given: tuple[Path, str] | None
) -> tuple[Component, tuple[Finding, ...]]:
    """Find the component to replay and add the measurements of a load test: `given` (file, columns), or the model's.

    Raises InputError for a load test that cannot be read.
    """
    tests = {section.name for section in model.file.components if section.capacity and section.capacity.load_test}
    components = model.system.components
    with_demand = {one.name for one in components if one.demand is not None} if given else tests
    chosen = chosen_component(components, name, frozenset(with_demand))
    if given is None and chosen.name not in tests:
        return chosen, ()
    section = next(one for one in model.file.components if one.name == chosen.name)
    if given is not None:
        return measured_service(chosen, load_test_of(section, given, means))
    limits = model_load_test(section, Path(model.tree.file).parent, means)
    return measured_service(chosen, limits) if limits is not None else (chosen, ())


def measured_service(component: Component, limits: LoadTestLimits) -> tuple[Component, tuple[Finding, ...]]:
    """Add the measurements of a load test to a component; the findings say what was used, or why nothing was.

    A capacity that the model states is kept; without one the capacity is the load line.
    """
    charts = {chart.of: _tested(chart) for chart in limits.charts}
    axis = _axis(component, limits, charts.get(_THROUGHPUT))
    if isinstance(axis, str):
        return component, (Finding(RULE, f"{component.name}: the load test does not tell how it serves: {axis}"),)
    curves = {of: axis.row(chart) for of, chart in charts.items() if of != _THROUGHPUT}
    latency = _latency(limits)
    bound_s = charts[latency].objective if latency else None
    measured = ServiceCurve(axis.points, curves.get(latency, ()), curves.get(_ERRORS, ()), bound_s)
    responses = tuple(
        response
        for of, values in curves.items()
        if of not in (latency, _ERRORS)
        for response in _responses(component, charts[of], axis.points, values)
    )
    capacity = component.capacity if component.capacity is not None else _line(limits, axis)
    covered = [word for word in (latency, _ERRORS if _ERRORS in curves else None) if word]
    covered += dict.fromkeys(response.signal for response in responses)
    known = {response.signal for response in component.responses}
    changed = replace(
        component,
        capacity=capacity,
        measured=measured if measured.latency_s or measured.error_ratio else None,
        responses=(*component.responses, *(one for one in responses if one.signal not in known)),
    )
    findings = _findings(component, changed, axis.points, covered, limits.source)
    return changed, (*findings, *_other_quantiles(component, latency), *_unknown_shares(component, charts.values()))


@dataclass(frozen=True, eq=False)
class _Axis:
    """The tested loads in the test's unit, and as demand of one replica in the component's unit."""

    tested: Values
    demand: Values

    @property
    def points(self) -> tuple[float, ...]:
        return tuple(float(load) for load in self.demand)

    def row(self, chart: LoadChart) -> tuple[float, ...]:
        """Read a curve at the points, clipped at 0 from below and, for a ratio, at 1 from above."""
        values = np.interp(self.tested, chart.curve_load, chart.curve)
        return tuple(float(value) for value in np.clip(values, 0.0, 1.0 if chart.unit == "ratio" else np.inf))


def _tested(chart: LoadChart) -> LoadChart:
    """Keep the part of a fitted curve that lies in the tested range."""
    last = chart.tested[1]
    load = (*(one for one in chart.curve_load if one < last), last)
    curve = tuple(float(value) for value in np.interp(load, chart.curve_load, chart.curve))
    return replace(chart, curve_load=load, curve=curve)


def _axis(component: Component, limits: LoadTestLimits, throughput: LoadChart | None) -> _Axis | str:
    """Return the tested loads as demand of one replica, or the reason why they cannot be converted."""
    chart = next(iter(limits.charts), None)
    if chart is None or component.demand is None:
        return "no curve could be fitted" if chart is None else "the model states no demand"
    loads = np.array(_tested(chart).curve_load)
    span_s, users = component.demand.per_s, limits.tested.load_unit == LoadUnit.USERS.value
    if span_s is None:
        why = f"it counts {limits.tested.load_unit}, the demand a level of {component.demand.unit}"
        return _Axis(loads, loads) if users else why
    if not users:
        return _Axis(loads, loads * span_s)
    if throughput is None:
        return "it counts users and has no throughput, the demand is a rate"
    served = np.interp(loads, throughput.curve_load, throughput.curve) * span_s
    rising = int(np.argmax(served)) + 1
    return _Axis(loads[:rising], served[:rising]) if rising > 1 else "its throughput does not rise"


def _responses(
    component: Component, chart: LoadChart, points: Sequence[float], values: Sequence[float]
) -> Iterator[Response]:
    """Return the signals that one measured resource feeds: an amount also feeds its share of what a replica has."""
    amount = _AMOUNTS.get((chart.of, chart.unit))
    scales = [(amount or (_RATIO if chart.unit == _RATIO else ""), 1.0)]
    if amount and (total := _has(component, amount)):
        scales.append((_RATIO, total))
    for name in _CPU_NAMES if chart.of == _CPU else (chart.of,):
        for unit, scale in scales:
            yield Response(name, tuple(points), tuple(value / scale for value in values), served=True, unit=unit)


def _has(component: Component, amount: str) -> float | None:
    has = component.instance
    return has.cores if amount == Dimension.CORES.value else has.memory_bytes


def _unknown_shares(component: Component, charts: Iterable[LoadChart]) -> Iterator[Finding]:
    """Report resources that were measured as an amount while the replica's total is unknown."""
    for chart in charts:
        amount = _AMOUNTS.get((chart.of, chart.unit))
        if amount and not _has(component, amount):
            key = f"instance.{'cores' if chart.of == _CPU else chart.of}"
            what = f"{chart.of} was measured in {amount}; {key} tells what share of a replica's that is"
            yield Finding(RULE, f"{component.name}: {what}")


def _line(limits: LoadTestLimits, axis: _Axis) -> float | None:
    """Return the load line as demand of one replica; None without a line, or where it lies past the tested range."""
    line = limits.load_line
    if line is None or line.load is None or line.beyond_tested:
        return None
    return float(np.interp(line.load.value, axis.tested, axis.demand))


def _latency(limits: LoadTestLimits) -> str:
    """Name the latency that a replay uses: the one that binds the load line, otherwise the first; empty without any."""
    names = [chart.of for chart in limits.charts if chart.unit == _LATENCY]
    binding = _WORD.match(limits.load_line.binding) if limits.load_line else None  # an objective: p95<0.25s
    return binding[0] if binding and binding[0] in names else next(iter(names), "")


def _other_quantiles(component: Component, latency: str) -> Iterator[Finding]:
    """Report the latency objectives of other quantiles than the measured one, of which the replay says nothing."""
    names = [name for one in component.slo.latencies if (name := f"p{one.quantile * 100:g}") != latency]
    if latency and names:
        yield Finding(RULE, f"latency is judged by its {latency}; nothing is said of {', '.join(names)}")


def _findings(
    component: Component, changed: Component, points: Sequence[float], covered: Sequence[str], source: str
) -> Sequence[Finding]:
    where: tuple[Place, ...] = (component.place,) if component.place else ()
    unit = component.demand.unit if component.demand else ""
    tested = f"tested from {format_quantity(points[0], '')} to {format_quantity(points[-1], '')} {unit} a replica"
    findings = [
        Finding(RULE, f"{component.name}: {', '.join(covered) or 'nothing'} by the load test {source}, {tested}")
    ]
    if component.capacity is None and changed.capacity is not None:
        findings.append(
            Finding(RULE, f"{component.name}: a replica carries {changed.capacity:.4g}, the load line of the test")
        )
    if changed.capacity is not None and changed.capacity > points[-1] * 1.0001:
        text = f"{component.name}: a replica is to carry {changed.capacity:g}, the test went to {points[-1]:.4g}"
        findings.append(Finding("past-the-test", text, "beyond, they stay what they were at its end", where))
    return findings

"""What does a page draw? Measured points, the chosen curve with its band, the tested range, knee and load line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.capacity.choice import Choice
from plimsoll.capacity.fit import Fit
from plimsoll.capacity.model import Kind, Values
from plimsoll.capacity.models import usl
from plimsoll.domain.load_line import LoadChart, LoadLine
from plimsoll.domain.objective import Objective

_POINTS = 61  # evenly spread, and more where a curve bends
_HALVINGS = 3
_VISIBLE = 0.001  # of the height of the curve: a pixel or less is not visible
_PAST_TESTED = 1.2
_HIGHEST = 100.0  # times the greatest measurement or bound


def chart(choice: Choice, line: LoadLine | None, objectives: Sequence[Objective]) -> LoadChart | None:
    """Make the chart of one quantity; None where no curve was chosen."""
    if choice.chosen is None or choice.chosen.fit is None:
        return None
    fit = choice.chosen.fit
    low, high = float(np.min(choice.load)), float(np.max(choice.load))
    knee = _knee(choice)
    grid = _points(fit, low, high, high if knee is None else knee)
    if choice.doubt:
        grid = np.union1d(np.linspace(low, high, _POINTS), choice.load)
    bounds = [one.bound for one in objectives if choice.quantity.name in (one.name, one.kind)]
    # A curve may leave the range of possible or drawable values: a canvas draws nothing at 1e20.
    highest = (
        1.0 if choice.quantity.kind is Kind.ERRORS else _HIGHEST * max(float(np.max(choice.measured)), *bounds, 0.0)
    )
    curve, lower, upper = (np.clip(line, 0.0, highest) for line in _curve(choice, fit, grid))
    return LoadChart(
        of=choice.quantity.name,
        unit=choice.quantity.unit,
        load=_floats(choice.load),
        measured=_floats(choice.measured),
        curve_load=_floats(grid),
        curve=_floats(curve),
        curve_low=_floats(lower),
        curve_high=_floats(upper),
        curve_extrapolated=tuple(bool(load > high) for load in grid),
        tested=(low, high),
        knee=knee,
        load_line=line.load.value if line is not None and line.load is not None else None,
        objective=min(bounds, default=None),
        set_aside=_floats(choice.set_aside),
        described=not choice.doubt,
    )


def _curve(choice: Choice, fit: Fit, grid: Values) -> tuple[Values, Values, Values]:
    """Predict the quantity with its band; where no curve can be used between steps, join their means without a band."""
    if not choice.doubt:
        return fit.point.predict(grid), *fit.band(grid)
    loads, unknown = np.unique(choice.load), np.full(grid.size, np.nan)
    middle = [float(np.mean(choice.measured[choice.load == load])) for load in loads]
    return np.interp(grid, loads, middle), unknown, unknown


def _points(fit: Fit, low: float, high: float, knee: float) -> Values:
    """Place points evenly, at the knee and the highest load, and closer where straight lines would leave the curve."""
    points = np.unique(
        [*np.linspace(low, _PAST_TESTED * high, _POINTS), *(load for load in (knee, high) if load > low)]
    )
    tested = fit.point.predict(points[points <= high])
    height = max(np.ptp(tested), _VISIBLE * np.max(np.abs(tested)))  # so that rounding is no bend of a flat line
    for _ in range(_HALVINGS):
        middle = (points[1:] + points[:-1]) / 2
        curve = fit.point.predict(points)
        off = np.abs(fit.point.predict(middle) - (curve[1:] + curve[:-1]) / 2)
        points = np.union1d(points, middle[(off > _VISIBLE * height) & (middle < high)])
    return points


def _knee(choice: Choice) -> float | None:
    """Find where the curve bends within the tested range: the knee of two lines, or 1 / contention of the USL."""
    fit = choice.chosen.fit if choice.chosen is not None else None
    if fit is None or choice.doubt:
        return None
    fixed = dict(fit.point.model.fixed)
    knee = fixed.get("knee", np.inf)
    if fit.point.model.name == "usl":
        knee = float(usl.knee_load(fit.point.optimum.parameters))
    return knee if knee <= float(np.max(choice.load)) else None


def _floats(values: Values) -> tuple[float, ...]:
    return tuple(float(value) for value in values)

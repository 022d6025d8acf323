"""What does a page draw? Measured points, the chosen curve with its band, the tested range, knee and load line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.capacity.choice import Choice
from plimsoll.capacity.model import Kind, Values
from plimsoll.capacity.models import usl
from plimsoll.domain.load_line import LoadChart, LoadLine
from plimsoll.domain.objective import Objective

_POINTS = 61
_PAST_TESTED = 1.2
_HIGHEST = 100.0  # times what was measured or is asked for


def chart(choice: Choice, line: LoadLine | None, objectives: Sequence[Objective]) -> LoadChart | None:
    """Make the chart of one quantity; None where no curve was chosen."""
    if choice.chosen is None or choice.chosen.fit is None:
        return None
    fit = choice.chosen.fit
    low, high = float(np.min(choice.load)), float(np.max(choice.load))
    grid = np.linspace(low, _PAST_TESTED * high, _POINTS)
    bounds = [one.bound for one in objectives if choice.quantity.name in (one.name, one.kind)]
    # A curve does not know what cannot be, nor how far a page reaches: a canvas draws nothing at 1e20.
    highest = (
        1.0 if choice.quantity.kind is Kind.ERRORS else _HIGHEST * max(float(np.max(choice.measured)), *bounds, 0.0)
    )
    curve, lower, upper = (np.clip(line, 0.0, highest) for line in (fit.point.predict(grid), *fit.band(grid)))
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
        knee=_knee(choice),
        load_line=line.load.value if line is not None and line.load is not None else None,
        objective=min(bounds, default=None),
    )


def _knee(choice: Choice) -> float | None:
    """Find where the curve bends: the knee of two lines, or 1 / contention of the scalability law, where tested."""
    fit = choice.chosen.fit if choice.chosen is not None else None
    if fit is None:
        return None
    fixed = dict(fit.point.model.fixed)
    knee = fixed.get("knee", np.inf)
    if fit.point.model.name == "usl":
        knee = float(usl.knee_load(fit.point.optimum.parameters))
    return knee if knee <= float(np.max(choice.load)) else None


def _floats(values: Values) -> tuple[float, ...]:
    return tuple(float(value) for value in values)

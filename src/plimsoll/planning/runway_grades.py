"""How far can a runway be trusted? As far as its method predicted the series' own past."""

from __future__ import annotations

import numpy as np

from plimsoll.domain.forecast import Accuracy, Grade, MethodWeight
from plimsoll.planning.level_paths import Backtest
from plimsoll.planning.level_states import CELLS, Posterior
from plimsoll.planning.runway_grid import Grid

_ROUNDING = 1e-9


def accuracy_of(grid: Grid, tried: Backtest | None) -> Accuracy | None:
    """Return the errors of the method and of the last value on the series' past, in mean steps; None if untested."""
    if tried is None:
        return None
    known = grid.levels[np.isfinite(grid.levels)]
    if tried.error <= _ROUNDING * float(np.abs(known).max()):
        return Accuracy(0.0, 0.0, 1.0, tried.origins, tried.points)
    scale = float(np.abs(np.diff(known)).mean()) or 1.0
    return Accuracy(tried.error / scale, tried.naive_error / scale, tried.covered, tried.origins, tried.points)


def grade_of(accuracy: Accuracy | None) -> Grade:
    """Grade a runway by its backtest, as a forecast is."""
    return Grade.F if accuracy is None else accuracy.grade


def methods_of(known: Posterior) -> tuple[MethodWeight, ...]:
    """List the kinds of course by weight, those of negligible weight left out."""
    _, _, wander, paced, rho = CELLS.T
    kinds = {
        "flat": paced == 0,
        "steady pace": (paced == 1) & (wander == 0) & (rho == 1),
        "pace that wanders": (wander > 0) & (rho == 1),
        "pace that fades": rho < 1,
        "pace that compounds": rho > 1,
    }
    found = [
        MethodWeight(f"{name}, in logarithms" if form.log else name, float(weights[cells].sum()))
        for form, weights in zip(known.forms, known.weights, strict=True)
        for name, cells in kinds.items()
    ]
    return tuple(sorted((one for one in found if one.weight >= 0.01), key=lambda one: -one.weight))

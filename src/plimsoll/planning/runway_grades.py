"""How far can a runway be trusted? By what its method did on the series' own past."""

from __future__ import annotations

import numpy as np

from plimsoll.domain.forecast import Accuracy, Grade, MethodWeight
from plimsoll.planning.level_paths import Blend
from plimsoll.planning.runway_grid import Floats, Grid

_HALF = 0.5
_ROUNDING = 1e-9
_GRADES = ((1 / 3, Grade.A), (0.2, Grade.B), (0.05, Grade.C), (-0.05, Grade.D))


def accuracy_of(grid: Grid, mix: Blend, errors: Floats) -> Accuracy | None:
    """Errors of the blend and of the last value on the series' own past, in mean steps; None where none was tried."""
    if mix.error is None or mix.naive_error is None:
        return None
    known = grid.levels[np.isfinite(grid.levels)]
    if mix.error <= _ROUNDING * float(np.abs(known).max()):
        return Accuracy(0.0, 0.0, 1.0, mix.origins, mix.points)
    scale = float(np.abs(np.diff(known)).mean()) or 1.0
    inside = float((errors <= 1).mean()) if errors.size else 0.0
    return Accuracy(mix.error / scale, mix.naive_error / scale, inside, mix.origins, mix.points)


def grade_of(accuracy: Accuracy | None) -> Grade:
    """A, a third better than the last value, down to E, worse; F untested; one less where half the past was missed."""
    if accuracy is None:
        return Grade.F
    if accuracy.mase == 0:
        return Grade.A
    grade = next((letter for least, letter in _GRADES if accuracy.skill >= least), Grade.E)
    worse = {Grade.A: Grade.B, Grade.B: Grade.C, Grade.C: Grade.D}
    return worse.get(grade, grade) if accuracy.coverage80 < _HALF else grade


def methods_of(mix: Blend) -> tuple[MethodWeight, ...]:
    """The candidates by weight, those that count for nothing left out."""
    order = np.argsort(np.negative(mix.weights), kind="stable")
    return tuple(MethodWeight(mix.trends[i].name, float(mix.weights[i])) for i in order if mix.weights[i] >= 0.01)

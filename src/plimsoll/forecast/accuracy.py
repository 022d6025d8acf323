"""How good was this method on this series, and does it beat a forecast that costs nothing?

Errors are those of the backtest, each made without its own window, compared with seasonal naive on the same points. The
skill decides the grade (`Grade`), which over six windows chance moves by a letter or two. So the skill is given with
its standard error, from leaving each of the W windows out in turn (the jackknife, Tukey 1958; s_w the skill without
window w):

    error = sqrt((W - 1) / W sum_w (s_w - mean s)^2)

One window shows how one stretch went, and the windows of a handful of samples nearly coincide: their skill is luck and
is not reported.
"""

from __future__ import annotations

import numpy as np

from plimsoll.domain.forecast import Accuracy, Grade
from plimsoll.domain.quantity import counted, format_duration
from plimsoll.domain.series import Values
from plimsoll.forecast.calibration import Pool
from plimsoll.forecast.kernel.nature import Matrix
from plimsoll.forecast.outlook import Outlook
from plimsoll.forecast.preparation import Prepared, known_samples

LEAST_WINDOWS, LEAST_SAMPLES = 2, 10
_ROUNDING = 1e-9


def accuracy_of(prepared: Prepared, outlook: Outlook, pool: Pool) -> Accuracy | None:
    """Measure the backtest; None where there is too little of it, or a series that repeats exactly was missed."""
    tested = np.isfinite(outlook.errors)
    scale = seasonal_step(prepared.values, prepared.seasons.main)
    if not is_tested(prepared, outlook):
        return None
    errors, naive_errors = (np.where(tested, each, 0.0) for each in (outlook.errors, outlook.naive_errors))
    if not scale > 0.0:
        if np.abs(errors).max() > _ROUNDING * np.nanmax(np.abs(prepared.values)):
            return None
        errors, scale = np.zeros_like(errors), 1.0
    low, high = pool.at((0.1, 0.9))
    standardized = outlook.standardized[np.isfinite(outlook.standardized)]
    inside = (standardized >= low) & (standardized <= high)
    return Accuracy(
        mase=float(np.abs(errors[tested]).mean() / scale),
        naive_mase=float(np.abs(naive_errors[tested]).mean() / scale),
        coverage80=float(inside.mean()) if inside.size else float("nan"),
        windows=int(tested.any(axis=1).sum()),
        points=int(tested.sum()),
        skill_error=skill_error(errors, naive_errors),
    )


def skill_error(errors: Matrix, naive_errors: Matrix) -> float | None:
    """Compute the standard error of the skill of a backtest, shapes (windows, h); None where one window decides it all.

    >>> ones = np.ones((3, 2))
    >>> skill_error(ones, 2 * ones), round(skill_error(np.array([[1.0], [2.0], [3.0]]), 4 * np.ones((3, 1))), 3)
    (0.0, 0.144)
    """
    own, naive = (np.abs(each).sum(axis=1) for each in (errors, naive_errors))
    own, naive = own[own + naive > 0.0], naive[own + naive > 0.0]
    left = naive.sum() - naive
    if own.size < LEAST_WINDOWS or not (left > 0.0).all():
        return None
    without = 1.0 - (own.sum() - own) / left
    return float(np.sqrt((own.size - 1) * without.var()))


def is_tested(prepared: Prepared, outlook: Outlook) -> bool:
    """Whether there were enough windows and samples for the backtest to judge a forecast."""
    windows = np.count_nonzero(np.isfinite(outlook.errors).any(axis=1))
    return bool(windows >= LEAST_WINDOWS and known_samples(prepared) >= LEAST_SAMPLES)


def reach(prepared: Prepared, outlook: Outlook) -> str:
    """Say how far ahead the backtest went if that is less than the horizon; empty otherwise."""
    tested = np.flatnonzero(np.isfinite(outlook.errors).any(axis=0))
    if not tested.size or tested[-1] + 1 == outlook.center.size:
        return ""
    return f"tested up to {format_duration((int(tested[-1]) + 1) * prepared.step_ms / 1000)} ahead, not further"


def newest_outlier(prepared: Prepared, outlook: Outlook, pool: Pool) -> str:
    """Say that the newest sample lies outside 99 % of what the backtest expected; empty where it does not.

    Its step may not be over yet. A counter is left out: its reading is a total, not the value of a step.
    """
    places = np.argwhere(np.isfinite(outlook.standardized))
    if prepared.is_counter or not places.size:
        return ""
    newest = tuple(places[-1])
    low, high = pool.at((0.005, 0.995))
    if low <= outlook.standardized[newest] <= high:
        return ""
    value = prepared.values[~np.isnan(prepared.values)][-1]
    expected = value - outlook.errors[newest]
    return (
        f"the newest sample is {value:.4g} where about {expected:.4g} was expected: if its step is not over yet, "
        "leave it out with --ignore"
    )


def seasonal_step(values: Values, m: int) -> float:
    """Compute the mean change from season to season, the scale of MASE; between neighbors where there is one season."""
    lag = m if values.size > m else 1
    steps = np.abs(values[lag:] - values[:-lag])
    known = steps[np.isfinite(steps)]
    return float(known.mean()) if known.size else 0.0


def grade_of(accuracy: Accuracy | None) -> Grade:
    """Grade a forecast by its backtest."""
    return Grade.F if accuracy is None else accuracy.grade


def verdict(accuracy: Accuracy | None, tested: bool = False) -> str:
    """Compare the forecast with seasonal naive in words; `tested` says that there was a backtest."""
    if accuracy is None and tested:
        return "not graded: each season repeats the one before, so seasonal naive has no error to improve on"
    if accuracy is None:
        return "not tested: the past is too short for a backtest"
    if accuracy.mase == 0.0 and accuracy.naive_mase == 0.0:
        return "no better than seasonal naive, which had no error either"
    if accuracy.skill <= 0.0:
        return "no better than seasonal naive on this series"
    chance = "" if accuracy.skill_error is None else f", ± {counted(round(100 * accuracy.skill_error), 'point')}"
    return f"{accuracy.skill:.0%} less error than seasonal naive{chance}"

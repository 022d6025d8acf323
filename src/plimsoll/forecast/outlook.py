"""What does the kernel say of one prepared series? Its answer with names, and the quantiles that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.series import Values
from plimsoll.forecast.kernel.nature import Matrix
from plimsoll.forecast.preparation import Prepared


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Center and scale at each step (h,), weights of the methods, and the errors of the backtest (windows, h).

    `errors` are those of the weighted center, made without the window; `standardized` the same over the scale made
    without it; `naive_errors` those of seasonal naive. NaN where nothing was known.
    """

    center: Values
    scale: Values
    weights: Values
    errors: Matrix
    standardized: Matrix
    naive_errors: Matrix


def outlook_of(prepared: Prepared, horizon: int) -> Outlook:
    """Run the kernel on one prepared series that has something to forecast."""
    from plimsoll.forecast.kernel.engine import outlook

    values = np.ascontiguousarray(prepared.values, dtype=np.float64)
    return Outlook(*outlook(values, prepared.nature(horizon), prepared.seasons.periods))


def laid_out(prepared: Prepared, outlook: Outlook, factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Answer center + scale x factor within the bounds; `factors` has h rows or one, and any number of columns.

    A counter's quantiles and paths never fall.
    """
    values = prepared.base + outlook.center[:, None] + outlook.scale[:, None] * np.atleast_2d(factors)
    if prepared.is_counter:
        values = np.maximum.accumulate(values, axis=0)
    return np.clip(values, prepared.lower, prepared.upper)

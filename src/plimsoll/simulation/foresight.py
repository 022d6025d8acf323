"""What would a forecast have said at each step, knowing only the past? The feed of a predictive floor in a replay.

The forecast at step t is for the step one start-up time ahead. For each of the last seven days it multiplies the
current level by the ratio of demand at that time of day to the level before it; the forecast is a quantile over these
days. It is NaN until two days are known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.series import Values
from plimsoll.domain.time_spans import DAY_S

_DAYS = 7
_FEWEST_DAYS = 2
_LEVEL_STEPS = 5


def seasonal_ahead(load: Values, step_s: float, lag: int, quantile: float) -> tuple[Values, Values]:
    """Return (forecast for `lag` steps ahead, earlier forecast for now), one entry per step each."""
    day = round(DAY_S / step_s)
    ratios = np.array([_ratios_of_day(load, back * day, lag) for back in range(1, _DAYS + 1) if day > lag])
    ahead = np.full(load.size, np.nan)
    if ratios.size:
        ahead = _quantile_of_known(ratios, quantile) * _level(load)
    for_now = np.concatenate([np.full(min(lag, load.size), np.nan), ahead[: max(0, load.size - lag)]])
    return ahead, for_now


def kept_while(false: NDArray[np.bool_], forecast: Values, most_steps: float) -> Values:
    """Return the forecast as it was before demand was shown falsely or not at all; NaN once that is too many steps ago.

    >>> kept_while(np.array([False, True, True, True, False]), np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 2.0).tolist()
    [1.0, 1.0, 1.0, nan, 5.0]
    """
    steps = np.arange(forecast.size)
    seen = np.maximum.accumulate(np.where(false, 0, steps))
    return np.where(steps - seen > most_steps, np.nan, forecast[seen])


def _quantile_of_known(ratios: NDArray[np.float64], quantile: float) -> Values:
    """Return the quantile of the known entries of each column (linear between them); NaN where too few are known."""
    ordered = np.sort(ratios, axis=0)  # NaN last
    known = np.isfinite(ordered).sum(axis=0)
    place = np.maximum(quantile * (known - 1), 0.0)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    columns = np.arange(ratios.shape[1])
    low, high = ordered[below, columns], ordered[above, columns]
    found: Values = np.where(known >= _FEWEST_DAYS, low + (high - low) * (place - below), np.nan)
    return found


def _ratios_of_day(load: Values, shift: int, lag: int) -> NDArray[np.float64]:
    """Ratio of the load `lag` steps after the moment `shift` steps ago to the level at that moment; NaN without one."""
    ratios = np.full(load.size, np.nan)
    if shift >= load.size:
        return ratios
    level = _level(load)[: load.size - shift]
    arrived = load[lag : load.size - shift + lag]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(level > 0, arrived / level, np.nan)
    ratios[shift:] = found
    return ratios


def _level(load: Values) -> Values:
    summed = np.cumsum(np.concatenate([np.zeros(1), load]))
    places = np.arange(1, load.size + 1)
    first = np.maximum(places - _LEVEL_STEPS, 0)
    level: Values = (summed[places] - summed[first]) / (places - first)
    return level

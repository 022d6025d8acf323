"""What if the newest samples decide, as they did before? Three autoregressions."""

from __future__ import annotations

import numpy as np
from numba import njit

from plimsoll.forecast.kernel.autoregression import autoregress, lags_for
from plimsoll.forecast.kernel.methods import AUTO, AUTO_CHANGES, AUTO_FORGETTING
from plimsoll.forecast.kernel.nature import Cube, Nature, Places, Values

RIDGE, RIDGE_CHANGES = 1e-3, 3e-3


@njit(cache=True)
def autoregressive_family(y: Values, origins: Places, nature: Nature, paths: Cube) -> None:
    """Write the three autoregressions for all origins at once."""
    mean, deviation = y.mean(), max(y.std(), 1e-300)
    m, long, horizon = nature.m, nature.long, nature.horizon
    lags = lags_for(m, long, origins[0])
    part = np.empty((origins.size, horizon))
    x = (y - mean) / deviation
    autoregress(x, origins, lags, RIDGE, 1.0, part)
    paths[:, AUTO] = part * deviation + mean
    autoregress(x, origins, lags, RIDGE, 0.5 ** (1.0 / max(4.0 * max(m, long), 100.0)), part)
    paths[:, AUTO_FORGETTING] = part * deviation + mean
    change = np.zeros(y.size)
    change[1:] = np.diff(y)
    size = max(change.std(), 1e-300)
    autoregress(change / size, origins, lags, RIDGE_CHANGES, 1.0, part)
    for index in range(origins.size):
        level = y[origins[index] - 1]
        for k in range(horizon):
            level += part[index, k] * size
            paths[index, AUTO_CHANGES, k] = level

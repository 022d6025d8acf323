"""What if the next step depends on the newest samples as it did before? Three autoregressions."""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.autoregression import autoregress, lags_for
from plimsoll.forecast.kernel.methods import AUTO_CHANGES, AUTO_FORGETTING, AUTOREGRESSIONS
from plimsoll.forecast.kernel.nature import Cube, Nature, Places, Values
from plimsoll.forecast.kernel.sums import deviation_of, mean_of

RIDGE, RIDGE_CHANGES = 1e-3, 3e-3


def autoregressive_family(y: Values, origins: Places, nature: Nature, paths: Cube) -> None:
    """Write the three autoregressions for all origins at once."""
    m, long = nature.m, nature.long
    lags = lags_for(m, long, origins[0])
    part, x = np.empty((origins.size, nature.horizon)), np.empty(y.size)
    mean, size = mean_of(y, 0, y.size), max(deviation_of(y), 1e-300)
    for i in range(y.size):
        x[i] = (y[i] - mean) / size
    for method in AUTOREGRESSIONS:
        forgetting = 0.5 ** (1.0 / max(4.0 * max(m, long), 100.0)) if method == AUTO_FORGETTING else 1.0
        if method == AUTO_CHANGES:
            size = standardized_changes(y, x)
        autoregress(x, origins, lags, RIDGE_CHANGES if method == AUTO_CHANGES else RIDGE, forgetting, part)
        for index in range(origins.size):
            level = y[origins[index] - 1]
            for k in range(nature.horizon):
                level += part[index, k] * size
                paths[index, method, k] = level if method == AUTO_CHANGES else part[index, k] * size + mean


def standardized_changes(y: Values, x: Values) -> float:
    """Write the changes of `y` over their standard deviation into `x`, 0 for the first; return that deviation."""
    x[0] = 0.0
    for i in range(1, y.size):
        x[i] = y[i] - y[i - 1]
    size = max(deviation_of(x), 1e-300)
    for i in range(1, y.size):
        x[i] /= size
    return size

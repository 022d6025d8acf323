"""How might it go, step after step? Paths whose quantiles at each step are the forecast's own.

The first passage of a limit needs whole paths: quantiles at each step say nothing about how errors hang together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.forecast import Annotations
from plimsoll.domain.series import Series
from plimsoll.forecast.single import forecast_series

_LEVELS = tuple(round(0.025 * i, 3) for i in range(1, 40))


def simulate_paths(
    series: Series,
    horizon: int,
    paths: int,
    seed: int,
    annotations: Annotations | None = None,
    seasons: tuple[int, ...] | None = None,
) -> NDArray[np.float64]:
    """Simulate futures of `series`, shape (paths, horizon); all NaN where no forecast can be made.

    The same seed gives the same paths. At each step the paths' quantiles are the forecast's.
    """
    forecast = forecast_series(series, horizon, _LEVELS, annotations, seasons, seed)
    walks = np.random.default_rng(seed).standard_normal((paths, horizon)).cumsum(axis=1)
    ranks = (np.argsort(np.argsort(walks, axis=0), axis=0) + 0.5) / paths
    return np.stack([np.interp(ranks[:, t], _LEVELS, forecast.values[t]) for t in range(horizon)], axis=1)

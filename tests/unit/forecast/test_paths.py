"""Futures have the quantiles of the forecast, and the dependence of its errors."""

from __future__ import annotations

import numpy as np
from tests.unit.forecast.panels import daily_wave, series_of

from plimsoll.forecast.paths import simulate_paths
from plimsoll.forecast.single import forecast_series


def test_paths_have_the_forecasts_own_quantiles():
    series = series_of(daily_wave(480))
    paths = simulate_paths(series, (4000, 48), seed=1)
    forecast = forecast_series(series, 48, (0.1, 0.5, 0.9))
    np.testing.assert_allclose(np.quantile(paths, (0.1, 0.5, 0.9), axis=0).T, forecast.values, rtol=2e-3)
    np.testing.assert_array_equal(paths, simulate_paths(series, (4000, 48), seed=1))


def test_paths_of_a_walk_hang_together_and_those_of_noise_do_not():
    draw = np.random.default_rng(0)
    walk, noise = draw.normal(size=960).cumsum() + 1000, draw.normal(size=960) + 1000
    together = [
        np.corrcoef(simulate_paths(series_of(values), (1000, 48), 0, seasons=(1,))[:, [30, 32]].T)[0, 1]
        for values in (walk, noise)
    ]
    assert together[0] > 0.8
    assert abs(together[1]) < 0.4

"""After an outage of collection intervals are measured on what was read before it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import hours, panel_of, request, series_of

from plimsoll.domain.series import MetricKind
from plimsoll.forecast.kernel.clean import known_pattern
from plimsoll.forecast.panel import forecast_panel, pools_of
from plimsoll.forecast.single import forecast_series

KNOWN, AHEAD, FORTNIGHT, SERIES = 720, 48, 336, 24


@pytest.mark.parametrize("kind", [MetricKind.UNKNOWN, MetricKind.COUNTER], ids=["gauge", "counter"])
@pytest.mark.parametrize("ended", [2, 30], ids=lambda hours: f"{hours}_hours_ago")
def test_intervals_hold_after_a_fortnight_that_was_not_read(kind: MetricKind, ended: int) -> None:
    """With windows that lay in the outage 80 % intervals covered 11 to 24 %, and 76 of a gauge 30 hours later."""
    draw = np.random.default_rng(5)
    wave = 1000 + 400 * np.sin(np.arange(KNOWN + AHEAD) * np.pi / 12)
    truth = wave + draw.normal(0, 75, (SERIES, wave.size))
    if kind is MetricKind.COUNTER:
        truth = truth.cumsum(axis=1)
    rows = truth[:, :KNOWN].copy()
    rows[:, KNOWN - ended - FORTNIGHT : KNOWN - ended] = np.nan
    panel, asked = panel_of(list(rows), [hours(KNOWN)] * SERIES, [kind] * SERIES), request(AHEAD)
    told, came = forecast_panel(panel, asked, pools_of(panel, asked)).values, truth[:, KNOWN:]
    assert 0.65 < np.mean((told[..., 1] <= came) & (came <= told[..., 3])) < 0.95


def test_a_counter_without_any_window_that_was_read_is_not_tested_and_yet_not_sure() -> None:
    draw = np.random.default_rng(6)
    total = np.cumsum(1000 + draw.normal(0, 300, KNOWN + AHEAD))
    known = total[:KNOWN].copy()
    known[90:690] = np.nan
    told = forecast_series(series_of(known, MetricKind.COUNTER), AHEAD, levels=(0.1, 0.9), seasons=(24,))
    assert told.accuracy is None
    low, high = told.values[-1]
    assert low < total[-1] < high


@pytest.mark.parametrize(
    ("kind", "most"), [(MetricKind.UNKNOWN, 4.0), (MetricKind.COUNTER, 40.0)], ids=["gauge", "counter"]
)
def test_what_grows_goes_on_growing_after_an_outage_of_collection(kind: MetricKind, most: float) -> None:
    """Growth stood in the pattern of the day: what was filled in fell back each midnight, as a saw tooth does."""
    steps = np.arange(600 + AHEAD)
    truth = 100 + 2.0 * steps + np.random.default_rng(4).normal(0, 2, steps.size)
    if kind is MetricKind.COUNTER:
        truth = truth.cumsum()
    known = truth[:600].copy()
    known[450:590] = np.nan
    told = forecast_series(series_of(known, kind), AHEAD, levels=(0.1, 0.5, 0.9), seasons=(24,)).values
    assert np.abs(told[:, 1] - truth[600:]).mean() < most


def test_what_is_filled_in_follows_a_clear_slope_and_no_chance_one() -> None:
    draw, steps = np.random.default_rng(7), np.arange(240)
    wave = 10 * np.sin(steps * np.pi / 12)
    for slope in (2.0, 0.0, -1.0):
        np.testing.assert_allclose(known_pattern(slope * steps + wave, 24), wave[:24], atol=1e-9)
    noisy = wave + draw.normal(0, 3, steps.size)
    phases = noisy.reshape(10, 24).mean(axis=0)
    np.testing.assert_allclose(known_pattern(noisy, 24), phases - phases.mean(), atol=1e-9)

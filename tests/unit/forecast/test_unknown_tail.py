"""An unknown end is not predicted afresh: the forecast starts at the newest known sample."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import daily_wave, panel_of, request

from plimsoll.domain.panel import Request
from plimsoll.domain.series import MetricKind
from plimsoll.forecast.panel import forecast_panel

RANDOM = np.random.default_rng(2)
WAVE = daily_wave(480) + RANDOM.normal(0, 0.5, 480)
TOTAL = np.cumsum(RANDOM.uniform(5, 10, 480))
TAIL = 36


def forecast_of(values: np.ndarray, horizon: int, kind: MetricKind = MetricKind.UNKNOWN) -> np.ndarray:
    asked = request()
    longer = Request(horizon, asked.levels, asked.step_ms, asked.seasons)
    return np.asarray(forecast_panel(panel_of([values], kinds=[kind]), longer, {}).values[0])


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        pytest.param(WAVE, MetricKind.UNKNOWN, id="a_wave"),
        pytest.param(np.linspace(0, 100, 480) + RANDOM.normal(0, 0.1, 480), MetricKind.UNKNOWN, id="a_line"),
        pytest.param(TOTAL, MetricKind.COUNTER, id="a_counter"),
    ],
)
def test_steps_past_an_unknown_end_are_those_of_a_longer_horizon(values: np.ndarray, kind: MetricKind) -> None:
    unknown = np.concatenate([values, np.full(TAIL, np.nan)])
    ahead = forecast_of(unknown, 24, kind)
    assert ahead == pytest.approx(forecast_of(values, TAIL + 24, kind)[TAIL:])


def test_neighbors_with_and_without_an_unknown_end_get_what_they_get_alone() -> None:
    unknown, asked = np.concatenate([WAVE, np.full(TAIL, np.nan)]), request()
    together = forecast_panel(panel_of([WAVE, unknown, WAVE]), asked, {}).values
    alone = forecast_panel(panel_of([unknown]), asked, {}).values
    assert np.array_equal(together[0], together[2])
    assert np.array_equal(together[1], alone[0])

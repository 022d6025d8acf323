"""Demand that comes now and then: its own past says how much and how often, unless it comes by the clock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, panel_of, request

from plimsoll.domain.forecast import DEFAULT_LEVELS
from plimsoll.domain.series import MetricKind, Series, SeriesId
from plimsoll.forecast.outlook import bounded_values, outlook_of
from plimsoll.forecast.panel import forecast_panel, pools_of
from plimsoll.forecast.paths import simulate_paths
from plimsoll.forecast.preparation import prepare
from plimsoll.forecast.single import forecast_series
from plimsoll.forecast.sporadic import NAME, TENTHS, is_sporadic, pinball

AHEAD = 48


def bursts(seed, size=720 + AHEAD):
    """One hour in eight has a burst of ten to thirty."""
    draw = np.random.default_rng(seed)
    return np.where(draw.random(size) < 0.125, draw.uniform(10, 30, size), 0.0)


def single(values):
    times = START_MS + HOUR_MS * np.arange(values.size, dtype=np.int64)
    return Series(SeriesId("jobs"), times, values, "", MetricKind.COUNT)


def test_the_own_past_beats_center_and_scale_where_bursts_come_at_random():
    wholes = [bursts(seed) for seed in range(12)]
    panel, asked = panel_of([whole[:-AHEAD] for whole in wholes]), replace(request(AHEAD), levels=TENTHS)
    pools = pools_of(panel, asked)
    ours = forecast_panel(panel, asked, pools).values
    without = []
    for i in range(len(panel)):
        prepared = prepare(panel, i, asked, regular=True)
        outlook = outlook_of(prepared, AHEAD)
        factors = next(iter(pools.values())).at(TENTHS)[None, None]
        without.append(bounded_values([prepared], outlook.center[None], outlook.scale[None], factors)[0])
    lost, lost_without = (
        sum(pinball(whole[-AHEAD:], quantiles) for whole, quantiles in zip(wholes, answers, strict=True))
        for answers in (ours, without)
    )
    assert lost < 0.95 * lost_without


def test_a_job_that_comes_at_its_hour_keeps_its_season():
    values = np.where(np.arange(720) % 24 == 3, 40.0 + np.random.default_rng(0).normal(0, 2, 720), 0.0)
    forecast = forecast_series(single(values), AHEAD)
    assert NAME not in {part.method for part in forecast.weights}
    at_its_hour = (np.arange(AHEAD) % 24) == 3
    middle = forecast.values[:, DEFAULT_LEVELS.index(0.5)]
    assert middle[at_its_hour] == pytest.approx(40, abs=3)
    assert middle[~at_its_hour].max() < 1


def test_alone_and_in_a_panel_it_is_the_same_and_its_paths_too():
    values = bursts(1)[:720]
    alone = forecast_series(single(values), AHEAD, levels=TENTHS)
    assert [part.method for part in alone.weights] == [NAME]
    assert NAME in alone.why
    assert alone.accuracy is not None
    assert 0.7 < alone.accuracy.coverage80 < 0.95
    asked = replace(request(AHEAD), levels=TENTHS)
    panel = panel_of([values], kinds=[MetricKind.COUNT])
    np.testing.assert_array_equal(forecast_panel(panel, asked, pools_of(panel, asked)).values[0], alone.values)
    paths = simulate_paths(single(values), (500, AHEAD), 0)
    assert 0.8 < (paths == 0.0).mean() < 0.95
    assert paths.max() <= values.max()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (bursts(0), True),
        (np.where(bursts(0) == 0.0, np.nan, bursts(0)), False),
        (-bursts(0), False),
        (bursts(0) + 1.0, False),
        (np.arange(720.0) % 2, True),
    ],
    ids=["mostly_zero", "zeros_are_gaps", "below_zero", "never_zero", "just_half"],
)
def test_sporadic_is_what_is_mostly_zero_and_never_below(values, expected):
    assert is_sporadic(prepare(panel_of([values]), 0, request(), regular=True)) is expected

"""Growth that clearly compounds is forecast through its logarithms; lines, walks and what slows stay as they are."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import START_MS, panel_of, request

from plimsoll.domain.panel import Request
from plimsoll.domain.series import MetricKind, Series, SeriesId
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.forecast import compiled
from plimsoll.forecast.kernel import engine
from plimsoll.forecast.kernel.compounding import compounds, exponentials_of
from plimsoll.forecast.panel import forecast_panel, pools_of
from plimsoll.forecast.single import forecast_series

KNOWN, AHEAD = 120, 90
DAYS = np.arange(KNOWN + AHEAD)
WEEK = np.where(DAYS % 7 >= 5, 0.65, 1.0)


def noise(size: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, size, DAYS.size)


COMPOUNDING = 100 * 1.006**DAYS * WEEK * np.exp(noise(0.03))


def forecasts(rows: np.ndarray) -> np.ndarray:
    """The quantiles of a fleet of daily series, (series, h, 5)."""
    times = [START_MS + DAY_MS * np.arange(KNOWN)] * len(rows)
    asked = Request(AHEAD, (0.025, 0.1, 0.5, 0.9, 0.975), DAY_MS)
    panel = panel_of(list(rows[:, :KNOWN]), times)
    return forecast_panel(panel, asked, pools_of(panel, asked)).values


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (COMPOUNDING, True),
        (100 * 1.006**DAYS, True),
        (100 * (1 + 0.006 * DAYS) * WEEK * np.exp(noise(0.03)), False),
        (20 + 0.8 * DAYS + noise(2), False),
        (100 + np.cumsum(0.5 + noise(1.5)), False),
        (100 * np.exp(np.cumsum(noise(0.02))), False),
        (300 / (1 + np.exp((100 - DAYS) / 30)) * np.exp(noise(0.03)), False),
        (100 * (2 - np.exp(-DAYS / 60)) * np.exp(noise(0.03)), False),
        (100 * 0.99**DAYS * np.exp(noise(0.03)), False),
        (100 * np.exp(noise(0.03)), False),
        (np.where(DAYS == 60, 0.0, COMPOUNDING), False),
        (COMPOUNDING - 300, False),
    ],
    ids=[
        "peaks_that_compound", "without_noise", "line_with_noise_in_proportion", "line_from_low", "walk_that_drifts",
        "walk_of_logarithms", "slowing_after_it_compounded", "leveling_off", "falling", "flat", "one_zero",
        "below_zero",
    ],
)  # fmt: skip
def test_only_growth_that_clearly_compounds_is_taken_for_it(values, verdict):
    assert compounds(values[:KNOWN], 7, AHEAD) is verdict


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (COMPOUNDING[:KNOWN], MetricKind.GAUGE, True),
        (np.where(DAYS[:KNOWN] > KNOWN - 4, np.nan, COMPOUNDING[:KNOWN]), MetricKind.GAUGE, True),
        (np.where(DAYS[:KNOWN] % 10 == 3, np.nan, COMPOUNDING[:KNOWN]), MetricKind.GAUGE, True),
        (np.where(DAYS[:KNOWN] < 50, 900, 0) + COMPOUNDING[:KNOWN], MetricKind.GAUGE, True),
        (np.cumsum(COMPOUNDING[:KNOWN]), MetricKind.COUNTER, True),
        (20 + 0.8 * DAYS[:KNOWN] + noise(2)[:KNOWN], MetricKind.GAUGE, False),
        (COMPOUNDING[:KNOWN] - 300, MetricKind.GAUGE, False),
        (100 * 1.006 ** DAYS[:KNOWN] * (1 + DAYS[:KNOWN] % 20 / 10), MetricKind.GAUGE, False),
    ],
    ids=["compounds", "newest_unknown", "gaps", "a_shift", "counter", "line", "below_zero", "saw_tooth"],
)
def test_a_forecast_says_of_its_methods_that_they_saw_logarithms_where_the_kernel_took_them(
    values, kind, expected, monkeypatch
):
    taken = []
    monkeypatch.setattr(compiled, "outlook_many", lambda: engine.outlook_many)
    monkeypatch.setattr(engine, "exponentials_of", lambda *given: taken.append(exponentials_of(*given)))
    times = START_MS + DAY_MS * np.arange(KNOWN)
    told = forecast_series(Series(SeriesId("users"), times, values, "", kind), 30, seasons=(7,))
    said = {part.method.endswith(", in logarithms") for part in told.weights}
    assert (said, bool(taken)) == ({expected}, expected)


def test_growth_whose_bend_drowns_in_the_noise_by_the_horizon_stays_a_line():
    assert compounds(COMPOUNDING[:KNOWN], 7, 14) is False


def test_fewer_than_eight_seasons_show_no_curve():
    without_noise = 100 * 1.02**DAYS
    assert compounds(without_noise[:56], 7, 28) is True
    assert compounds(without_noise[:55], 7, 28) is False


def test_the_answer_does_not_depend_on_the_unit():
    for unit in (1e-9, 1e9):
        assert compounds(unit * COMPOUNDING[:KNOWN], 7, AHEAD) is True
        assert compounds(unit * (20 + 0.8 * DAYS[:KNOWN] + noise(2)[:KNOWN]), 7, AHEAD) is False


def test_peaks_that_compound_leave_a_line_through_their_past_behind():
    line = np.polyval(np.polyfit(DAYS[:KNOWN], COMPOUNDING[:KNOWN], 1), DAYS[-28:])
    middle = forecasts(COMPOUNDING[None])[0, -28:, 2]
    assert middle.mean() > 1.15 * line.mean()  # truly 1.25 of it
    assert middle.mean() == pytest.approx(COMPOUNDING[-28:].mean(), rel=0.1)


def test_intervals_of_a_fleet_that_compounds_hold_three_months_ahead():
    draw = np.random.default_rng(4)
    rows = 100 * 1.006**DAYS * np.exp(draw.normal(0, 0.03, (40, DAYS.size)))
    told, came = forecasts(rows), rows[:, KNOWN:]
    inside = (told[..., 1] <= came) & (came <= told[..., 3])
    assert 0.74 < inside.mean() < 0.9  # by lines 0.5


def test_the_climb_of_a_morning_is_no_growth_that_compounds():
    morning = 100 * np.exp(0.03 * np.arange(48))
    middle = forecast_panel(panel_of([morning]), request(48, seasons=(1,)), {}).values[0, :, 2]
    assert middle[-1] < 3.6 * morning[-1]  # at e^0.03 an hour 4.2 of it


def test_no_path_runs_away():
    paths = np.array([[[0.0, 5.0], [1.0, 800.0]], [[2.0, 3.0], [-800.0, 9.0]]])
    exponentials_of(np.array([0.0, 1.0, 2.0]), np.array([2, 3]), paths)
    np.testing.assert_allclose(paths, np.exp([[[0, 4], [1, 4]], [[2, 3], [-800, 5]]]))


def test_growth_over_hundreds_of_decades_has_a_finite_forecast():
    told = forecast_panel(panel_of([10.0 ** np.linspace(-90, 90, 1400)]), request(90), {})
    assert np.isfinite(told.values).all()

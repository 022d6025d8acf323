"""A scale follows the level of the forecast as far as the errors of its past did."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import panel_of, request

from plimsoll.domain.series import MetricKind
from plimsoll.forecast.kernel.level import HIGHEST, LOWEST, follow_level, level_exponent, usual_level
from plimsoll.forecast.outlook import outlook_of
from plimsoll.forecast.panel import forecast_panel, pools_of, prepare_all

WINDOWS, AHEAD = 6, 48
DAY = 100.0 * (1 + 0.8 * np.sin(np.arange(AHEAD) * 2 * np.pi / 24))
ORIGINS = AHEAD * np.arange(1, WINDOWS + 2)
HOURS = np.arange(720)
WAVE = 1 + 0.8 * np.sin(HOURS * 2 * np.pi / 24)
BUSY = WAVE[-24:] > 1


def past_of(power, seed=0):
    """Windows of a day whose errors grow as a power of the level, with the series."""
    sizes = np.random.default_rng(seed).laplace(size=(WINDOWS, AHEAD))
    errors = sizes * 5.0 * (DAY / DAY.mean()) ** power
    return errors, ORIGINS, np.concatenate([DAY, (DAY + errors).ravel()])


@pytest.mark.parametrize(
    ("power", "found"),
    [(-1.0, 0.0), (0.0, 0.05), (0.5, 0.37), (1.0, 0.72)],
    ids=["less_under_a_ceiling", "alike_at_any_level", "counts", "a_share"],
)
def test_the_exponent_is_that_of_the_errors_pulled_to_none(power, found):
    measured = [level_exponent(*past_of(power, seed), np.full(AHEAD, 5.0), DAY.mean()) for seed in range(20)]
    assert np.mean(measured) == pytest.approx(found, abs=0.06)


def test_the_usual_level_is_that_of_the_windows_behind_the_scale_the_newer_the_more():
    errors, actual = np.zeros((2, 4)), np.concatenate([np.zeros(4), np.full(4, 10.0), np.full(4, 20.0)])
    origins = np.array([4, 8, 12])
    assert usual_level(errors, origins, actual) == pytest.approx((0.85 * 10 + 20) / 1.85)
    errors[1] = np.nan  # the newest window is unknown
    assert usual_level(errors, origins, actual) == pytest.approx(10)


def test_a_calm_stretch_is_told_narrower_and_a_busy_one_wider_within_bounds():
    errors, origins, actual = past_of(1.0)
    center = np.full(AHEAD, 100.0)
    center[:4] = [50.0, 200.0, 1e-9, 1e9]
    scale = np.full(AHEAD, 5.0)
    follow_level(errors, origins, actual, center, scale)
    assert scale[0] < 0.7 * scale[4]
    assert scale[1] > 1.4 * scale[4]
    assert scale[2] >= LOWEST * 5.0
    assert scale[3] <= HIGHEST * 5.0


@pytest.mark.parametrize(
    ("lowest", "known"), [(-1.0, True), (0.0, False)], ids=["once_below_zero", "nothing_known_of_any_window"]
)
def test_what_has_no_level_keeps_its_scale(lowest, known):
    errors, origins, actual = past_of(1.0)
    actual[3] = lowest
    scale = np.full(AHEAD, 5.0)
    follow_level(errors if known else np.full_like(errors, np.nan), origins, actual, DAY, scale)
    np.testing.assert_array_equal(scale, 5.0)


def covered(draw_series):
    """Coverage of the 80 % interval by day and by night over a fleet, and the ratio of the widths, night to day."""
    whole = np.array([draw_series(np.random.default_rng(seed)) for seed in range(60)])
    panel, asked = panel_of(list(whole[:, :-24])), request(24)
    low, high = forecast_panel(panel, asked, pools_of(panel, asked)).values[:, :, [1, 3]].transpose(2, 0, 1)
    inside, width = (whole[:, -24:] >= low) & (whole[:, -24:] <= high), (high - low).mean(axis=0)
    return inside[:, BUSY].mean(), inside[:, ~BUSY].mean(), width[~BUSY].mean() / width[BUSY].mean()


@pytest.mark.parametrize(
    ("draw_series", "day", "night", "narrower"),
    [
        (lambda draw: draw.poisson(20 * WAVE).astype(float), 0.7, 0.83, 0.75),
        (lambda draw: 100 * WAVE * draw.lognormal(0, 0.1, HOURS.size), 0.68, 0.9, 0.55),
    ],
    ids=["counts", "a_share"],
)
def test_where_errors_grow_with_the_level_intervals_hold_by_day_and_are_narrow_by_night(
    draw_series, day, night, narrower
):
    by_day, by_night, width = covered(draw_series)  # with equal scales: 0.65 and 0.87, 0.61 and 0.95, no narrower
    assert by_day > day
    assert by_night < night
    assert width < narrower


def test_where_errors_are_alike_at_any_level_nights_are_as_wide_as_days():
    by_day, by_night, width = covered(lambda draw: 200 + 100 * WAVE + draw.normal(0, 10, HOURS.size))
    assert by_day == pytest.approx(by_night, abs=0.05)
    assert width == pytest.approx(1, abs=0.15)


def test_a_counter_has_no_level():
    counter = np.cumsum(100 * WAVE * np.random.default_rng(0).lognormal(0, 0.1, HOURS.size))
    prepared = prepare_all(panel_of([counter], kinds=[MetricKind.COUNTER]), request(24))[0]
    scale = outlook_of(prepared, 24).scale
    assert (np.diff(scale) >= 0).all()  # growing with the horizon only


def test_the_errors_that_widths_are_read_from_are_over_scales_that_follow_the_level_too():
    rows = [100 * WAVE * np.random.default_rng(seed).lognormal(0, 0.1, HOURS.size) for seed in range(10)]
    told = [outlook_of(one, 24).standardized for one in prepare_all(panel_of(rows), request(24))]
    sizes = np.abs(np.array(told)[:, 2:]).mean(axis=(0, 1))
    assert sizes[BUSY].mean() < 2.2 * sizes[~BUSY].mean()  # with equal scales: three times

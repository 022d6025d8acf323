"""The scale follows how much a series moved lately: narrow after calm days, wide after restless ones."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import daily_wave, panel_of, request

from plimsoll.forecast.compiled import empty_answer
from plimsoll.forecast.kernel.backtesting import backtest
from plimsoll.forecast.kernel.methods import METHODS
from plimsoll.forecast.kernel.movement import follow_movement, movement_factor
from plimsoll.forecast.kernel.nature import Nature
from plimsoll.forecast.outlook import outlook_of
from plimsoll.forecast.panel import forecast_panel, pools_of, prepare_all

AHEAD = 24
NOISE = np.random.default_rng(0).normal(0, 1, 200)


def followed(values, since=50, m=1, slope=0.0):
    """Return by what factor the scale of a forecast over a day follows hours."""
    return movement_factor(np.asarray(values, float), since, m, AHEAD, slope)


def mean_change(values, lag, first):
    return np.abs(values[lag:] - values[:-lag])[first - lag :].mean()


@pytest.mark.parametrize(("strength", "m"), [(3.0, 1), (0.3, 1), (3.0, 48)], ids=["restless", "calm", "a_long_season"])
def test_the_scale_follows_the_newest_changes_over_a_quarter_and_half_a_horizon_beside_the_usual_ones(strength, m):
    values = NOISE * np.where(np.arange(200) < 176, 1.0, strength)
    near = 200 - max(12, m)
    ratios = [mean_change(values, lag, near) / mean_change(values, lag, 50) for lag in (6, 12)]
    assert followed(values, m=m) == pytest.approx((ratios[0] * ratios[1]) ** (1 / 8))
    assert (followed(values, m=m) > 1.0) == (strength > 1.0)


@pytest.mark.parametrize(("before", "at", "factor"), [(1e-6, 188, 8**0.25), (1e6, 164, 8**-0.25)])
def test_no_change_of_noise_counts_more_than_eightfold(before, at, factor):
    assert followed(NOISE * np.where(np.arange(200) < at, before, 1.0)) == pytest.approx(factor)


@pytest.mark.parametrize(
    "values",
    [
        np.zeros(200),
        np.append(NOISE[:150], np.zeros(50)),
        np.append(NOISE[:185], np.full(15, np.nan)),
        NOISE[:5],
    ],
    ids=["never_moved", "stands_still", "newest_not_read", "five_samples"],
)
def test_what_shows_no_movement_changes_nothing(values):
    assert followed(values, since=min(50, values.size - 1)) == 1.0


def test_growth_along_a_known_line_is_no_movement():
    assert followed(NOISE + 5.0 * np.arange(200), slope=5.0) == pytest.approx(followed(NOISE))


def test_the_scales_under_old_errors_follow_what_was_known_then():
    origins, actual = np.array([40, 64, 88, 112]), NOISE[:112]
    nature = Nature(1, 0, 0, AHEAD, False, False, np.zeros(4), np.full(3, True), np.ones(4))
    follow_movement(actual, origins, 0, nature)
    for w, origin in enumerate(origins):
        assert nature.movement[w] == followed(actual[:origin], since=40)
    answer = empty_answer(1, AHEAD, with_errors=True)
    unmoved = nature._replace(movement=np.ones(4)), empty_answer(1, AHEAD, with_errors=True)
    backtest(origins, np.zeros((4, METHODS, AHEAD)), actual, nature, answer, 0)
    backtest(origins, np.zeros((4, METHODS, AHEAD)), actual, *unmoved, 0)
    np.testing.assert_allclose(answer.standardized[0, 2], unmoved[1].standardized[0, 2] / nature.movement[2])
    np.testing.assert_allclose(answer.scale, unmoved[1].scale * nature.movement[3])


def scale_after(values):
    return outlook_of(prepare_all(panel_of([values]), request(48))[0], 48).scale.mean()


def test_neither_an_outage_that_has_ended_nor_what_fills_a_gap_is_movement():
    whole = daily_wave(720)
    down, unread = whole.copy(), whole.copy()
    down[700:706], unread[672:714] = 0.0, np.nan
    assert scale_after(down) < 2.3 * scale_after(whole)  # by the errors of its window; as movement, too, 2.6
    assert scale_after(unread) == pytest.approx(scale_after(whole), rel=0.03)


def test_in_a_fleet_the_restless_are_wider_than_the_calm():
    draw = np.random.default_rng(1)
    strength = np.exp(0.8 * draw.choice((-1.0, 1.0), (60, 1)) * (np.arange(528) >= 456))
    rows = 50.0 + strength * draw.normal(0, 1, (60, 528))
    panel, asked = panel_of(list(rows[:, :-AHEAD])), request(AHEAD)
    low, high = forecast_panel(panel, asked, pools_of(panel, asked)).values[:, :, [1, 3]].transpose(2, 0, 1)
    inside = ((rows[:, -AHEAD:] >= low) & (rows[:, -AHEAD:] <= high)).mean(axis=1)
    calm = strength[:, -1] < 1.0
    assert (high - low)[~calm].mean() > 2.2 * (high - low)[calm].mean()  # by the errors of windows alone: 1.8
    assert inside[calm].mean() < 0.95  # by these alone: 0.97
    assert inside[~calm].mean() > 0.69  # 0.68

"""The scale is at least the distance of the methods from the center, so a level that moved late has wide intervals."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import panel_of, request

from plimsoll.forecast.compiled import empty_answer
from plimsoll.forecast.kernel.agreement import cover_disagreement
from plimsoll.forecast.kernel.backtesting import backtest
from plimsoll.forecast.kernel.methods import METHODS
from plimsoll.forecast.kernel.nature import Nature
from plimsoll.forecast.panel import forecast_panel, pools_of

AHEAD, HOURS = 24, np.arange(504)


@pytest.mark.parametrize(
    ("paths", "weights", "held"),
    [
        ([[10.0, 10.0], [10.0, 10.0]], [0.5, 0.5], [3.0, 3.0]),
        ([[6.0, 9.0], [14.0, 11.0]], [0.5, 0.5], [4.0, 3.0]),
        ([[0.0, 0.0], [12.5, 12.5]], [0.2, 0.8], [4.0, 4.0]),
    ],
    ids=["agreed", "apart_at_the_first_step", "the_lighter_one_far_off"],
)
def test_a_scale_is_raised_to_the_weighted_distance_of_the_paths_and_never_lowered(paths, weights, held):
    scale = np.full(2, 3.0)
    cover_disagreement(np.array(paths), np.array(weights), np.full(2, 10.0), scale)
    np.testing.assert_allclose(scale, held)


def test_old_errors_stand_over_the_distance_too():
    origins, paths = np.array([12, 24, 36, 48]), np.zeros((4, METHODS, 12))
    paths[2, 0::2], paths[2, 1::2] = 5.0, -5.0  # before the newest window half of the methods say 5, half of them -5
    actual = np.zeros(48)
    actual[36:] = 2.0
    answer = empty_answer(1, 12, with_errors=True)
    backtest(
        origins,
        paths,
        actual,
        Nature(
            1, 0, 0, 12, False, False, np.zeros(origins.size), np.full(origins.size - 1, True), np.ones(origins.size)
        ),
        answer,
        0,
    )
    np.testing.assert_allclose(answer.standardized[0, 2], 2.0 / 5.0)


def test_a_level_that_moved_late_is_held_and_its_neighbors_as_before():
    draw, moved = np.random.default_rng(0), 8
    rows = 100 + 15 * np.sin(HOURS * 2 * np.pi / 24) + draw.normal(0, 4, (64, HOURS.size))
    rows[:moved, -AHEAD - 10 :] += np.array([[40.0], [-40.0]] * (moved // 2))
    panel, asked = panel_of(list(rows[:, :-AHEAD])), request(AHEAD)
    low, high = forecast_panel(panel, asked, pools_of(panel, asked)).values[:, :, [1, 3]].transpose(2, 0, 1)
    inside = ((rows[:, -AHEAD:] >= low) & (rows[:, -AHEAD:] <= high)).mean(axis=1)
    assert inside[:moved].mean() > 0.7  # from the errors of windows alone: 0.38
    assert inside[moved:].mean() == pytest.approx(0.85, abs=0.03)  # the same as from these alone

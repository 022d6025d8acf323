"""With a past of two or three horizons the backtest's windows overlap, and early ones cover no whole horizon."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import panel_of, request

from plimsoll.forecast.kernel.spread import in_phase, usual_move
from plimsoll.forecast.panel import forecast_panel, pools_of

DAY, FORTNIGHT = 24, 14 * 24
CALM = np.random.default_rng(5).normal(size=(40, 64 * DAY))
CALM[:, 1:] += 0.5 * CALM[:, :-1]
DAYS = 40 + 8 * np.sin(np.arange(CALM.shape[1]) * 2 * np.pi / DAY) + 2 * CALM


@pytest.mark.parametrize(
    ("horizon", "most", "m", "long", "lag"),
    [
        (336, 400, 24, 168, 336),
        (336, 204, 24, 168, 168),
        (336, 204, 24, 0, 192),
        (336, 160, 24, 168, 144),
        (340, 204, 24, 0, 196),
        (336, 20, 24, 168, 20),
        (12, 8, 24, 0, 8),
        (48, 30, 1, 0, 30),
    ],
    ids=[
        "it_has_room",
        "a_week_less",
        "six_days_less",
        "weeks_do_not_fit_but_days_do",
        "it_is_no_whole_day",
        "not_even_a_day_fits",
        "it_is_shorter_than_a_day",
        "no_season",
    ],
)
def test_a_horizon_is_cut_by_whole_seasons(horizon: int, most: int, m: int, long: int, lag: int) -> None:
    assert in_phase(horizon, most, m, long) == lag


def test_the_usual_move_over_days_knows_nothing_of_the_hours() -> None:
    wave = np.sin(np.arange(17 * DAY) * 2 * np.pi / DAY)
    assert usual_move(wave, FORTNIGHT, DAY, 0) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("days", [17, 20, 24, 29, 31, 35])
def test_a_fleet_with_a_past_of_two_horizons_holds_what_it_says(days: int) -> None:
    """With old widths extrapolated from a few hours of a daily wave, 80 % intervals covered 53 to 74 %."""
    known, asked = days * DAY, request(FORTNIGHT)
    panel, came = panel_of(list(DAYS[:, :known])), DAYS[:, known : known + FORTNIGHT]
    told = forecast_panel(panel, asked, pools_of(panel, asked)).values
    held80, held95 = (((told[..., a] <= came) & (came <= told[..., b])).mean() for a, b in ((1, 3), (0, 4)))
    assert (held80, held95) == (pytest.approx(0.8, abs=0.06), pytest.approx(0.95, abs=0.04))

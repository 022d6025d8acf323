"""A handful of samples gets intervals of about their nominal coverage, and no grade by luck."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import hours, panel_of, request

from plimsoll.domain.forecast import Grade
from plimsoll.domain.series import MetricKind, Series, SeriesId
from plimsoll.forecast.outlook import least_scale
from plimsoll.forecast.panel import forecast_panel, prepare_all
from plimsoll.forecast.single import forecast_series

DRAWS = 150
GAUGE, COUNTER = MetricKind.GAUGE, MetricKind.COUNTER


def courses(nature: str, size: int) -> np.ndarray:
    """Draw series of one kind, shape (draws, size)."""
    noise = np.random.default_rng(size).normal(0, 5, (DRAWS, size))
    return {
        "white_noise": 50 + noise,
        "random_walk": 500 + np.cumsum(noise, axis=1),
        "trend": 50 + 3 * np.arange(size) + noise,
        "counter": np.cumsum(np.maximum(50 + noise, 0), axis=1),
    }[nature]


@pytest.mark.parametrize("nature", ["white_noise", "random_walk", "trend", "counter"])
@pytest.mark.parametrize("known", [5, 6, 8, 12])
def test_intervals_on_a_handful_of_samples_hold_most_of_the_truth(nature: str, known: int):
    drawn = courses(nature, known + 6)
    kinds = [COUNTER if nature == "counter" else GAUGE] * DRAWS
    quantiles = forecast_panel(panel_of(list(drawn[:, :known]), kinds=kinds), request(6), {}).values
    truth = drawn[:, known:]
    far, near = (((low <= truth) & (truth <= high)).mean() for low, high in ends(quantiles))
    assert near >= 0.6
    assert far >= 0.8


@pytest.mark.parametrize("nature", ["white_noise", "random_walk"])
@pytest.mark.parametrize("known", [5, 8, 12])
def test_a_handful_of_samples_far_apart_is_no_surer_than_one_without_gaps(nature: str, known: int):
    """Counted by their span they would pass for a long history: 80 % intervals then covered 41 to 60 %."""
    drawn = courses(nature, 126)
    draw, seen = np.random.default_rng(known), np.full((DRAWS, 120), np.nan)
    for course, row in zip(drawn, seen, strict=True):
        places = [*draw.choice(117, known - 3, replace=False), 117, 118, 119]
        row[places] = course[places]
    quantiles = forecast_panel(panel_of(list(seen)), request(6), {}).values
    truth = drawn[:, 120:]
    far, near = (((low <= truth) & (truth <= high)).mean() for low, high in ends(quantiles))
    assert near >= 0.65
    assert far >= 0.8


def ends(quantiles: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the ends of the 95 % and the 80 % interval."""
    return [(quantiles[:, :, low], quantiles[:, :, 4 - low]) for low in (0, 1)]


@pytest.mark.parametrize(
    ("values", "kind", "least"),
    [
        pytest.param([0, 1, 0, 1], GAUGE, [1, 1, 1.5**0.5, 2**0.5], id="back_and_forth_is_no_less_after_two_steps"),
        pytest.param([0, 2, 4, 6], GAUGE, [2, 4, 4 * 1.5**0.5, 4 * 2**0.5], id="goes_on_as_a_walk_past_half"),
        pytest.param([0, np.nan, 4, 6], GAUGE, [2, 4, 4 * 1.5**0.5, 4 * 2**0.5], id="a_gap_is_no_move"),
        pytest.param([0, np.nan, 4, np.nan], GAUGE, [0, 4, 4 * 1.5**0.5, 4 * 2**0.5], id="no_known_neighbors"),
        pytest.param([0, 1, 2, 6], COUNTER, np.cumsum([1, 1.5, 1.5 * 1.5**0.5, 1.5 * 2**0.5]), id="a_counter_sums_up"),
    ],
)
def test_the_least_scale_is_what_a_short_series_has_moved_by(values: list[float], kind: MetricKind, least: list[float]):
    panel = panel_of([np.array(values, dtype=np.float64)], kinds=[kind])
    (prepared,) = prepare_all(panel, request(4))
    assert least_scale(prepared, 4) == pytest.approx(least)


def test_a_series_that_repeats_exactly_is_forecast_without_error_and_graded_so():
    values = np.tile([3.0, 1.0, 4.0, 1.0, 5.0, 9.0] * 4, 10)
    forecast = forecast_series(Series(SeriesId("job"), hours(values.size), values, "", GAUGE), 6)
    assert forecast.accuracy is not None
    assert (forecast.accuracy.mase, forecast.accuracy.naive_mase, forecast.grade) == (0.0, 0.0, Grade.A)
    assert "no better than seasonal naive, which had no error either" in forecast.why


@pytest.mark.parametrize(
    ("size", "graded"),
    [(4, False), (5, False), (6, False), (9, False), (10, True), (12, True), (16, True)],
    ids=str,
)
def test_skill_is_told_only_where_windows_and_samples_say_something(size: int, graded: bool):
    noise = 50 + np.random.default_rng(3).normal(0, 5, size)
    forecast = forecast_series(Series(SeriesId("few"), hours(size), noise, "", GAUGE), 6)
    assert (forecast.accuracy is not None) is graded
    if not graded:
        assert forecast.grade is Grade.F
        assert "not tested: the past is too short for a backtest" in forecast.why
    else:
        assert "not tested" not in forecast.why

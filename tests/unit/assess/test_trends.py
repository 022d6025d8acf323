"""Plain trends: lines and parabolas through the past."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.assess.trends import plain_trend, plain_trends
from plimsoll.domain.series import Series, SeriesId
from plimsoll.domain.time_spans import DAY_MS


def series(values: list[float], days: list[float] | None = None) -> Series:
    times = np.array(days if days is not None else range(len(values)), dtype=np.float64) * DAY_MS
    return Series(SeriesId("x"), times.astype(np.int64), np.array(values, dtype=np.float64), "users")


def test_a_straight_line_is_found_again_with_its_growth_over_each_span() -> None:
    trend = plain_trend(series([10, 12, 14, 16]), "linear", ("day", "month", "year"))
    assert trend is not None
    assert trend.growth == pytest.approx({"day": 2, "month": 60, "year": 730})
    assert (trend.last, trend.r_squared, trend.slope_error_per_day) == pytest.approx((16, 1, 0), abs=1e-6)


def test_a_parabola_tells_its_slope_at_the_last_sample() -> None:
    trend = plain_trend(series([float(day**2) for day in range(5)]), "quadratic", ("day",))
    assert trend is not None
    assert trend.slope_per_day == pytest.approx(8)
    assert trend.slope_error_per_day is None


def test_r_squared_is_the_share_of_the_variance_by_hand() -> None:
    values = [1.0, 3.0, 2.0, 5.0]
    trend = plain_trend(series(values), "linear")
    assert trend is not None
    assert trend.r_squared == pytest.approx(np.corrcoef(range(4), values)[0, 1] ** 2)


@pytest.mark.parametrize(
    ("values", "days", "model"),
    [
        pytest.param([], [], "linear", id="nothing"),
        pytest.param([1, 2], [0, 1], "linear", id="two_points_have_no_error"),
        pytest.param([1, 2, 3], [0, 0, 0], "linear", id="all_at_one_time"),
        pytest.param([1, 2, 3], [0, 1, 2], "quadratic", id="as_many_as_coefficients"),
        pytest.param([1, np.nan, np.nan, 3], [0, 1, 2, 3], "linear", id="too_few_that_are_numbers"),
    ],
)
def test_too_little_has_no_trend(values: list[float], days: list[float], model: str) -> None:
    assert plain_trend(series(values, days), model) is None


@pytest.mark.parametrize("model", ["linear", "quadratic"])
def test_what_never_moved_has_no_growth_at_all_and_no_r_squared(model: str) -> None:
    """Rounding must not look like growth: 0.95 has no exact binary form."""
    (trend,) = plain_trends(series([0.95] * 90), (model,), ("year",))
    assert (trend.last, trend.growth, trend.r_squared) == (0.95, {"year": 0.0}, None)

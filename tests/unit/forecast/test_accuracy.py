"""Grades, skill and its standard error."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import series_of

from plimsoll.domain.forecast import Accuracy, ForecastState, Grade
from plimsoll.forecast.accuracy import grade_of, skill_error, verdict
from plimsoll.forecast.single import forecast_series


@pytest.mark.parametrize(
    ("skill", "coverage", "grade"),
    [
        (0.4, 0.8, Grade.A),
        (0.4, 0.5, Grade.B),
        (0.2, 0.8, Grade.B),
        (0.1, 0.8, Grade.C),
        (0.0, 0.8, Grade.D),
        (-0.1, 0.8, Grade.E),
        (-0.1, 0.1, Grade.E),
    ],
)
def test_a_grade_follows_skill_and_honest_width(skill, coverage, grade):
    assert grade_of(Accuracy(1 - skill, 1.0, coverage, 6, 100)) is grade


def test_a_forecast_that_is_no_better_says_so():
    noise = np.random.default_rng(0).normal(size=800).cumsum()
    forecast = forecast_series(series_of(noise), 24, seasons=(1,))
    assert forecast.accuracy is not None
    assert "no better than seasonal naive" in verdict(Accuracy(1.0, 1.0, 0.8, 6, 10))
    assert ("no better" in forecast.why) == (forecast.accuracy.skill <= 0)


def test_skill_is_told_with_what_chance_leaves_of_it():
    """Draws of one random walk differ by two grades; the standard error of one draw must match their scatter."""
    found = [
        forecast_series(series_of(1000 + np.cumsum(np.random.default_rng(draw).normal(0, 5, 240))), 24).accuracy
        for draw in range(40)
    ]
    scatter = np.std([one.skill for one in found])
    told = np.sqrt(np.mean([one.skill_error**2 for one in found]))
    assert told == pytest.approx(scatter, rel=0.35)
    assert verdict(Accuracy(0.8, 1.0, 0.8, 6, 10, 0.123)) == "20% less error than seasonal naive, ± 12 points"
    assert verdict(Accuracy(0.8, 1.0, 0.8, 6, 10)) == "20% less error than seasonal naive"


def test_windows_that_know_nothing_have_no_part_in_the_error_of_skill():
    errors, naive = np.array([[1.0], [2.0], [0.0], [3.0]]), np.array([[4.0], [4.0], [0.0], [4.0]])
    known = [0, 1, 3]
    assert skill_error(errors, naive) == skill_error(errors[known], naive[known])


@pytest.mark.parametrize("windows", [[1.0], [0.0, 0.0, 2.0]], ids=["one_window", "one_that_decides"])
def test_one_window_has_no_error_of_skill(windows):
    errors = np.array(windows)[:, None]
    assert skill_error(errors, errors) is None


def test_an_untested_forecast_has_the_lowest_grade_and_no_accuracy():
    forecast = forecast_series(series_of([1.0, 2.0, 4.0]), 5)
    assert (forecast.grade, forecast.accuracy, forecast.state) == (Grade.F, None, ForecastState.SHORT_HISTORY)


@pytest.mark.parametrize(("size", "grade"), [(3, Grade.F), (9, Grade.F), (10, Grade.A)])
def test_a_handful_of_equal_samples_is_not_graded(size, grade):
    forecast = forecast_series(series_of(np.full(size, 7.0)), 3)
    assert (forecast.state, forecast.grade) == (ForecastState.CONSTANT, grade)
    assert ("not tested" in forecast.why) is (grade is Grade.F)

"""A runway is graded as a forecast is."""

from __future__ import annotations

import pytest

from plimsoll.domain.forecast import Accuracy, Grade
from plimsoll.forecast.accuracy import grade_of as of_forecast
from plimsoll.planning.runway_grades import grade_of


@pytest.mark.parametrize(
    ("skill", "coverage", "grade"),
    [
        pytest.param(0.34, 0.8, Grade.A, id="a_third"),
        pytest.param(0.18, 0.8, Grade.B, id="a_sixth"),
        pytest.param(0.06, 0.8, Grade.C, id="a_twentieth"),
        pytest.param(0.0, 0.8, Grade.D, id="no_worse"),
        pytest.param(-0.03, 0.8, Grade.E, id="worse"),
        pytest.param(0.34, 0.55, Grade.B, id="too_sure"),
        pytest.param(0.01, 0.55, Grade.E, id="no_better_and_too_sure"),
        pytest.param(1.0, 1.0, Grade.A, id="no_error"),
    ],
)
def test_a_runway_and_a_forecast_of_one_accuracy_have_one_grade(skill: float, coverage: float, grade: Grade) -> None:
    accuracy = Accuracy(1.0 - skill, 1.0, coverage, 6, 75)
    assert grade_of(accuracy) is of_forecast(accuracy) is grade
    assert grade_of(None) is of_forecast(None) is Grade.F


def test_a_level_that_never_moved_was_predicted_without_an_error() -> None:
    assert grade_of(Accuracy(0.0, 0.0, 1.0, 3, 75)) is Grade.A

"""Bands: which one holds a value."""

from __future__ import annotations

import math

import pytest

from plimsoll.assess.bands import band_of
from plimsoll.domain.assessment import Band

CPU = (Band("normal", 0, 50), Band("warning", 50, 80), Band("critical", 80, 95), Band("emergency", 95, None))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        pytest.param(0, "normal", id="lower_bound_inclusive"),
        pytest.param(49.999, "normal", id="just_below_the_upper_bound"),
        pytest.param(50, "warning", id="upper_bound_belongs_to_the_next"),
        pytest.param(1e12, "emergency", id="open_end"),
        pytest.param(-1, None, id="below_all_bands"),
        pytest.param(math.nan, None, id="not_a_number_is_in_no_band"),
    ],
)
def test_a_value_lies_in_the_band_that_holds_it(value: float, name: str | None) -> None:
    assert band_of(value, CPU) == name


def test_a_band_open_below_holds_minus_infinity() -> None:
    assert band_of(-math.inf, [Band("low", None, 10)]) == "low"

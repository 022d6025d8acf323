"""Laws of quantities: any text is read or refused, and what is written is read back."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from plimsoll.domain.errors import QuantityError
from plimsoll.domain.quantity import Dimension, duration, format_duration, quantity

dimensions = st.sampled_from(list(Dimension))


@given(st.text(max_size=80), dimensions)
def test_any_text_is_a_finite_quantity_or_one_line_of_refusal(text: str, dimension: Dimension) -> None:
    try:
        assert math.isfinite(quantity(text, dimension))
    except QuantityError as error:
        assert "\n" not in str(error)


@given(st.floats(min_value=1e-3, max_value=1e9))
def test_a_duration_is_read_again_as_it_was_written_to_three_digits(seconds: float) -> None:
    assert math.isclose(duration(format_duration(seconds)), seconds, rel_tol=6e-3)


@given(st.integers(min_value=0, max_value=100))
def test_whole_percents_carry_no_float_noise(percent: int) -> None:
    assert quantity(f"{percent}%", Dimension.RATIO) == percent / 100

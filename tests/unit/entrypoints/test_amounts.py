"""What was typed becomes numbers, or one clear word."""

from __future__ import annotations

import math

import pytest

from plimsoll.domain.errors import UsageError
from plimsoll.entrypoints.cli.amounts import above_zero


def test_amounts_that_there_are_stay_as_they_are() -> None:
    assert above_zero("--for-load", [1e-9, 3, 1e12]) == (1e-9, 3, 1e12)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, 1e300])
def test_an_amount_that_there_is_not_is_refused_with_its_option(value: float) -> None:
    with pytest.raises(UsageError, match=r"--for-load .* must be a number above zero, and no more than"):
        above_zero("--for-load", [value])

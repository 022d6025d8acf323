"""A frequency word is a step of fixed length, or is refused."""

from __future__ import annotations

import pytest
from tests.unit.forecast.panels import HOUR_MS

from plimsoll.domain.errors import UsageError
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.forecast.frequency import step_of


@pytest.mark.parametrize(
    ("word", "step_ms"),
    [
        ("10s", 10_000),
        ("5min", 300_000),
        ("5T", 300_000),
        ("h", HOUR_MS),
        ("H", HOUR_MS),
        ("D", DAY_MS),
        ("W", 7 * DAY_MS),
    ],
)
def test_a_frequency_word_is_a_step(word, step_ms):
    assert step_of(word) == step_ms


@pytest.mark.parametrize("word", ["", "M", "MS", "0h", "fortnight", "-5min", "5", "h" * 100])
def test_a_word_without_a_fixed_step_is_refused(word):
    with pytest.raises(UsageError, match="fixed step"):
        step_of(word)

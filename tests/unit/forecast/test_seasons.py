"""Which seasons a series has by its step, and how named ones convert to steps of its own."""

from __future__ import annotations

import pytest
from tests.unit.forecast.panels import HOUR_MS

from plimsoll.domain.time_spans import DAY_MS
from plimsoll.forecast.seasons import rescaled, seasons_for


@pytest.mark.parametrize(
    ("step_ms", "named", "expected"),
    [
        (HOUR_MS, (24,), (24, 168, 0)),
        (HOUR_MS, (24, 168), (24, 168, 0)),
        (HOUR_MS, (1,), (1, 0, 0)),
        (300_000, (288,), (288, 2016, 0)),
        (DAY_MS, (7,), (7, 0, 364)),
        (7 * DAY_MS, (52,), (52, 0, 0)),
        (10_000, (1,), (1, 0, 0)),
        (HOUR_MS, None, (24, 168, 0)),
        (DAY_MS, None, (7, 0, 364)),
        (31 * DAY_MS, None, (12, 0, 0)),
        (30 * DAY_MS, None, (12, 0, 0)),
        (92 * DAY_MS, None, (4, 0, 0)),
        (45 * DAY_MS, None, (1, 0, 0)),
    ],
)
def test_seasons_are_the_named_ones_and_those_of_the_calendar(step_ms, named, expected):
    seasons = seasons_for(step_ms, named)
    assert (seasons.main, seasons.long, seasons.year) == expected


def test_a_named_season_is_told_in_the_series_own_steps():
    assert rescaled((24,), HOUR_MS, 300_000) == (288,)
    assert rescaled((1,), HOUR_MS, 300_000) == (1,)  # none stays none

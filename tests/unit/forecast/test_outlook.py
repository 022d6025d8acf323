"""Where the rows of a backtest's errors begin, and at which steps their scale was measured."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import daily_wave, panel_of, request

from plimsoll.forecast.outlook import comparable_errors, origins_of, outlook_of
from plimsoll.forecast.panel import prepare_all
from plimsoll.forecast.preparation import Prepared

DAY = 24


def prepared(values: np.ndarray) -> Prepared:
    (found,) = prepare_all(panel_of([values]), request())
    return found


def with_unknown_end(values: np.ndarray, steps: int) -> np.ndarray:
    return np.concatenate([values[: values.size - steps], np.full(steps, np.nan)])


@pytest.mark.parametrize(
    "values",
    [
        daily_wave(240),
        with_unknown_end(daily_wave(240), 7),
        with_unknown_end(daily_wave(60), 11),
        np.where((np.arange(120) % DAY == 3) | (np.arange(120) % 40 == 0), daily_wave(120), np.nan),
    ],
    ids=["all_known", "an_unknown_end", "that_leaves_no_two_days", "a_handful_known_in_five_days"],
)
def test_errors_are_those_of_the_samples_they_are_said_to_be_of(values: np.ndarray) -> None:
    """With an unknown end, errors must not be matched to samples that many steps later."""
    one, horizon = prepared(values), 12
    outlook = outlook_of(one, horizon)
    told = np.full_like(outlook.errors, False, dtype=bool)
    for row, origin in zip(told, origins_of(one, horizon), strict=False):
        truth = one.values[origin : origin + horizon]
        row[: truth.size] = np.isfinite(truth)
    assert told.any()
    np.testing.assert_array_equal(np.isfinite(outlook.errors), told)


@pytest.mark.parametrize("steps", [0, 5], ids=["all_known", "an_unknown_end"])
def test_an_error_at_a_step_that_no_window_before_had_reached_is_no_measure_of_width(steps: int) -> None:
    one, horizon = prepared(with_unknown_end(daily_wave(8 * DAY), steps)), 4 * DAY
    outlook = outlook_of(one, horizon)
    origins, reached = origins_of(one, horizon), comparable_errors(one, outlook)
    assert np.isfinite(outlook.standardized[2:]).sum(axis=1).tolist() == [horizon] * 4
    assert np.isfinite(reached).sum(axis=1)[2:].tolist() == (origins - origins[0] - steps)[2:].tolist()
    assert np.array_equal(reached[np.isfinite(reached)], outlook.standardized[np.isfinite(reached)])

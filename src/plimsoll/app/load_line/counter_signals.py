"""Is a signal a counter, and what does it gain a second?

    rate at a sample = (value - the one before) / seconds between them

A fall is a reset: what was gained up to it nobody knows. What was gained over a gap belongs to no moment.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.domain.errors import InputError
from plimsoll.domain.series import MetricKind, Series

_FALLS_OF_A_COUNTER = 0.1  # of its moves at most: a counter that is reset more often than that counts nothing
_FALLS_OF_A_RATE = 0.01  # of its moves at least, once there are enough of them
_ENOUGH = 100
_GAP = 1.5  # steps


def gained(word: str, series: Series) -> Series:
    """Turn a counter into what it gained a second, from its second sample on; give back what is none.

    Raises InputError where the series is called a counter and falls like none, or is demand and only rises.
    """
    moves = np.diff(series.values[np.isfinite(series.values)])
    falls = int(np.count_nonzero(moves < 0))
    if series.kind is not MetricKind.COUNTER:
        rises = int(np.count_nonzero(moves > 0))
        if word == "demand" and rises >= max(_ENOUGH, 0.5 * moves.size) and falls < _FALLS_OF_A_RATE * moves.size:
            raise InputError(
                f"demand rises at {rises} of {moves.size} moves and falls at {falls}: is it a counter? Give its rate a "
                "second (of a server, rate(...)), or call the series NAME_total"
            )
        return series
    if falls > _FALLS_OF_A_COUNTER * moves.size:
        raise InputError(
            f"{word} is called a counter (_total) and falls at {falls} of {moves.size} moves, so it is no counter: say "
            f"in which unit it comes (--signal {word}:UNIT=QUERY)"
        )
    return _rate(series)


def _rate(series: Series) -> Series:
    seconds, step_s = np.diff(series.times_ms) / 1000, (series.step_ms or 0) / 1000
    gain = np.diff(series.values)
    rate = np.where((gain >= 0) & (seconds <= _GAP * step_s), gain / seconds, np.nan)
    unit = f"{series.unit} per second".strip()
    return replace(series, times_ms=series.times_ms[1:], values=rate, unit=unit, kind=MetricKind.RATE)

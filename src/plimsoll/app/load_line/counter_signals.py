"""Is a signal a counter, and what is its rate per second?

    rate at a sample = (value - previous value) / seconds between them

A fall is a reset, so the gain up to it is unknown. The gain over a gap belongs to no single moment. Both are NaN.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.domain.errors import InputError
from plimsoll.domain.series import MetricKind, Series
from plimsoll.domain.unit_names import per_second

_FALLS_OF_A_COUNTER = 0.1  # of its moves at most: what is reset more often is no counter
_FALLS_OF_A_RATE = 0.01  # of its moves at least, once there are enough of them
_ENOUGH = 100
_GAP = 1.5  # steps


def as_rate(word: str, series: Series) -> Series:
    """Turn a counter into its rate per second, from its second sample on; return any other series unchanged.

    Raises InputError for a series that is called a counter but falls too often, and for demand that only rises.
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
    return replace(
        series, times_ms=series.times_ms[1:], values=rate, unit=per_second(series.unit), kind=MetricKind.RATE
    )

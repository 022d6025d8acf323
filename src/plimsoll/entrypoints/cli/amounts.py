"""How long, how much does the user mean? What was typed, as numbers; every complaint names its option."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.domain.errors import QuantityError, UsageError
from plimsoll.domain.quantity import Dimension, duration, quantity

_MOST = 1e12


def span_s(text: str, option: str, *, or_none_at_all: bool = False) -> float:
    """Read a span of time in seconds, longer than nothing unless nothing is a span too; raises UsageError.

    >>> span_s("5m", "--step"), span_s("0s", "--metric-delay", or_none_at_all=True)
    (300.0, 0.0)
    """
    try:
        seconds = duration(text)
    except QuantityError as error:
        raise UsageError(f"{option}: {error.message}") from error
    if seconds < 0 or (seconds == 0 and not or_none_at_all):
        least = "not be negative" if or_none_at_all else "be longer than nothing"
        raise UsageError(f"{option} must {least}, not {text!r}")
    return seconds


def span_ms(text: str, option: str) -> int:
    """Read a span of time in milliseconds, at least one; raises UsageError."""
    return max(1, round(span_s(text, option) * 1000))


def above_zero(option: str, values: Sequence[float]) -> tuple[float, ...]:
    """Answer the values; raises UsageError for one that is no number above zero, or more than there is of anything."""
    for value in values:
        if not 0 < value <= _MOST:
            raise UsageError(f"{option} {value:g} must be a number above zero, and no more than {_MOST:g}")
    return tuple(values)


def ratio(text: str, option: str) -> float:
    """Read a share or a rate of growth; raises UsageError."""
    try:
        return quantity(text, Dimension.RATIO)
    except QuantityError as error:
        raise UsageError(f"{option}: {error.message}") from error

"""Since when has a service shown other values at the same demand, within a window of telemetry?

Every reading is divided by what the curve through the classes of demand says of its demand. Readings are cut in order
of time into 28 parts of equal size, and each has a median. A service has changed between two parts if nearly every part
after lies on the same side of nearly every part before, in 98 % of all pairs (the probability that the test of Mann
and Whitney estimates, Annals of Mathematical Statistics 18, 1947), and its values at the same demand differ by more
than a tenth. Of several such moments the one that explains most by two means is taken. Hours and weekdays come again
and separate no parts, nor does an outage that has ended. What drifts separates parts as well, but the four on either
side of a moment differ by a third of what all do, where a step has them differ by all; half is asked for. A weekend
that is the first or the last of the readings, without another a week away, is no other version either.

Where parts scatter by as much as they differ, 98 % are not reached; 90 % are, but a weekend at the end of two weeks
reaches them, too. A change in the last tenth of the readings is too short to be told from chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.model import Values
from plimsoll.domain.series import Times
from plimsoll.domain.time_spans import DAY_S

_PARTS = 28
_FEWEST_PARTS = 3  # before a change, or after it: chance puts so few on one side in one window of a hundred
_BESIDE = 4  # parts: two days of two weeks
_STEP = 0.5  # of the difference of all parts, found in those beside the moment
_CLEARLY, _PERHAPS = 0.98, 0.9  # shares of pairs
_CHANGED = 1.1  # ratio to before, or its inverse
_DAY_MS = round(1000 * DAY_S)
_FRIDAY_NOON_MS = round(1.5 * _DAY_MS)  # the first of January 1970 was a Thursday
_FEWEST_READINGS = 5  # of a class before and after, to be compared


@dataclass(frozen=True)
class Change:
    """The first moment at which a quantity shows other values, and how many times as high they are."""

    moment: int
    times: float


@dataclass(frozen=True)
class _Found:
    """A change, the share of it that lies in the parts beside its moment, and its first, own and last time."""

    change: Change
    beside: float
    span_ms: tuple[int, int, int]


def clear_change(values: Values, expected: Values, rows: Sequence[NDArray[np.bool_]], times_ms: Times) -> Change | None:
    """Find the clearest change among moments (n,): a step that no weekend explains.

    `rows` are the moments of each class of demand; `expected` (n,) is the value by the curve at the demand of each
    moment. None where nothing changed, or where only one class of demand was read both before and after.
    """
    for found in _changes(values, expected, rows, times_ms, _CLEARLY):
        if found.beside <= _STEP:
            return None  # what drifts may look like a step at a moment that explains less
        if not _is_weekend(*found.span_ms):
            return found.change
    return None


def possible_change(
    values: Values, expected: Values, rows: Sequence[NDArray[np.bool_]], times_ms: Times
) -> Change | None:
    """Find a change as `clear_change` does that may be a drift, a weekend or chance."""
    return next((one.change for one in _changes(values, expected, rows, times_ms, _PERHAPS)), None)


def _changes(
    values: Values, expected: Values, rows: Sequence[NDArray[np.bool_]], times_ms: Times, apart: float
) -> Iterator[_Found]:
    """Give the moments that set `apart` that share of all pairs of parts, those that explain most first."""
    usable = np.flatnonzero(np.any(rows, axis=0) & np.isfinite(values) & (values > 0) & (expected > 0))
    if usable.size < _PARTS:
        return
    parts = np.array_split(usable, _PARTS)
    levels = np.array([float(np.median(np.log(values[part] / expected[part]))) for part in parts])
    splits = range(_FEWEST_PARTS, _PARTS - _FEWEST_PARTS + 1)
    found = [k for k in splits if abs(_share_above(levels[:k], levels[k:]) - 0.5) >= apart - 0.5]
    for k in sorted(found, key=lambda k: _explained(levels[:k], levels[k:]), reverse=True):
        moment = int(parts[k][0])
        times = _times_as_high(values, moment, rows)
        if max(times, 1 / times) > _CHANGED:
            first_ms, own_ms, last_ms = (int(times_ms[i]) for i in (usable[0], moment, usable[-1]))
            yield _Found(Change(moment, times), _share_beside(levels, k), (first_ms, own_ms, last_ms))


def _share_beside(levels: Values, k: int) -> float:
    """Return how much of the difference of all parts before and after `k` those next to it have."""
    beside = np.mean(levels[k : k + _BESIDE]) - np.mean(levels[max(0, k - _BESIDE) : k])
    return float(beside / (np.mean(levels[k:]) - np.mean(levels[:k])))


def _is_weekend(first_ms: int, own_ms: int, last_ms: int) -> bool:
    """Whether one side of a moment alone is a weekend, and the only one."""
    before, after = _lies_in_weekend(first_ms, own_ms), _lies_in_weekend(own_ms, last_ms)
    seen_ms = own_ms - first_ms if after else last_ms - first_ms
    return before != after and seen_ms < 7 * _DAY_MS


def _lies_in_weekend(start_ms: int, end_ms: int) -> bool:
    """Whether a span lies within one Saturday and Sunday of any time zone: Friday noon to Monday noon, UTC."""
    into_ms = (start_ms - _FRIDAY_NOON_MS) % (7 * _DAY_MS)
    return into_ms + end_ms - start_ms <= 3 * _DAY_MS


def _explained(before: Values, after: Values) -> float:
    """Return the sum of squares about the mean that two means explain, in units of all parts."""
    return float(before.size * after.size * (np.mean(after) - np.mean(before)) ** 2)


def _share_above(before: Values, after: Values) -> float:
    """Return the share of pairs in which what came after is the higher; ties count half."""
    above = np.sign(after[:, None] - before[None, :])
    return float(np.mean((above + 1) / 2))


def _times_as_high(values: Values, moment: int, rows: Sequence[NDArray[np.bool_]]) -> float:
    """Return the median over classes of the ratio of medians, from `moment` on to before; 1 where one class is read.

    Of the two in the middle the one nearer to 1 is taken, so that a single class of two shows no change.
    """
    ratios = []
    for row in rows:
        known = np.flatnonzero(row & np.isfinite(values))
        before, after = values[known[known < moment]], values[known[known >= moment]]
        if min(before.size, after.size) >= _FEWEST_READINGS and np.median(before) > 0 and np.median(after) > 0:
            ratios.append(float(np.median(after) / np.median(before)))
    if len(ratios) < 2:
        return 1.0
    middle = (float(np.quantile(ratios, 0.5, method=side)) for side in ("lower", "higher"))
    return min(middle, key=lambda times: max(times, 1 / times))

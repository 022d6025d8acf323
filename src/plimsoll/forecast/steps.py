"""How far is it from one sample to the next? A fixed length, or whole calendar months, which have none.

Samples of months, quarters and years lie on the same day of their months, or on the last day of a shorter month, and at
the same hour. A time counts to the day whose midnight UTC is within twelve hours, so that midnights of any zone are
days. The hour may be off by one, as clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.domain.series import Times
from plimsoll.domain.time_spans import DAY_MS, HOUR_MS, MONTH_MS

_HALF_DAY_MS, _CLOCK_CHANGE_MS = DAY_MS // 2, HOUR_MS
_SHORTEST_MS = 28 * DAY_MS - _CLOCK_CHANGE_MS


@dataclass(frozen=True, slots=True)
class Step:
    """The distance to the next sample: `ms`, or `months` calendar months on their `day`, with `ms` their mean length.

    >>> february = int(np.datetime64("2026-02-28", "ms").astype(np.int64))
    >>> Step(MONTH_MS, 1, 31).after(february, np.array([1, 2])).astype("M8[ms]").astype("M8[D]").tolist()
    [datetime.date(2026, 3, 31), datetime.date(2026, 4, 30)]
    """

    ms: int
    months: int = 0
    day: int = 0

    def after(self, end_ms: int, steps: Times) -> Times:
        """Return the moments this many steps (n,) after one moment; before it where they are negative."""
        if not self.months:
            return np.asarray(end_ms + self.ms * steps, dtype=np.int64)
        (month,), _, (hour_ms,) = _parts(np.array([end_ms]))
        months = month + self.months * steps
        days = np.minimum(self.day, _lengths(months)) - 1
        return np.asarray((_first_days(months) + days) * DAY_MS + hour_ms, dtype=np.int64)

    def goes_past(self, end_ms: int, steps: int, last_ms: int) -> bool:
        """Whether this many steps after one moment lie past another; integers of any size are compared first."""
        return end_ms + self.ms * steps > last_ms or int(self.after(end_ms, np.array([steps]))[0]) > last_ms

    def numbers(self, times_ms: Times) -> Times:
        """Number the steps at which sorted moments (n,) lie, the last of them being 0."""
        if not self.months:
            return np.asarray(np.rint((times_ms - times_ms[-1]) / self.ms), dtype=np.int64)
        months = _parts(times_ms)[0]
        return np.asarray((months - months[-1]) // self.months, dtype=np.int64)

    def ordinal(self, moment_ms: int) -> int:
        """Return how many whole steps of the clock, or of the calendar, have passed since 1970."""
        return int(_parts(np.array([moment_ms]))[0][0]) // self.months if self.months else moment_ms // self.ms


def is_near(own_ms: int, step_ms: int) -> bool:
    """Whether a spacing is within a factor of two of a step."""
    return 0.5 * step_ms < own_ms < 2 * step_ms


def calendar_step(times_ms: Times) -> Step | None:
    """Find the step of sorted times (n,) that lie whole calendar months apart; None where they do not."""
    if times_ms.size < 3 or int(np.diff(times_ms).min()) < _SHORTEST_MS:
        return None
    months, days, hours = _parts(times_ms)
    day, apart = int(days.max()), int(np.gcd.reduce(np.diff(months)))
    is_same_day = bool((days == np.minimum(day, _lengths(months))).all())
    is_same_hour = int(np.abs(hours - hours[-1]).max()) <= _CLOCK_CHANGE_MS
    return Step(apart * MONTH_MS, apart, day) if apart and is_same_day and is_same_hour else None


def _parts(times_ms: Times) -> tuple[Times, Times, Times]:
    """Split times into months since 1970, days of the month from 1, and milliseconds from the nearest midnight."""
    dates = (times_ms + _HALF_DAY_MS) // DAY_MS
    months = dates.astype("M8[D]").astype("M8[M]").astype(np.int64)
    return months, dates - _first_days(months) + 1, times_ms - dates * DAY_MS


def _first_days(months: Times) -> Times:
    return np.asarray(months.astype("M8[M]").astype("M8[D]").astype(np.int64))


def _lengths(months: Times) -> Times:
    return _first_days(months + 1) - _first_days(months)

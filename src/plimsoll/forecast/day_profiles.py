"""What is a usual day of a series, hour by hour, in the days of its own clock?

    usual(d, w, s) = median over the nearest days of weekday w around d, no holidays, of the mean of slot s

A slot is an hour, or the step where that is longer. At most `NEAREST` days on each side count, none further than
`_REACH` weeks. Days are those of a time zone.

A series of one value a day, each stamped at midnight (UTC, or of the zone in which its file was read), has dates for
times and keeps them in any zone. Its step is 24 hours, so where clocks have changed, a future step is stamped an hour
off its midnight; it still belongs to its date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.local_time import local_ms
from plimsoll.domain.series import Series, Values, Window
from plimsoll.domain.time_spans import DAY_MS, HOUR_MS

SUNDAY = 6
NEAREST = 4
MOST_DAYS = 3653
_REACH = 8
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class DayProfiles:
    """The mean of each slot of each day, shape (days, slots), NaN where unknown; `first` is the first day's ordinal.

    `rest_day` is the weekday taken for the day of rest. `early_ms` is how long before the start of its day a step may
    be stamped.
    """

    first: int
    slot_ms: int
    values: NDArray[np.float64]
    zone: str
    rest_day: int = SUNDAY
    early_ms: int = 0

    def row(self, day: date) -> int:
        """Return the row that a day has, or would have."""
        return day.toordinal() - self.first

    def ordinary(self, without: frozenset[int], most: int) -> list[int]:
        """List rows of days that are no holidays, at most `most`, spread evenly over the past."""
        rows = [row for row in range(len(self.values)) if row not in without and self.holds(row)]
        return rows[:: -(-len(rows) // most)] if rows else []

    def day(self, row: int) -> date:
        """Return the day of a row."""
        return date.fromordinal(self.first + row)

    def window(self, day: date) -> Window:
        """Return the span in which the samples and steps of a day are stamped."""
        start_ms, end_ms = (begin_ms(one, self.zone) for one in (day, day + timedelta(days=1)))
        return Window(start_ms - self.early_ms, end_ms - self.early_ms)

    def holds(self, row: int) -> bool:
        """Whether a row has any known slot."""
        return 0 <= row < len(self.values) and bool(np.isfinite(self.values[row]).any())

    def weekday(self, row: int) -> int:
        """Return the weekday of a row, Monday is 0."""
        return (self.first + row - 1) % 7

    def unlike_others(self, weekdays: Sequence[int], without: frozenset[int]) -> int:
        """Choose, of some weekdays, the one whose usual slots differ most from those of the remaining weekdays."""
        if len(weekdays) == 1:
            return weekdays[0]
        of_rows = [self.weekday(row) if row not in without else -1 for row in range(len(self.values))]
        found = np.array(of_rows)
        others = median_of(self.values[(found >= 0) & ~np.isin(found, weekdays)])
        gaps = [np.abs(median_of(self.values[found == weekday]) - others) for weekday in weekdays]
        return max(zip(weekdays, gaps, strict=True), key=lambda one: float(np.nan_to_num(one[1]).sum()))[0]

    def usual(self, row: int, weekday: int, without: frozenset[int]) -> Values:
        """Compute the usual slots of a weekday around a row (which itself never counts), NaN where nothing is known."""
        nearest = row + (weekday - self.weekday(row) + 3) % 7 - 3
        before = [nearest - 7 * k for k in range(_REACH) if nearest - 7 * k < row]
        after = [nearest + 7 * k for k in range(_REACH) if nearest + 7 * k > row]
        last = len(self.values) - 1
        if row > last:  # a day ahead uses the newest weeks, however far off it is
            newest = last - (self.weekday(last) - weekday) % 7
            before, after = [newest - 7 * k for k in range(_REACH)], []
        sides = ([one for one in side if one not in without and self.holds(one)][:NEAREST] for side in (before, after))
        rows = [one for side in sides for one in side]
        return median_of(self.values[rows])


def median_of(rows: NDArray[np.float64]) -> Values:
    """Compute the median of each column, NaN for a column without values."""
    if not len(rows):
        return np.full(rows.shape[1], np.nan)
    ordered, counts = np.sort(rows, axis=0), np.isfinite(rows).sum(axis=0)  # NaN comes last
    columns = np.arange(rows.shape[1])
    low, high = (
        ordered[place, columns] for place in (np.maximum(counts - 1, 0) // 2, np.minimum(counts // 2, len(rows) - 1))
    )
    return np.asarray(low / 2 + high / 2)


def day_profiles(series: Series, zone: str) -> DayProfiles:
    """Arrange the newest `MOST_DAYS` of a series by days and slots; its step is at most a day, one sample is known."""
    finite = np.isfinite(series.values)
    finite &= series.times_ms > series.times_ms[finite][-1] - MOST_DAYS * DAY_MS
    times, values = series.times_ms[finite], series.values[finite]
    zone = zone_of_days(series, zone)
    early_ms = HOUR_MS if zone != "UTC" and has_dates(series, zone) else 0
    slot_ms = min(max(series.step_ms or DAY_MS, HOUR_MS), DAY_MS)
    local = local_ms(times, zone)
    days, slots = local // DAY_MS, (local % DAY_MS) // slot_ms
    first, width = int(days[0]), -(-DAY_MS // slot_ms)
    places = (days - first) * width + slots
    size = (int(days[-1]) - first + 1) * width
    counts = np.bincount(places, minlength=size)
    means = np.full(size, np.nan)
    np.divide(np.bincount(places, weights=values, minlength=size), counts, out=means, where=counts > 0)
    return DayProfiles(first + _EPOCH, slot_ms, means.reshape(-1, width), zone, early_ms=early_ms)


def zone_of_days(series: Series, zone: str, *others: str) -> str:
    """Choose the zone in which a series' days are counted: `zone`, or one whose midnights all of its times are."""
    return next((one for one in ("UTC", zone, *others) if has_dates(series, one)), zone)


def has_dates(series: Series, zone: str) -> bool:
    """Whether a series has dates for times: one value a day, the newest ones stamped where a day of the zone begins."""
    if (series.step_ms or 0) < DAY_MS:
        return False
    times = series.times_ms[series.times_ms > series.times_ms[-1] - MOST_DAYS * DAY_MS]
    local = local_ms(times, zone)
    later = np.flatnonzero(local % DAY_MS)  # where clocks go forward at midnight, a day begins at one o'clock
    pairs = zip(times[later].tolist(), (local[later] // DAY_MS).tolist(), strict=True)
    return all(begin_ms(date.fromordinal(day + _EPOCH), zone) == time_ms for time_ms, day in pairs)


def begin_ms(day: date, zone: str) -> int:
    """Return the moment at which a day begins in a zone."""
    return round(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)

"""A calendar of holidays as a dictionary: the simplest correct form, with which the real calendar must agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from plimsoll.domain.errors import UsageError
from plimsoll.domain.holidays import Holiday

SATURDAY_AND_SUNDAY = frozenset({5, 6})


class WrittenCalendar:
    """Holds given holidays by place, and the days of rest of places where these are unusual."""

    def __init__(
        self, days: Mapping[str, Sequence[Holiday]], weekends: Mapping[str, frozenset[int]] | None = None
    ) -> None:
        self._days, self._weekends = dict(days), dict(weekends or {})

    def check(self, place: str) -> None:
        if place not in self._days:
            raise UsageError(f"holidays of {place[:40]!r} are not known; near are {', '.join(self._days)}")

    def rest_days(self, place: str, on: date) -> frozenset[int]:
        self.check(place)
        return self._weekends.get(place, SATURDAY_AND_SUNDAY)

    def holidays(self, places: Sequence[str], first: date, last: date) -> tuple[Holiday, ...]:
        found: dict[date, str] = {}
        for place in places:
            self.check(place)
            for one in self._days[place]:
                if first <= one.day <= last:
                    found.setdefault(one.day, one.name)
        return tuple(Holiday(day, found[day]) for day in sorted(found))

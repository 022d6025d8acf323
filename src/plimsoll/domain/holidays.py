"""What is a public holiday, and what is its effect on a series, as learned from the series' own past?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that a calendar calls a public holiday, under the same name each year."""

    day: date
    name: str


class HolidayState(str, Enum):
    """Whether holidays are forecast as such."""

    APPLIED = "applied"
    NO_DIFFERENCE = "no_difference"  # the past shows none; holidays are forecast as usual days
    CANNOT_TELL = "cannot_tell"  # `why` says what is missing


class HolidayWay(str, Enum):
    """How a holiday's demand is derived from that of ordinary days."""

    REST_DAY = "rest_day"  # a share of the way to the usual day of rest, hour by hour
    RATIO = "ratio"  # a share of the usual day


@dataclass(frozen=True, slots=True)
class HolidayEffect:
    """The effect of holidays on one series, learned from its own past ones.

    `size` is how far a holiday moves from an ordinary day towards the day of rest, as a share, or the ratio to an
    ordinary day. `rest_day` names the weekday used as the day of rest, null for the ratio. `error_ratio` is the error
    on past holidays forecast as ordinary days over the error with the effect, by leave-one-holiday-out. `in_past` and
    `ahead` count the holidays in the history and in the horizon.
    """

    state: HolidayState
    why: str
    in_past: int = 0
    ahead: int = 0
    way: HolidayWay | None = None
    size: float | None = None
    by_name: bool = False
    error_ratio: float | None = None
    rest_day: str | None = None

    @property
    def of_what(self) -> str:
        """What `size` is a share of."""
        return "a usual day" if self.rest_day is None else f"the way to a {self.rest_day}"

"""The rhythm of a workload: by hour and weekday, its peaks, and what to size for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import ClassVar

from plimsoll.domain.document import Document

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class PatternState(str, Enum):
    """Whether a rhythm could be determined."""

    OK = "ok"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Slot:
    """The samples of one hour of the day or one day of the week."""

    label: str
    mean: float
    deviation: float
    low: float
    high: float
    samples: int


@dataclass(frozen=True, slots=True)
class SizingScenario:
    """One value to size for, and what it is good for."""

    name: str
    value: float
    good_for: str


@dataclass(frozen=True)
class PlainTrend:
    """A line or parabola through the past: its value at the last sample, and its growth over each span asked for.

    `growth` is in the series' unit, by `day`, `month` of 30 days and `year` of 365; `slope_error_per_day` is one
    standard error, None for a parabola; `r_squared` is None for a series that never moved.
    """

    model: str
    last: float
    growth: Mapping[str, float]
    slope_per_day: float
    slope_error_per_day: float | None
    r_squared: float | None
    samples: int
    span_days: float


@dataclass(frozen=True)
class Pattern:
    """The rhythm of one series. Hours and weekdays are of the time zone `tz`; a slot without a sample is left out."""

    series: str
    unit: str
    state: PatternState
    why: str
    tz: str = "UTC"
    by_hour: tuple[Slot, ...] = ()
    by_weekday: tuple[Slot, ...] = ()
    peak_hour: str | None = None
    trough_hour: str | None = None
    peak_day: str | None = None
    trough_day: str | None = None
    peak_to_average: float | None = None
    peak_to_trough: float | None = None
    high_variance_hours: tuple[str, ...] = ()
    weekday_mean: float | None = None
    weekend_mean: float | None = None
    scenarios: tuple[SizingScenario, ...] = ()
    recommendations: tuple[str, ...] = ()
    trends: tuple[PlainTrend, ...] = ()


@dataclass(frozen=True)
class Patterns(Document):
    """The rhythms of several series over one span; `notes` say what was corrected in the readings or left out."""

    KIND: ClassVar[str] = "Patterns"
    as_of: datetime
    patterns: tuple[Pattern, ...]
    notes: tuple[str, ...] = ()

"""What is a forecast? Demand as quantiles over a horizon, how far to trust it, and what was known in advance.

A forecast is never a bare line. It carries its state and, unless that is a plain `ok`, the reason and the earliest
moment at which a forecast could be made; the weights of its methods; and its backtest accuracy on the series' own past
beside seasonal naive, the baseline that costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.document import Document
from plimsoll.domain.holidays import HolidayEffect
from plimsoll.domain.series import SeriesId, Times, Values, Window

Levels = tuple[float, ...]
DEFAULT_LEVELS: Levels = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


class ForecastState(str, Enum):
    """Whether there is a forecast, and on what basis."""

    OK = "ok"
    SHORT_HISTORY = "short_history"  # under two seasons of history: shape and width come from the fleet
    CONSTANT = "constant"  # never moved; the forecast is the same value
    CANNOT_TELL = "cannot_tell"  # no forecast; `why` says what is missing

    @property
    def answered(self) -> bool:
        """Whether there are numbers to read."""
        return self is not ForecastState.CANNOT_TELL


class Grade(str, Enum):
    """How far to trust a prediction, by the share of a naive one's error that it saved on the past (the skill).

    A  a third or more              D  no worse than the naive one
    B  a sixth or more              E  worse
    C  a twentieth or more          F  not tested: the past is too short

    One grade lower where the 80 % interval covered fewer than 60 % of the points: it is overconfident.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


_GRADES = tuple(Grade)
_LEAST_SKILL = ((1 / 3, Grade.A), (1 / 6, Grade.B), (1 / 20, Grade.C), (0.0, Grade.D))
_OVERSURE = 0.6


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The result of the backtest on the series' own past, with errors scaled as in MASE (Hyndman & Koehler 2006).

    `mase` and `naive_mase` are the mean absolute errors of the median and of a naive prediction over the same points:
    seasonal naive for a forecast, the last value for a runway. Each is divided by the mean seasonal step of the history
    (for a runway, by the mean step). `coverage80` is the share of those points inside the 80 % interval
    fitted without their own window. `skill_error` is the standard error of the skill, None where a single window
    decides it.
    """

    mase: float
    naive_mase: float
    coverage80: float
    windows: int
    points: int
    skill_error: float | None = None

    @property
    def skill(self) -> float:
        """The share of the naive prediction's error that is avoided; zero or less means no better."""
        return 1.0 - self.mase / self.naive_mase if self.naive_mase > 0 else 0.0

    @property
    def grade(self) -> Grade:
        """The grade that the skill and the coverage earn; A where there was no error at all."""
        if self.mase == 0:
            return Grade.A
        grade = next((grade for least, grade in _LEAST_SKILL if self.skill >= least), Grade.E)
        oversure = self.coverage80 < _OVERSURE and grade is not Grade.E
        return _GRADES[_GRADES.index(grade) + 1] if oversure else grade


@dataclass(frozen=True, slots=True)
class MethodWeight:
    """The share one candidate method has in the forecast, 0..1."""

    method: str
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Quantiles of one series over a horizon of h steps.

    `times_ms` has shape (h,), the first one step after the last sample. `values` has shape (h, k), one column for each
    of `levels`, rising along a row; it is all NaN where the state is `cannot_tell`. `pool_series` is the number of
    series whose errors set the width of the intervals, `ready_at_ms` the earliest moment at which a missing forecast
    could be made.
    """

    id: SeriesId
    times_ms: Times
    levels: Levels
    values: NDArray[np.float64]
    state: ForecastState
    why: str = ""
    ready_at_ms: int | None = None
    weights: tuple[MethodWeight, ...] = ()
    accuracy: Accuracy | None = None
    grade: Grade = Grade.F
    pool_series: int = 0
    unit: str = ""

    def at(self, level: float) -> Values:
        """The path of one quantile level, shape (h,), interpolated linearly between the forecast's levels."""
        columns = [np.interp(level, self.levels, row) for row in self.values]
        return np.asarray(columns, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Event:
    """A known change of demand from `start_ms` until `end_ms` (None: for good): value * factor + offset.

    On a counter it acts on the gains, because a running total cannot be multiplied. `spread` is the standard deviation
    of the uncertainty about the change itself; it widens the quantiles. `only` names the series that the event applies
    to, without the component before a `/`; an empty set means all series.
    """

    name: str
    start_ms: int
    end_ms: int | None = None
    factor: float = 1.0
    offset: float = 0.0
    only: frozenset[str] = frozenset()
    spread: float = 0.0

    def lasts_at(self, at_ms: int) -> bool:
        """Whether the event acts at a moment; its end is exclusive."""
        return self.start_ms <= at_ms and (self.end_ms is None or at_ms < self.end_ms)


@dataclass(frozen=True, slots=True)
class Changepoint:
    """A moment before which history says nothing about the future; that history is left out."""

    at_ms: int
    reason: str = ""
    only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class IgnoreWindow:
    """A span of the past that is not typical (an outage, a load test); its samples are treated as a gap.

    `is_true` marks samples that are valid but not typical (a public holiday): nothing is learned from them, but they
    count as evidence of the current state. Samples that a user wants ignored count for nothing.
    """

    window: Window
    reason: str = ""
    only: frozenset[str] = frozenset()
    is_true: bool = False


@dataclass(frozen=True, slots=True)
class Annotations:
    """What people know about a series that its samples do not say."""

    events: tuple[Event, ...] = ()
    changepoints: tuple[Changepoint, ...] = ()
    ignore: tuple[IgnoreWindow, ...] = ()

    def concerning(self, series: str) -> Annotations:
        """Keep the annotations that apply to the series of this name."""
        name = series.rpartition("/")[2]
        return Annotations(
            tuple(event for event in self.events if not event.only or name in event.only),
            tuple(change for change in self.changepoints if not change.only or name in change.only),
            tuple(ignored for ignored in self.ignore if not ignored.only or name in ignored.only),
        )

    def scaled(self, factor: float) -> Annotations:
        """Convert the offsets and spreads of events for a series whose values are multiplied by `factor`.

        >>> Annotations((Event("launch", 0, offset=5.0),)).scaled(0.01).events[0].offset
        0.05
        """
        events = (replace(one, offset=one.offset * factor, spread=one.spread * factor) for one in self.events)
        return replace(self, events=tuple(events))


def without_events(times_ms: Times, values: Values, events: Sequence[Event]) -> Values:
    """Undo the effect of events on samples (n,), the last event first.

    Samples that an event multiplied by zero become NaN. No result lies below the smallest sample or zero, whichever is
    lower.

    >>> launch = Event("launch", 10, None, factor=2.0)
    >>> without_events(np.array([5, 10, 15]), np.array([100.0, 200.0, 204.0]), [launch])
    array([100., 100., 102.])
    """
    bare = values.copy()
    for event in reversed(events):
        during = (times_ms >= event.start_ms) & (times_ms < (event.end_ms if event.end_ms is not None else np.inf))
        bare[during] = (bare[during] - event.offset) / event.factor if event.factor else np.nan
    known = values[np.isfinite(values)]
    return np.maximum(bare, min(0.0, float(known.min()))) if known.size else bare


class Combination(str, Enum):
    """How a scenario's growth is combined with the forecast."""

    MULTIPLY = "multiply"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named growth scenario.

    `monthly_rates` holds one growth rate a month (0.25 is a quarter more); the last one continues, so a single entry is
    a constant rate. `spread` is the standard deviation of a month's log growth. Both are stated, or were measured over
    `measured_steps` past ones, two or more, and are then uncertain themselves. `rate_range` holds a lowest and a
    highest constant rate: a future keeps one place between the two, with `monthly_rates` as the middle. With `initial`
    the scenario starts at that stated number and replaces the forecast. Without it the scenario is combined with the
    forecast of the history: MULTIPLY scales each quantile, ADD adds the growth of the level, which is the mean of the
    newest season. `only` names the series that it applies to, as in an event.
    """

    name: str
    monthly_rates: tuple[float, ...]
    spread: float = 0.0
    combination: Combination = Combination.MULTIPLY
    initial: float | None = None
    only: frozenset[str] = frozenset()
    measured_steps: int | None = None
    rate_range: tuple[float, float] | None = None

    def concerns(self, series: str) -> bool:
        """Whether the scenario applies to the series of this name."""
        return not self.only or series.rpartition("/")[2] in self.only


@dataclass(frozen=True)
class ForecastRow:
    """One step of a forecast for people and programs: the time and the value at each level (`q0.5` and so on)."""

    time: datetime
    quantiles: Mapping[str, float]


@dataclass(frozen=True)
class SeriesForecast:
    """One series' part of the answer to `forecast`.

    `holidays` is null where no calendar was named, or where the horizon exceeds the number of steps that are forecast.
    """

    series: str
    unit: str
    state: ForecastState
    grade: Grade
    why: str
    ready_at: datetime | None
    accuracy: Accuracy | None
    skill: float | None
    methods: tuple[MethodWeight, ...]
    pool_series: int
    cutoff: datetime | None
    rows: tuple[ForecastRow, ...]
    holidays: HolidayEffect | None = None


@dataclass(frozen=True)
class ForecastReport(Document):
    """The answer of `plimsoll forecast SOURCE`; `notes` say what was corrected in the input and what was applied."""

    KIND: ClassVar[str] = "Forecast"

    source: str
    scenario: str | None
    forecasts: tuple[SeriesForecast, ...]
    notes: tuple[str, ...] = field(default=())


def level_name(level: float) -> str:
    """Name the column of a quantile level.

    >>> level_name(0.025), level_name(0.5), level_name(0.99999999)
    ('q0.025', 'q0.5', 'q0.99999999')
    """
    return f"q{level!r}"

"""What are the current values of drivers by their histories, and how have they grown?

Windows to ignore are left out, and the effects of events are removed, so that a launch does not count as growth. The
current value of a driver includes the events that began before the plan and still last at its start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from plimsoll.app.model import Model
from plimsoll.app.readings import within
from plimsoll.app.runway.of_model import annotations_of
from plimsoll.assess.trends import plain_trend
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.forecast import Annotations, Event
from plimsoll.domain.plan_inputs import Course, Point, Rate
from plimsoll.domain.quantity import PAST_MEASURE, counted, format_quantity
from plimsoll.domain.series import Series, Window, as_datetime
from plimsoll.domain.stored import EVER
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.forecast.annotations import ordinary, with_events
from plimsoll.forecast.scenarios import growth_of_history
from plimsoll.planning.months import day_ms

MAX_MONTHS = 600
MONTH_DAYS = 30.0
_PAST = "growth of the past"


@dataclass(frozen=True, slots=True)
class Start:
    """The current value of a driver, and where it comes from."""

    amount: float
    how: str


@dataclass(frozen=True)
class DriverPasts:
    """Histories by driver, as read and without ignored windows and the effects of events."""

    read: Mapping[str, Series]
    usual: Mapping[str, Series]
    known: Annotations

    def start_of(self, name: str, start: date) -> Start:
        """The value of a driver at the start of a plan."""
        usual, at_ms = self.usual[name], day_ms(start) - 1
        last = int(np.flatnonzero(np.isfinite(usual.values))[-1])
        sampled_ms = int(usual.times_ms[last])
        events = self.known.concerning(name).events
        then, now = _active(events, sampled_ms), _active(events, at_ms)
        if then == now:
            amount = self.read[name].values[self.read[name].times_ms == sampled_ms][-1]
            return Start(float(amount), "the last value of its history")
        amount = with_events(usual.values[last : last + 1, None], np.array([at_ms]), events)[0, 0]
        changes = [f"with {event.name}" for event in now if event not in then]
        changes += [f"without {event.name}" for event in then if event not in now]
        return Start(float(amount), f"the last value of its history {', '.join(changes)}")


def driver_pasts(model: Model, past: Mapping[str, Series], today: date) -> tuple[DriverPasts, tuple[str, ...]]:
    """Take the histories of drivers up to the end of a day, with a remark on each that holds nothing by then."""
    known = annotations_of(model)
    end_ms = day_ms(today) + DAY_MS
    read = {name: within(series, Window(EVER.start_ms, end_ms)) for name, series in past.items()}
    usual = {name: ordinary(series, known.concerning(name)) for name, series in read.items()}
    silent = {name: why for name, series in usual.items() if (why := _why_silent(series, past[name], end_ms))}
    remarks = tuple(f"{name}: {why}" for name, why in silent.items())
    return DriverPasts(read, {name: usual[name] for name in usual if name not in silent}, known), remarks


def _why_silent(usual: Series, past: Series, end_ms: int) -> str:
    """Say why a history tells nothing by the end of a day; empty where it does."""
    values = usual.values[np.isfinite(usual.values)]
    if values.size:
        return f"its history holds values beyond {PAST_MEASURE:g}" if np.abs(values).max() > PAST_MEASURE else ""
    known = past.times_ms[np.isfinite(past.values)]
    if known.size and known[0] >= end_ms:
        begins, day = (f"{as_datetime(int(moment)):%Y-%m-%d}" for moment in (known[0], end_ms - 1))
        return f"its history begins on {begins}, after {day}, the day of the plan; name a later one with --as-of"
    return "all of its history is to be ignored, or before a change point"


def _active(events: tuple[Event, ...], at_ms: int) -> tuple[Event, ...]:
    return tuple(event for event in events if event.lasts_at(at_ms))


def courses_of_history(model: Model, past: Mapping[str, Series]) -> list[tuple[Course | None, str]]:
    """Extrapolate every driver that follows no other: by its monthly rates, or by a fitted line; say which.

    The line is used where there are too few whole months for rates. A driver whose history determines no growth gets
    None, with the reason.
    """
    roots = [driver.name for driver in model.file.drivers if driver.of is None and driver.name in past]
    return [_course_of_history(name, past[name]) for name in roots]


def _course_of_history(name: str, series: Series) -> tuple[Course | None, str]:
    try:
        rate, spread, steps = growth_of_history(series)
    except NothingToAnswer:
        return _along_line(name, series)
    course = Course(_PAST, name, (Rate(1, rate),), spread=spread, freedom=steps - 1)
    return course, f"{name} grows {rate:.1%} a month, the mean of the months of its history"


def _along_line(name: str, series: Series) -> tuple[Course | None, str]:
    line = plain_trend(series, "linear", ("month",))
    known = series.values[np.isfinite(series.values)]
    last = float(known[-1])
    if line is None or last <= 0:
        why = "its last value is not above 0" if last <= 0 else f"{counted(known.size, 'value')} of it are too few"
        return None, f"{name}: its history tells no growth, {why}; state it with a scenario, or --growth"
    step = line.growth["month"]
    end = min(MAX_MONTHS, last / -step) if step < 0 else MAX_MONTHS  # nothing is left after that
    points = (Point(0.0, last), Point(end, max(0.0, last + step * end)))
    explained = "" if line.r_squared is None else f", R2 {line.r_squared:.2f}"
    how = f"the line through the {line.samples} values of its history over {line.span_days:.3g} d{explained}"
    spread = MONTH_DAYS * (line.slope_error_per_day or 0.0) / last
    course = Course(_PAST, name, points=points, spread=spread, is_fitted=True, freedom=line.samples - 2)
    return course, f"{name} grows by {format_quantity(step, '')} a month, {how}"

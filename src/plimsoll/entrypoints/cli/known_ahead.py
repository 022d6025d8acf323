"""What the user knows beside the samples, as typed or as a model says: events, breaks, spans to ignore, a course."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plimsoll.domain.errors import UsageError
from plimsoll.domain.forecast import Annotations, Changepoint, Combination, Event, IgnoreWindow, Scenario
from plimsoll.domain.quantity import format_quantity
from plimsoll.domain.series import Window
from plimsoll.entrypoints.cli.amounts import ratio
from plimsoll.entrypoints.cli.moments import moment_ms

if TYPE_CHECKING:
    from plimsoll.app.model import Model
    from plimsoll.app.model.drivers import ScenarioSection
    from plimsoll.domain.series import Harvest, Series

_EVENT = re.compile(r"(?P<name>[^=]+)=(?P<start>.+?)\.\.(?P<end>[^*]*?)(?P<sign>[*+])(?P<amount>[^*+]+)")


@dataclass(frozen=True)
class Course:
    """A course of growth as typed: a scenario of the model, or rates; start, spread, way, series meant."""

    scenario: str = ""
    growth: str = ""
    initial: float | None = None
    spread: float = 0.0
    add: bool = False
    only: tuple[str, ...] = ()


def annotations_from(
    model: Model | None, events: Sequence[str], changepoints: Sequence[str], ignored: Sequence[str], tz: str = ""
) -> Annotations:
    """Put what was typed beside what the model says; times without a zone are of `tz`, as those of a file are."""
    from plimsoll.app.runway.of_model import annotations_of

    known = annotations_of(model) if model is not None else Annotations()
    return Annotations(
        (*known.events, *(_event(text, tz) for text in events)),
        (*known.changepoints, *(Changepoint(moment_ms(text, tz, "--changepoint")) for text in changepoints)),
        (*known.ignore, *(_ignored(text, tz) for text in ignored)),
    )


def course_from(model: Model | None, course: Course, harvest: Harvest, known: Annotations) -> Scenario | None:
    """Build the scenario that was asked for; None where none was. Raises UsageError for one that cannot be.

    The growth of the past is that without what is `known` of it.
    """
    if course.add and course.initial is not None:
        raise UsageError(
            "--add adds growth to the forecast, and --growth-from leaves the forecast out: give one of them"
        )
    wanted = _wanted(harvest, course)
    how = Combination.ADD if course.add else Combination.MULTIPLY
    scenario = _of_model(model, course, how) if course.scenario else _typed(course, how, wanted, known)
    grown = [one for one in wanted if scenario is not None and scenario.concerns(one.id.name)]
    if course.initial is not None and len(grown) > 1:
        raise UsageError(f"--growth-from is the start of one series, not of {len(grown)}; name it with --series")
    return scenario


def _typed(course: Course, how: Combination, wanted: Sequence[Series], known: Annotations) -> Scenario | None:
    if not course.growth:
        if course.initial is not None or course.spread or course.add:
            raise UsageError("--growth-from, --growth-spread and --add need --growth or --scenario")
        return None
    if course.growth == "history":
        from plimsoll.forecast.scenarios import growth_of_history

        if len(wanted) != 1:
            raise UsageError(f"--growth history needs one series, not {len(wanted)}; name it with --series")
        past = growth_of_history(wanted[0], known.concerning(wanted[0].id.name))
        name = f"growth of the past, {past.rate:.1%} a month"
        if course.spread:
            return Scenario(name, (past.rate,), course.spread, how, course.initial)
        return Scenario(name, (past.rate,), past.spread, how, course.initial, measured_steps=past.steps)
    rates = tuple(_rate(word) for word in course.growth.split(","))
    shown = ", ".join(format_quantity(rate, "ratio") for rate in rates)
    return Scenario(f"growth {shown} a month", rates, course.spread, how, course.initial)


def _wanted(harvest: Harvest, course: Course) -> list[Series]:
    from plimsoll.app.forecasts.reports import is_wanted

    return [series for series in harvest.series if is_wanted(series, course.only)]


def _of_model(model: Model | None, course: Course, how: Combination) -> Scenario:
    from plimsoll.app.driver_histories import followers

    sections = model.file.scenarios if model is not None else ()
    section = next((one for one in sections if one.name == course.scenario), None)
    if model is None or section is None:
        known = ", ".join(one.name for one in sections) or "none; give a model with -m"
        raise UsageError(f"--scenario {course.scenario[:40]!r} is unknown; known are {known}")
    if section.points and not section.rates and section.monthly is None:
        raise UsageError(f"--scenario {section.name} states values of a driver, not rates; `plimsoll plan` follows it")
    spread, only = course.spread or section.variance, followers(model, section.driver)
    rates = _monthly_rates(section)
    return Scenario(section.name, rates, spread, how, course.initial, only, rate_range=section.range)


def _monthly_rates(section: ScenarioSection) -> tuple[float, ...]:
    """One rate a month, each holding until the next is given."""
    steps = sorted((rate.from_month, rate.monthly) for rate in section.rates)
    if not steps:
        middle = sum(section.range) / 2 if section.range else 0.0
        return (section.monthly if section.monthly is not None else middle,)
    first = section.monthly if section.monthly is not None else steps[0][1]
    return tuple(
        next((rate for month, rate in reversed(steps) if month <= number), first)
        for number in range(1, steps[-1][0] + 1)
    )


def _rate(word: str) -> float:
    rate = ratio(word.strip(), "--growth")
    if rate <= -1.0:
        raise UsageError(f"--growth {word.strip()} a month would leave nothing")
    return rate


def _event(text: str, tz: str) -> Event:
    found = _EVENT.fullmatch(text)
    if found is None:
        raise UsageError(
            f"--event {text[:60]!r} must read NAME=START..END*FACTOR or NAME=START..END+OFFSET, less as +-5"
        )
    try:
        amount = float(found["amount"])
    except ValueError:
        raise UsageError(f"--event {text[:60]!r}: {found['amount'][:20]!r} is not a number") from None
    start = moment_ms(found["start"], tz, "--event")
    end = moment_ms(found["end"], tz, "--event") if found["end"] else None
    if end is not None and end <= start:
        raise UsageError(f"--event {text[:60]!r} ends before it starts")
    if not math.isfinite(amount) or (found["sign"] == "*" and amount < 0):
        raise UsageError(f"--event {text[:60]!r}: {found['amount'][:20]!r} is no factor or offset")
    if found["sign"] == "*":
        return Event(found["name"], start, end, factor=amount)
    return Event(found["name"], start, end, offset=amount)


def _ignored(text: str, tz: str) -> IgnoreWindow:
    start, dots, end = text.partition("..")
    if not dots:
        raise UsageError(f"--ignore {text[:60]!r} must read START..END")
    window = Window(moment_ms(start, tz, "--ignore"), moment_ms(end, tz, "--ignore"))
    if window.end_ms <= window.start_ms:
        raise UsageError(f"--ignore {text[:60]!r} ends before it starts")
    return IgnoreWindow(window)

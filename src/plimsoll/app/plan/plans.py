"""The use case `plan`: a model, a scenario and a number of months become a dated plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from plimsoll.app.model import Model
from plimsoll.app.model import translate_planning as translate
from plimsoll.app.model.drivers import ScenarioSection
from plimsoll.app.model.faults import spelling_hint
from plimsoll.app.model.prices import PricesSection
from plimsoll.app.plan.driver_growth import MAX_MONTHS, DriverPasts, courses_of_history, driver_pasts
from plimsoll.domain.errors import InputError, NothingToAnswer, UsageError
from plimsoll.domain.plan import Plan
from plimsoll.domain.plan_inputs import Course, Driver, PlanInputs, Rate
from plimsoll.domain.series import Series
from plimsoll.planning.plan import make_plan


@dataclass(frozen=True, slots=True)
class Question:
    """The options of a plan; None takes the model's value."""

    scenario: str | None = None
    months: int | None = None
    initial: float | None = None
    growth: float | None = None
    driver: str | None = None


def plan(model: Model, question: Question, today: date, past: Mapping[str, Series] | None = None) -> Plan:
    """Plan a system; `today` is the start where the model names none, `past` holds the histories of drivers by name.

    Raises UsageError for a scenario or driver that is not there, NothingToAnswer where there is nothing to plan.
    """
    inputs, notes, unknown = plan_inputs(model, question, today, past or {})
    try:
        return make_plan(inputs, notes)
    except NothingToAnswer as error:
        raise NothingToAnswer("; ".join([str(error), *unknown])) from None
    except OverflowError:
        where = inputs.course.name if inputs.course else "the plan"
        raise InputError(f"{where} grows past any number within {inputs.months} months; ask for fewer") from None


def plan_inputs(
    model: Model, question: Question, today: date, past: Mapping[str, Series]
) -> tuple[PlanInputs, tuple[str, ...], tuple[str, ...]]:
    """Gather the inputs of a plan, with remarks on what was used, and remarks on what history does not determine."""
    file = model.file
    start = file.planning.start or today
    pasts, silent = driver_pasts(model, past, today)
    stated = {driver.name for driver in file.drivers if driver.now is not None}
    starts = {name: pasts.start_of(name, start) for name in pasts.usual if name not in stated}
    course, others, grown, undetermined = _courses(model, question, start, pasts)
    inputs = PlanInputs(
        system=model.system,
        start=start,
        months=_months(question.months if question.months is not None else file.planning.months, start),
        quarters=file.planning.period == "quarter",
        drivers=_drivers(model, course, question, {name: value.amount for name, value in starts.items()}),
        course=course,
        other_courses=others,
        tiers=translate.tiers(file),
        transitions=translate.transitions(file),
        act_at=file.readiness.act_at,
        prices=translate.prices(file.prices),
        budget=translate.budget(file),
        options=translate.options(file),
        pools=translate.pools(file),
        quotas=translate.quotas(file),
        survive=translate.survive(file),
        summary_months=file.planning.summary_months,
        action_items=file.planning.action_items,
        roadmap=translate.roadmap(file),
        known=translate.known_events(file),
    )
    started = (f"{name} starts at {value.amount:g}, {value.how}" for name, value in starts.items())
    findings = map(str, model.findings)
    unknown = (*silent, *undetermined)
    return inputs, (*unknown, *started, *grown, *_read_as(course, question), *_origin(file.prices), *findings), unknown


def _months(months: int, start: date) -> int:
    if not 1 <= months <= MAX_MONTHS:
        raise UsageError(f"--months {months} is out of range: 1 to {MAX_MONTHS}")
    if start.year + months // 12 >= date.max.year:
        raise UsageError(f"a plan of {months} months from {start} goes past the year {date.max.year}")
    return months


def _origin(prices: PricesSection | None) -> list[str]:
    """State the source and the date of the prices."""
    if prices is None:
        return []
    dated = f"as of {prices.as_of}" if prices.as_of else "undated (`as_of` of `prices` would date them)"
    return [f"prices: {prices.source}, {dated}"]


def _courses(
    model: Model, question: Question, start: date, pasts: DriverPasts
) -> tuple[Course | None, tuple[Course, ...], tuple[str, ...], tuple[str, ...]]:
    """Choose the growth to plan for and that of other drivers, with remarks on growth taken from history.

    Without a scenario, asked for or stated, the first driver that has grown continues to grow. The last result says why
    the histories of other drivers determine no growth.
    """
    stated = _course(model, question, start)
    histories = {name: past for name, past in pasts.usual.items() if stated is None or name != stated.driver}
    found = courses_of_history(model, histories)
    grown = [(one, how) for one, how in found if one is not None]
    course = stated or next((one for one, _ in grown), None)
    others = tuple(one for one, _ in grown if one is not course)
    return course, others, tuple(how for _, how in grown), tuple(why for one, why in found if one is None)


def _read_as(course: Course | None, question: Question) -> Iterator[str]:
    """Explain how a course was converted that is stated in another form than the one used for planning."""
    if course is None:
        return
    if question.initial is not None and course.points:
        yield f"the points of {course.name} are taken as a shape that starts at {question.initial:g}"
    if course.low is not None and course.high is not None and not course.rates:
        yield f"{course.name} states a range of {course.low:.0%} to {course.high:.0%}; its middle is planned for"


def _course(model: Model, question: Question, start: date) -> Course | None:
    if question.growth is not None:
        if question.scenario is not None:
            raise UsageError("--growth is a scenario of its own; leave out --scenario")
        return Course(f"{question.growth:+.1%} a month", _root(model, question), (Rate(1, question.growth),))
    section = _scenario(model, question.scenario)
    return translate.course(section, start) if section else None


def _scenario(model: Model, name: str | None) -> ScenarioSection | None:
    scenarios = model.file.scenarios
    if name is not None:
        found = next((item for item in scenarios if item.name == name), None)
        if found is None:
            names = [item.name for item in scenarios]
            raise UsageError(
                f"there is no scenario {name[:60]!r}{spelling_hint(name, names) or '; the model names none'}"
            )
        return found
    chosen = [item for item in scenarios if item.default] or list(scenarios)
    return chosen[0] if chosen else None


def _root(model: Model, question: Question) -> str:
    """The driver that grows if there is no scenario: the one named, otherwise the first that follows no other."""
    names = [item.name for item in model.file.drivers if item.of is None]
    if question.driver is not None and question.driver not in names:
        raise UsageError(f"there is no driver {question.driver[:60]!r}{spelling_hint(question.driver, names)}")
    if not names:
        raise UsageError("--growth needs a driver to grow; the model names none")
    return question.driver or names[0]


def _drivers(
    model: Model, course: Course | None, question: Question, starts: Mapping[str, float]
) -> tuple[Driver, ...]:
    drivers = tuple(
        replace(item, now=starts[item.name]) if item.now is None and item.name in starts else item
        for item in translate.drivers(model.file)
    )
    if question.initial is not None and not math.isfinite(question.initial):
        raise UsageError("--initial-users is to be a finite number")
    if question.initial is None:
        return drivers
    if course is None:
        raise UsageError("--initial-users needs a scenario, or --growth")
    return tuple(replace(item, now=question.initial) if item.name == course.driver else item for item in drivers)

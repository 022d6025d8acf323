"""How does demand grow, month by month? Rates, stated points, and the drivers that follow others.

Arithmetic is exact on the decimal digits of the model (10,000 x 1.25 x ... rounded down to whole numbers each month),
so that a plan never differs by one user from a calculation by hand.

    month m:  value(m) = round(value(m - 1) x (1 + rate(m)))
    stated:   low, high = value x exp(-+ z x spread x sqrt(m)), z the normal quantile of the interval
    measured: low, high = value x exp(-+ t x spread x sqrt(m + m^2 / n)), since the mean of n past months is uncertain
    a line:   low, high = value -+ t x spread x m x value(0), at least 0: the error of a slope adds up

t is Student's quantile with the degrees of freedom of the spread, so that a short past gives a wide interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.plan_inputs import Course, Driver, Interpolation, Rounding

CONFIDENCE = 0.8
_Z80 = 1.2815515655446004

Exact = Fraction
Demands = Mapping[str, Exact]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Every driver at one month, for the low, the middle and the high course."""

    low: Demands
    mid: Demands
    high: Demands


@lru_cache(maxsize=4096)
def exact(value: float) -> Exact:
    """Convert a float to the exact decimal that was written.

    >>> exact(0.1) * 3 == exact(0.3)
    True
    """
    return Fraction(repr(float(value)))


def outlooks(drivers: Sequence[Driver], courses: Sequence[Course], months: int) -> tuple[Outlook, ...]:
    """Compute every driver at months 0 to `months`, one course a driver; drivers without a course stay where they are.

    Raises NothingToAnswer where a course's driver has no value to start from.
    """
    grown = {course.driver: _sides(drivers, course, months) for course in courses}
    return tuple(
        Outlook(*(_resolved(drivers, {name: sides[side][month] for name, sides in grown.items()}) for side in range(3)))
        for month in range(months + 1)
    )


def _sides(drivers: Sequence[Driver], course: Course, months: int) -> tuple[list[Exact], list[Exact], list[Exact]]:
    """Compute the low, the middle and the high course of one driver."""
    rounding = next((driver.rounding for driver in drivers if driver.name == course.driver), Rounding.NONE)
    mid = _values(course, _start(drivers, course), months, rounding)
    low, high = _bounds(course, mid[0], mid, rounding)
    return low, mid, high


def at_value(drivers: Sequence[Driver], driver: str, value: float) -> Demands:
    """Compute every driver at a stated value of one of them."""
    return _resolved(drivers, {driver: exact(value)})


def _start(drivers: Sequence[Driver], course: Course) -> Exact:
    now = next((driver.now for driver in drivers if driver.name == course.driver), None)
    if now is not None:
        return exact(now)
    if course.points:
        return exact(course.points[0].value)
    raise NothingToAnswer(
        f"the current value of {course.driver} is unknown; give drivers[{course.driver}].now, or --initial-users"
    )


def _values(course: Course, start: Exact, months: int, rounding: Rounding) -> list[Exact]:
    if course.points:
        scale = start / exact(course.points[0].value) if course.points[0].value else Fraction(1)
        return [rounded(_between(course, month) * scale, rounding) for month in range(months + 1)]
    return _grown(start, [_rate(course, month) for month in range(1, months + 1)], rounding)


def _grown(start: Exact, rates: Sequence[Exact], rounding: Rounding) -> list[Exact]:
    values = [start]
    for rate in rates:
        values.append(rounded(values[-1] * (1 + rate), rounding))
    return values


def _rate(course: Course, month: int) -> Exact:
    """Return the rate of a month: that of the latest entry that has begun, or else the middle of the stated range."""
    begun = [rate for rate in course.rates if rate.from_month <= month]
    if begun:
        return exact(max(begun, key=lambda rate: rate.from_month).monthly)
    if course.low is not None and course.high is not None:
        return (exact(course.low) + exact(course.high)) / 2
    return Fraction(0)


def _bounds(course: Course, start: Exact, mid: Sequence[Exact], rounding: Rounding) -> tuple[list[Exact], list[Exact]]:
    if course.low is not None and course.high is not None:
        months = len(mid) - 1
        low = _grown(start, [exact(course.low)] * months, rounding)
        high = _grown(start, [exact(course.high)] * months, rounding)
        return [min(pair) for pair in zip(low, mid, strict=True)], [max(pair) for pair in zip(high, mid, strict=True)]
    off = _quantile(course) * course.spread
    if course.is_fitted:
        each = exact(off) * start
        low = [rounded(max(Fraction(0), value - each * month), rounding) for month, value in enumerate(mid)]
        return low, [rounded(value + each * month, rounding) for month, value in enumerate(mid)]
    rate_error = 0.0 if course.freedom is None else 1 / (course.freedom + 1)
    factors = [math.exp(off * math.sqrt(month + month**2 * rate_error)) for month in range(len(mid))]
    low = [rounded(value / exact(factor), rounding) for value, factor in zip(mid, factors, strict=True)]
    high = [rounded(value * exact(factor), rounding) for value, factor in zip(mid, factors, strict=True)]
    return low, high


def _quantile(course: Course) -> float:
    """Return how many spreads lie between the middle and an end of the interval."""
    if course.freedom is None:
        return _Z80
    from scipy.special import stdtrit

    return float(stdtrit(course.freedom, (1 + CONFIDENCE) / 2))


def _between(course: Course, month: int) -> Exact:
    """Interpolate the course's value at a month between its points; the first and last values hold outside them."""
    points, here = course.points, exact(month)
    if here <= exact(points[0].month):
        return exact(points[0].value)
    for before, after in pairwise(points):
        if exact(before.month) <= here < exact(after.month):
            share = (here - exact(before.month)) / (exact(after.month) - exact(before.month))
            return _interpolated(course.interpolation, exact(before.value), exact(after.value), share)
    return exact(points[-1].value)


def _interpolated(how: Interpolation, before: Exact, after: Exact, share: Exact) -> Exact:
    if how is Interpolation.STEP or share == 0:
        return before
    if how is Interpolation.GEOMETRIC and before > 0 and after > 0:
        return exact(float(before) * (float(after) / float(before)) ** float(share))
    return before + (after - before) * share


def rounded(value: Exact, rounding: Rounding) -> Exact:
    """Round as the driver says.

    >>> int(rounded(exact(24413.75), Rounding.DOWN)), int(rounded(exact(24413.75), Rounding.NEAREST))
    (24413, 24414)
    """
    if rounding is Rounding.DOWN:
        return Fraction(math.floor(value))
    if rounding is Rounding.UP:
        return Fraction(math.ceil(value))
    return Fraction(math.floor(value + Fraction(1, 2))) if rounding is Rounding.NEAREST else value


def _resolved(drivers: Sequence[Driver], known: Mapping[str, Exact]) -> dict[str, Exact]:
    """Compute the drivers that follow others, along their chain; one whose chain has no value is left out."""
    values = {driver.name: exact(driver.now) for driver in drivers if driver.now is not None} | dict(known)
    for _ in drivers:
        for driver in drivers:
            if driver.name in values and driver.name in known:
                continue
            if driver.of is not None and driver.of in values:
                values[driver.name] = rounded(values[driver.of] * exact(driver.ratio), driver.rounding)
    return values

"""Growth: exact in decimal digits, rates that change, stated points, drivers that follow."""

from __future__ import annotations

import math

import pytest

from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.plan_inputs import Course, Driver, Interpolation, Point, Rate, Rounding
from plimsoll.planning.growth import outlooks

USERS = Driver("users", now=10_000, rounding=Rounding.DOWN)
CONCURRENT = Driver("concurrent", of="users", ratio=0.15, rounding=Rounding.DOWN)
CHANGING = Course("moderate", "users", (Rate(1, 0.25), Rate(7, 0.20)))
STATED = (Point(0, 100), Point(3, 250), Point(12, 1000))


def values(course: Course, months: int, *drivers: Driver) -> list[float]:
    return [float(outlook.mid[course.driver]) for outlook in outlooks(drivers or (USERS,), (course,), months)]


def test_a_rate_that_changes_cuts_to_whole_users_each_month() -> None:
    grown = values(CHANGING, 12)
    assert (grown[0], grown[1], grown[6], grown[12]) == (10_000, 12_500, 38_145, 113_896)


def test_drivers_follow_their_driver_whatever_the_order_they_are_written_in() -> None:
    (_, month1, *_, month12) = outlooks((CONCURRENT, USERS), (CHANGING,), 12)
    assert (month1.mid["concurrent"], month12.mid["concurrent"]) == (1875, 17_084)


def test_tenths_add_up_without_float_noise() -> None:
    course = Course("c", "users", (Rate(1, 0.1),))
    assert values(course, 3, Driver("users", now=1000)) == [1000, 1100, 1210, 1331]


@pytest.mark.parametrize(
    ("how", "at_month_1"),
    [(Interpolation.LINEAR, 150.0), (Interpolation.STEP, 100.0), (Interpolation.GEOMETRIC, 100 * 2.5 ** (1 / 3))],
)
def test_points_are_joined_as_the_course_says_and_hold_outside(how: Interpolation, at_month_1: float) -> None:
    course = Course("c", "users", points=STATED, interpolation=how)
    grown = values(course, 14, Driver("users"))
    assert grown[1] == pytest.approx(at_month_1)
    assert (grown[0], grown[3], grown[12], grown[14]) == (100, 250, 1000, 1000)


def test_points_are_a_shape_where_another_start_is_given() -> None:
    grown = values(Course("c", "users", points=STATED), 12, Driver("users", now=200))
    assert (grown[0], grown[3], grown[12]) == (200, 500, 2000)


def test_a_range_is_planned_for_in_its_middle_and_bounds_what_may_come() -> None:
    course = Course("c", "users", low=0.05, high=0.10)
    last = outlooks((Driver("users", now=1000),), (course,), 2)[-1]
    assert (float(last.low["users"]), float(last.mid["users"]), float(last.high["users"])) == (1102.5, 1155.625, 1210)


def test_a_range_never_excludes_the_rate_that_is_stated() -> None:
    course = Course("c", "users", (Rate(1, 0.30),), low=0.05, high=0.10)
    last = outlooks((Driver("users", now=1000),), (course,), 3)[-1]
    assert last.low["users"] <= last.mid["users"] <= last.high["users"]


def test_the_spread_of_months_widens_with_the_root_of_time() -> None:
    course = Course("c", "users", (Rate(1, 0.0),), spread=0.1)
    last = outlooks((Driver("users", now=1000),), (course,), 4)[-1]
    assert float(last.high["users"]) == pytest.approx(1000 * math.exp(1.2815515655 * 0.1 * 2))
    assert float(last.low["users"]) == pytest.approx(1000 / math.exp(1.2815515655 * 0.1 * 2))


def test_without_a_start_there_is_no_growth_and_the_reason_says_what_is_missing() -> None:
    with pytest.raises(NothingToAnswer, match="--initial-users"):
        outlooks((Driver("users"),), (CHANGING,), 3)


@pytest.mark.parametrize(
    ("rounding", "month4"),
    [(Rounding.DOWN, 24413), (Rounding.UP, 24415), (Rounding.NEAREST, 24414), (Rounding.NONE, 24414.0625)],
)
def test_each_rounding_is_taken_every_month(rounding: Rounding, month4: float) -> None:
    driver = Driver("users", now=10_000, rounding=rounding)
    assert values(CHANGING, 4, driver)[4] == month4


def test_each_driver_follows_its_own_course_and_one_without_stays() -> None:
    drivers = (Driver("users", now=100), Driver("orders", now=10), Driver("sites", now=3))
    courses = (Course("a", "users", (Rate(1, 0.1),)), Course("b", "orders", (Rate(1, 0.5),)))
    last = outlooks(drivers, courses, 2)[-1].mid
    assert {name: float(value) for name, value in last.items()} == pytest.approx(
        {"users": 121, "orders": 22.5, "sites": 3}
    )

"""The contract of every calendar of public holidays, checked on the real one and on the fake of the tests."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.fakes.written_calendar import WrittenCalendar

from plimsoll.bootstrap import public_holidays
from plimsoll.domain.errors import UsageError
from plimsoll.domain.holidays import Holiday
from plimsoll.domain.ports import HolidayCalendar

FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)
PLACES = ("ES", "SA")
NEW_YEAR = tuple(Holiday(date(year, 1, 1), "New Year's Day") for year in range(2020, 2031))
FOUNDING = tuple(Holiday(date(year, 2, 22), "Founding Day") for year in range(2020, 2031))
CALENDARS = [
    pytest.param(public_holidays, id="computed"),
    pytest.param(
        lambda: WrittenCalendar({"ES": NEW_YEAR, "SA": FOUNDING}, {"SA": frozenset({4, 5})}),
        id="written",
    ),
]


@pytest.fixture(params=CALENDARS)
def calendar(request: pytest.FixtureRequest) -> HolidayCalendar:
    made: HolidayCalendar = request.param()
    return made


def test_days_are_sorted_one_a_day_named_and_within_the_span(calendar: HolidayCalendar) -> None:
    for places in ((), *((place,) for place in PLACES), PLACES, PLACES[::-1], (*PLACES, *PLACES)):
        days = [one.day for one in calendar.holidays(places, FIRST, LAST)]
        assert days == sorted(set(days))
        assert bool(days) == bool(places)
        assert not days or FIRST <= days[0] <= days[-1] <= LAST
    assert all(one.name.strip() == one.name != "" for one in calendar.holidays(PLACES, FIRST, LAST))


def test_the_days_of_several_places_are_those_of_each(calendar: HolidayCalendar) -> None:
    each = [{one.day for one in calendar.holidays([place], FIRST, LAST)} for place in PLACES]
    assert {one.day for one in calendar.holidays(PLACES, FIRST, LAST)} == each[0] | each[1]


def test_a_span_is_the_sum_of_its_parts_and_both_ends_are_in_it(calendar: HolidayCalendar) -> None:
    cut = calendar.holidays(PLACES, FIRST, LAST)[3].day
    parts = (FIRST, cut - timedelta(days=1)), (cut, cut), (cut + timedelta(days=1), LAST)
    found = [one for first, last in parts for one in calendar.holidays(PLACES, first, last)]
    assert tuple(found) == calendar.holidays(PLACES, FIRST, LAST)
    assert [one.day for one in calendar.holidays(PLACES, cut, cut)] == [cut]


def test_no_year_is_out_of_reach(calendar: HolidayCalendar) -> None:
    assert calendar.holidays(PLACES, date(1, 1, 1), date(2, 1, 1)) == ()
    assert calendar.holidays(PLACES, date(9998, 1, 1), date.max) == ()
    assert calendar.holidays(PLACES, LAST, FIRST) == ()
    for on in (date.min, date.max):
        assert calendar.rest_days("ES", on)


def test_days_of_rest_are_weekdays_of_the_place(calendar: HolidayCalendar) -> None:
    for on in (LAST - timedelta(days=back) for back in range(7)):
        assert calendar.rest_days("ES", on) == {5, 6}
        assert calendar.rest_days("SA", on) == {4, 5}


def test_a_place_that_nobody_knows_is_refused_in_one_line_and_a_known_one_is_not(calendar: HolidayCalendar) -> None:
    for place in PLACES:
        calendar.check(place)
    asked = (
        calendar.check,
        lambda place: calendar.rest_days(place, LAST),
        lambda place: calendar.holidays(["ES", place], FIRST, LAST),
    )
    for ask in asked:
        for place in ("", "Atlantis", "A" * 500):
            with pytest.raises(UsageError) as refused:
                ask(place)
            assert place[:40] in str(refused.value)
            assert "\n" not in str(refused.value)
            assert len(str(refused.value)) < 200

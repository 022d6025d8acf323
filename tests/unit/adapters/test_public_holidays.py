"""The calendar of public holidays: places as people write them, one clear line for unknown ones."""

from __future__ import annotations

from datetime import date

import pytest

from plimsoll.adapters.public_holidays import PublicHolidays
from plimsoll.domain.errors import UsageError

YEAR = (date(2024, 1, 1), date(2024, 12, 31))
CALENDAR = PublicHolidays()


def names(*places: str) -> dict[date, str]:
    return {one.day: one.name for one in CALENDAR.holidays(places, *YEAR)}


def test_a_part_of_a_country_has_its_own_days_beside_the_country_s() -> None:
    country, part = names("ES"), names("ES-MD")
    assert set(country) < set(part)
    assert part[date(2024, 5, 2)] == "Madrid Day"


def test_places_are_read_in_any_case_and_a_day_of_several_is_one_day() -> None:
    assert names("es-md") == names("ES-MD")
    both = CALENDAR.holidays(["ES", "FR"], *YEAR)
    assert [one.day for one in both] == sorted({*names("ES"), *names("FR")})


def test_a_day_in_lieu_has_the_name_of_its_holiday() -> None:
    days = CALENDAR.holidays(["US"], date(2026, 7, 1), date(2026, 7, 31))
    assert {one.day: one.name for one in days} == {
        date(2026, 7, 3): "Independence Day",
        date(2026, 7, 4): "Independence Day",
    }


@pytest.mark.parametrize(
    ("place", "on", "rest"),
    [
        ("ES-MD", date(2026, 1, 1), {5, 6}),
        ("IL", date(2026, 1, 1), {4, 5}),
        ("IR", date(2026, 1, 1), {4}),
        ("BN", date(2026, 1, 1), {4, 6}),
        ("HK", date(2026, 1, 1), {6}),
        ("MY-01", date(2024, 12, 31), {4, 5}),
        ("MY-01", date(2025, 1, 7), {5, 6}),
        ("KW", date(2007, 8, 31), {3, 4}),
    ],
    ids=["part", "friday_and_saturday", "friday", "apart", "sunday", "part_of_its_own", "part_since_changed", "past"],
)
def test_days_of_rest_are_those_of_the_place_and_of_the_time(place: str, on: date, rest: set[int]) -> None:
    assert CALENDAR.rest_days(place, on) == rest


@pytest.mark.parametrize("place", ["AE", "ID"])
def test_an_estimated_day_has_the_name_that_it_has_when_it_is_known(place: str) -> None:
    days = CALENDAR.holidays([place], date(2018, 1, 1), date(2030, 12, 31))
    years = {one.day.year for one in days if one.name.startswith("Eid al-Fitr") and "Holiday" not in one.name}
    assert years == set(range(2018, 2031))
    assert not [one.name for one in days if "estimated" in one.name or "observed" in one.name]


def test_only_the_span_that_was_asked_for_is_listed_and_no_year_is_out_of_reach() -> None:
    assert [one.day for one in CALENDAR.holidays(["ES"], date(2024, 1, 1), date(2024, 1, 1))] == [date(2024, 1, 1)]
    assert CALENDAR.holidays(["ES"], date(2900, 1, 1), date(2901, 1, 1)) == ()
    assert CALENDAR.holidays(["ES"], date(5, 1, 1), date(6, 1, 1)) == ()


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("Spain", "near are ES"),
        ("ESP", "near are ES"),
        ("XX", "'XX' are not known"),
        ("ES-ZZ", "parts of ES are "),
        ("ES-", "parts of ES are "),
        ("", "write a country as in ES"),
        ("SG-X", "SG is not divided"),
        ("E" * 300, "'EEEE"),
    ],
    ids=["name", "three_letters", "no_country", "no_part", "no_part_after_dash", "empty", "undivided", "endless"],
)
def test_a_place_that_nobody_knows_is_one_line(place: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        CALENDAR.check(place)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200

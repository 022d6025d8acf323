"""Which holidays apply to a series, which learned effects a user's event replaces, and the notes on both."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.fakes.written_calendar import WrittenCalendar

from plimsoll.app.forecasts.public_holidays import HolidayTerms, holiday_notes, holiday_terms, with_holidays
from plimsoll.app.model.loading import model_from_text
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.forecast import Annotations, Event, IgnoreWindow
from plimsoll.domain.holidays import Holiday, HolidayEffect, HolidayState, HolidayWay
from plimsoll.domain.series import Series, SeriesId, Window, as_ms

DAY_MS = 86_400_000
FIRST = date(2024, 1, 1)
FEASTS = tuple(Holiday(FIRST + timedelta(days=day), "feast") for day in range(16, 260, 17))
MODEL = (
    "apiVersion: plimsoll/v1\nkind: System\nmetadata: {{name: x, time_zone: Europe/Madrid}}\n"
    "planning: {{forecast: {{{words}}}}}\n"
)


CALENDAR = WrittenCalendar(
    dict.fromkeys(("ES", "SA", "BN"), FEASTS), {"SA": frozenset({4, 5}), "BN": frozenset({4, 6})}
)
TERMS = HolidayTerms(CALENDAR, ("ES",))


def daily(start: date = FIRST, days: int = 200) -> Series:
    """Days of about a thousand; half of that on holidays."""
    values = np.random.default_rng(0).normal(1000, 20, days)
    values[[row for one in FEASTS if 0 <= (row := (one.day - start).days) < days]] *= 0.5
    begin = as_ms(datetime(start.year, start.month, start.day, tzinfo=UTC))
    return Series(SeriesId("web/orders"), begin + DAY_MS * np.arange(days, dtype=np.int64), values)


def moment(day: date) -> int:
    return as_ms(datetime(day.year, day.month, day.day, tzinfo=UTC))


def test_what_was_typed_goes_before_the_model_and_the_zone_typed_before_its_zone() -> None:
    model = model_from_text(MODEL.format(words="holidays: ES"))
    assert holiday_terms(None, CALENDAR) is None
    of_model, typed = holiday_terms(model, CALENDAR), holiday_terms(model, CALENDAR, ["ES"], "UTC")
    assert of_model is not None
    assert typed is not None
    assert (of_model.places, of_model.zone, typed.zone) == (("ES",), "Europe/Madrid", "UTC")


def test_a_zone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="'Foo/Bar' is not a time zone"):
        holiday_terms(None, CALENDAR, ["ES"], "Foo/Bar")


def test_a_place_of_the_model_that_nobody_knows_is_named_with_its_place() -> None:
    model = model_from_text(MODEL.format(words="holidays: [ES, FR]"))
    with pytest.raises(InputError, match=r"<text>:4:\d+: planning\.forecast\.holidays\[1\]: holidays of 'FR'"):
        holiday_terms(model, CALENDAR)


def test_a_place_of_the_model_may_have_any_form_that_the_calendar_knows() -> None:
    leinster = WrittenCalendar({"IE-Dublin": FEASTS})
    terms = holiday_terms(model_from_text(MODEL.format(words="holidays: [IE-Dublin]")), leinster)
    assert terms is not None
    assert terms.places == ("IE-Dublin",)


def test_a_change_that_the_user_wrote_for_the_day_stands_in_place_of_what_was_learned() -> None:
    ahead = next(one.day for one in FEASTS if (one.day - FIRST).days >= 200)
    own = Event("fair", moment(ahead), moment(ahead) + DAY_MS, factor=3.0)
    season = Event("summer", moment(ahead) - 30 * DAY_MS, moment(ahead) + 30 * DAY_MS, factor=1.1)
    free, effect = with_holidays(daily(), Annotations((season,)), TERMS, 14 * DAY_MS)
    assert effect.state is HolidayState.APPLIED
    assert [event.name for event in free.events] == ["summer", "feast"]
    known, _ = with_holidays(daily(), Annotations((own,)), TERMS, 14 * DAY_MS)
    assert known.events == (own,)


def weekly(rest: int, weekend: frozenset[int], per_day: int = 1, days: int = 400) -> Series:
    """Days of a thousand, half of that on one weekday and on holidays, nine tenths on the other days of the weekend."""
    draw, feasts = np.random.default_rng(1), {one.day for one in FEASTS}
    rows = []
    for day in (FIRST + timedelta(days=index) for index in range(days)):
        is_low = day.weekday() == rest or day in feasts
        rows.append(500.0 if is_low else 900.0 if day.weekday() in weekend else 1000.0)
    shape = np.sin(np.arange(per_day) * 2 * np.pi / per_day) * 0.4 if per_day > 1 else np.zeros(1)
    values = np.outer(rows, 1 + shape).ravel() * draw.normal(1, 0.02, days * per_day)
    return Series(SeriesId("orders"), moment(FIRST) + DAY_MS // per_day * np.arange(values.size), values)


@pytest.mark.parametrize("per_day", [1, 24], ids=["daily", "hourly"])
@pytest.mark.parametrize(
    ("places", "rest", "weekend", "told"),
    [
        (("SA",), 4, {4, 5}, "Friday"),
        (("SA",), 5, {4, 5}, "Saturday"),
        (("ES",), 6, {5, 6}, "Sunday"),
        (("BN",), 6, {4, 6}, "Sunday"),
        (("ES", "BN"), 6, {5, 6}, "Sunday"),
        (("ES", "SA"), 4, {4, 5, 6}, "Friday"),
        (("ES", "SA"), 6, {4, 5, 6}, "Sunday"),
    ],
    ids=["friday", "saturday", "sunday", "sunday_first", "all_have_sunday", "two_weekends", "two_weekends_sunday"],
)
def test_the_day_of_rest_is_that_of_the_places_and_where_they_have_several_that_of_the_series(
    places: tuple[str, ...], rest: int, weekend: set[int], told: str, per_day: int
) -> None:
    series = weekly(rest, frozenset(weekend), per_day)
    _, effect = with_holidays(series, Annotations(), HolidayTerms(CALENDAR, places), DAY_MS)
    assert (effect.state, effect.way, effect.rest_day) == (HolidayState.APPLIED, HolidayWay.REST_DAY, told)
    assert effect.size == pytest.approx(1.0, abs=0.06)
    assert f" of the way to a {told}" in effect.why


@pytest.mark.parametrize(
    ("times", "way"), [(1.0, HolidayWay.REST_DAY), (4.0, HolidayWay.RATIO)], ids=["quieter", "busier"]
)
def test_a_holiday_on_the_day_of_rest_stays_as_it_is_whichever_weekday_that_is(times: float, way: HolidayWay) -> None:
    series = weekly(4, frozenset({4, 5}), days=256)
    feasts = [(one.day - FIRST).days for one in FEASTS if one.day.weekday() != 4]
    series.values[[row for row in feasts if row < 256]] *= times
    friday, monday = (Holiday(FIRST + timedelta(days=day), "feast") for day in (256, 259))
    assert (friday.day.weekday(), monday.day.weekday()) == (4, 0)
    calendar = WrittenCalendar({"SA": (*FEASTS, friday, monday)}, {"SA": frozenset({4, 5})})
    known, effect = with_holidays(series, Annotations(), HolidayTerms(calendar, ("SA",)), 14 * DAY_MS)
    assert (effect.way, effect.ahead) == (way, 2)
    assert [event.start_ms for event in known.events] == [moment(monday.day)]
    assert known.events[0].factor == pytest.approx(0.5 * times, abs=0.1)


def test_a_place_without_a_day_of_rest_has_sunday_for_one() -> None:
    restless = WrittenCalendar({"XX": FEASTS}, {"XX": frozenset()})
    _, effect = with_holidays(weekly(6, frozenset({5, 6})), Annotations(), HolidayTerms(restless, ("XX",)), DAY_MS)
    assert effect.rest_day == "Sunday"


def test_a_change_of_the_day_before_leaves_a_holiday_whose_date_begins_an_hour_early() -> None:
    start = date(2024, 3, 4)
    dates = [start + timedelta(days=index) for index in range(220)]
    times = [as_ms(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Madrid"))) for day in dates]
    series = replace(daily(start, 220), times_ms=np.array(times, dtype=np.int64))
    feast = Holiday(date(2024, 11, 1), "All Saints")
    terms = HolidayTerms(WrittenCalendar({"ES": (*FEASTS[:-4], feast)}), ("ES",), "Europe/Madrid")
    begin = as_ms(datetime(2024, 11, 1, tzinfo=ZoneInfo("Europe/Madrid")))
    for start_ms, names in ((begin - DAY_MS, ["own", "All Saints"]), (begin, ["own"])):
        own = Event("own", start_ms, start_ms + DAY_MS, factor=3.0)
        known, _ = with_holidays(series, Annotations((own,)), terms, 30 * DAY_MS)
        assert [event.name for event in known.events] == names


def test_dates_read_in_the_zone_of_a_source_are_dates_of_that_zone() -> None:
    source = "sources: [{name: sales, kind: csv, file: sales.csv, time_zone: Asia/Tokyo}]\n"
    terms = holiday_terms(model_from_text(MODEL.format(words="holidays: ES") + source), CALENDAR)
    assert terms is not None
    assert terms.read_in == ("Asia/Tokyo",)
    tokyo = replace(daily(), times_ms=daily().times_ms - 9 * 3_600_000)
    known, effect = with_holidays(tokyo, Annotations(), terms, 14 * DAY_MS)
    assert effect.size == pytest.approx(0.5, abs=0.05)
    ahead = next(one.day for one in FEASTS if (one.day - FIRST).days >= 200)
    assert [event.start_ms <= moment(ahead) - 9 * 3_600_000 < (event.end_ms or 0) for event in known.events] == [True]


def test_what_the_user_ignores_teaches_nothing() -> None:
    all_but_two = IgnoreWindow(Window(moment(FIRST), moment(FEASTS[-5].day)))
    _, effect = with_holidays(daily(), Annotations(ignore=(all_but_two,)), TERMS, DAY_MS)
    assert effect.state is HolidayState.CANNOT_TELL


@pytest.mark.parametrize("year", [1, 1800, 2300, 9998], ids=lambda year: f"year_{year}")
def test_years_that_no_calendar_reaches_have_no_holidays_and_fail_nothing(year: int) -> None:
    series = daily(date(year, 1, 2), 700 if year == 9998 else 200)
    for zone, later_ms in product(
        ("UTC", "Pacific/Auckland", "America/New_York"), (-DAY_MS, 0, 4 * 3_600_000 - DAY_MS)
    ):
        terms = HolidayTerms(CALENDAR, ("ES",), zone, ("Asia/Tokyo",))
        moved = replace(series, times_ms=series.times_ms + later_ms)
        known, effect = with_holidays(moved, Annotations(), terms, 400 * DAY_MS)
        assert (known, effect.why) == (Annotations(), "no public holiday in its time span")


def test_an_empty_series_has_no_holidays() -> None:
    nothing = Series(SeriesId("x"), np.zeros(0, dtype=np.int64), np.zeros(0))
    assert with_holidays(nothing, Annotations(), TERMS, DAY_MS)[1].state is HolidayState.CANNOT_TELL


def test_what_is_to_be_said_of_many_series_is_said_once() -> None:
    same, other = (HolidayEffect(HolidayState.NO_DIFFERENCE, why) for why in ("none", "some"))
    assert holiday_notes([("a", same)]) == ("holidays: none",)
    many = [(name, same) for name in "abcde"]
    assert holiday_notes([*many, ("z", other)]) == ("holidays on a, b, c and 2 more: none", "holidays on z: some")
    unknown = HolidayEffect(HolidayState.CANNOT_TELL, "too few")
    assert holiday_notes([("a", unknown)]) == ("holidays: too few; treated as usual days",)


def test_effects_of_other_days_of_rest_are_told_apart() -> None:
    found = [
        (day, HolidayEffect(HolidayState.APPLIED, day, 17, 3, HolidayWay.REST_DAY, 0.9, False, 5.0, day))
        for day in ("Friday", "Saturday")
    ]
    assert holiday_notes(found) == ("holidays on Friday: Friday", "holidays on Saturday: Saturday")


def test_effects_of_one_way_are_one_line_with_their_range() -> None:
    found = [
        (name, HolidayEffect(HolidayState.APPLIED, name, 17, 3, HolidayWay.REST_DAY, size, False, ratio, "Sunday"))
        for name, size, ratio in (("a", 0.7, 5.0), ("b", 0.82, 12.4), ("c", 0.8, 100.0))
    ]
    (line,) = holiday_notes(found[:2])
    assert line.startswith("holidays: 17 public holidays in the history: 0.70 to 0.82 of the way to a Sunday; ")
    assert line.endswith("treated as usual days, their error is 5.0 to 12.4 times as large")
    assert holiday_notes(found)[0].endswith("is 5.0 to over 100 times as large")
    assert holiday_notes(found[:1]) == ("holidays: a",)

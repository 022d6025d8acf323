"""A calendar's holidays, learned from a series' own past: a known effect is found, none is invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from plimsoll.domain.forecast import Annotations, Event
from plimsoll.domain.holidays import Holiday, HolidayState, HolidayWay
from plimsoll.domain.series import MetricKind, Series, SeriesId, as_ms
from plimsoll.forecast.annotations import with_events, without_ignored
from plimsoll.forecast.day_profiles import day_profiles, median_of, zone_of_days
from plimsoll.forecast.holidays import Learned, learn_holidays
from plimsoll.forecast.single import forecast_series

FIRST = date(2024, 1, 1)  # a Monday
DAY_MS = 86_400_000
DAYS = 200
EVERY_17TH = tuple(Holiday(FIRST + timedelta(days=day), "feast") for day in range(16, DAYS + 30, 17))
HOURS = np.arange(24)
WEEKDAY = 100 + 60 * np.sin((HOURS - 8) * np.pi / 12)
SUNDAY = 50 + 10 * np.sin((HOURS - 12) * np.pi / 12)


def series_of(values: np.ndarray, step_ms: int = 3_600_000, kind: MetricKind = MetricKind.UNKNOWN) -> Series:
    start = as_ms(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC))
    return Series(SeriesId("load"), start + step_ms * np.arange(values.size, dtype=np.int64), values, "", kind)


def weeks(
    holidays: Sequence[Holiday] = EVERY_17TH, share: float = 0.8, noise: float = 0.03, seed: int = 0, days: int = DAYS
) -> np.ndarray:
    """Hourly values: weekdays, Sundays, and holidays that go part of the way to a Sunday."""
    draw, feasts = np.random.default_rng(seed), {one.day for one in holidays}
    rows = []
    for day in (FIRST + timedelta(days=index) for index in range(days)):
        usual = SUNDAY if day.weekday() == 6 else WEEKDAY
        rows.append(usual + share * (SUNDAY - usual) * (day in feasts))
    return np.concatenate(rows) * draw.normal(1, noise, 24 * days)


def learned_from(values: np.ndarray, holidays: Sequence[Holiday] = EVERY_17TH, **changes) -> Learned:
    return learn_holidays(series_of(values, **changes), holidays, "UTC", 30 * DAY_MS)


def test_the_share_of_the_way_to_a_sunday_is_found_hour_by_hour() -> None:
    found = learned_from(weeks())
    effect = found.effect
    assert (effect.state, effect.way, effect.by_name) == (HolidayState.APPLIED, HolidayWay.REST_DAY, False)
    assert effect.size == pytest.approx(0.8, abs=0.06)
    assert (effect.in_past, effect.ahead) == (11, 2)
    assert effect.why.startswith(f"11 public holidays in the history: {effect.size:.2f} of the way to a Sunday; ")
    assert effect.error_ratio is not None
    assert effect.error_ratio > 5
    first = [event for event in found.events if event.start_ms < found.events[0].start_ms + DAY_MS]
    wanted = 1 + 0.8 * (SUNDAY / WEEKDAY - 1)
    assert [event.factor for event in first] == pytest.approx(wanted, abs=0.1)


def test_past_holidays_are_left_out_and_those_ahead_are_forecast_as_such() -> None:
    series = series_of(weeks())
    found = learn_holidays(series, EVERY_17TH, "UTC", 14 * DAY_MS)
    known = Annotations(found.events, (), found.ignore)
    assert np.isnan(without_ignored(series, known).values).sum() == 24 * found.effect.in_past
    plain, told = (forecast_series(series, 14 * 24, (0.1, 0.5, 0.9), one).values for one in (Annotations(), known))
    ahead = next(one.day for one in EVERY_17TH if one.day >= FIRST + timedelta(days=DAYS))
    hours = slice(24 * (ahead - FIRST).days - 24 * DAYS, 24 * (ahead - FIRST).days - 24 * DAYS + 24)
    truth = WEEKDAY + 0.8 * (SUNDAY - WEEKDAY)
    assert np.abs(told[hours, 1] - truth).mean() < 0.25 * np.abs(plain[hours, 1] - truth).mean()


def test_without_a_week_the_ratio_to_the_usual_day_is_found() -> None:
    draw = np.random.default_rng(1)
    daily = draw.normal(1000, 30, DAYS)
    daily[[(one.day - FIRST).days for one in EVERY_17TH if (one.day - FIRST).days < DAYS]] *= 0.5
    effect = learned_from(daily, step_ms=DAY_MS).effect
    assert effect.way is HolidayWay.RATIO
    assert effect.size == pytest.approx(0.5, abs=0.06)


def test_a_name_that_stands_out_each_time_is_told_apart() -> None:
    holidays = [Holiday(one.day, "fair" if index % 2 else "feast") for index, one in enumerate(EVERY_17TH)]
    daily = np.random.default_rng(2).normal(1000, 20, DAYS)
    for index, one in enumerate(holidays):
        if (row := (one.day - FIRST).days) < DAYS:
            daily[row] *= 2.0 if index % 2 else 0.5
    found = learned_from(daily, holidays, step_ms=DAY_MS)
    assert found.effect.by_name
    assert "of a usual day, more or less for each holiday as in its own past; treated as" in found.effect.why
    factors = {event.name: event.factor for event in found.events}
    assert factors["fair"] > 1.6
    assert factors["feast"] < 0.7


@pytest.mark.parametrize("seed", range(12))
def test_where_holidays_do_nothing_nothing_is_changed(seed: int) -> None:
    found = learned_from(weeks(share=0.0, noise=0.1, seed=seed))
    assert found.effect.state is HolidayState.NO_DIFFERENCE
    assert (found.events, found.ignore) == ((), ())
    assert "show no effect" in found.effect.why


DAILY = weeks().reshape(-1, 24).mean(axis=1)
SUNDAYS = tuple(Holiday(FIRST + timedelta(days=day), "feast") for day in range(6, DAYS, 21))


@pytest.mark.parametrize(
    ("values", "holidays", "changes", "why"),
    [
        (weeks(), (), {}, "no public holiday in its time span"),
        (weeks(), EVERY_17TH[:2], {}, "2 public holidays with usual days beside them in the history, 3 are needed"),
        (weeks(), SUNDAYS, {}, "0 public holidays with usual days beside them"),
        (weeks(days=20), EVERY_17TH, {}, "20 days of history, 21 are needed"),
        (np.cumsum(weeks()), EVERY_17TH, {"kind": MetricKind.COUNTER}, "readings only accumulate"),
        (DAILY, EVERY_17TH, {"step_ms": 7 * DAY_MS}, "steps of 7d"),
        (np.full(900, np.nan), EVERY_17TH, {}, "too few samples"),
        (np.ones(1), EVERY_17TH, {}, "too few samples"),
        (np.zeros(0), EVERY_17TH, {}, "too few samples"),
        (weeks() * 1e150, EVERY_17TH, {}, "beyond 1e+100"),
        (np.zeros(24 * DAYS), EVERY_17TH, {}, "0 public holidays with usual days beside them"),
    ],
    ids=[
        "no_calendar_day", "two_holidays", "all_on_sundays", "under_three_weeks", "counter", "weekly", "all_unknown",
        "one_sample", "empty", "beyond_measure", "always_zero",
    ],
)  # fmt: skip
def test_what_cannot_be_learned_says_why(values, holidays, changes, why) -> None:
    found = learned_from(values, holidays, **changes)
    assert found.effect.state is HolidayState.CANNOT_TELL
    assert why in found.effect.why
    assert (found.events, found.ignore) == ((), ())


def test_values_below_zero_are_moved_instead_of_multiplied() -> None:
    found = learned_from(weeks() - 120)
    assert found.effect.state is HolidayState.APPLIED
    assert {event.factor for event in found.events if event.offset} == {1.0}


def test_hours_that_are_usually_zero_have_no_factor() -> None:
    values = weeks().reshape(-1, 24)
    values[:, :6] = 0.0
    found = learned_from(values.ravel())
    assert found.effect.state is HolidayState.APPLIED
    assert all(np.isfinite([event.factor, event.offset]).all() for event in found.events)
    assert min(datetime.fromtimestamp(event.start_ms / 1000, UTC).hour for event in found.events) == 6


def test_a_percentage_stays_within_its_bounds_on_a_holiday() -> None:
    values = np.clip(0.5 * weeks(share=-1.2), 0, 100)
    series = series_of(values, kind=MetricKind.PERCENT)
    found = learn_holidays(series, EVERY_17TH, "UTC", 30 * DAY_MS)
    assert found.effect.state is HolidayState.APPLIED
    assert max(event.factor for event in found.events) * 80 > 100
    forecast = forecast_series(series, 30 * 24, annotations=Annotations(found.events, (), found.ignore)).values
    assert forecast.min() >= 0.0
    assert forecast.max() <= 100.0


def test_gaps_are_lived_with() -> None:
    values = weeks()
    values[np.random.default_rng(3).random(values.size) < 0.4] = np.nan
    assert learned_from(values).effect.size == pytest.approx(0.8, abs=0.1)


def test_minutes_are_learned_by_the_hour() -> None:
    values = np.repeat(weeks(), 12)
    found = learned_from(values, step_ms=300_000)
    assert found.effect.size == pytest.approx(0.8, abs=0.06)
    assert min(event.end_ms - event.start_ms for event in found.events) == 3_600_000


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 0), ("America/New_York", 4), ("Pacific/Auckland", 12)], ids=["utc", "west", "east"]
)
def test_a_day_is_that_of_the_zone(zone: str, hour: int) -> None:
    offset = {"UTC": 0, "America/New_York": 4, "Pacific/Auckland": -12}[zone]
    summer = [Holiday(date(2024, 5, 1) + timedelta(days=17 * k), "feast") for k in range(8)]
    hourly = series_of(weeks(summer, days=DAYS))
    moved = Series(hourly.id, hourly.times_ms + offset * 3_600_000, hourly.values)
    found = learn_holidays(moved, summer, zone, 30 * DAY_MS)
    assert found.effect.size == pytest.approx(0.8, abs=0.08)
    start = datetime.fromtimestamp(found.ignore[0].window.start_ms / 1000, UTC)
    assert start.hour == hour


def test_dates_at_midnight_utc_stay_dates_in_any_zone() -> None:
    series = series_of(DAILY, step_ms=DAY_MS)
    west = learn_holidays(series, EVERY_17TH, "America/Los_Angeles", 30 * DAY_MS)
    assert west == learn_holidays(series, EVERY_17TH, "UTC", 30 * DAY_MS)
    assert west.effect.state is HolidayState.APPLIED


CHANGING = [
    ("summer_to_winter", "Europe/Madrid", date(2024, 4, 1)),
    ("winter_to_summer", "Europe/Madrid", date(2023, 10, 9)),
    ("west_summer_to_winter", "America/New_York", date(2024, 4, 8)),
    ("west_winter_to_summer", "America/New_York", date(2023, 9, 18)),
    ("south", "Pacific/Auckland", date(2024, 4, 15)),
    ("far_west", "Pacific/Honolulu", date(2024, 4, 1)),
    ("clocks_go_forward_at_midnight", "Asia/Beirut", date(2024, 3, 4)),
]


@pytest.mark.parametrize("whole_days", [False, True], ids=["slots", "whole_days"])
@pytest.mark.parametrize(("zone", "first"), [case[1:] for case in CHANGING], ids=[case[0] for case in CHANGING])
def test_dates_read_in_a_zone_stay_dates_where_clocks_change_before_a_holiday(
    zone: str, first: date, whole_days: bool
) -> None:
    dates = [first + timedelta(days=index) for index in range(DAYS + 120)]
    feasts = [Holiday(day, "feast") for day in dates[9::10]]
    times = [as_ms(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))) for day in dates[:DAYS]]
    values = np.array([0.5 if day in dates[9::10] else 1.0 for day in dates[:DAYS]]) * 1000
    series = Series(SeriesId("orders"), np.array(times, dtype=np.int64), values)
    found = learn_holidays(series, feasts, zone, 120 * DAY_MS, whole_days)
    assert (found.effect.in_past, found.effect.ahead, found.effect.size) == (20, 12, pytest.approx(0.5, abs=0.01))
    assert np.isnan(without_ignored(series, Annotations((), (), found.ignore)).values).sum() == 20
    ahead = times[-1] + DAY_MS * np.arange(1, 121)
    laid = with_events(np.full((120, 1), 1000.0), ahead, found.events).ravel()
    wanted = [one.day for one in feasts[20:] if one.day.weekday() != 6]
    assert [day for day, value in zip(dates[DAYS:], laid, strict=True) if value < 600] == wanted


def test_a_zone_counts_for_dates_only_where_all_of_them_are_its_midnights() -> None:
    at_six = series_of(DAILY, step_ms=DAY_MS)
    at_six = Series(at_six.id, at_six.times_ms + 6 * 3_600_000, at_six.values)
    assert zone_of_days(at_six, "Europe/Madrid", "America/New_York") == "Europe/Madrid"
    assert zone_of_days(at_six, "Europe/Madrid", "America/Costa_Rica") == "America/Costa_Rica"
    assert zone_of_days(series_of(weeks()), "Europe/Madrid", "UTC") == "Europe/Madrid"


def test_a_whole_day_has_one_event() -> None:
    found = learn_holidays(series_of(weeks()), EVERY_17TH, "UTC", 30 * DAY_MS, whole_days=True)
    assert [event.end_ms - event.start_ms for event in found.events] == [DAY_MS, DAY_MS]
    wanted = 1 + 0.8 * (SUNDAY.mean() / WEEKDAY.mean() - 1)
    assert [event.factor for event in found.events] == pytest.approx([wanted, wanted], abs=0.05)


def test_a_holiday_on_a_sunday_is_a_sunday() -> None:
    ahead = Holiday(FIRST + timedelta(days=DAYS + 2), "feast")
    assert ahead.day.weekday() == 6
    monday = Holiday(ahead.day + timedelta(days=1), "feast")
    found = learned_from(weeks(), (*EVERY_17TH[:11], ahead, monday))
    assert (found.effect.state, found.effect.ahead) == (HolidayState.APPLIED, 2)
    begins = {datetime.fromtimestamp(event.start_ms / 1000, UTC).date() for event in found.events}
    assert begins == {monday.day}


def test_holidays_that_scatter_are_told_wider() -> None:
    draw = np.random.default_rng(4)
    daily = draw.normal(1000, 10, DAYS)
    rows = [(one.day - FIRST).days for one in EVERY_17TH]
    daily[[row for row in rows if row < DAYS]] *= draw.uniform(0.3, 0.7, 11)
    found = learned_from(daily, step_ms=DAY_MS)
    assert (found.effect.state, len(found.events)) == (HolidayState.APPLIED, 2)
    assert all(event.spread > 80 for event in found.events)


def test_a_spread_widens_quantiles_and_leaves_the_median() -> None:
    values, levels = np.array([[90.0, 100.0, 110.0], [90.0, 100.0, 110.0]]), np.array([0.1, 0.5, 0.9])
    event = Event("feast", 0, 1, factor=0.5, spread=10.0)
    laid = with_events(values, np.array([0, 1]), [event], levels, values[:, 1])
    reach = np.hypot(5.0, 1.2816 * 10)
    np.testing.assert_allclose(laid, [[50 - reach, 50, 50 + reach], [90, 100, 110]], rtol=1e-4)
    assert with_events(values, np.array([0, 1]), [event])[0].tolist() == [45, 50, 55]


def test_a_spread_widens_paths_by_their_own_ranks() -> None:
    ranks = (np.argsort(np.random.default_rng(5).random((1, 200))) + 0.5) / 200
    laid = with_events(100 + 0 * ranks, np.array([0]), [Event("feast", 0, 1, spread=10.0)], ranks, np.array([100.0]))
    assert np.argsort(laid[0]).tolist() == np.argsort(ranks[0]).tolist()
    assert laid.std() == pytest.approx(10, rel=0.05)


def test_only_the_newest_ten_years_are_laid_out() -> None:
    times = np.array([0, 1, 2, 400 * 365, 400 * 365 + 1, 400 * 365 + 2], dtype=np.int64) * DAY_MS
    profiles = day_profiles(Series(SeriesId("old"), times, np.arange(6.0)), "UTC")
    assert profiles.values.ravel().tolist() == [3.0, 4.0, 5.0]


def test_the_median_of_slots_counts_what_is_known_of_each() -> None:
    nan = float("nan")
    rows = np.array([[3.0, nan, 4.0, nan], [1.0, 2.0, nan, nan], [8.0, 6.0, nan, nan]])
    np.testing.assert_array_equal(median_of(rows), [3.0, 4.0, 4.0, nan])
    np.testing.assert_array_equal(median_of(rows[:2]), [2.0, 2.0, 4.0, nan])


def test_an_effect_without_an_error_is_told_as_more_than_can_be_said() -> None:
    weekdays = [one for one in EVERY_17TH if one.day.weekday() != 6]
    daily = np.full(DAYS, 1000.0)
    daily[[row for one in weekdays if (row := (one.day - FIRST).days) < DAYS]] = 500.0
    effect = learned_from(daily, weekdays, step_ms=DAY_MS).effect
    assert effect.why.endswith("their error is over 100 times as large")

"""The current values of drivers by their histories and their growth, without the effects of known events."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from plimsoll.app.model import model_from_text
from plimsoll.app.plan.driver_growth import courses_of_history
from plimsoll.app.plan.plans import Question, plan
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.plan import Plan
from plimsoll.domain.plan_inputs import Driver
from plimsoll.domain.series import Series, SeriesId
from plimsoll.domain.time_spans import MONTH_MS
from plimsoll.planning.growth import outlooks
from plimsoll.planning.months import day_ms

FIRST, DAYS, LAUNCH = date(2026, 3, 1), 120, 60  # the launch is on 30 April, the last sample on 28 June
DAY_MS = 86_400_000
TEXT = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: shop}
components:
  - {name: web, demand: {unit: users, driver: users}, capacity: {per_replica: 10}}
drivers:
  - {name: users, history: {file: users.csv}}
"""
LEVELS = np.where(np.arange(DAYS) < LAUNCH, 100.0, 200.0)


def planned(event: str = "", start: date = date(2026, 6, 29), values: np.ndarray = LEVELS) -> Plan:
    times = day_ms(FIRST) + DAY_MS * np.arange(DAYS)
    model = model_from_text(f"{TEXT}events:\n  - {{name: launch, {event}}}\n" if event else TEXT)
    return plan(model, Question(months=2), start, {"users": Series(SeriesId("users"), times, values)})


@pytest.mark.parametrize(
    ("event", "start", "month_1", "how"),
    [
        ("start: 2026-04-30, factor: 2", date(2026, 6, 29), 200, "starts at 200, the last value of its history"),
        ("start: 2026-04-30, offset: 100", date(2026, 6, 29), 200, "starts at 200, the last value of its history"),
        (
            "start: 2026-04-30, end: 2026-07-05, factor: 2",
            date(2026, 7, 10),
            100,
            "starts at 100, the last value of its history without launch",
        ),
        (
            "start: 2026-04-30, kind: changepoint",
            date(2026, 6, 29),
            200,
            "starts at 200, the last value of its history",
        ),
        (
            "start: 2026-04-30, end: 2026-08-01, kind: ignore",
            date(2026, 6, 29),
            100,
            "starts at 100, the last value of its history",
        ),
    ],
    ids=["goes_on", "goes_on_by_an_offset", "over_before_the_start", "change_point", "ignored"],
)
def test_what_is_known_to_have_changed_a_driver_is_no_growth(event: str, start: date, month_1: float, how: str) -> None:
    answer = planned(event, start)
    assert answer.periods[0].demand == pytest.approx(month_1, rel=1e-9)
    assert f"users {how}" in answer.notes


def test_without_a_word_of_it_a_launch_is_taken_for_growth() -> None:
    assert (planned().periods[0].demand or 0.0) > 250


def test_an_event_between_the_last_value_and_the_start_is_in_where_a_driver_stands() -> None:
    answer = planned("start: 2026-07-01, factor: 3", date(2026, 7, 10), np.full(DAYS, 100.0))
    assert answer.periods[0].demand == 300
    assert "users starts at 300, the last value of its history with launch" in answer.notes


def test_what_is_still_to_come_is_laid_on_the_growth_of_the_past() -> None:
    answer = planned("start: 2026-08-05, end: 2026-08-06, factor: 3", values=np.full(DAYS, 100.0))
    assert [period.demand for period in answer.periods] == [300, 100]
    assert answer.periods[0].label == "month 1, launch"


def test_an_event_of_the_first_day_of_the_plan_is_still_to_come() -> None:
    answer = planned("start: 2026-06-29, end: 2026-07-02, factor: 3", values=np.full(DAYS, 100.0))
    assert [period.demand for period in answer.periods] == [300, 100, 100]
    assert "users starts at 100, the last value of its history" in answer.notes


def test_a_line_through_the_past_is_no_table_of_stated_points() -> None:
    short = np.where(np.arange(DAYS) < DAYS - 40, np.nan, 100.0)
    answer = planned("start: 2026-08-05, end: 2026-08-06, factor: 3", values=short)
    assert [period.demand for period in answer.periods] == pytest.approx([300, 100])
    assert not any("points" in note for note in answer.notes)


def test_a_line_that_falls_ends_at_zero_and_not_before() -> None:
    """Two fewer a day: 60 fewer after a month of 30 days, and none left after two."""
    falling = np.where(np.arange(DAYS) < DAYS - 40, np.nan, 100.0 + 2.0 * np.arange(DAYS)[::-1])
    answer = planned(values=falling)
    assert [period.demand for period in answer.periods] == pytest.approx([40, 0])
    assert any("users grows by -60 a month" in note for note in answer.notes)


@pytest.mark.parametrize("months", [3, 12])
def test_the_interval_of_past_growth_holds_four_of_five_futures_of_its_own_kind(months: int) -> None:
    """Months whose log growth varies; what a few of them tell of their mean and their spread is uncertain, too."""
    model, times = model_from_text(TEXT), (np.arange(5 * months + 1) * MONTH_MS / 5).astype(np.int64)
    random, held = np.random.default_rng(8), np.zeros(3)
    for _ in range(200):
        course = np.exp(np.cumsum(random.normal(0.02, 0.05, months + 12)))
        values = np.append(course[0], np.repeat(course[:months], 5))
        ((found, _),) = courses_of_history(model, {"users": Series(SeriesId("users"), times, values)})
        assert found is not None
        ahead = outlooks((Driver("users", now=float(values[-1])),), (found,), 12)
        held += [ahead[m].low["users"] <= course[months + m - 1] <= ahead[m].high["users"] for m in (1, 6, 12)]
    assert held / 200 == pytest.approx([0.8] * 3, abs=4 * (0.8 * 0.2 / 200) ** 0.5)


def test_the_interval_of_a_line_holds_four_of_five_true_slopes_at_every_month() -> None:
    """The error of a slope adds up month by month; few values leave it less certain than many."""
    model, times = model_from_text(TEXT), day_ms(FIRST) + 9 * DAY_MS * np.arange(5)
    random, held = np.random.default_rng(5), np.zeros(3)
    for _ in range(400):
        values = 1000.0 + random.normal(0.0, 5.0, times.size)
        ((course, _),) = courses_of_history(model, {"users": Series(SeriesId("users"), times, values)})
        assert course is not None
        found = outlooks((Driver("users", now=float(values[-1])),), (course,), 12)
        held += [found[month].low["users"] <= values[-1] <= found[month].high["users"] for month in (1, 6, 12)]
    assert held / 400 == pytest.approx([0.8] * 3, abs=4 * (0.8 * 0.2 / 400) ** 0.5)


def test_a_history_of_which_nothing_counts_is_said_to_say_nothing() -> None:
    ignored = "start: 2026-01-01, end: 2026-08-01, kind: ignore"
    with pytest.raises(NothingToAnswer, match="nothing to plan"):
        planned(ignored)


@pytest.mark.parametrize("size", [1e101, 1e305])
def test_a_history_beyond_all_measure_is_said_to_be_so(size: float) -> None:
    """Its plan was a page of digits, ended as a fault of the program itself, or blamed the growth."""
    with pytest.raises(NothingToAnswer, match=r"users: its history holds values beyond 1e\+100"):
        planned(values=LEVELS * size)

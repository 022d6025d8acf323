"""Schedules hold by wall-clock time, on the days their calendar says; the stricter bound wins."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from tests.unit.policy.rehearsal import above, observed, policy_of

from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Target
from plimsoll.domain.policy_restraints import Calendar, Limits, Schedule
from plimsoll.policy.memory import Kept
from plimsoll.policy.schedule import bounds_at, bounds_over
from plimsoll.policy.step import step

HOUR = 3600.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def scheduled(*schedules: Schedule) -> Policy:
    return policy_of(targets=(Target("cpu", 0.6),), limits=Limits(2, 20), schedules=schedules)


NIGHT = Schedule("night", 2 * HOUR, target=2, min=1)
MORNING = Schedule("morning", 6 * HOUR, target=4, min=3)


@pytest.mark.parametrize(
    ("moment", "floor"),
    [
        pytest.param("2026-03-02T05:59:59", 1, id="before_the_boundary"),
        pytest.param("2026-03-02T06:00:00", 3, id="start_boundary_inclusive"),
        pytest.param("2026-03-02T23:00:00", 3, id="until_the_next_one"),
        pytest.param("2026-03-03T01:59:59", 3, id="over_midnight"),
        pytest.param("2026-03-03T02:00:00", 1, id="the_next_one_takes_over"),
    ],
)
def test_an_open_schedule_holds_until_the_next_one_starts(moment: str, floor: int):
    assert bounds_at(scheduled(NIGHT, MORNING), at(moment)).floor == floor


@pytest.mark.parametrize(
    ("moment", "floor"),
    [("2026-03-08T23:59:59", 5), ("2026-03-15T23:59:59", 5), ("2026-03-16T00:00:00", 9)],
    ids=["its_own_week", "the_week_that_is_left_out", "the_next_one_starts"],
)
def test_an_open_schedule_holds_over_a_week_that_its_calendar_leaves_out(moment: str, floor: int):
    mondays = Calendar(frozenset({0}), except_dates=frozenset({date(2026, 3, 9)}))
    weekly = Schedule("weekly", 0, calendar=mondays, min=5)
    other = Schedule("other", 0, calendar=Calendar(only_dates=frozenset({date(2026, 3, 16)})), min=9)
    assert bounds_at(scheduled(weekly, other), at(moment)).floor == floor


@pytest.mark.parametrize(
    ("moment", "floor"),
    [("2026-03-02T08:59:59", 0), ("2026-03-02T09:00:00", 8), ("2026-03-02T16:59:59", 8), ("2026-03-02T17:00:00", 0)],
)
def test_a_span_ends(moment: str, floor: int):
    assert bounds_at(scheduled(Schedule("day", 9 * HOUR, 8 * HOUR, min=8)), at(moment)).floor == floor


def test_wall_clock_time_stays_what_it_is_over_a_change_of_the_clocks():
    berlin = scheduled(Schedule("day", 9 * HOUR, HOUR, time_zone="Europe/Berlin", min=8))
    assert bounds_at(berlin, at("2026-03-28T08:30:00")).floor == 8  # winter: UTC + 1
    assert bounds_at(berlin, at("2026-03-29T07:30:00")).floor == 8  # summer: UTC + 2
    assert bounds_at(berlin, at("2026-03-29T08:30:00")).floor == 0


@pytest.mark.parametrize(
    ("calendar", "days"),
    [
        pytest.param(Calendar(weekdays=frozenset({0})), [2], id="mondays"),
        pytest.param(Calendar(except_dates=frozenset({date(2026, 3, 3)})), [2, 4], id="except_a_holiday"),
        pytest.param(Calendar(frozenset(), only_dates=frozenset({date(2026, 3, 4)})), [4], id="only_that_day"),
    ],
)
def test_the_calendar_decides_on_which_days(calendar: Calendar, days: list[int]):
    policy = scheduled(Schedule("day", 9 * HOUR, HOUR, calendar=calendar, min=8))
    assert [day for day in (2, 3, 4) if bounds_at(policy, at(f"2026-03-0{day}T09:30:00")).floor == 8] == days


def test_a_lead_time_starts_it_earlier_and_does_not_end_it_earlier():
    policy = scheduled(Schedule("day", 9 * HOUR, HOUR, lead_s=600, min=8))
    moments = ("08:49:59", "08:50:00", "09:59:59", "10:00:00")
    assert [bounds_at(policy, at(f"2026-03-02T{moment}")).floor for moment in moments] == [0, 8, 8, 0]


def test_the_stricter_of_policy_and_schedule_wins():
    now_s = at("2026-03-02T02:00:00")
    decision, _ = step(scheduled(NIGHT), Kept("web"), observed(4, {"cpu": 0.01}), now_s)
    assert decision.to_replicas == 2  # the schedule would allow 1


def test_a_target_is_asked_for_until_it_has_been_reached_once():
    policy = scheduled(Schedule("morning", 6 * HOUR, target=6))
    memory, count, found = Kept("web"), 3, []
    for minute in range(4):
        now_s = at("2026-03-02T06:00:00") + 60 * minute
        decision, memory = step(policy, memory, observed(count, {"cpu": 0.2}), now_s)
        count = decision.to_replicas
        found.append(count)
    assert found == [6, 2, 2, 2]


@pytest.mark.parametrize(
    ("clocks", "counts"),
    [
        pytest.param(("06:00:00", "06:01:00", "06:00:59"), [6, 7, 7], id="a_target_that_was_met_stays_met"),
        pytest.param(
            ("06:00:00", "06:01:00", "05:59:00", "06:00:00"), [6, 7, 7, 6], id="a_start_that_is_still_to_come"
        ),
    ],
)
def test_a_clock_set_back_does_not_move_the_start_of_a_schedule(clocks: tuple[str, ...], counts: list[int]):
    policy = policy_of(above("cpu", 0.7), schedules=(Schedule("morning", 6 * HOUR, target=6),))
    memory, count, found = Kept("web"), 3, []
    for place, clock in enumerate(clocks):
        cpu = 0.9 if place == 1 else 0.5
        decision, memory = step(policy, memory, observed(count, {"cpu": cpu}), at(f"2026-03-02T{clock}"))
        count = decision.to_replicas
        found.append(count)
    assert found == counts


def test_a_scheduled_maximum_asks_for_a_scale_in_through_the_guards():
    policy = scheduled(Schedule("night", 0.0, max=3))
    now_s = at("2026-03-02T12:00:00")
    assert step(policy, Kept("web"), observed(8, {"cpu": 0.6}), now_s)[0].to_replicas == 3
    assert step(policy, Kept("web"), observed(8, {"cpu": None}), now_s)[0].to_replicas == 8


MONDAY, FRIDAY = (Calendar(weekdays=frozenset({day})) for day in (0, 4))


@pytest.mark.parametrize(
    "schedules",
    [
        pytest.param(
            (NIGHT, MORNING, Schedule("noon", 12 * HOUR, HOUR, min=9, time_zone="Asia/Tokyo", lead_s=300)), id="daily"
        ),
        pytest.param((Schedule("weekend", 18 * HOUR, 60 * HOUR, calendar=FRIDAY, min=5),), id="begun_two_days_before"),
        pytest.param((Schedule("sale", 0, HOUR, calendar=MONDAY, min=5, lead_s=100 * HOUR),), id="led_up_to_for_days"),
    ],
)
def test_bounds_over_a_range_are_those_at_each_moment(schedules: tuple[Schedule, ...]):
    policy = scheduled(*schedules)
    times = np.arange(at("2026-03-01T00:00:00"), at("2026-03-05T00:00:00"), 437.0)  # from a Sunday on
    assert len({str(one) for one in bounds_over(policy, times)}) > 1
    assert [str(one) for one in bounds_over(policy, times)] == [str(bounds_at(policy, one)) for one in times.tolist()]

"""A plan with known events: months sized for their peak, what each event needs, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from plimsoll.domain.forecast import Event
from plimsoll.domain.plan import Plan, PlanEvent
from plimsoll.domain.plan_inputs import (
    CostGroup,
    Course,
    Driver,
    PlanInputs,
    Point,
    Prices,
    QuotaBound,
    Rate,
    Tier,
    TierSize,
    Transition,
)
from plimsoll.domain.series import as_ms
from plimsoll.domain.system import Component, Demand, Instance, Replicas, Size, Slo, System
from plimsoll.planning.plan import make_plan

WEB = Component(
    "web",
    demand=Demand("users"),
    capacity=100,
    slo=Slo(utilization=1.0),
    replicas=Replicas(min=1, max=20),
    instance=Instance(cores=2, price_per_hour=0.5),
)
SHOP = PlanInputs(
    System("shop", (WEB,)),
    date(2026, 10, 15),
    4,
    drivers=(Driver("users", now=1000), Driver("orders", now=50)),
    course=Course("steady", "users", (Rate(1, 0.0),)),
    prices=Prices(hours_per_month=720),
)


def on(day: str) -> int:
    return as_ms(datetime.fromisoformat(day).replace(tzinfo=UTC))


def known(name: str, start: str, end: str | None, factor: float, driver: str = "users") -> Event:
    return Event(name, on(start), on(end) if end else None, factor, only=frozenset({driver} if driver else ()))


UNKNOWN_COST = "its cost is unknown: not all of it has a price"
BLACK_FRIDAY = known("Black Friday", "2026-11-27", "2026-12-01", 2.5)


def planned(*events: Event, inputs: PlanInputs = SHOP) -> Plan:
    return make_plan(replace(inputs, known=events))


def events_of(plan: Plan) -> list[PlanEvent]:
    return [event for event in plan.events if event.kind == "known_event"]


@pytest.mark.parametrize(
    ("event", "demands", "labels"),
    [
        (BLACK_FRIDAY, [2500, 1000, 1000, 1000], {1}),
        (known("e", "2026-12-10", "2026-12-20", 2), [2000, 2000, 1000, 1000], {1, 2}),
        (known("e", "2026-12-15", "2027-01-15", 2), [1000, 2000, 1000, 1000], {2}),
        (known("e", "2026-12-20", None, 2), [1000, 2000, 2000, 2000], {2}),
        (known("e", "2026-12-20", "2026-12-30", 0.5), [1000, 1000, 1000, 1000], {2}),
        (known("e", "2026-12-15", "2027-01-15", 0.5), [1000, 500, 1000, 1000], {2}),
        (known("e", "2026-09-01", "2026-10-15", 2), [1000] * 4, set()),
        (known("e", "2026-12-20T13:00", "2026-12-20T14:00", 3), [1000, 3000, 1000, 1000], {2}),
        (known("e", "2026-12-20", "2026-12-21", 3, ""), [1000, 3000, 1000, 1000], {2}),
        (known("e", "2027-03-14T23:00", "2027-05-01", 3), [1000, 1000, 1000, 3000], {4}),
    ],
    ids=[
        "four_days_make_the_month",
        "over_the_end_of_a_month",
        "from_the_first_day_to_the_last",
        "for_good_from_the_middle_of_a_month",
        "a_lull_leaves_the_peak",
        "a_lull_of_a_whole_month",
        "over_before_the_plan",
        "one_hour",
        "on_every_driver",
        "the_last_hour_of_the_plan",
    ],
)
def test_a_month_is_as_large_as_its_peak_and_names_its_events(
    event: Event, demands: list[float], labels: set[int]
) -> None:
    plan = planned(event)
    assert [period.demand for period in plan.periods] == demands
    assert [period.components[0].replicas for period in plan.periods] == [demand // 100 for demand in demands]
    assert {period.month for period in plan.periods if event.name in period.label} == labels
    assert plan.notes == ()


def test_growth_goes_on_below_an_event_and_not_from_it() -> None:
    growing = replace(SHOP, course=Course("c", "users", (Rate(1, 0.1),), spread=0.05))
    plain, plan = make_plan(growing), planned(BLACK_FRIDAY, inputs=growing)
    assert plan.periods[1:] == plain.periods[1:]
    sides = [(period.demand_low, period.demand, period.demand_high) for period in (plain.periods[0], plan.periods[0])]
    assert sides[1] == pytest.approx([2.5 * side for side in sides[0] if side is not None])


def test_an_event_is_told_with_its_date_its_sizes_and_its_cost() -> None:
    plan = planned(BLACK_FRIDAY)
    (event,) = events_of(plan)
    assert (event.date, event.month, event.subject, event.duration_s) == (
        date(2026, 11, 27),
        1,
        "Black Friday",
        4 * 86400,
    )
    assert event.what == (
        "Black Friday: users x 2.5 until 2026-12-01; month 1: 2,500 users instead of 1,000; "
        "web 25 replicas instead of 10; 5,400 USD more, with the month sized for the peak"
    )
    assert plan.periods[0].cost is not None
    assert plan.periods[0].cost.mid == 25 * 0.5 * 720


def test_an_event_of_hours_that_changes_no_size_says_so() -> None:
    roomy = replace(SHOP, system=System("shop", (replace(WEB, replicas=Replicas(min=30)),)))
    (event,) = events_of(planned(known("show", "2026-11-27T20:00", "2026-11-27T23:00", 2.5), inputs=roomy))
    assert event.what == (
        "show: users x 2.5 until 2026-11-27 23:00Z; month 1: 2,500 users instead of 1,000; the month keeps its sizes; "
        "costs no more, with the month sized for the peak"
    )


def test_of_an_event_below_the_peak_the_sizes_of_its_days_are_told_and_those_of_its_month_stay() -> None:
    plan = planned(known("closed", "2026-11-28", "2026-11-30", 0.0))
    steps = [event.what for event in plan.events if event.kind == "size_change"]
    assert steps == ["web goes from 10 to 1 replicas", "web goes from 1 to 10 replicas"]
    (event,) = events_of(plan)
    assert event.what == (
        "closed: users x 0 until 2026-11-30; month 1: the peak does not change; the month keeps its sizes; "
        "costs no more, with the month sized for the peak"
    )


def test_sizes_change_on_the_days_on_which_an_event_begins_and_ends() -> None:
    steps = [(event.date, event.what) for event in planned(BLACK_FRIDAY).events if event.kind == "size_change"]
    assert steps == [
        (date(2026, 11, 27), "web goes from 10 to 25 replicas"),
        (date(2026, 12, 1), "web goes from 25 to 10 replicas"),
    ]


def test_what_an_event_needs_beyond_a_maximum_or_a_quota_is_blocked_from_its_first_day() -> None:
    api = Component("api", demand=Demand("calls", per_s=60.0, driver="users"))
    inputs = replace(SHOP, system=System("s", (WEB, api)), quotas=(QuotaBound("api", "charges", 30.0),))
    plan = planned(BLACK_FRIDAY, inputs=inputs)
    assert {(item.subject, item.date, item.month) for item in plan.blocked} == {
        ("web", date(2026, 11, 27), 1),
        ("api", date(2026, 11, 27), 1),
    }
    assert {item.by for item in plan.action_items} == {date(2026, 11, 26)}
    assert not make_plan(inputs).blocked


def test_the_way_to_a_larger_tier_is_begun_before_the_event() -> None:
    tiers = (
        Tier("small", (("users", 2000.0),), 100.0, (TierSize("web", 20),)),
        Tier("large", (("users", 9000.0),), 900.0, (TierSize("web", 90),)),
    )
    way = Transition("small", "large", 3 * 86400.0, 0.0, ("copy", "switch"))
    plan = planned(BLACK_FRIDAY, inputs=replace(SHOP, tiers=tiers, transitions=(way,)))
    assert [period.tier for period in plan.periods] == ["large", "small", "small", "small"]
    moves = [(event.date, event.subject) for event in plan.events if event.kind == "tier_transition"]
    assert moves == [(date(2026, 11, 27), "large"), (date(2026, 12, 1), "small")]
    assert plan.action_items[0].by == date(2026, 11, 23)
    assert plan.action_items[0].what.startswith("be ready for Black Friday on 2026-11-27: large instead of small")


def test_what_an_event_costs_beyond_the_largest_tier_is_not_known_and_said_so() -> None:
    tiers = (Tier("only", (("users", 2000.0),), 100.0, (TierSize("web", 20),)),)
    plan = planned(BLACK_FRIDAY, inputs=replace(SHOP, tiers=tiers, prices=None))
    (event,) = events_of(plan)
    assert event.what.endswith("no tier instead of only, web 25 replicas instead of 20; " + UNKNOWN_COST)
    assert plan.total_cost is None


def test_an_event_that_no_size_is_enough_for_says_so_and_is_blocked() -> None:
    store = Component("store", demand=Demand("users"), sizes=(Size("s", (("users", 2000.0),)),))
    plan = planned(BLACK_FRIDAY, inputs=replace(SHOP, system=System("s", (store,)), prices=None))
    assert "; store: no size in the table is enough" in events_of(plan)[0].what
    assert [(item.subject, item.date) for item in plan.blocked] == [("store", date(2026, 11, 27))]


def test_an_event_that_leaves_a_cost_open_is_not_told_to_save_it() -> None:
    """Past its largest size a store has no cost; the month of the sale must not look the cheapest."""
    sizes = (Size("s", (("users", 2000.0),), cores=4),)
    store = Component("store", demand=Demand("users"), sizes=sizes, instance=Instance(price_per_hour=2.0))
    plan = planned(BLACK_FRIDAY, inputs=replace(SHOP, system=System("s", (WEB, store))))
    assert events_of(plan)[0].what.endswith(UNKNOWN_COST)


def test_an_event_in_the_month_of_the_start_has_a_row_of_its_own_outside_the_totals() -> None:
    plan = planned(known("sale", "2026-10-20", "2026-10-22", 2))
    assert [period.label for period in plan.periods] == [
        "month 0, sale",
        "month 1",
        "month 2",
        "month 3",
        "month 4",
    ]
    assert plan.periods[0].demand == 2000
    assert plan.total_cost == make_plan(SHOP).total_cost
    assert plan.notes == ("month 0 is shown for sale; totals are of months 1 to 4",)


def test_a_quarter_holds_the_peaks_of_all_its_months() -> None:
    jobs = replace(WEB, name="jobs", demand=Demand("orders"))
    inputs = replace(SHOP, start=date(2026, 10, 1), months=6, quarters=True, system=System("s", (WEB, jobs)))
    mails = known("mailing", "2026-10-05", "2026-10-06", 4, "orders")
    first, second = planned(BLACK_FRIDAY, mails, inputs=inputs).periods
    assert [(item.name, item.replicas) for item in first.components] == [("web", 25), ("jobs", 2)]
    assert first.label == "2026Q4, mailing, Black Friday"
    assert second == make_plan(inputs).periods[1]


def test_overlapping_events_multiply_and_each_is_told_with_what_it_takes_beside_the_others() -> None:
    plan = planned(BLACK_FRIDAY, known("campaign", "2026-11-20", "2026-12-10", 1.2))
    assert plan.periods[0].demand == 3000
    assert [event.what.split("; ")[1] for event in events_of(plan)] == [
        "month 1: 3,000 users instead of 2,500",
        "month 1: 3,000 users instead of 1,200",
    ]


@pytest.mark.parametrize(
    ("event", "note"),
    [
        (known("launch", "2026-01-10", None, 2), "event launch: began on 2026-01-10, before the plan"),
        (known("late", "2027-03-15", None, 2), "event late: begins on 2027-03-15, after the last month of the plan"),
        (
            known("odd", "2026-11-27", None, 2, "visits"),
            "event odd: left out, since the current value of visits is unknown",
        ),
    ],
    ids=["begun_before", "after_the_end", "driver_without_a_value"],
)
def test_an_event_that_the_plan_leaves_out_is_named_with_the_reason(event: Event, note: str) -> None:
    plan = planned(event)
    assert len(plan.notes) == 1
    assert plan.notes[0].startswith(note)
    assert (plan.periods, plan.events) == (make_plan(SHOP).periods, make_plan(SHOP).events)


def test_events_come_on_top_of_stated_points_and_the_plan_says_so() -> None:
    points = replace(SHOP, course=Course("table", "users", points=(Point(0, 1000), Point(4, 1400))))
    plan = planned(BLACK_FRIDAY, known("mailing", "2026-12-20", None, 2, "orders"), inputs=points)
    assert [period.demand for period in plan.periods] == [2750, 1200, 1300, 1400]
    assert plan.notes == ("the points of table are assumed to exclude Black Friday: added on top",)


def test_without_a_driver_there_is_nothing_that_an_event_could_change_and_the_plan_says_so() -> None:
    system, prices = System("s", (replace(WEB, demand=None),)), Prices(groups=(CostGroup("all", 10.0, 0.0),))
    inputs = PlanInputs(system, date(2026, 1, 1), 2, prices=prices)
    (note,) = planned(known("e", "2026-02-10", None, 2, ""), inputs=inputs).notes
    assert note == "event e: left out, since the plan has no driver that it could change"


def test_an_event_is_enough_to_plan_for() -> None:
    plan = planned(BLACK_FRIDAY, inputs=replace(SHOP, course=None))
    assert [period.components[0].replicas for period in plan.periods] == [25, 10, 10, 10]

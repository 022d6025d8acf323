"""The plan as a whole: periods, cost, events, obstacles, actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.plan_inputs import (
    Addition,
    Budget,
    CostGroup,
    Course,
    Driver,
    InstancePrice,
    Option,
    PlanInputs,
    Point,
    PoolBound,
    Prices,
    QuotaBound,
    Rate,
    Survival,
    Tier,
    TierSize,
    Transition,
)
from plimsoll.domain.platform_policy import HpaPolicy, KedaPolicy
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Axis, Limits, Policy
from plimsoll.domain.system import Component, Demand, Growth, Instance, Replicas, Size, Slo, System
from plimsoll.planning.months import after_months
from plimsoll.planning.plan import make_plan

WEB = Component(
    "web",
    demand=Demand("users"),
    capacity=100,
    slo=Slo(utilization=1.0),
    replicas=Replicas(min=1, max=4),
    instance=Instance(cores=2, price_per_hour=0.5),
)
DOUBLING = PlanInputs(
    System("s", (WEB, Component("db", replicas=Replicas(now=1)))),
    date(2026, 1, 31),
    3,
    drivers=(Driver("users", now=100),),
    course=Course("double", "users", (Rate(1, 1.0),)),
    prices=Prices(hours_per_month=720),
)


def test_month_1_is_one_month_after_the_start_with_one_months_growth() -> None:
    plan = make_plan(DOUBLING)
    assert [(period.start, period.demand) for period in plan.periods] == [
        (date(2026, 2, 28), 200),
        (date(2026, 3, 31), 400),
        (date(2026, 4, 30), 800),
    ]
    assert [period.components[0].replicas for period in plan.periods] == [2, 4, 8]


def test_what_the_maximum_does_not_allow_is_blocked_not_cut_down() -> None:
    plan = make_plan(DOUBLING)
    (blocked,) = plan.blocked
    assert (blocked.date, blocked.need, blocked.limit) == (date(2026, 4, 30), 8, 4)
    assert "raise the maximum" in blocked.remedy
    assert [item.by for item in plan.action_items if blocked.remedy in item.what] == [blocked.date]


def test_a_maximum_that_is_passed_again_later_is_raised_for_the_whole_plan() -> None:
    """The first need past 4 is 8; by the end of the plan 16 are needed."""
    (blocked,) = make_plan(replace(DOUBLING, months=4)).blocked
    assert blocked.need == 8
    assert blocked.remedy == "raise the maximum of replicas.max to 8 before 2026-04-30, and to 16 before 2026-05-31"


@pytest.mark.parametrize(
    ("policy", "stops"),
    [
        (HpaPolicy("hpa", 1, 4, ()), ["web needs 8 replicas, policy hpa stops at 4"]),
        (KedaPolicy("keda", (), max=4), ["web needs 8 replicas, policy keda stops at 4"]),
        (Policy("own", Limits(1, 4), ()), ["web needs 8 replicas, policy own stops at 4"]),
        (Policy("sizes", Limits(1, 4), (), axis=Axis.RUNGS), []),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_policy_that_stops_before_what_is_needed_is_an_obstacle(policy: AnyPolicy, stops: list[str]) -> None:
    web = replace(WEB, replicas=Replicas(min=1), policies=(policy,))
    assert [stop.what for stop in make_plan(replace(DOUBLING, system=System("s", (web,)))).blocked] == stops


def test_a_tier_whose_driver_is_not_known_is_no_obstacle() -> None:
    tiers = (Tier("small", (("sessions", 10.0),), 100.0, ()),)
    assert [stop.subject for stop in make_plan(replace(DOUBLING, tiers=tiers)).blocked] == ["web"]


def test_a_month_is_summed_up_with_its_demand_its_replicas_and_its_cost() -> None:
    (summary,) = make_plan(replace(DOUBLING, summary_months=(2,))).summary
    assert (summary.month, summary.date, summary.replicas) == (2, date(2026, 3, 31), {"web": 4, "db": 1})
    assert summary.demand is not None
    assert summary.demand.value == 400
    assert summary.cost is not None
    assert summary.cost.mid == 1440.0


def test_a_month_of_the_summary_past_the_end_of_the_plan_is_told() -> None:
    plan = make_plan(replace(DOUBLING, summary_months=(3, 4, 9)))
    assert [summary.month for summary in plan.summary] == [3]
    assert "the summary leaves out months 4, 9: the plan ends with month 3" in plan.notes


@pytest.mark.parametrize(
    ("up_to", "need", "limit", "text"),
    [
        (
            (("users", 1000.0), ("sessions", 100.0)),
            160.0,
            100.0,
            "160 sessions are more than the largest size of db, s",
        ),
        ((("queries", 1000.0),), 1200.0, 1000.0, "1,200 queries are more than the largest size of db, s"),
    ],
    ids=["the_second_of_two_bounds", "the_demand_in_its_own_unit"],
)
def test_a_table_that_ends_too_soon_tells_what_is_past_its_end(
    up_to: tuple[tuple[str, float], ...], need: float, limit: float, text: str
) -> None:
    """The need must be given in the driver that is past its limit, not in the first one."""
    table = Component("db", demand=Demand("queries", driver="users", ratio=3.0), sizes=(Size("s", up_to),))
    drivers = (Driver("users", now=100), Driver("sessions", of="users", ratio=0.4))
    (blocked,) = make_plan(replace(DOUBLING, system=System("s", (table,)), drivers=drivers)).blocked
    assert (blocked.need, blocked.limit) == (need, limit)
    assert blocked.what.startswith(text)


def test_instances_cost_their_hours() -> None:
    costs = [period.cost for period in make_plan(DOUBLING).periods]
    assert [cost.mid for cost in costs if cost] == [720.0, 1440.0, 2880.0]
    assert costs[0] is not None
    assert costs[0].left_out == ("db",)


def test_resources_cost_what_each_costs_and_are_not_counted_twice_with_instances() -> None:
    prices = Prices(hours_per_month=720, by_resources=True, core_hour=0.05, instance_hour=InstancePrice(9.0))
    first = make_plan(replace(DOUBLING, prices=prices)).periods[0]
    assert first.cost is not None
    assert first.cost.mid == 2 * 2 * 0.05 * 720


def test_all_that_is_missing_from_the_cost_is_named_in_the_total_too() -> None:
    unsized = Component("queue", replicas=Replicas(1, 3), instance=Instance(price_per_hour=5.0))
    system = replace(DOUBLING.system, components=(*DOUBLING.system.components, unsized))
    plan = make_plan(replace(DOUBLING, system=system))
    assert [period.cost.left_out for period in plan.periods if period.cost] == [("db", "queue")] * 3
    assert plan.total_cost is not None
    assert plan.total_cost.left_out == ("db", "queue")


def test_a_resource_without_a_price_is_named_beside_those_that_have_one() -> None:
    prices = Prices(hours_per_month=720, by_resources=True, core_hour=0.05)
    web = replace(WEB, instance=Instance(cores=2, memory_bytes=10**9))
    first = make_plan(replace(DOUBLING, prices=prices, system=System("s", (web,)))).periods[0]
    assert first.cost is not None
    assert first.cost.left_out == ("web: memory",)


def test_groups_grow_then_take_their_additions() -> None:
    group = CostGroup("compute", 450.0, 0.15, (Addition("instances", 2, 150.0, frozenset({3})),))
    unpriced = CostGroup("storage", 175.0, 0.0, (Addition("GB", 1000, None, frozenset({2})),))
    plan = make_plan(replace(DOUBLING, course=None, prices=Prices(groups=(group, unpriced))))
    lines = [period.cost.lines["compute"] for period in plan.periods if period.cost]
    assert lines == pytest.approx([450 * 1.15, 450 * 1.15**2, 450 * 1.15**3 + 300])
    assert [period.cost.left_out for period in plan.periods if period.cost] == [
        (),
        ("storage: 1000 GB added",),
        ("storage: 1000 GB added",),
    ]
    assert [event.kind for event in plan.events].count("addition") == 2


def test_readiness_comes_before_the_transition_and_tells_its_steps() -> None:
    tiers = (
        Tier("small", (("users", 500.0),), 100.0, (TierSize("web", 2),)),
        Tier("large", (("users", 900.0),), 900.0, (TierSize("web", 9),)),
    )
    way = Transition("small", "large", 14400.0, 0.0, ("replicate", "switch"))
    plan = make_plan(replace(DOUBLING, tiers=tiers, transitions=(way,), months=4))
    assert [(event.month, event.kind) for event in plan.events] == [
        (2, "readiness"),
        (3, "readiness"),
        (3, "tier_transition"),
    ]
    assert plan.events[0].steps == ("replicate", "switch")
    assert "no larger tier" in plan.events[1].what
    assert [period.tier for period in plan.periods] == ["small", "small", "large", None]
    assert plan.periods[-1].cost is not None
    assert plan.periods[-1].components[0].replicas == 16
    assert "more than the largest tier" in next(item.what for item in plan.blocked if item.subject == "large")


def test_a_budget_warns_once_at_each_share_and_when_it_is_overrun() -> None:
    plan = make_plan(replace(DOUBLING, budget=Budget(1500.0, (0.4, 0.8))))
    assert [(alert.month, alert.kind, alert.value) for alert in plan.alerts] == [
        (1, "budget", 720.0),
        (2, "budget", 1440.0),
        (3, "overrun", 2880.0),
    ]


def test_a_connection_pool_is_an_obstacle_like_any_other() -> None:
    plan = make_plan(replace(DOUBLING, pools=(PoolBound("web", "db", 25, 100),), months=3))
    blocked = next(item for item in plan.blocked if item.subject == "db")
    assert (blocked.month, blocked.need, blocked.limit) == (3, 200, 100)


@pytest.mark.parametrize(("allowed_per_s", "month"), [(9.0, 3), (14.0, None)], ids=["passed_in_month_3", "never"])
def test_a_quota_of_an_outside_service_is_an_obstacle(allowed_per_s: float, month: int | None) -> None:
    api = Component("api", demand=Demand("calls", per_s=60.0, driver="users"))
    quota = QuotaBound("api", "translations", allowed_per_s)
    plan = make_plan(replace(DOUBLING, system=System("s", (api,)), quotas=(quota,)))
    assert [item.month for item in plan.blocked] == ([month] if month else [])


def test_ways_of_buying_that_exclude_each_other_are_told_apart_and_never_added() -> None:
    options = (
        Option("reserved", "medium", "low", None, ("spot",), ""),
        Option("spot", "high", "high", None, ("reserved",), ""),
    )
    prices = Prices(hours_per_month=720, instance_hour=InstancePrice(0.5, 0.35, 0.2))
    advice = make_plan(replace(DOUBLING, options=options, prices=prices)).recommendations
    saves = {item.id: item.saves_per_month for item in advice}
    assert saves["reserved"] == pytest.approx((3 * 0.15 * 720, 9 * 0.15 * 720))  # of web and db, as they are billed
    assert saves["spot"] == pytest.approx((3 * 0.30 * 720, 9 * 0.30 * 720))
    assert advice[0].excludes == ("reserved",)


@pytest.mark.parametrize(
    ("web_price", "prices", "count"),
    [
        pytest.param(None, Prices(hours_per_month=720), 3, id="all_at_the_price_on_demand"),
        pytest.param(2.0, Prices(hours_per_month=720), 1, id="another_price_of_its_own"),
        pytest.param(0.5, Prices(hours_per_month=720, by_resources=True, core_hour=0.05), 2, id="priced_by_resources"),
        pytest.param(None, Prices(hours_per_month=720, by_resources=True, core_hour=0.05), 0, id="none_by_the_hour"),
    ],
)
def test_buying_otherwise_saves_on_the_instances_that_are_billed_so(
    web_price: float | None, prices: Prices, count: int
) -> None:
    web = replace(WEB, instance=Instance(cores=2, price_per_hour=web_price))
    system = replace(DOUBLING.system, components=(web, DOUBLING.system.components[1]))
    prices = replace(prices, instance_hour=InstancePrice(0.5, 0.35))
    options = (Option("reserved", "medium", "low", None, (), ""),)
    (advice,) = make_plan(replace(DOUBLING, system=system, options=options, prices=prices, months=1)).recommendations
    saved = pytest.approx(count * 0.15 * 720)
    assert advice.saves_per_month == ((saved, saved) if count else None)


def test_a_cost_that_the_high_demand_leaves_open_is_not_told_as_known() -> None:
    """High demand is past the only tier that has a price: the cost of the middle demand is no upper bound."""
    tiers = (Tier("small", (("users", 250.0),), 100.0, ()),)
    course = Course("c", "users", (Rate(1, 1.0),), spread=0.5)
    plan = make_plan(replace(DOUBLING, tiers=tiers, course=course, prices=None, months=1))
    cost = plan.periods[0].cost
    assert cost is not None
    assert (cost.low, cost.mid, cost.high) == (100.0, 100.0, None)
    assert plan.total_cost is not None
    assert plan.total_cost.high is None


def test_a_month_past_the_largest_tier_has_no_cost_and_names_what_is_missing() -> None:
    """Without the tier only the rest of the bill is left, which would make the largest month the cheapest."""
    tiers = (Tier("small", (("users", 250.0),), 5000.0, ()),)
    prices = Prices(groups=(CostGroup("traffic", 10.0, 0.0),))
    plan = make_plan(replace(DOUBLING, tiers=tiers, prices=prices))
    costs = [period.cost for period in plan.periods]
    assert [(cost.mid, cost.left_out) for cost in costs if cost] == [
        (5010.0, ()),
        *[(None, ("a tier that is enough",))] * 2,
    ]
    assert plan.total_cost is not None
    assert plan.total_cost.mid is None


def test_nothing_is_interpolated_where_no_tier_is_enough() -> None:
    """Users lie between the tiers, and another driver is past both."""
    tiers = tuple(Tier(name, (("users", users), ("jobs", 9.0)), 1.0, ()) for name, users in (("s", 150), ("l", 999)))
    drivers = (Driver("users", now=100), Driver("jobs", of="users", ratio=0.04))
    periods = make_plan(replace(DOUBLING, tiers=tiers, drivers=drivers, months=2)).periods
    assert [(period.tier, period.interpolated is not None) for period in periods] == [("l", True), (None, False)]


def test_a_component_past_its_largest_size_is_missing_from_the_cost_by_name() -> None:
    sizes = (Size("s", (("demand", 250.0),), cores=2),)
    web = replace(WEB, capacity=None, sizes=sizes, instance=Instance())
    prices = Prices(hours_per_month=720, by_resources=True, core_hour=0.05)
    plan = make_plan(replace(DOUBLING, system=System("s", (web,)), prices=prices, months=2))
    assert [period.cost.left_out for period in plan.periods if period.cost] == [(), ("web",)]


def test_a_loss_that_adds_no_replica_is_told() -> None:
    notes = make_plan(replace(DOUBLING, survive=(Survival(None, 1, None),))).notes
    assert notes == ("no replica is added to survive a loss of db: they are not sized by capacity per replica",)
    assert not make_plan(replace(DOUBLING, survive=(Survival("web", 1, 3),))).notes


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"slo": Slo()}, True, id="nothing_stated"),
        pytest.param({"slo": Slo(utilization=0.8)}, False, id="a_utilization"),
        pytest.param({"slo": Slo(), "replicas": Replicas(buffer_ratio=0.2)}, False, id="a_buffer"),
        pytest.param({"slo": Slo(), "replicas": Replicas(buffer_min=1)}, False, id="one_replica_more"),
        pytest.param({"slo": Slo(), "sizes": (Size("s", (("demand", 1e6),)),)}, False, id="a_table_of_sizes"),
    ],
)
def test_replicas_that_are_to_carry_all_they_can_are_told(change: dict[str, Any], told: bool) -> None:
    system = System("s", (replace(WEB, **change),))
    plan = make_plan(replace(DOUBLING, system=system, prices=None))
    note = "web: replicas are planned at full capacity, since no slo.utilization or buffer is stated"
    assert plan.notes == ((f"{note}; a rehearsal holds them to 80%",) if told else ())


def test_a_quarter_is_as_large_as_its_largest_month_and_bears_its_label() -> None:
    points = (Point(0, 150, "2025Q1"), Point(3, 300, "2025Q2"))
    course = Course("c", "users", points=points)
    plan = make_plan(replace(DOUBLING, start=date(2025, 1, 1), months=6, quarters=True, course=course))
    assert [(period.label, period.start, period.month) for period in plan.periods] == [
        ("2025Q1", date(2025, 1, 1), 2),
        ("2025Q2", date(2025, 4, 1), 5),
    ]


def test_a_quarter_of_a_shrinking_demand_holds_its_peak_and_what_has_grown_by_itself() -> None:
    disk = Component("disk", growth=(Growth("storage", now=100.0, monthly_ratio=0.1),))
    course = Course("c", "users", (Rate(1, -0.5),))
    system = System("s", (WEB, disk))
    (quarter,) = make_plan(replace(DOUBLING, system=system, months=2, quarters=True, course=course)).periods
    assert quarter.demand == 100
    assert [item.replicas for item in quarter.components] == [1, None]
    assert quarter.components[1].storage_bytes == pytest.approx(121)


def test_the_peak_of_a_scenario_is_told_beside_its_course() -> None:
    course = Course("double", "users", (Rate(1, 0.0),), peak=1500)
    plan = make_plan(replace(DOUBLING, course=course))
    assert [alert.what for alert in plan.alerts if alert.kind == "peak"] == [
        "the peak of 1,500 users needs web 15, db 1"
    ]
    assert plan.blocked[0].need == 15


def test_a_model_with_nothing_to_plan_says_what_is_missing() -> None:
    with pytest.raises(NothingToAnswer, match="names no scenario"):
        make_plan(PlanInputs(System("s", ()), date(2026, 1, 1), 12))


@pytest.mark.parametrize(
    ("months", "day"),
    [(0, date(2026, 1, 31)), (1, date(2026, 2, 28)), (11, date(2026, 12, 31)), (25, date(2028, 2, 29))],
)
def test_months_end_where_the_shorter_month_does(months: int, day: date) -> None:
    assert after_months(date(2026, 1, 31), months) == day

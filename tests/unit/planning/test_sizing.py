"""Sizes: by tier, by table, by capacity, by growth; unknown stays unknown, with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from plimsoll.domain.plan import ComponentPlan
from plimsoll.domain.plan_inputs import PlanInputs, Survival, Tier, TierSize
from plimsoll.domain.system import (
    Buffers,
    Component,
    Consumption,
    Demand,
    Growth,
    Instance,
    Replicas,
    Size,
    Slo,
    System,
)
from plimsoll.planning.sizing import Situation, replicas_for, sized
from plimsoll.planning.tiers import interpolated, tier_to_run

WEB = Component(
    "web",
    demand=Demand("users"),
    capacity=50,
    slo=Slo(utilization=1.0),
    replicas=Replicas(min=2),
    instance=Instance(cores=4, memory_bytes=8e9, storage_bytes=50e9),
)
SMALL = Tier("small", (("users", 1000.0),), 500.0, (TierSize("web", 2, 1.0),))
LARGE = Tier("large", (("users", 10_000.0),), 3500.0, (TierSize("web", 6, 4.0),))


def plan(component: Component, month: int = 0, tier: Tier | None = None, **demands: float) -> ComponentPlan:
    inputs = PlanInputs(System("s", (component,)), date(2026, 1, 1), 1)
    exact = {name: Fraction(repr(float(value))) for name, value in demands.items()}
    (size,) = sized(inputs, Situation(month, exact, tier))
    return size


@pytest.mark.parametrize(
    ("demand", "replicas"),
    [(0, 2), (100, 2), (100.001, 3), (1000, 20), (1001, 21)],
    ids=["nothing", "full_at_the_minimum", "a_hair_more", "exactly_full", "one_more"],
)
def test_replicas_round_up_and_keep_the_minimum(demand: float, replicas: int) -> None:
    assert replicas_for(WEB, Fraction(repr(float(demand)))) == replicas


@pytest.mark.parametrize(
    ("changed", "survive", "replicas"),
    [
        ({"slo": Slo(utilization=0.8)}, (), 13),
        ({"replicas": Replicas(min=1, buffer_ratio=0.2, buffer_min=1)}, (), 12),
        ({"replicas": Replicas(min=1, buffer_min=2)}, (), 12),
        ({"capacity": 500.0, "replicas": Replicas(min=1, buffer_ratio=0.2, buffer_min=1)}, (), 2),
        ({}, (Survival(None, 1, None),), 11),
        ({}, (Survival("web", 1, 3),), 15),
        ({}, (Survival("db", 1, 3),), 10),
    ],
    ids=[
        "at_80_percent",
        "buffer_of_a_fifth",
        "buffer_of_two",
        "buffer_of_at_least_one",
        "lose_one",
        "lose_a_zone_of_3",
        "of_another",
    ],
)
def test_utilization_buffers_and_losses_ask_for_more(
    changed: dict[str, object], survive: tuple[Survival, ...], replicas: int
) -> None:
    component = replace(WEB, **changed)  # type: ignore[arg-type]  # the table names fields of Component
    assert replicas_for(component, Fraction(500), survive) == replicas


def test_resources_are_those_of_all_replicas_with_consumption_and_buffers_on_top() -> None:
    component = replace(WEB, buffers=Buffers(1.3, 1.3, 1.2), consumption=(Consumption("sessions", storage_bytes=10e6),))
    size = plan(component, users=100, sessions=200)
    assert (size.replicas, size.cores, size.memory_bytes) == (2, 10.4, 20.8e9)
    assert size.storage_bytes == (100e9 + 200 * 10e6) * 1.2


def test_storage_that_nobody_states_is_unknown_and_not_zero() -> None:
    assert plan(replace(WEB, instance=Instance(cores=4)), users=100).storage_bytes is None


def test_a_table_gives_the_first_size_that_is_enough_for_everything() -> None:
    sizes = (
        Size("s", (("users", 100.0), ("rps", 50.0)), cores=2),
        Size("l", (("users", 250.0), ("rps", 125.0)), cores=4),
    )
    component = replace(WEB, sizes=sizes, replicas=Replicas())
    assert plan(component, users=100, rps=50).tier == "s"
    assert plan(component, users=100, rps=51).tier == "l"
    assert plan(component, users=100).cores == 2
    beyond = plan(component, users=251)
    assert (beyond.tier, beyond.cores, beyond.why) == (None, None, "no size in the table is enough")


@pytest.mark.parametrize(
    ("stated", "least", "replicas"),
    [(None, 2, 2), (1, 2, 2), (3, 2, 3), (None, 0, 1), (0, 1, 0)],
    ids=["none_stated", "fewer_than_the_least", "more", "no_least", "a_size_without_any"],
)
def test_a_size_of_the_table_has_no_fewer_replicas_than_the_least(
    stated: int | None, least: int, replicas: int
) -> None:
    sizes = (Size("s", (("users", 100.0),), replicas=stated, cores=2),)
    size = plan(replace(WEB, sizes=sizes, replicas=Replicas(min=least)), users=50)
    assert (size.replicas, size.cores) == (replicas, 2.0 * replicas)


@pytest.mark.parametrize(("month", "nodes"), [(0, 3), (1, 3), (2, 4), (5, 5), (12, 7)])
def test_nodes_are_computed_from_what_is_used_not_one_more_each_time(month: int, nodes: int) -> None:
    component = Component(
        "nodes",
        replicas=Replicas(now=3),
        instance=Instance(cores=4),
        growth=(Growth("cpu", 0.6, monthly_amount=0.1, act_above=0.8), Growth("memory", 0.7, None, 0.08, 0.8)),
    )
    size = plan(component, month)
    assert (size.replicas, size.cores) == (nodes, nodes * 4)


def test_storage_grows_by_its_factor_and_is_unknown_where_nobody_says_how_much_there_is() -> None:
    known = plan(Component("db", growth=(Growth("storage", 100e9, 0.15),)), 12)
    unknown = plan(Component("db", growth=(Growth("storage", None, 0.15),)), 12)
    assert known.storage_bytes == pytest.approx(100e9 * 1.15**12)
    assert (unknown.storage_bytes, unknown.growth_factor) == (None, pytest.approx(1.15**12))
    assert "the current amount is unknown" in unknown.why


def test_what_no_demand_leads_to_is_not_sized_and_says_so() -> None:
    size = plan(Component("other"))
    assert (size.replicas, size.why) == (None, "no demand is known for it")


def test_the_tier_to_run_is_the_smallest_that_is_enough_and_none_beyond_the_largest() -> None:
    tiers = (SMALL, LARGE)
    names = [tier_to_run(tiers, {"users": Fraction(users)}) for users in (1000, 1001, 10_000, 10_001)]
    assert [tier.name if tier else None for tier in names] == ["small", "large", "large", None]
    assert tier_to_run(tiers, {"others": Fraction(1)}) is None


def test_the_interpolated_estimate_is_named_apart_from_the_tier_to_run() -> None:
    between = interpolated((SMALL, LARGE), {"users": Fraction(5500)})
    assert between is not None
    assert (between.below, between.above, between.share, between.cost) == ("small", "large", 0.5, 2000.0)
    assert (between.components[0].replicas, between.components[0].cores) == (4, 2.5)
    assert interpolated((SMALL, LARGE), {"users": Fraction(1000)}) is None
    more = interpolated((SMALL, LARGE), {"users": Fraction(5501)})
    assert more is not None
    assert more.components[0].replicas == 5


def test_a_tier_says_how_large_its_components_are() -> None:
    size = plan(WEB, tier=LARGE, users=1)
    assert (size.replicas, size.cores, size.tier) == (6, 24.0, "large")


def test_a_table_whose_driver_is_not_known_does_not_say_that_it_is_too_small() -> None:
    table = replace(WEB, capacity=None, sizes=(Size("s", (("sessions", 10.0),)),))
    assert plan(table, users=100).why == "no demand is known for it"

"""Costs by kind of request, what a cache saves, growth by rules, and limits from telemetry."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.adapters.knowledge import knowledge
from plimsoll.app.unit_costs import growth
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.telemetry import Moments, telemetry_steps
from plimsoll.capacity.unit_cost import cache_benefit, resource_cost
from plimsoll.domain.errors import InputError, NothingToAnswer, UsageError

RANDOM = np.random.default_rng(7)
ORDERS, REPORTS = RANDOM.uniform(5, 50, 40), RANDOM.uniform(1, 20, 40)
NORMALS = normals_of(1)


@pytest.fixture
def random() -> np.random.Generator:
    """Draw for one test alone, so that its numbers do not depend on which ran before."""
    return np.random.default_rng(7)


def test_several_kinds_of_request_get_their_own_cost(random: np.random.Generator) -> None:
    used = 0.1 + 0.004 * ORDERS + 0.02 * REPORTS + random.normal(0, 0.01, 40)
    found = resource_cost("cpu", "cores", used, {"orders": ORDERS, "reports": REPORTS}, NORMALS)
    assert found.idle is not None
    assert found.idle.value == pytest.approx(0.1, abs=0.03)
    assert found.per_unit["orders"].value == pytest.approx(0.004, rel=0.1)
    assert found.per_unit["reports"].value == pytest.approx(0.02, rel=0.05)
    assert found.explained_ratio is not None
    assert found.explained_ratio > 0.98


def test_no_kind_of_request_gives_a_resource_back() -> None:
    used = 1.0 - 0.004 * ORDERS + 0.02 * REPORTS
    found = resource_cost("cpu", "cores", used, {"orders": ORDERS, "reports": REPORTS}, NORMALS)
    assert found.per_unit["orders"].value == 0
    assert found.per_unit["reports"].value > 0


UNTOLD = {
    "together": ({"a": ORDERS, "b": ORDERS * 2}, "rise and fall together"),
    "constant": ({"a": ORDERS, "b": np.full(40, 3.0)}, "b never changes"),
    "few_rows": ({"a": np.append(ORDERS[:2], [np.nan] * 38)}, "2 rows"),
    "too_many": ({str(i): RANDOM.uniform(0, 1, 40) for i in range(9)}, "put rare kinds together"),
}


@pytest.mark.parametrize(("kinds", "why"), UNTOLD.values(), ids=UNTOLD.keys())
def test_costs_that_the_rows_cannot_tell_are_not_told(kinds: dict[str, np.ndarray], why: str) -> None:
    found = resource_cost("cpu", "cores", ORDERS, kinds, NORMALS)
    assert found.idle is None
    assert found.per_unit == {}
    assert why in found.why


def test_the_benefit_of_a_cache_is_the_difference_of_hit_and_miss(random: np.random.Generator) -> None:
    ratio = random.uniform(0.5, 0.95, 30)
    found = cache_benefit("x", ratio, 0.12 - 0.1 * ratio + random.normal(0, 0.002, 30), NORMALS)
    assert found.benefit_s is not None
    assert found.benefit_s.value == pytest.approx(0.1, rel=0.1)
    assert found.why == ""


def test_a_cache_that_does_not_show_is_said_not_to(random: np.random.Generator) -> None:
    found = cache_benefit("x", random.uniform(0.5, 0.95, 12), 0.1 + random.normal(0, 0.02, 12), NORMALS)
    assert "do not show" in found.why


def test_a_constant_hit_ratio_tells_nothing(random: np.random.Generator) -> None:
    assert cache_benefit("x", np.full(10, 0.8), random.uniform(0.1, 0.2, 10), NORMALS).benefit_s is None


def test_growth_by_three_of_the_text_service_is_what_its_guide_says() -> None:
    found = growth(3, 50, 0.120, 0.250, knowledge("loadtest_rules/growth.yaml"))
    assert (found.request_rate_rps, found.target_missed) == (150, True)
    assert found.p95_s == pytest.approx(0.360)
    assert found.factors == pytest.approx({"cores": 1.44, "memory_gib": 1.152, "cache_mib": 3, "db_connections": 3.6})
    assert found.resources["cores"] == pytest.approx(5.76)


def test_growth_within_the_target_multiplies_all_but_memory() -> None:
    found = growth(None, 50, 0.100, None, knowledge("loadtest_rules/growth.yaml"))
    assert not found.target_missed
    assert found.factors == pytest.approx({"cores": 2, "memory_gib": 1.6, "cache_mib": 2, "db_connections": 2})


def test_no_growth_below_zero() -> None:
    with pytest.raises(UsageError, match="--factor"):
        growth(-1, 50, 0.1, None, knowledge("loadtest_rules/growth.yaml"))


def moments(demand: np.ndarray, replicas: np.ndarray) -> Moments:
    cpu = 0.05 + 0.004 * demand / replicas
    return Moments("m", demand, replicas, {}, None, {"cpu": cpu}, {"cpu": "ratio"})


def test_telemetry_is_taken_per_replica() -> None:
    replicas = np.where(np.arange(600) % 2, 2.0, 4.0)
    each = np.linspace(20, 180, 600)
    steps = telemetry_steps(moments(each * replicas, replicas))
    assert len(steps) == 15
    assert steps.resources["cpu"] == pytest.approx(0.05 + 0.004 * steps.load, rel=1e-6)
    assert steps.load.max() < 180


def test_demand_that_hardly_moves_tells_nothing() -> None:
    with pytest.raises(NothingToAnswer, match="too little to see a curve"):
        telemetry_steps(moments(np.full(100, 50.0), np.ones(100)))


def test_demand_below_zero_is_no_demand() -> None:
    with pytest.raises(InputError, match="below zero"):
        telemetry_steps(moments(np.linspace(-50, 50, 100), np.ones(100)))

"""Costs by kind of request, the benefit of a cache, and growth by rules."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.adapters.knowledge import knowledge
from plimsoll.app.load_line.unit_costs import Used, growth, unit_costs
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.unit_cost import cache_benefit, resource_cost
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.estimate import Estimate

RANDOM = np.random.default_rng(7)
ORDERS, REPORTS = RANDOM.uniform(5, 50, 40), RANDOM.uniform(1, 20, 40)
NORMALS = normals_of(1)


@pytest.fixture
def random() -> np.random.Generator:
    """Make a generator for one test alone, so that its numbers do not depend on which tests ran before."""
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
    "few_rows": ({"a": np.append(ORDERS[:2], [np.nan] * 38)}, "2 rows"),
    "too_many": ({str(i): RANDOM.uniform(0, 1, 40) for i in range(9)}, "group rare kinds"),
    "only_one_that_is_constant": ({"a": np.full(40, 3.0)}, "a never changes"),
    "none_that_changes": ({"a": np.full(40, 3.0), "b": np.full(40, 2.0)}, "a, b never change,"),
}


@pytest.mark.parametrize(("kinds", "why"), UNTOLD.values(), ids=UNTOLD.keys())
def test_costs_that_the_rows_cannot_tell_are_not_told(kinds: dict[str, np.ndarray], why: str) -> None:
    found = resource_cost("cpu", "cores", ORDERS, kinds, NORMALS)
    assert found.idle is None
    assert found.per_unit == {}
    assert why in found.why


BATCH = RANDOM.uniform(1, 5, 40)
NEARLY = ORDERS * 2 + RANDOM.normal(0, 0.02, 40)
TIED = {  # kinds beside batch; the kinds (and idle) whose cost is unknown; the words that say so
    "the_same_to_all_digits": ({"a": ORDERS, "b": ORDERS * 2}, ("a", "b"), "a, b rise and fall together"),
    "nearly_the_same": ({"a": ORDERS, "b": NEARLY}, ("a", "b"), "a, b rise and fall together"),
    "adding_up_to_the_same": (
        {"a": ORDERS, "b": 60 - ORDERS},
        ("idle", "a", "b"),
        "idle, a, b are linearly dependent",
    ),
    "constant": ({"a": ORDERS, "b": np.full(40, 3.0)}, ("idle", "b"), "b never changes"),
    "never_asked": ({"a": ORDERS, "b": np.zeros(40)}, ("b",), "b never changes"),
    "hardly_changing": (
        {"a": ORDERS, "b": 100 + REPORTS / 20},
        ("idle", "b"),
        "b changes too little (100.1 to 101) to tell its cost from idle",
    ),
    "two_pairs": (
        {"a": ORDERS, "b": ORDERS * 2, "c": REPORTS, "d": REPORTS * 3},
        ("a", "b", "c", "d"),
        "a, b rise and fall together",
    ),
}


@pytest.mark.parametrize(("kinds", "untold", "why"), TIED.values(), ids=TIED.keys())
def test_where_some_kinds_are_tied_they_are_named_and_the_others_are_told(
    kinds: dict[str, np.ndarray], untold: tuple[str, ...], why: str, random: np.random.Generator
) -> None:
    used = 0.3 + 0.05 * BATCH + 0.01 * ORDERS + 0.02 * REPORTS * ("c" in kinds) + random.normal(0, 0.01, 40)
    found = resource_cost("cpu", "cores", used, {**kinds, "batch": BATCH}, NORMALS)
    assert tuple(found.untold) == untold
    assert why in found.untold[untold[-1] if why.startswith("b") else "a"]
    assert set(found.per_unit) == {"batch", *kinds} - set(untold)
    assert (found.idle is None) == ("idle" in untold)
    batch = found.per_unit["batch"]
    assert batch.low is not None
    assert batch.high is not None
    assert batch.low <= 0.05 <= batch.high
    assert batch.high - batch.low < 0.02


def test_a_tie_that_many_exact_rows_resolve_is_told(random: np.random.Generator) -> None:
    used = 0.3 + 0.01 * ORDERS + 0.02 * NEARLY + random.normal(0, 1e-5, 40)
    found = resource_cost("cpu", "cores", used, {"a": ORDERS, "b": NEARLY}, NORMALS)
    assert found.untold == {}
    assert found.per_unit["b"].value == pytest.approx(0.02, rel=0.05)


def test_what_arithmetic_leaves_of_no_cost_is_none() -> None:
    found = resource_cost("cpu", "cores", 0.3 + 0.01 * ORDERS, {"a": ORDERS, "b": REPORTS}, NORMALS)
    assert found.per_unit["b"] == Estimate(0.0, 0.0, 0.0)
    assert found.per_unit["a"].value == pytest.approx(0.01)


def test_no_kind_takes_the_name_of_what_is_used_idle() -> None:
    with pytest.raises(UsageError, match="idle"):
        unit_costs("x", Used({"cpu": ORDERS}), {"idle": ORDERS}, 1)


IMPOSSIBLE = {
    "rate_below_zero": ({"cpu": ORDERS}, {"a": -ORDERS}, "a lies below zero"),
    "use_below_zero": ({"cpu": -ORDERS}, {"a": ORDERS}, "cpu lies below zero"),
    "use_whose_square_is_no_number": ({"cpu": ORDERS * 1e300}, {"a": ORDERS}, "cpu is 4"),
}


@pytest.mark.parametrize(("used", "kinds", "words"), IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_rates_and_amounts_that_cannot_be_are_refused(
    used: dict[str, np.ndarray], kinds: dict[str, np.ndarray], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        unit_costs("x", Used(used), kinds, 1)


@pytest.mark.parametrize(
    ("miss_s", "slope", "words"),
    [
        pytest.param(0.1, -0.15, "a hit would take negative time", id="hits_below_zero"),
        pytest.param(0.1, 0.15, "latency rises with the hit ratio", id="hits_slower"),
        pytest.param(-0.1, 0.3, "a miss would take negative time", id="misses_below_zero"),
    ],
)
def test_a_line_that_no_cache_can_have_is_said_to_be_none(miss_s: float, slope: float, words: str) -> None:
    ratio = np.linspace(0.4, 0.6, 12)
    found = cache_benefit("x", ratio, miss_s + slope * ratio, NORMALS)
    assert words in found.why
    assert (found.benefit_s is None) is ("negative time" in words)


def test_the_benefit_of_a_cache_is_the_difference_of_hit_and_miss(random: np.random.Generator) -> None:
    ratio = random.uniform(0.5, 0.95, 30)
    found = cache_benefit("x", ratio, 0.12 - 0.1 * ratio + random.normal(0, 0.002, 30), NORMALS)
    assert found.benefit_s is not None
    assert found.benefit_s.value == pytest.approx(0.1, rel=0.1)
    assert found.saved_now_s is not None
    assert found.saved_now_s.value == pytest.approx(found.benefit_s.value * np.mean(ratio))
    assert found.why == ""


def test_a_cache_that_does_not_show_is_said_not_to(random: np.random.Generator) -> None:
    found = cache_benefit("x", random.uniform(0.5, 0.95, 12), 0.1 + random.normal(0, 0.02, 12), NORMALS)
    assert "do not show" in found.why
    for unsure in (found.benefit_s, found.saved_now_s):
        assert unsure is not None
        assert (unsure.low or 0.0) < 0 < (unsure.high or 0.0)


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

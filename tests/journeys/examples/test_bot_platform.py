"""Reference system 5 through the commands: its growth, its tiers, its transitions."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Plimsoll
from tests.example_systems import answer, model_of, part, rules_of

MODEL = model_of("bot-platform")


@pytest.fixture
def year(plimsoll: Plimsoll) -> dict[str, Any]:
    return answer(plimsoll, "plan", "-m", MODEL, "--months", "12", "--as-of", "2026-01-01")


@pytest.mark.parametrize(
    ("month", "drivers", "tier", "sizes", "price"),
    [
        (1, (12_500, 1_875, 2_500), "tier_10k", (6, 8, 32e9, 3, 8), 3_500),
        (6, (38_145, 5_721, 7_629), "tier_10k", (6, 8, 32e9, 3, 8), 3_500),
        (12, (113_896, 17_084, 22_779), "tier_100k", (30, 16, 64e9, 10, 40), 25_000),
    ],
    ids=["month_1", "month_6", "month_12"],
)
def test_moderate_growth_from_10000_gives_the_table_of_the_guide(
    year: dict[str, Any], month: int, drivers: tuple[int, ...], tier: str, sizes: tuple[float, ...], price: float
) -> None:
    period = year["periods"][month - 1]
    names = ("users", "concurrent_users", "daily_active_users")
    assert tuple(period["drivers"][name]["value"] for name in names) == drivers
    assert (period["demand"], period["tier"], period["cost"]["mid"]) == (drivers[0], tier, price)
    backend, database, redis, workers = (part(period, name) for name in ("backend", "database", "redis", "workers"))
    assert sizes == (
        backend["replicas"],
        database["cores"],
        database["memory_bytes"],
        redis["replicas"],
        workers["replicas"],
    )


def test_readiness_decides_before_the_transition_starts(year: dict[str, Any]) -> None:
    events = {event["kind"]: event for event in year["events"]}
    assert (events["readiness"]["month"], events["tier_transition"]["month"]) == (8, 10)
    assert events["tier_transition"]["duration_s"] == 8 * 3600
    assert events["readiness"]["steps"][0] == "managed database"


def test_the_interpolated_estimate_is_a_second_output(year: dict[str, Any]) -> None:
    between = year["periods"][11]["interpolated"]
    assert (between["below"], between["above"]) == ("tier_10k", "tier_100k")
    share = (17_084 - 10_000) / 90_000
    assert between["cost"] == pytest.approx(3_500 + share * 21_500)
    assert year["periods"][11]["cost"]["mid"] == 25_000


def test_the_steps_of_the_tiers_give_their_total_over_24_months(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL, "--growth", "10%", "--months", "24")
    assert plan["total_cost"]["mid"] == 191_500


def test_a_range_is_planned_in_its_middle_with_both_ends_as_bounds(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL, "--scenario", "conservative", "--months", "1")
    period = plan["periods"][0]
    assert (period["demand_low"], period["demand"], period["demand_high"]) == (10_500, 10_750, 11_000)


def test_36_months_from_25000_pass_the_largest_tier_which_is_said_not_hidden(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL, "--months", "36", "--initial-users", "25000")
    assert len(plan["periods"]) == 36
    assert plan["periods"][0]["demand"] == 31_250
    (blocked,) = plan["blocked"]
    assert blocked["need"] > blocked["limit"] == 100_000
    assert plan["periods"][-1]["tier"] is None
    assert plan["periods"][-1]["cost"]["mid"] is None


def test_transitions_that_start_too_late_are_findings(plimsoll: Plimsoll) -> None:
    document = answer(plimsoll, "validate", MODEL)
    assert rules_of(document) == ["transition-after-readiness", "transition-after-readiness"]


@pytest.mark.parametrize("how", ["table", "csv", "md", "yaml"])
def test_a_plan_can_be_had_in_every_form(plimsoll: Plimsoll, how: str) -> None:
    ran = plimsoll("plan", "-m", MODEL, "--months", "12", "-o", how)
    assert ran.returncode == 0
    assert "113,896" in ran.stdout or "113896" in ran.stdout

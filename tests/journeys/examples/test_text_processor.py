"""Reference system 3 through the commands: its limits, its tiers, its policies, its models of consumption."""

from __future__ import annotations

import numpy as np
import pytest
from tests.conftest import Plimsoll
from tests.example_systems import EXAMPLES, answer, model_of, part, rules_of

from plimsoll.app.model import load_model
from plimsoll.domain.platform_policy import HpaPolicy
from plimsoll.domain.policy import Policy

MODEL = model_of("text-processor")


def test_the_practical_limits_are_80_percent_of_what_is_usable() -> None:
    app = load_model([MODEL]).file.components[0]
    has, share = app.instance, app.practical_share
    assert has.usable_memory is not None
    assert has.usable_storage is not None
    assert has.cores is not None
    assert has.usable_memory * share == pytest.approx(4.8e9)
    assert has.usable_storage * share == pytest.approx(64e9)
    assert has.cores * 3600 * share == pytest.approx(11_520)


def test_the_processor_model_of_its_samples_is_linear_in_the_request_rate(plimsoll: Plimsoll) -> None:
    columns = "load=request_rate,latency=response_time_ms,cpu=cpu_percent,memory=memory_mb"
    samples = EXAMPLES / "text-processor" / "resources.csv"
    limits = answer(plimsoll, "limits", "from-loadtest", samples, "--columns", columns)
    (linear,) = [model for model in limits["models"] if (model["of"], model["name"]) == ("cpu", "linear")]
    slope, base = linear["parameters"]["slope"], linear["parameters"]["intercept"]
    assert (100 * slope["value"], 100 * base["value"]) == pytest.approx((0.5125, 13.3125))
    assert slope["low"] < slope["value"] < slope["high"]


def test_the_model_is_valid_without_a_finding(plimsoll: Plimsoll) -> None:
    assert rules_of(answer(plimsoll, "validate", MODEL)) == []


@pytest.mark.parametrize(
    ("users", "tier", "cores"), [(99, "tier 1", 2), (101, "tier 2", 4), (251, "tier 3", 8), (501, "tier 4", 16)]
)
def test_vertical_tiers_hold_so_many_users(plimsoll: Plimsoll, users: int, tier: str, cores: int) -> None:
    """Each replica has the tier's size, and there are at least the two replicas that the model asks for."""
    arguments = ("--growth", "0%", "--months", "1", "--initial-users", str(users))
    period = answer(plimsoll, "plan", "-m", MODEL, *arguments)["periods"][0]
    app = part(period, "app")
    each = (app["cores"] / app["replicas"], app["memory_bytes"] / app["replicas"])
    assert (app["tier"], app["replicas"], each) == (tier, 2, (cores, cores * 2e9))


def test_a_plan_starts_where_the_history_ends(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL, "--growth", "10%", "--months", "1")
    assert plan["periods"][0]["demand"] == pytest.approx(99)
    assert "users starts at 90, the last value of its history" in plan["notes"]


def test_without_a_scenario_every_driver_goes_on_along_the_line_of_its_history(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL, "--months", "1", "--as-of", "2024-01-22")
    drivers = plan["periods"][0]["drivers"]
    by_hand = 30 * np.polyfit([0, 7, 14, 21], [50, 60, 75, 90], 1)[0]  # peak users, week by week
    assert plan["scenario"] == "growth of the past"
    assert drivers["users"]["value"] == pytest.approx(90 + by_hand)
    assert drivers["users"]["low"] < drivers["users"]["value"] < drivers["users"]["high"]
    assert drivers["daily_requests"]["value"] == pytest.approx(200 * (90 + by_hand))
    assert part(plan["periods"][0], "app")["tier"] == "tier 2"


def test_its_samples_answer_the_sizing_question_and_the_rules_of_growth(plimsoll: Plimsoll) -> None:
    (app,) = answer(plimsoll, "limits", "of-model", "-m", MODEL)["components"]
    sized = {item["of"]: item for item in app["sizing"]["sized"]}
    assert sized["cpu"]["predicted"] == pytest.approx(0.005125 * 100 + 0.133125)
    assert all(item["met"] for item in sized.values())
    assert app["sizing"]["cores_factor"] == 1
    double, triple = app["growth"]
    assert (double["growth"], double["factors"]["cores"]) == (2, 2)
    assert double["factors"]["memory_gib"] == pytest.approx(0.8 * 2)
    assert triple["target_missed"]
    assert triple["factors"]["cores"] == pytest.approx(triple["p95_s"] / 0.25)
    assert triple["factors"]["db_connections"] == pytest.approx(1.2 * 3)
    assert {item["of"]: item["model"] for item in app["consumption"]} == {
        "cpu": "linear",
        "memory": "base_plus_per_unit",
        "response_time": "exponential",
    }


def test_its_policies_keep_their_figures() -> None:
    component = load_model([MODEL]).system.component("app")
    assert component is not None
    horizontal, hpa = component.policy("horizontal"), component.policy("hpa")
    assert isinstance(horizontal, Policy)
    assert (horizontal.cooldowns.out_s, horizontal.cooldowns.in_s) == (300, 600)
    assert isinstance(hpa, HpaPolicy)
    assert [(metric.name, metric.target) for metric in hpa.metrics] == [
        ("cpu", 70),
        ("memory", 80),
        ("http_requests_per_second", 100_000),
    ]
    assert hpa.behavior is not None
    assert hpa.behavior.up is not None
    assert hpa.behavior.down is not None
    assert (hpa.behavior.up.stabilization_s, hpa.behavior.down.stabilization_s) == (300, 600)

"""Reference system 1 through the commands: its load test, its policy, its growth and its costs."""

from __future__ import annotations

import pytest
from tests.conftest import Plimsoll
from tests.example_systems import EXAMPLES, answer, model_of, part, rules_of

from plimsoll.app.load_line.load_rules import load_rules
from plimsoll.app.model import load_model
from plimsoll.bootstrap import load_test_rules
from plimsoll.domain.policy import Policy

MODEL = model_of("terminal-platform")
COLUMNS = (
    "load=concurrent_users,throughput=throughput_rps,latency=response_time_ms,"
    "errors=error_percent,cpu=cpu_percent,memory=memory_percent"
)


def engine() -> Policy:
    component = load_model([MODEL]).system.component("app")
    assert component is not None
    policy = component.policy("engine")
    assert isinstance(policy, Policy)
    return policy


def test_the_model_is_valid_and_its_contradictions_are_findings(plimsoll: Plimsoll) -> None:
    document = answer(plimsoll, "validate", MODEL)
    assert rules_of(document) == ["schedule-below-minimum", "exclusive-options"]
    assert "the stricter wins: 2" in document["findings"][0]["taken"]


def test_the_load_test_gives_the_loads_of_the_guide(plimsoll: Plimsoll) -> None:
    file = EXAMPLES / "terminal-platform" / "loadtest.csv"
    document = answer(plimsoll, "limits", "from-loadtest", file, "--columns", COLUMNS, "--for-load", "1500")
    marks = document["thresholds"]
    assert [marks[name] for name in ("optimal", "warning", "critical", "maximum")] == [50, 150, 150, 250]
    assert [marks[name] for name in ("scale_out", "scale_in", "emergency")] == [120, 30, 135]
    assert document["instances"] == [{"load": 1500, "needed": 30, "with_buffer": 36}]


def test_the_model_says_what_one_replica_carries_and_which_resource_binds(plimsoll: Plimsoll) -> None:
    (app,) = answer(plimsoll, "limits", "of-model", "-m", MODEL)["components"]
    assert (app["stated"]["per_replica"], app["stated"]["concurrency"]) == (50, 100)
    fits = {item["unit"]: {(fit["resource"], fit["units"]) for fit in item["fits"]} for item in app["packing"]}
    assert {("cores", 200), ("memory", 520), ("process", 200), ("limit", 200), ("cpu", 200)} <= fits["sessions"]
    assert {("cores", 500), ("limit", 500)} <= fits["websockets"]
    assert [(item["units"], item["practical_units"]) for item in app["packing"]] == [(200, 160), (500, 400)]
    marks = app["load_test"]["thresholds"]
    assert [marks[name] for name in ("scale_out", "scale_in", "emergency")] == [120, 30, 135]


def test_the_rules_in_the_model_are_those_of_the_guide() -> None:
    capacity = load_model([MODEL]).file.components[1].capacity
    assert capacity is not None
    assert capacity.load_test is not None
    assert capacity.load_test.rules is not None
    own = load_rules(capacity.load_test.rules.plain(), "model")
    guide = load_test_rules(None)
    assert (own.marks, own.shares, own.instances) == (guide.marks, guide.shares, guide.instances)


def test_the_engine_is_the_policy_of_the_guide_with_its_mistakes_put_right() -> None:
    policy = engine()
    out = {rule.name: rule for rule in policy.triggers if rule.direction.value == "out"}
    assert {name: rule.conditions[0].threshold for name, rule in out.items()} == pytest.approx(
        {"cpu": 0.7, "memory": 0.75, "active_terminal_sessions": 160, "response_time_p95": 0.3, "error_rate": 0.02}
    )
    assert {name: (rule.for_s, rule.cooldown_s, rule.step) for name, rule in out.items()} == {
        "cpu": (300, 600, 1),
        "memory": (300, 600, 1),
        "active_terminal_sessions": (180, 300, 1),
        "response_time_p95": (120, 600, 1),
        "error_rate": (60, 300, 2),
    }
    (inward,) = [rule for rule in policy.triggers if rule.direction.value == "in"]
    assert (len(inward.conditions), inward.for_s, inward.cooldown_s) == (3, 900, 1800)
    sessions = policy.signal("active_terminal_sessions")
    assert sessions is not None
    assert sessions.form.value == "average"
    assert (policy.limits.min, policy.limits.max, policy.limits.max_step_out) == (2, 20, 2)
    assert [(rate.direction.value, rate.actions, rate.period_s) for rate in policy.rates] == [
        ("out", 10, 3600),
        ("in", 5, 3600),
    ]


@pytest.mark.parametrize(
    ("scenario", "month_12"),
    [("conservative", 1.15**12), ("moderate", 1.25**12), ("aggressive", 1.40**12), ("hockey_stick", 1.60**12)],
)
def test_each_scenario_grows_at_its_rate_and_says_how_far_it_may_be_off(
    plimsoll: Plimsoll, scenario: str, month_12: float
) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL, "--scenario", scenario)
    last = plan["periods"][-1]
    assert last["demand"] == pytest.approx(100 * month_12)
    assert last["demand_low"] < last["demand"] < last["demand_high"]
    concurrent = last["drivers"]["concurrent_users"]["value"]
    app = part(last, "app")
    assert app["replicas"] == max(2, -int(-concurrent // 50))
    assert app["cores"] == pytest.approx(app["replicas"] * 4 * 1.3)
    assert app["memory_bytes"] == pytest.approx(app["replicas"] * 8e9 * 1.3)


def test_cost_is_that_of_cores_memory_and_storage_over_720_hours(plimsoll: Plimsoll) -> None:
    first = answer(plimsoll, "plan", "-m", MODEL)["periods"][0]
    app = part(first, "app")
    hourly = app["cores"] * 0.05 + app["memory_bytes"] / 1e9 * 0.01
    assert first["cost"]["mid"] == pytest.approx(hourly * 720 + app["storage_bytes"] / 1e9 * 0.10)


def test_stated_users_are_planned_and_their_peak_passes_the_maximum(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL, "--scenario", "stated")
    demands = {period["month"]: period["demand"] for period in plan["periods"]}
    assert (demands[3], demands[6], demands[12]) == (250, 500, 1000)
    assert part(plan["periods"][-1], "app")["replicas"] == 20
    assert {item["need"] for item in plan["blocked"]} == {30}


def test_summary_recommendations_and_action_items_are_those_of_the_review(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL, "--as-of", "2026-01-01")
    assert [line["month"] for line in plan["summary"]] == [6, 12]
    summary = plan["summary"][1]
    assert summary["replicas_low"]["app"] <= summary["replicas"]["app"] <= summary["replicas_high"]["app"]
    options = {item["id"]: item for item in plan["recommendations"]}
    assert options["reserved"]["excludes"] == ["spot"]
    assert options["spot"]["risk"] == "high"
    reserved, spot = (options[name]["saves_per_month"][1] for name in ("reserved", "spot"))
    count = part(plan["periods"][-1], "app")["replicas"]
    assert (reserved, spot) == pytest.approx((count * 0.15 * 720, count * 0.30 * 720))
    dates = {item["what"]: item["by"] for item in plan["action_items"]}
    assert dates["first month: right-size"] == "2026-01-31"
    assert dates["Set the budget."] == "2026-01-01"

"""Reference system 2 through the commands: its quarters, its bands, and the contradictions of its guide."""

from __future__ import annotations

import pytest
from tests.conftest import Plimsoll
from tests.example_systems import answer, model_of, part, rules_of

from plimsoll.app.model import load_model
from plimsoll.domain.policy import Policy

MODEL = model_of("code-manager")


def test_the_plan_is_the_quarterly_table(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL)
    rows = [
        (
            period["label"],
            period["demand"],
            period["drivers"]["peak_concurrent"]["value"],
            period["drivers"]["daily_tasks"]["value"],
            *(part(period, "app")[name] for name in ("replicas", "cores")),
            part(period, "app")["memory_bytes"] / 1e9,
            part(period, "app")["storage_bytes"] / 1e9,
        )
        for period in plan["periods"]
    ]
    assert rows == [
        ("2025Q1", 500, 150, 5000, 3, 6, 12, 200),
        ("2025Q2", 1000, 300, 10000, 5, 10, 20, 350),
        ("2025Q3", 2000, 600, 20000, 8, 16, 32, 600),
        ("2025Q4", 4000, 1200, 40000, 12, 24, 48, 1000),
    ]
    assert [period["start"] for period in plan["periods"]] == ["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01"]


def test_the_fourth_quarter_is_blocked_by_the_maximum_of_the_autoscaler(plimsoll: Plimsoll) -> None:
    blocked = answer(plimsoll, "plan", "-m", MODEL)["blocked"]
    assert {(item["date"], item["need"], item["limit"]) for item in blocked} == {("2025-10-01", 12, 10)}


def test_its_contradictions_are_findings_and_both_missed_rpos_are_named(plimsoll: Plimsoll) -> None:
    document = answer(plimsoll, "validate", MODEL)
    assert rules_of(document) == ["maximum-below-need", "backup-misses-rpo", "backup-misses-rpo"]
    messages = [finding["message"] for finding in document["findings"]]
    assert messages[1:] == [
        "backups of database every 1d may lose 1d of work; its RPO is 15m",
        "backups of application_state every 1d may lose 1d of work; its RPO is 1h",
    ]


def test_vertical_rules_are_policies_over_sizes() -> None:
    component = load_model([MODEL]).system.component("app")
    assert component is not None
    cpu, memory = component.policy("vertical-cpu"), component.policy("vertical-memory")
    assert isinstance(cpu, Policy)
    assert isinstance(memory, Policy)
    assert [(rule.conditions[0].threshold, rule.for_s) for rule in cpu.triggers] == [(0.8, 600), (0.3, 1800)]
    assert [(rule.conditions[0].threshold, rule.for_s) for rule in memory.triggers] == [(0.85, 300)]


def test_alerts_and_bands_keep_their_figures() -> None:
    file = load_model([MODEL]).file
    assert len(file.alerts.rules) == 12
    critical = {rule.name: rule for rule in file.alerts.rules if rule.severity == "critical"}
    assert len(critical) == 6
    assert critical["ResponseTimeCritical"].above is not None
    assert (critical["ResponseTimeCritical"].above.value, critical["ResponseTimeCritical"].for_) == (2.0, 300.0)
    throughput = next(band for band in file.bands if band.signal == "throughput")
    low, high = throughput.levels["critical"]
    assert throughput.bad == "low"
    assert low is not None
    assert high is not None
    assert (low.value, high.value * 60) == (0, pytest.approx(500))


def test_the_model_as_understood_shows_lines_and_defaults(plimsoll: Plimsoll) -> None:
    shown = answer(plimsoll, "show", MODEL)
    origin = {value["field"]: (value["value"], value["origin"].rpartition(":")[2]) for value in shown["values"]}
    assert origin["components[0].policies[0].hpa.max"][0] == "10"
    assert origin["components[0].practical_share"] == ("80%", "default")

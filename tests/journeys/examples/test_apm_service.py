"""Reference system 4 through the commands: its nodes, its storage, its bill, its bands."""

from __future__ import annotations

import pytest
from tests.conftest import Plimsoll
from tests.example_systems import answer, model_of, part, rules_of

from plimsoll.app.model import load_model

MODEL = model_of("apm-service")


def test_its_contradictions_are_findings(plimsoll: Plimsoll) -> None:
    document = answer(plimsoll, "validate", MODEL)
    assert rules_of(document) == ["two-autoscalers", "addition-without-price", "exclusive-options"]


def test_nodes_keep_processor_and_memory_at_or_below_80_percent(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL)
    nodes = [part(period, "nodes") for period in plan["periods"]]
    for month, count in enumerate((item["replicas"] for item in nodes), start=1):
        cpu, memory = 0.6 + 0.10 * month, 0.7 + 0.08 * month
        assert max(cpu, memory) * 3 / count <= 0.8 + 1e-9
        assert count == 3 or max(cpu, memory) * 3 / (count - 1) > 0.8
    assert [item["replicas"] for item in nodes] == [3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7]
    assert (nodes[-1]["cores"], nodes[-1]["memory_bytes"]) == (28, 112e9)


def test_storage_grows_at_its_rates_and_what_there_is_now_is_not_invented(plimsoll: Plimsoll) -> None:
    last = answer(plimsoll, "plan", "-m", MODEL)["periods"][-1]
    grown = {name: part(last, name)["growth_factor"] for name in ("database", "logs", "backups")}
    assert grown == pytest.approx({"database": 1.15**12, "logs": 1.10**12, "backups": 1.20**12})
    assert part(last, "database")["storage_bytes"] is None


def test_the_bill_grows_by_group_with_its_step_additions(plimsoll: Plimsoll) -> None:
    plan = answer(plimsoll, "plan", "-m", MODEL)
    lines = [period["cost"]["lines"] for period in plan["periods"]]
    compute, storage = 450.0, 175.0
    for month, line in enumerate(lines, start=1):
        compute = compute * 1.15 + (300 if month in (3, 6, 9) else 0)
        storage *= 1.20
        assert line["compute"] == pytest.approx(compute)
        assert line["storage"] == pytest.approx(storage)
        assert (line["network"], line["monitoring"]) == (125, 150)
    assert plan["periods"][-1]["cost"]["left_out"] == ["storage: 5000 GB added"]
    added = [(event["month"], event["subject"]) for event in plan["events"] if event["kind"] == "addition"]
    assert added == sorted([*((m, "compute") for m in (3, 6, 9)), *((m, "storage") for m in (2, 4, 6, 8, 10))])


def test_bands_keep_any_number_of_levels_and_stay_open_at_the_end() -> None:
    bands = {band.signal: band.levels for band in load_model([MODEL]).file.bands}
    assert list(bands["response_time"]) == ["excellent", "good", "acceptable", "poor", "unacceptable"]
    assert list(bands["cpu"]) == ["normal", "warning", "critical", "emergency"]
    assert bands["cpu"]["emergency"][1] is None
    assert bands["query_time"]["timeout"][0] is not None
    assert bands["query_time"]["timeout"][0].value == 5.0
    assert len(bands) == 9


def test_scraping_keeps_its_spans() -> None:
    scrape = load_model([MODEL]).file.scrape
    assert scrape is not None
    assert (scrape.every, scrape.evaluate_every) == (15, 15)
    assert [(job.name, job.port, job.every) for job in scrape.jobs] == [
        ("app", 8080, 5),
        ("node", 9100, 10),
        ("postgres", 9187, 10),
    ]

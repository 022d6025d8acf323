"""The `limits` commands as a user calls them: documents for programs, exit codes, one line for each error."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import Plimsoll

FILES = Path(__file__).parent.parent / "unit" / "adapters" / "loadtests" / "files"
TERMINAL = """concurrent_users,response_time_ms,cpu_usage_percent,memory_usage_percent,error_rate_percent,throughput_rps
10,120,15,30,0,450
25,140,25,35,0,850
50,180,35,45,0.1,1200
75,220,50,55,0.2,1400
100,280,65,65,0.5,1550
150,380,75,75,1.2,1600
200,520,85,85,3.5,1550
250,720,95,92,8.2,1300
300,1200,98,95,15.8,900
"""
COLUMNS = (
    "load=concurrent_users,throughput=throughput_rps,latency=response_time_ms,errors=error_rate_percent,"
    "cpu=cpu_usage_percent,memory=memory_usage_percent"
)


def answered(plimsoll: Plimsoll, *arguments: str | Path) -> dict[str, Any]:
    answer = plimsoll("limits", *arguments, "-o", "json")
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


@pytest.fixture
def terminal(tmp_path: Path) -> Path:
    path = tmp_path / "terminal.csv"
    path.write_text(TERMINAL, encoding="utf-8")
    return path


def test_the_document_has_the_fields_that_others_rely_on(plimsoll: Plimsoll, terminal: Path) -> None:
    found = answered(plimsoll, "from-loadtest", terminal, "--columns", COLUMNS, "--slo", "p95<250ms,errors<1%")
    assert found["kind"] == "LoadTestLimits"
    assert found["schemaVersion"]
    for model in found["models"]:
        assert {"name", "parameters", "error", "chosen", "excuse"} <= set(model)
        for parameter in model["parameters"].values():
            assert {"value", "low", "high"} <= set(parameter)
    (law,) = [model for model in found["models"] if model["name"] == "usl" and model["of"] == "throughput"]
    assert set(law["parameters"]) == {"contention", "coherency", "rate"}
    assert found["peak"]["state"] == "identified"
    assert {"value", "low", "high"} <= set(found["peak"]["load"])
    assert {"value", "low", "high"} <= set(found["ceiling"]["throughput"])
    assert set(found["load_line"]) >= {"load", "throughput", "binding"}
    assert found["thresholds"] == {
        "optimal": 50, "warning": 150, "critical": 150, "maximum": 250,
        "scale_out": 120, "scale_in": 30, "emergency": 135,
    }  # fmt: skip


def test_specsdm91_and_raytracer_come_out_as_published(plimsoll: Plimsoll, shared_data: Path) -> None:
    folder = shared_data / "loadtest"
    sdm = answered(
        plimsoll, "from-loadtest", folder / "usl_specsdm91.csv", "--columns", "load=load,throughput=throughput"
    )
    law = next(model["parameters"] for model in sdm["models"] if model["name"] == "usl")
    assert law["contention"]["value"] == pytest.approx(0.0277285, abs=5e-8)
    assert law["coherency"]["value"] == pytest.approx(1.044e-4, abs=5e-8)
    assert law["rate"]["value"] == pytest.approx(89.995, abs=5e-4)
    assert sdm["peak"]["load"]["value"] == pytest.approx(96.52, abs=5e-3)
    assert efficiencies(sdm) == pytest.approx([0.7211, 0.6148, 0.51, 0.286, 0.1882, 0.137, 0.0876], abs=5e-5)
    ray = answered(
        plimsoll, "from-loadtest", folder / "usl_raytracer.csv", "--columns", "load=processors,throughput=throughput"
    )
    assert ray["peak"] == {"state": "not_identified", "load": None, "throughput": None, "why": ray["peak"]["why"]}
    assert ray["ceiling"]["throughput"]["value"] == pytest.approx(378, abs=0.5)
    told = [0.9154, 0.8925, 0.7437, 0.6484, 0.5435, 0.4577, 0.4005, 0.376, 0.3719, 0.267, 0.2217]
    assert efficiencies(ray) == pytest.approx(told, abs=5e-5)
    assert ray["load_line"] is None
    assert ray["load_line_reason"]


def efficiencies(found: dict[str, Any]) -> list[float]:
    return [step["efficiency"]["value"] for step in found["steps"]]


def test_rules_of_ones_own_move_the_thresholds(plimsoll: Plimsoll, terminal: Path, tmp_path: Path) -> None:
    rules = tmp_path / "mine.yaml"
    rules.write_text("name: mine\nwarning: {any: [latency > 200ms]}\nscale_out: {of: warning, times: 0.5}\n")
    found = answered(plimsoll, "from-loadtest", terminal, "--columns", COLUMNS, "--rules", rules)
    assert found["thresholds"]["warning"] == 75
    assert found["thresholds"]["scale_out"] == 37.5
    assert found["thresholds"]["optimal"] is None


def test_several_reports_are_one_test(plimsoll: Plimsoll) -> None:
    found = answered(plimsoll, "from-loadtest", FILES / "k6_summary.json", FILES / "k6_summary_export.json")
    assert found["tested"]["low"] == 10
    assert found["tested"]["high"] == 20
    assert found["next_test"]["loads"]


def test_the_queue_is_that_of_erlang(plimsoll: Plimsoll) -> None:
    found = answered(plimsoll, "queue", "--arrival-rate", "2", "--service-time", "1s", "--servers", "3")
    assert found["utilization"] == pytest.approx(2 / 3)
    assert found["wait_probability"] == pytest.approx(4 / 9)
    assert found["wait_s"] == pytest.approx(4 / 9)
    assert found["residence_s"] == pytest.approx(13 / 9)
    assert found["in_system"] == pytest.approx(26 / 9)
    staffed = answered(plimsoll, "queue", "--arrival-rate", "10", "--service-time", "1s", "--wait-probability", "0.01")
    assert staffed["servers"] == 19
    assert staffed["square_root_servers"] == 18


def test_a_queue_that_cannot_keep_up_says_so(plimsoll: Plimsoll) -> None:
    found = answered(plimsoll, "queue", "--arrival-rate", "4", "--service-time", "1s", "--servers", "3")
    assert found["stable"] is False
    assert found["wait_s"] is None
    assert "without end" in found["why"]


def test_telemetry_gives_a_load_line_per_replica(plimsoll: Plimsoll, tmp_path: Path) -> None:
    random, path = np.random.default_rng(1), tmp_path / "telemetry.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["timestamp", "rps", "pods", "cpu"])
        for minute in range(1500):
            each = 100 + 60 * np.sin(minute / 200)
            pods = 3 if minute % 500 < 250 else 5
            cpu = 0.05 + 0.005 * each + random.normal(0, 0.01)
            writer.writerow(
                [
                    f"2026-03-{1 + minute // 1440:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00Z",
                    each * pods,
                    pods,
                    f"{cpu:.4f}",
                ]
            )
    signals = ("--signal", "demand=rps", "--signal", "replicas=pods", "--signal", "cpu=cpu")
    found = answered(plimsoll, "from-telemetry", path, *signals, "--slo", "cpu<70%")
    assert found["load_line"]["load"]["value"] == pytest.approx(130, rel=0.03)
    assert found["load_line"]["load"]["low"] < 130 < found["load_line"]["load"]["high"]
    assert found["tested"]["load_unit"] == "arrivals/s"
    assert not any("no signal replicas" in note for note in found["tested"]["notes"])
    whole = answered(
        plimsoll, "from-telemetry", path, "--signal", "demand=rps", "--signal", "cpu=cpu", "--slo", "cpu<70%"
    )
    assert any("no signal replicas" in note for note in whole["tested"]["notes"])


def test_costs_cache_and_growth_answer(plimsoll: Plimsoll, tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    random = np.random.default_rng(2)
    rows = [(a := random.uniform(5, 50), b := random.uniform(1, 20), 0.2 + 0.004 * a + 0.02 * b) for _ in range(20)]
    path.write_text("a_rps,b_rps,cpu_cores,disk\n" + "\n".join(f"{a},{b},{c},{3 * a}" for a, b, c in rows) + "\n")
    resources = "cpu=cpu_cores,disk=disk:kB/s"
    costs = answered(plimsoll, "per-unit", path, "--kinds", "a=a_rps,b=b_rps", "--resources", resources)
    assert costs["costs"][0]["per_unit"]["a"]["value"] == pytest.approx(0.004, rel=1e-3)
    assert costs["costs"][1]["per_unit"]["a"]["value"] == pytest.approx(3000, rel=1e-3)
    assert [cost["unit"] for cost in costs["costs"]] == ["cores", "bytes/s"]
    cache = tmp_path / "cache.csv"
    cache.write_text("hit,ms\n" + "\n".join(f"{h / 20},{120 - 100 * h / 20}" for h in range(8, 20)) + "\n")
    found = answered(plimsoll, "cache", cache, "--columns", "hit_ratio=hit,latency=ms:ms")
    assert found["benefit_s"]["value"] == pytest.approx(0.1)
    grown = answered(plimsoll, "growth", "--request-rate", "50", "--p95", "120ms", "--factor", "3")
    assert grown["factors"]["cores"] == pytest.approx(1.44)


MISTAKES = {
    "no_such_file": (("from-loadtest", "none.csv"), 1, "none.csv"),
    "no_such_column": (("from-loadtest", "t.csv", "--columns", "load=users"), 1, "no column 'users'"),
    "bad_objective": (("from-loadtest", "t.csv", "--columns", COLUMNS, "--slo", "fast"), 1, "not an objective"),
    "objective_without_unit": (("from-loadtest", "t.csv", "--columns", COLUMNS, "--slo", "p95<250"), 1, "needs a unit"),
    "bad_probability": (("from-loadtest", "t.csv", "--columns", COLUMNS, "--probability", "1.5"), 1, "--probability"),
    "no_rules_file": (("from-loadtest", "t.csv", "--columns", COLUMNS, "--rules", "r.yaml"), 1, "r.yaml"),
    "one_step": (("from-loadtest", str(FILES / "k6_summary.json")), 4, "test next"),
    "neither_servers_nor_wait": (("queue", "--arrival-rate", "2", "--service-time", "1s"), 1, "give one of"),
    "no_service_time": (("queue", "--arrival-rate", "2", "--service-time", "0s", "--servers", "2"), 1, "above zero"),
    "rate_in_seconds": (("queue", "--arrival-rate", "2s", "--service-time", "1s", "--servers", "2"), 1, "per second"),
    "hit_ratio_in_percent": (
        ("cache", "t.csv", "--columns", "hit_ratio=concurrent_users,latency=response_time_ms"),
        1,
        "hit_ratio=COLUMN:%",
    ),
    "a_kind_called_idle": (
        ("per-unit", "t.csv", "--kinds", "idle=concurrent_users", "--resources", "cpu=cpu_usage_percent:%"),
        1,
        "no kind can be called idle",
    ),
    "no_demand": (("from-telemetry", "t.csv", "--signal", "cpu=cpu"), 1, "demand=QUERY"),
}


@pytest.mark.parametrize(("arguments", "code", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_clear_line(
    plimsoll: Plimsoll, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "t.csv").write_text(TERMINAL, encoding="utf-8")
    answer = plimsoll("limits", *arguments, cwd=tmp_path)
    assert answer.returncode == code, answer.stderr
    assert words in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert answer.stdout == ""

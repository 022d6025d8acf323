"""Replay policies on recorded demand and learn one, as a user calls it, with possible errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.conftest import REPOSITORY, SHARED, Plimsoll, in_process

EXAMPLE = REPOSITORY / "examples" / "rehearsal"
DEMAND, MODEL = EXAMPLE / "demand-synthetic.csv", EXAMPLE / "plimsoll.yaml"
MINIMAL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {{name: trace}}
components:
  - name: web
    demand: {{unit: requests, per: 60s}}
    capacity: {{per_replica: {capacity!r}}}
    slo: {{utilization: 80%}}
    startup: 120s
    replicas: {{min: 2, max: 500}}
    policies:
      - {{name: hpa70, hpa: {{cpu: 70%}}}}
"""
SCORES = (
    "name", "slo_miss_load_ratio", "replica_hours", "ideal_replica_hours", "theta_u", "theta_o", "tau_u", "tau_o",
    "instability", "changes", "flaps", "cost",
)  # fmt: skip


class Suggested(NamedTuple):
    """What `policy suggest` answered, and the file that it wrote."""

    found: dict[str, Any]
    file: Path


def answer(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_policies_are_compared_side_by_side(plimsoll: Plimsoll):
    words = f"hpa70,hpa:cpu=50%,{EXAMPLE / 'engine-text.yaml'}"
    found = answer(plimsoll("replay", DEMAND, "-m", MODEL, "--compare", words, "--score-last", "0.4", "-o", "json"))
    assert (found["kind"], found["schemaVersion"]) == ("Replay", "plimsoll/v1")
    assert [one["name"] for one in found["policies"]] == ["hpa70", "hpa:cpu=50%", "engine-text"]
    for one in found["policies"]:
        assert set(SCORES) <= set(one)
        assert one["replica_hours"] >= one["optimum_hours"]
        assert one["cost"] == pytest.approx(one["replica_hours"] * 0.05)
        assert one["miss_interval"]["low"] <= one["slo_miss_load_ratio"] <= one["miss_interval"]["high"]


def test_a_trajectory_has_one_row_a_step(plimsoll: Plimsoll, tmp_path: Path):
    out, chart = tmp_path / "course.parquet", tmp_path / "course.json"
    words = ("--compare", "hpa70", "--rules", "plain", "--trajectory", out, "--chart", chart)
    found = answer(plimsoll("replay", DEMAND, "-m", MODEL, *words, "-o", "json"))
    table = pq.read_table(out)
    assert table.column_names == ["time", "policy", "demand", "ready", "desired", "reason"]
    assert table.num_rows == found["steps"] == 8064
    hours = np.asarray(table["ready"]).sum() * 300 / 3600
    assert hours == pytest.approx(found["policies"][0]["replica_hours"])
    assert set(table["reason"].to_pylist()) == {"first_look", "stayed", "scale_out", "scale_in"}
    drawn = json.loads(chart.read_text())
    assert [line["name"] for line in drawn["lines"]] == ["demanded", "hpa70"]


def test_faults_are_shown_policy_by_policy(plimsoll: Plimsoll):
    found = answer(plimsoll("replay", DEMAND, "-m", MODEL, "--compare", "hpa70", "--faults", "all", "-o", "json"))
    names = ["missing", "stale", "zero", "spike", "half-missing", "clock-jump"]
    assert [one["fault"] for one in found["faults"]] == names
    by_name = {one["fault"]: one for one in found["faults"]}
    assert by_name["zero"]["miss_against_none"] > by_name["missing"]["miss_against_none"]


def test_a_rate_of_a_source_is_demanded_over_the_span_of_the_model(plimsoll: Plimsoll, tmp_path: Path):
    (tmp_path / "m.yaml").write_text(MINIMAL.format(capacity=1450))
    rows = (f"{1_790_000_000 + 300 * row},200" for row in range(60))
    (tmp_path / "metrics.csv").write_text("\n".join(("time,requests_per_second", *rows)))
    words = ("--signal", "requests_per_second", "-m", "m.yaml", "--rules", "plain", "-o", "json")
    (policy,) = answer(plimsoll("replay", "metrics.csv", *words))["policies"]
    assert policy["ideal_replica_hours"] == pytest.approx(11 * 5)  # 200/s x 60 s / (1450 x 80 %) for five hours


def test_a_quota_holds_replicas_back(plimsoll: Plimsoll):
    free, held = (
        answer(plimsoll("replay", DEMAND, "-m", MODEL, "--compare", "hpa70", "-o", "json", *words))["policies"][0]
        for words in ((), ("--quota", "15"))
    )
    assert held["replica_hours"] < free["replica_hours"]
    assert held["errors_ratio"] > free["errors_ratio"]


@pytest.fixture(scope="module")
def suggested(tmp_path_factory: pytest.TempPathFactory) -> Suggested:
    """What is suggested for the whole recorded demand, learned on its first 0.6."""
    folder = tmp_path_factory.mktemp("suggested")
    return suggestion(DEMAND, folder / "suggested.yaml")


def suggestion(trace: Path, file: Path) -> Suggested:
    words = ("--budget", "hpa70", "--learn-first", "0.6", "--output", file, "-o", "json")
    done = in_process("policy", "suggest", trace, "-m", MODEL, *words, cwd=file.parent)
    return Suggested(answer(done), file)


def test_a_suggestion_replays_as_it_was_scored_and_costs_no_more(plimsoll: Plimsoll, suggested: Suggested):
    found, file = suggested.found, suggested.file
    assert found["verdict"] == "recommended"
    assert found["suggested"]["slo_miss_load_ratio"] < 0.7 * found["current"]["slo_miss_load_ratio"]
    assert found["suggested"]["replica_hours"] <= found["current"]["replica_hours"]
    again = answer(
        plimsoll(
            "replay",
            DEMAND,
            "-m",
            MODEL,
            "--compare",
            f"hpa70,{file}",
            "--rules",
            "plain",
            "--score-last",
            "0.4",
            "-o",
            "json",
        )
    )
    for name in ("slo_miss_load_ratio", "replica_hours", "changes"):
        assert again["policies"][1][name] == found["suggested"][name]
        assert again["policies"][0][name] == found["current"][name]


def test_what_is_learned_does_not_depend_on_what_comes_after(suggested: Suggested, tmp_path: Path):
    lines = DEMAND.read_text().splitlines()
    cut = 1 + int((len(lines) - 1) * 0.6)
    other = [f"{line.split(',')[0]},{int(line.split(',')[1]) * 3 // 2}" for line in lines[cut:]]
    changed = tmp_path / "demand-synthetic.csv"
    changed.write_text("\n".join([*lines[:cut], *other]) + "\n")
    again = suggestion(changed, tmp_path / "again.yaml")
    assert again.found["suggested"] != suggested.found["suggested"]
    assert words_of(again.file) == words_of(suggested.file)


def words_of(policy: Path) -> list[str]:
    return [line for line in policy.read_text().splitlines() if not line.startswith("#")]


def test_where_nothing_is_missed_the_current_policy_is_kept(plimsoll: Plimsoll, tmp_path: Path):
    model, trace, file = tmp_path / "model.yaml", tmp_path / "calm.csv", tmp_path / "kept.yaml"
    model.write_text(MINIMAL.format(capacity=100.0))
    trace.write_text("timestamp,value\n" + "".join(f"{60 * t},{700 + t % 7}\n" for t in range(3000)))
    words = ("--budget", "hpa70", "--output", file, "-o", "json")
    found = answer(plimsoll("policy", "suggest", trace, "-m", model, *words))
    assert found["verdict"] == "keep_current"
    assert "name: hpa70" in file.read_text()
    again = answer(plimsoll("replay", trace, "-m", model, "--compare", file, "--rules", "plain", "-o", "json"))
    assert again["policies"][0]["slo_miss_load_ratio"] == 0


def test_a_trigger_that_can_never_fire_is_named_with_the_load_at_which_it_would(plimsoll: Plimsoll, tmp_path: Path):
    file = tmp_path / "never.yaml"
    file.write_text(
        "apiVersion: plimsoll/v1\nkind: Policy\npolicy:\n  name: never\n  limits: {min: 100, max: 200}\n"
        "  scale_out:\n    - {signal: cpu, above: 90%, step: 1}\n"
    )
    found = answer(plimsoll("replay", DEMAND, "-m", MODEL, "--compare", file, "-o", "json"))
    (finding,) = [one for one in found["findings"] if one["rule"] == "never-fires"]
    assert "cannot fire" in finding["message"]
    assert "3.6e+04 a step at 100 replicas" in finding["message"]
    assert finding["places"][0]["line"] == 7


def test_every_trigger_of_both_reference_engines_is_fed_on_a_recorded_demand(plimsoll: Plimsoll):
    words = f"hpa70,hpa-text,{EXAMPLE / 'engine-terminal.yaml'},{EXAMPLE / 'engine-text.yaml'}"
    trace, model = EXAMPLE / "requests-mongodb.csv", EXAMPLE / "service.yaml"
    found = answer(plimsoll("replay", trace, "-m", model, "--compare", words, "-o", "json"))
    assert [one["rule"] for one in found["findings"]] == ["schedule-below-minimum"]  # and nothing that is not fed
    assert found["findings"][0]["places"][0]["file"].endswith("engine-terminal.yaml")
    hpa, text_hpa, terminal, text = found["policies"]
    assert all(one["changes"] > 20 for one in (hpa, text_hpa, terminal, text))
    assert terminal["replica_hours"] > text["replica_hours"] > hpa["replica_hours"]


def test_a_signal_that_never_gets_there_is_named_with_the_load_at_which_it_would(plimsoll: Plimsoll, tmp_path: Path):
    file = tmp_path / "never.yaml"
    file.write_text(
        "apiVersion: plimsoll/v1\nkind: Policy\npolicy:\n  name: never\n  limits: {min: 20, max: 40}\n"
        "  scale_out:\n    - {signal: memory, above: 75%, step: 1}\n"
    )
    trace, model = EXAMPLE / "requests-mongodb.csv", EXAMPLE / "service.yaml"
    found = answer(plimsoll("replay", trace, "-m", model, "--compare", file, "-o", "json"))
    (finding,) = [one for one in found["findings"] if one["rule"] == "never-fires"]
    assert "memory reaches 57.7% at most; above 75% it takes a load of more than 1.667e+04" in finding["message"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(("--compare", "nobody"), "is no policy of web", id="unknown_policy"),
        pytest.param(("--rules", "real"), "--rules is plain or queued", id="unknown_rules"),
        pytest.param(("--faults", "fire"), "--faults is all, or some of missing", id="unknown_fault"),
        pytest.param(("--score-last", "0"), "--score-last is a share", id="nothing_scored"),
        pytest.param(("--metric-delay", "5"), "needs a unit", id="delay_without_unit"),
        pytest.param(("--component", "db"), "no component 'db'", id="unknown_component"),
        pytest.param(("--history", "3d"), "a trace is read whole", id="span_of_no_source"),
        pytest.param(("--chart", "course.png"), "--chart writes .html or .htm or .json", id="picture"),
        pytest.param(("--trajectory", "course.csv"), "--trajectory writes .parquet", id="trajectory_of_another_form"),
    ],
)
def test_a_mistake_is_one_clear_line(plimsoll: Plimsoll, words, message):
    done = plimsoll("replay", DEMAND, "-m", MODEL, *words)
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param((), "--slo-miss 0.5%, or --budget POLICY", id="no_goal"),
        pytest.param(("--slo-miss", "1%", "--budget", "hpa70"), "one of the two", id="two_goals"),
        pytest.param(("--slo-miss", "100%"), "below 100%", id="everything_may_be_missed"),
        pytest.param(("--budget", "hpa70", "--learn-first", "1"), "between 0 and 1", id="nothing_left_to_score"),
    ],
)
def test_a_suggestion_needs_one_goal_and_something_to_score(plimsoll: Plimsoll, words, message):
    done = plimsoll("policy", "suggest", DEMAND, "-m", MODEL, *words)
    assert done.returncode == 1
    assert message in done.stderr


@pytest.mark.needs_shared
def test_a_minimal_model_scores_a_recorded_demand_as_the_rules_do(plimsoll: Plimsoll, tmp_path: Path):
    trace = SHARED / "data" / "traces" / "ms_ecommerce_api_incoming_rps_api_01.csv"
    values = sorted(float(line.split(",")[1]) for line in trace.read_text().splitlines()[1:])
    model = tmp_path / "model.yaml"
    model.write_text(MINIMAL.format(capacity=values[int(0.995 * (len(values) - 1))] / 40))
    words = ("--compare", "hpa70", "--rules", "plain", "--score-last", "0.4", "-o", "json")
    found = answer(plimsoll("replay", trace, "-m", model, *words))
    assert round(found["policies"][0]["slo_miss_load_ratio"] * 100, 2) == 15.19
    assert round(found["policies"][0]["replica_hours"]) == 56596

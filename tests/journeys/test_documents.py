"""The documents for programs: each has its kind and version, contains no NaN, and names its fields by convention."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from tests.conftest import REPOSITORY, SHARED
from typer.main import get_command

from plimsoll.entrypoints.cli.main import app, run
from plimsoll.entrypoints.cli.output import Format

EXAMPLES = REPOSITORY / "examples"
FLEET, LOAD_TEST = EXAMPLES / "fleet" / "metrics.csv", EXAMPLES / "terminal-platform" / "loadtest.csv"
REHEARSAL = EXAMPLES / "rehearsal"
COLUMNS = "load=concurrent_users,throughput=throughput_rps,latency=response_time_ms,errors=error_percent"
HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 10
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
"""
CASES = {"cases": [{"id": "odd", "kind": "no such kind"}]}

# The models that have something to plan: a scenario, or growth of a component.
PLANNED = [
    EXAMPLES / name / "plimsoll.yaml" for name in ("apm-service", "bot-platform", "code-manager", "terminal-platform")
]
# Command line -> kind of its document. HERE is a folder with the small files below.
DOCUMENTS = {
    f"runway {FLEET} --no-record": "Runway",
    f"runway {FLEET} --no-record --limit *=1 --horizon 7d": "Runway",
    f"forecast {FLEET} --horizon 1d": "Forecast",
    f"assess {FLEET}": "Assessment",
    f"assess {FLEET} --patterns": "Patterns",
    "catalog": "Catalog",
    "catalog host-memory": "Catalog",
    f"limits from-loadtest {LOAD_TEST} --columns {COLUMNS} --slo mean<250ms": "LoadTestLimits",
    f"limits from-loadtest {LOAD_TEST} --columns {COLUMNS}": "LoadTestLimits",
    "limits queue --arrival-rate 2 --service-time 1s --servers 3": "Queue",
    "limits queue --arrival-rate 5 --service-time 1s --servers 3": "Queue",
    "limits queue --arrival-rate 10 --service-time 1s --wait-probability 0.01": "Staffing",
    "limits per-unit HERE/use.csv --kinds orders=orders,reports=reports --resources cpu=cpu_cores": "UnitCosts",
    "limits cache HERE/use.csv --columns hit_ratio=hit_ratio,latency=latency_ms": "CacheBenefit",
    "limits growth --request-rate 100 --p95 120ms": "GrowthPrediction",
    **{f"plan -m {model} --as-of 2026-01-01": "Plan" for model in PLANNED},
    f"replay {REHEARSAL}/demand-synthetic.csv -m {REHEARSAL}/plimsoll.yaml --compare hpa70 --faults missing": "Replay",
    f"policy suggest HERE/trace.csv -m {REHEARSAL}/plimsoll.yaml --budget hpa70": "Suggestion",
    "policy conformance HERE/cases.json": "Conformance",
    f"policy test {REPOSITORY}/tests/scenarios/web_service.yaml": "Conformance",
    "policy import HERE/hpa.yaml": "ImportedPolicies",
    f"limits of-model -m {REHEARSAL}/plimsoll.yaml": "ModelLimits",
    "forecast panel --input HERE/panel.parquet --output o.parquet --freq h --horizon 3 --quantiles 0.1,0.9": "PanelRun",
    f"init {FLEET} --output model.yaml --force": "FirstModel",
    "model upgrade HERE/old.yaml": "ModelUpgrade",
    f"validate {EXAMPLES}/terminal-platform/plimsoll.yaml": "Validation",
    f"doctor csv {FLEET}": "Diagnosis",
    f"report {FLEET} --period monthly": "Report",
    f"report {FLEET} --period weekly": "Report",
    f"report --loadtest {LOAD_TEST} --columns {COLUMNS} --as-of 2026-10-01": "Report",
    f"collect {FLEET} --once --as-of 2026-10-01 --since 60d --store HERE/store": "Collection",
    "collect --status --as-of 2026-10-01 --store HERE/filled": "StoreStatus",
}
MAY_FAIL = {"policy conformance": 3}
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d\S*)?")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")

Ask = Callable[..., str]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small files: rates and use, a trace, a manifest, cases, a store that holds the fleet."""
    folder = tmp_path_factory.mktemp("here")
    rng = np.random.default_rng(1)
    orders, reports, hits = rng.uniform(10, 90, 60), rng.uniform(1, 9, 60), rng.uniform(0.2, 0.9, 60)
    cpu = 0.2 + 0.01 * orders + 0.1 * reports + rng.normal(0, 0.01, 60)
    rows = [
        f"{o:.2f},{r:.2f},{c:.4f},{h:.3f},{100 - 80 * h:.2f}"
        for o, r, c, h in zip(orders, reports, cpu, hits, strict=True)
    ]
    (folder / "use.csv").write_text("orders,reports,cpu_cores,hit_ratio,latency_ms\n" + "\n".join(rows) + "\n")
    demand = [3000 + 2000 * math.sin(n / 45) + (n * 37) % 301 for n in range(600)]
    (folder / "trace.csv").write_text(
        "timestamp,value\n" + "".join(f"{n * 300},{d:.0f}\n" for n, d in enumerate(demand))
    )
    (folder / "hpa.yaml").write_text(HPA)
    (folder / "cases.json").write_text(json.dumps(CASES))
    (folder / "old.yaml").write_text("apiVersion: plimsoll/v1alpha1\nkind: System\nmetadata: {name: old}\n")
    hours = pa.array(np.arange(50) * 3_600_000, pa.timestamp("ms"))
    pq.write_table(pa.table({"unique_id": ["a"] * 50, "ds": hours, "y": np.arange(50.0)}), folder / "panel.parquet")
    filled = [
        "collect",
        str(FLEET),
        "--once",
        "--as-of",
        "2026-10-01",
        "--since",
        "60d",
        "--store",
        str(folder / "filled"),
    ]
    assert run(filled) == 0
    return folder


@pytest.fixture
def ask(here: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a command in a folder of its own and give back its stdout."""
    monkeypatch.chdir(tmp_path)

    def asked(line: str, how: str = "json") -> str:
        capsys.readouterr()
        code = run([*line.replace("HERE/store", f"{tmp_path}/{how}").replace("HERE", str(here)).split(), "-o", how])
        shown = capsys.readouterr()
        assert code == next((code for words, code in MAY_FAIL.items() if line.startswith(words)), 0), shown.err
        return shown.out

    return asked


def document(text: str) -> Any:
    def refuse(word: str) -> None:
        pytest.fail(f"{word} in a document")

    return json.loads(text, parse_constant=refuse)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            assert isinstance(key, str)
            yield from leaves(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, f"{path}[]")
    else:
        yield path, value


def names(line: str) -> str:
    return line.replace(str(REPOSITORY), "").replace("/", "_")


@pytest.mark.parametrize("line", DOCUMENTS, ids=names)
def test_every_form_of_a_document_says_the_same(line: str, ask: Ask) -> None:
    found = document(ask(line))
    assert (found["schemaVersion"], found["kind"]) == ("plimsoll/v1", DOCUMENTS[line])
    for path, value in leaves(found):
        if isinstance(value, str) and TIME.fullmatch(value):
            assert RFC_3339.fullmatch(value), f"{path}: {value}"
            datetime.fromisoformat(value)
        assert not isinstance(value, float) or math.isfinite(value)
    assert _of_this_run(yaml.safe_load(ask(line, "yaml"))) == _of_this_run(found)
    forms = {how: ask(line, how) for how in ("csv", "md", "table")}
    assert all(objective in form for form in forms.values() for objective in re.findall(r"--slo (\S+)", line))
    rows = [[], *csv.reader(io.StringIO(forms["csv"]))]
    heads = [row for blank, row in pairwise(rows) if not blank]
    assert len(rows) > 1 + len(heads)
    assert all(cell and cell == cell.upper() for row in heads for cell in row if not cell.startswith("q0."))
    assert "|" in forms["md"]
    assert forms["table"].strip()


def _of_this_run(found: dict[str, Any]) -> Any:
    """The part in which two runs must agree: everything but the folder of this run; YAML's dates as text."""
    text = json.dumps(found, default=lambda moment: moment.isoformat())
    return json.loads(re.sub(r'/(json|yaml)"', '/store"', text))


def commands(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command that can be called, by its words."""
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


def test_every_command_takes_every_form() -> None:
    known = dict(commands(get_command(app)))
    assert {"runway", "limits from-loadtest", "forecast panel", "policy conformance", "demo", "warm-up"} <= set(known)
    for words, command in known.items():
        forms = [option.type_descriptor.annotation for option in command.params if "-o" in option.opts]
        assert forms == [Format], words
    assert [form.value for form in Format] == ["table", "json", "yaml", "csv", "md"]


@pytest.mark.parametrize("word", ["cost", "rightsize", "diff", "generate", "serve", "run", "decisions", "pause"])
def test_a_command_that_is_not_there_is_one_line(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([word, "x.csv"]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert f"'{word}'" in shown.err


def test_a_resource_that_two_sources_have_is_explained_in_one_document(ask: Ask, here: Path) -> None:
    """Both a file and a store hold it."""
    assert run(["runway", str(FLEET)]) == 0
    assert document(ask("explain pg-main/disk_used_percent"))["kind"] == "RunwayExplanation"
    assert run(["runway", str(FLEET), f"store:{here}/filled"]) == 0
    found = document(ask("explain pg-main/disk_used_percent"))
    assert (found["kind"], len(found["explanations"])) == ("RunwayExplanations", 2)
    assert {one["kind"] for one in found["explanations"]} == {"RunwayExplanation"}


def test_the_model_that_is_shown_is_a_model_again(ask: Ask, tmp_path: Path) -> None:
    for model in sorted(EXAMPLES.glob("*/plimsoll.yaml")):
        shown = document(ask(f"show {model}"))
        assert (shown["schemaVersion"], shown["kind"]) == ("plimsoll/v1", "ModelView")
        again = tmp_path / "again.yaml"
        again.write_text(ask(f"show {model}", "yaml"))
        assert document(ask(f"show {again}"))["model"] == shown["model"], model


def test_the_schema_is_a_json_schema(ask: Ask) -> None:
    found = document(ask("schema"))
    assert (found["schemaVersion"], found["kind"]) == ("plimsoll/v1", "JsonSchema")
    assert found["$schema"].startswith("https://json-schema.org/")
    assert {"apiVersion", "kind", "components"} <= set(found["properties"])
    assert yaml.safe_load(ask("schema", "yaml")) == found


def test_a_runway_names_its_fields_as_agreed(ask: Ask) -> None:
    found = document(ask(f"runway {FLEET} --no-record"))
    assert found["rows"]
    for row in found["rows"]:
        wanted = {"resource", "now", "unit", "limit", "state", "breach", "probability_none", "lead_time_s", "act_by"}
        assert {*wanted, "grade", "why"} <= set(row)
        assert row["limit"] is None or {"value", "type", "source"} == set(row["limit"])
        assert row["breach"] is None or {"early", "p50", "late"} == set(row["breach"])
        assert row["state"] in {
            "ok", "breached", "none_within_horizon", "self_limiting", "cannot_tell", "stale", "error",
        }  # fmt: skip
        if row["state"] == "ok":
            early = datetime.fromisoformat(row["breach"]["early"])
            act_by = datetime.fromisoformat(row["act_by"])
            assert early - act_by == timedelta(seconds=row["lead_time_s"])
    assert any(row["state"] == "ok" for row in found["rows"])


@pytest.mark.parametrize(
    "line",
    [f"runway {FLEET} --no-record", f"forecast {FLEET} --horizon 2h", f"assess {FLEET}", f"assess {FLEET} --patterns"],
    ids=lambda line: line.split()[0] + ("_patterns" if "--patterns" in line else ""),
)
def test_what_is_percent_in_a_file_is_a_ratio_in_a_document(line: str, ask: Ask) -> None:
    """All series of the file are percentages."""
    found = document(ask(line))
    values = {"now", "value", "mean", "low", "high", "practical_limit", "headroom", "q0.1", "q0.5", "q0.9"}
    numbers = [value for path, value in leaves(found) if path.rpartition(".")[2] in values or ".quantiles." in path]
    assert [value for value in numbers if isinstance(value, float)]
    assert all(-1 <= value <= 2 for value in numbers if isinstance(value, float))
    assert {value for path, value in leaves(found) if path.endswith(".unit")} == {"ratio"}


def test_a_load_test_alone_makes_a_page_of_what_one_replica_carries(ask: Ask) -> None:
    found = document(ask(f"report --loadtest {LOAD_TEST} --columns {COLUMNS} --slo mean<250ms --as-of 2026-10-01"))
    (headline,), (part,) = found["headlines"], found["parts"]
    assert "One replica carries" in headline
    assert "bound by mean<250ms" in headline
    assert {chart["title"] for chart in part["charts"]} == {"throughput by load", "errors by load", "mean by load"}


def test_limits_of_a_load_test_name_their_fields_as_agreed(ask: Ask) -> None:
    found = document(ask(f"limits from-loadtest {LOAD_TEST} --columns {COLUMNS} --slo mean<250ms"))
    estimate = {"value", "low", "high"}
    assert all({"name", "parameters", "error", "chosen", "excuse"} <= set(model) for model in found["models"])
    usl = next(model for model in found["models"] if model["name"] == "usl")
    assert {"contention", "coherency", "rate"} <= set(usl["parameters"])
    assert all(estimate <= set(one) for model in found["models"] for one in model["parameters"].values())
    assert {"state", "load", "throughput"} <= set(found["peak"])
    assert found["peak"]["state"] in {"identified", "not_identified", "beyond_tested"}
    assert "throughput" in found["ceiling"]
    assert {"load", "throughput", "binding"} <= set(found["load_line"])
    assert all(
        found["load_line"][part] is None or estimate <= set(found["load_line"][part]) for part in ("load", "throughput")
    )
    steps = {"optimal", "warning", "critical", "maximum", "scale_out", "scale_in", "emergency"}
    assert set(found["thresholds"]) == steps


def test_a_queue_names_its_fields_as_agreed(ask: Ask) -> None:
    waiting = document(ask("limits queue --arrival-rate 2 --service-time 1s --servers 3"))
    assert {"utilization", "wait_probability", "wait_s", "residence_s", "in_system"} <= set(waiting)
    assert waiting["wait_probability"] == pytest.approx(4 / 9)
    assert document(ask("limits queue --arrival-rate 10 --service-time 1s --wait-probability 0.01"))["servers"] == 19


@pytest.mark.parametrize("model", PLANNED, ids=lambda model: model.parent.name)
def test_a_plan_names_its_fields_as_agreed(model: Path, ask: Ask) -> None:
    found = document(ask(f"plan -m {model} --months 3 --as-of 2026-01-01"))
    assert {"periods", "events", "alerts", "blocked", "recommendations"} <= set(found)
    assert found["periods"]
    for period in found["periods"]:
        assert {"start", "demand", "components", "cost"} <= set(period)
        for component in period["components"]:
            assert {"name", "replicas", "cores", "memory_bytes", "storage_bytes", "tier"} <= set(component)
        assert period["cost"] is None or {"low", "mid", "high", "currency"} <= set(period["cost"])


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("1970-01-01", "1970-02-01"), ("1969-12-31T23:59:59Z", "1970-01-31"), ("0001-01-01", "0001-02-01"),
        ("9998-11-30", "9998-12-30"),
    ],
    ids=["epoch", "before_the_epoch", "first_of_all_years", "last_of_all_years"],
)  # fmt: skip
def test_a_plan_without_a_start_begins_at_the_moment_taken_for_now(now: str, first: str, ask: Ask) -> None:
    model = EXAMPLES / "terminal-platform" / "plimsoll.yaml"
    assert document(ask(f"plan -m {model} --months 1 --as-of {now}"))["periods"][0]["start"] == first


def test_a_replay_and_a_suggestion_name_their_fields_as_agreed(ask: Ask, here: Path, tmp_path: Path) -> None:
    scores = {
        "name", "slo_miss_load_ratio", "replica_hours", "ideal_replica_hours", "theta_u", "theta_o", "tau_u", "tau_o",
        "instability", "changes", "flaps", "cost",
    }  # fmt: skip
    course = tmp_path / "course.parquet"
    line = f"replay HERE/trace.csv -m {REHEARSAL}/plimsoll.yaml --compare hpa70,hpa:cpu=50% --trajectory {course}"
    found = document(ask(line))
    assert [one["name"] for one in found["policies"]] == ["hpa70", "hpa:cpu=50%"]
    assert all(scores <= set(one) for one in found["policies"])
    table = pq.read_table(course)
    assert {"time", "demand", "ready", "desired", "reason"} <= set(table.column_names)
    assert table.num_rows == 2 * 600
    policy = tmp_path / "policy.yaml"
    learned = document(
        ask(f"policy suggest HERE/trace.csv -m {REHEARSAL}/plimsoll.yaml --slo-miss 0.5% --output {policy}")
    )
    assert scores <= set(learned["suggested"])
    assert document(ask(f"replay HERE/trace.csv -m {REHEARSAL}/plimsoll.yaml --compare {policy}"))["policies"]


def test_the_last_line_of_a_conformance_run_counts(ask: Ask) -> None:
    assert ask("policy conformance HERE/cases.json", "table").splitlines()[-1] == "0 passed, 1 failed"


@pytest.mark.needs_shared
def test_all_conformance_cases_pass(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MAY_FAIL, "policy conformance", 0)
    last = ask(f"policy conformance {SHARED}/data/hpa/cases.json", "table").splitlines()[-1]
    assert re.fullmatch(r"[1-9]\d* passed, 0 failed", last)


PANEL = "forecast panel --input {} --output {} --freq 5min --seasons 288 --horizon 12 --quantiles 0.025,0.1,0.5,0.975"
STEP, DAYS = timedelta(minutes=5), 3 * 288


def panel_of_all_sorts() -> pa.Table:
    """Series whole, with gaps, with NaN, bounded, never moving, short, without a value; shuffled, some rows twice."""
    swing = 50 + 30 * np.sin(np.arange(DAYS) * 2 * np.pi / 288) + np.random.default_rng(1).normal(0, 2, DAYS)
    holes = np.where(np.arange(DAYS) % 7 == 0, np.nan, swing)
    sorts = {
        "whole": (np.arange(DAYS), swing, "gauge", None, None),
        "gaps": (np.delete(np.arange(DAYS), slice(100, 200)), np.delete(swing, slice(100, 200)), "gauge", None, None),
        "nan": (np.arange(DAYS), holes, None, None, None),
        "bounded": (np.arange(DAYS), np.clip(2 * swing, 0, 100), "percent", 20.0, 100.0),
        "constant": (np.arange(DAYS), np.full(DAYS, 7.0), None, None, None),
        "short": (np.arange(5), swing[:5], None, None, None),
        "empty": (np.arange(9), np.full(9, np.nan), None, None, None),
    }
    parts = [
        pa.table({
            "unique_id": [name] * len(y), "ds": pa.array(steps * 300_000, pa.timestamp("ms")), "y": y,
            "kind": pa.array([kind] * len(y), pa.string()), "lower": pa.array([low] * len(y), pa.float64()),
            "upper": pa.array([high] * len(y), pa.float64()),
        })
        for name, (steps, y, kind, low, high) in sorts.items()
    ]  # fmt: skip
    rows = pa.concat_tables([*parts, parts[0].slice(0, 50)])
    return rows.take(pa.array(np.random.default_rng(2).permutation(rows.num_rows)))


def test_a_panel_has_the_columns_as_agreed_and_every_series_comes_out(tmp_path: Path) -> None:
    rows = panel_of_all_sorts()
    pq.write_table(rows, tmp_path / "in.parquet")
    assert run(PANEL.format(tmp_path / "in.parquet", tmp_path / "out.parquet").split()) == 0
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.column_names == ["unique_id", "ds", "q0.025", "q0.1", "q0.5", "q0.975", "state", "why"]
    came, went = by_series(rows), by_series(out)
    assert set(went) == set(came)
    for name, found in went.items():
        last = max(came[name]["ds"])
        assert found["ds"] == [last + STEP * ahead for ahead in range(1, 13)], name
        values = np.array([found[level] for level in ("q0.025", "q0.1", "q0.5", "q0.975")])
        assert np.isnan(values).all() if name == "empty" else (np.diff(values, axis=0) >= 0).all(), name
    states = {name: set(found["state"]) for name, found in went.items()}
    assert (states["whole"], states["constant"], states["empty"]) == ({"ok"}, {"constant"}, {"cannot_tell"})
    assert min(went["bounded"]["q0.025"]) >= 20
    assert max(went["bounded"]["q0.975"]) <= 100


def by_series(table: pa.Table) -> dict[str, dict[str, list[Any]]]:
    ids = table["unique_id"].cast(pa.string())
    return {str(name): table.filter(pa.compute.equal(ids, name)).to_pydict() for name in ids.unique()}

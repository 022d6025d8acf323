"""The runway of a file, as a user calls it, with possible errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import Plimsoll

START = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: trial}
components:
  - name: web
    limits:
      - {resource: cpu, signal: cpu, hard: 95%, soft: 80%, lead_time: 3d}
      - {resource: sessions, hard: 200}
sources:
  - {name: file, kind: csv, file: metrics.csv}
signals:
  - {name: cpu, source: file, query: cpu_percent, kind: percent, component: web}
  - {name: rate, source: file, query: requests, component: web}
"""


def write(path: Path, days: int = 60, **columns: np.ndarray) -> Path:
    hours = days * 24
    lines = ["timestamp," + ",".join(columns)]
    for hour in range(hours):
        moment = (START + timedelta(hours=hour)).isoformat()
        lines.append(f"{moment}," + ",".join(f"{values[hour]:.4f}" for values in columns.values()))
    path.write_text("\n".join(lines) + "\n")
    return path


def growing(days: int = 60, start: float = 30, end: float = 60) -> np.ndarray:
    hours = np.arange(days * 24)
    noise = np.random.default_rng(0).normal(0, 0.5, hours.size)
    return start + (end - start) * hours / hours.size + 3 * np.sin(2 * np.pi * hours / 24) + noise


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    cpu = growing()
    return write(tmp_path / "metrics.csv", cpu_percent=cpu, requests=cpu * 10, cache_hit_ratio=cpu / 100)


def rows_of(text: str) -> dict[str, Any]:
    document = json.loads(text)
    assert document["schemaVersion"] == "plimsoll/v1"
    assert document["kind"] == "Runway"
    return {row["resource"]: row for row in document["rows"]}


def test_every_column_is_a_row_in_base_units_and_the_fields_are_those_of_the_contract(
    metrics: Path, plimsoll: Plimsoll
) -> None:
    called = plimsoll("runway", metrics, "-o", "json")
    rows = rows_of(called.stdout)
    assert called.returncode == 0
    assert set(rows) == {"cpu_percent", "requests", "cache_hit_ratio"}
    cpu = rows["cpu_percent"]
    wanted = ["resource", "now", "unit", "limit", "state", "breach", "probability_none", "lead_time_s", "act_by"]
    assert list(cpu)[:11] == [*wanted, "grade", "why"]
    assert 0.5 < cpu["now"] < 0.7
    assert cpu["unit"] == "ratio"
    assert cpu["limit"] == {"value": 1.0, "type": "hard", "source": "100 % of a share"}
    assert list(cpu["breach"]) == ["early", "p50", "late"]
    assert rows["requests"]["state"] == rows["cache_hit_ratio"]["state"] == "cannot_tell"
    assert "--limit requests=VALUE" in rows["requests"]["why"]


def test_the_table_is_sorted_by_the_date_to_act_by(metrics: Path, plimsoll: Plimsoll) -> None:
    called = plimsoll("runway", metrics, "--limit", "requests=650")
    lines = called.stdout.splitlines()
    assert lines[0].split() == [
        "RESOURCE",
        "NOW",
        "LIMIT",
        "EARLY",
        "BREACH",
        "LATE",
        "LEAD",
        "ACT",
        "BY",
        "GRADE",
        "WHY",
    ]
    assert [line.split()[0] for line in lines[1:4]] == ["requests", "cpu_percent", "cache_hit_ratio"]
    assert "999999" not in called.stdout


def test_none_in_the_horizon_is_said_in_words(tmp_path: Path, plimsoll: Plimsoll) -> None:
    path = write(tmp_path / "flat.csv", cpu_percent=growing(end=30))
    assert "none within 90d" in plimsoll("runway", path).stdout
    assert "none within 30d" in plimsoll("runway", path, "--horizon", "30d").stdout


def test_the_same_file_gives_the_same_bytes_in_any_process(
    metrics: Path, plimsoll: Plimsoll, plimsoll_process: Plimsoll
) -> None:
    first = plimsoll("runway", metrics, "-o", "json", "--no-record").stdout
    assert plimsoll_process("runway", metrics, "-o", "json", "--no-record").stdout == first


def test_lead_time_and_limits_are_taken_from_the_call(metrics: Path, plimsoll: Plimsoll) -> None:
    called = plimsoll("runway", metrics, "--limit", "cpu_percent=60..90", "--lead-time", "cpu*=30d", "-o", "json")
    cpu = rows_of(called.stdout)["cpu_percent"]
    assert cpu["lead_time_s"] == 30 * 86400
    assert cpu["limit"]["value"] == 0.9
    assert cpu["soft"]["value"] == 0.6
    early = datetime.fromisoformat(cpu["breach"]["early"])
    assert datetime.fromisoformat(cpu["act_by"]) == early - timedelta(days=30)


def test_an_earlier_as_of_sees_less_and_a_later_one_finds_it_stale(metrics: Path, plimsoll: Plimsoll) -> None:
    earlier = rows_of(plimsoll("runway", metrics, "--as-of", "2026-02-01T00:00:00Z", "-o", "json").stdout)
    assert earlier["cpu_percent"]["now"] < 0.55
    later = plimsoll("runway", metrics, "--as-of", "2026-06-01T00:00:00Z", "-o", "json")
    assert later.returncode == 4
    assert rows_of(later.stdout)["cpu_percent"]["state"] == "stale"


@pytest.mark.parametrize(
    ("gate", "within", "code"),
    [
        pytest.param("act-by", "14d", 0, id="not_yet"),
        pytest.param("act-by", "90d", 3, id="due"),
        pytest.param("breach", "30d", 0, id="breach_is_later"),
        pytest.param("breach", "90d", 3, id="breach_is_within"),
    ],
)
def test_a_gate_ends_with_three(metrics: Path, plimsoll: Plimsoll, gate: str, within: str, code: int) -> None:
    called = plimsoll("runway", metrics, "--fail-on", gate, "--within", within)
    assert called.returncode == code
    assert called.stdout
    assert len(called.stderr.strip().splitlines()) == (1 if code else 0)


def test_what_stands_behind_a_row_is_explained_afterwards(metrics: Path, plimsoll: Plimsoll) -> None:
    plimsoll("runway", metrics)
    told = plimsoll("explain", "cpu_percent").stdout
    for word in ("limit from", "100 % of a share", "window", "1440 samples", "method", "accuracy", "past"):
        assert word in told
    document = json.loads(plimsoll("explain", "cpu_percent", "-o", "json").stdout)
    assert document["kind"] == "RunwayExplanation"
    assert document["evidence"]["samples"] == 1440
    assert plimsoll("explain", "cpu_prcent").returncode == 1


def test_nothing_is_explained_before_the_first_run(plimsoll: Plimsoll) -> None:
    called = plimsoll("explain", "cpu")
    assert called.returncode == 4
    assert "plimsoll runway" in called.stderr


def test_predictions_are_scored_by_a_later_run(tmp_path: Path, plimsoll: Plimsoll) -> None:
    path = write(tmp_path / "long.csv", 160, cpu_percent=growing(160, end=110))
    plimsoll("runway", path, "--limit", "cpu_percent=80%", "--as-of", "2026-03-01T00:00:00Z")
    later = plimsoll("runway", path, "--limit", "cpu_percent=80%", "--as-of", "2026-05-30T00:00:00Z", "-o", "json")
    record = json.loads(later.stdout)["track_record"]
    assert (record["scored"], record["hits"], record["precision"]) == (1, 1, 1.0)


def test_predictions_for_a_file_are_not_scored_by_another_of_its_name(tmp_path: Path, plimsoll: Plimsoll) -> None:
    for folder, end in (("a", 90.0), ("b", 30.0)):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "m.csv", 160, cpu_percent=growing(160, end=end))
    words = ["runway", "m.csv", "--limit", "cpu_percent=80%", "-o", "json", "--as-of"]
    assert plimsoll(*words, "2026-03-01T00:00:00Z", cwd=tmp_path / "a").returncode == 0
    records = [
        json.loads(plimsoll(*words, "2026-06-06T00:00:00Z", cwd=tmp_path / folder).stdout)["track_record"]
        for folder in ("b", "a")
    ]
    assert [record["scored"] for record in records] == [0, 1]


def test_a_model_sets_limits_and_its_unwatched_ones_are_named(metrics: Path, plimsoll: Plimsoll) -> None:
    model = metrics.parent / "model.yaml"
    model.write_text(MODEL)
    called = plimsoll("runway", "-m", model, "--as-of", "2026-03-01T23:00:00Z", "-o", "json")
    rows = rows_of(called.stdout)
    left = {item["resource"]: item["reason"] for item in json.loads(called.stdout)["excluded"]}
    assert called.returncode == 0, called.stderr
    assert rows["web/cpu"]["limit"]["value"] == 0.95
    assert rows["web/cpu"]["lead_time_s"] == 3 * 86400
    assert "no signal" in left["web/sessions"]
    assert left["web/rate"] == "the model sets no limit on it: no limit is known; write it into the model"


def test_a_long_file_names_its_resources_by_component(tmp_path: Path, plimsoll: Plimsoll) -> None:
    lines = ["timestamp,series,host,value"]
    values = growing(end=70)
    for hour in range(0, 60 * 24, 3):
        moment = (START + timedelta(hours=hour)).isoformat()
        lines += [f"{moment},disk_used_percent,{host},{values[hour] + extra}" for host, extra in (("a", 0), ("b", 9))]
    path = tmp_path / "long.csv"
    path.write_text("\n".join(lines) + "\n")
    called = plimsoll("runway", path, "-o", "json")
    document = json.loads(called.stdout)
    assert set(rows_of(called.stdout)) == {"a/disk_used_percent", "b/disk_used_percent"}
    assert [item["component"] for item in document["first_to_run_out"]] == ["b", "a"]


def test_rows_of_several_sources_say_which_is_which(tmp_path: Path, plimsoll: Plimsoll) -> None:
    east = write(tmp_path / "east.csv", cpu_percent=growing(end=70))
    west = write(tmp_path / "west.csv", cpu_percent=growing(end=40))
    rows = json.loads(plimsoll("runway", east, west, "-o", "json").stdout)["rows"]
    assert {row["source"]: round(row["now"], 1) for row in rows} == {str(east): 0.7, str(west): 0.4}
    printed = plimsoll("runway", east, west).stdout.splitlines()
    assert printed[0].split()[-1] == "SOURCE"
    assert {line.split()[-1] for line in printed[1:3]} == {str(east), str(west)}
    assert plimsoll("runway", east).stdout.splitlines()[0].split()[-1] == "WHY"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["missing.csv"], "missing.csv", id="no_such_file"),
        pytest.param([], "name a source", id="no_source"),
        pytest.param(["metrics.csv", "--limit", "cpu"], "--limit", id="limit_without_value"),
        pytest.param(
            ["metrics.csv", "--limit", "cpu_percent=5ms"], "the series is in ratio", id="limit_of_another_sort"
        ),
        pytest.param(["metrics.csv", "--limit", "cpu_precent=90%"], "there are cpu_percent", id="limit_of_no_series"),
        pytest.param(["metrics.csv", "--horizon", "100y"], "at most 5y", id="horizon_past_all_reason"),
        pytest.param(["metrics.csv", "--lead-time", "soon"], "--lead-time soon", id="lead_time_in_words"),
        pytest.param(["metrics.csv", "--horizon", "0d"], "--horizon", id="no_horizon"),
        pytest.param(["metrics.csv", "--fail-on", "breach", "--within", "x"], "--within", id="within_in_words"),
        pytest.param(["metrics.csv", "--within", "14d"], "give one with --fail-on", id="within_without_a_gate"),
        pytest.param(["metrics.csv", "--as-of", "yesterday"], "--as-of", id="as_of_in_words"),
        pytest.param(["metrics.csv", "--tz", "Mars/Base"], "Mars/Base", id="unknown_time_zone"),
        pytest.param(["metrics.csv", "--fail-on", "sometimes"], "sometimes", id="unknown_gate"),
        pytest.param(["metrics.csv", "--seed", "-1"], "--seed", id="negative_seed"),
        pytest.param(["thing.xyz"], "is not a source", id="unknown_kind_of_source"),
    ],
)
def test_wrong_usage_is_one_line_and_ends_with_one(
    metrics: Path, plimsoll: Plimsoll, arguments: list[str], says: str
) -> None:
    called = plimsoll("runway", *arguments, cwd=metrics.parent)
    assert called.returncode == 1
    assert called.stdout == ""
    assert says in called.stderr
    assert len(called.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("timestamp,cpu_percent\n", 4, id="header_only"),
        pytest.param("timestamp,cpu_percent\n2026-01-01T00:00:00Z,5\n", 4, id="one_sample"),
        pytest.param("timestamp,cpu_percent\n2026-01-01T00:00:00Z,nan\n2026-01-01T01:00:00Z,nan\n", 4, id="all_nan"),
        pytest.param("timestamp,cpu_percent\n2026-01-01T00:00:00Z,apple\n", 1, id="words"),
        pytest.param("timestamp,cpu_percent\nsoon,5\n", 1, id="no_time"),
    ],
)
def test_a_file_that_tells_too_little_ends_in_one_line(
    tmp_path: Path, plimsoll: Plimsoll, content: str, code: int
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(content)
    called = plimsoll("runway", path)
    assert called.returncode == code
    assert len(called.stderr.strip().splitlines()) == 1
    assert "Traceback" not in called.stderr

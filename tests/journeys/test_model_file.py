"""The model file as a user handles it: begin, check, look, upgrade."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.conftest import Plimsoll
from tests.example_systems import EXAMPLES, answer
from tests.servers.prometheus import PrometheusServer

GROWTH = EXAMPLES / "text-processor" / "growth.csv"
OLD = (
    "apiVersion: plimsoll/v1alpha1\nkind: System\nmetadata: {name: x}\n"
    "components: [{name: a, capacity: {per_instance: 5}}]\n"
)


def test_init_of_a_file_gives_a_model_that_is_valid_and_is_never_written_over(
    plimsoll: Plimsoll, tmp_path: Path
) -> None:
    assert plimsoll("init", GROWTH).returncode == 0
    written = (tmp_path / "plimsoll.yaml").read_text()
    assert "# 1 series, 4 samples, 2024-01-01" in written
    assert plimsoll("validate").returncode == 0
    again = plimsoll("init", GROWTH)
    assert (again.returncode, again.stdout) == (1, "")
    told = "plimsoll: plimsoll.yaml already exists; --force overwrites it, --output names another file\n"
    assert again.stderr == told
    assert plimsoll("init", GROWTH, "--force").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plimsoll.yaml"]


@pytest.mark.system
def test_init_of_a_prometheus_server_names_what_it_holds(
    plimsoll: Plimsoll, prometheus_server: PrometheusServer, tmp_path: Path
) -> None:
    ran = plimsoll("init", prometheus_server.url, "--history", "10m", "--output", "found.yaml")
    assert ran.returncode == 0, ran.stderr
    shown = answer(plimsoll, "show", tmp_path / "found.yaml")
    names = {signal["name"] for signal in shown["model"]["signals"]}
    assert {"up", "node_load1"} <= names
    assert shown["model"]["sources"] == [
        {"name": "main", "kind": "prometheus", "url": prometheus_server.url, "timeout": "30s"}
    ]


@pytest.mark.parametrize(
    ("source", "exit_code", "message"),
    [
        ("missing.csv", 1, "missing.csv"),
        ("http://127.0.0.1:9", 1, "no connection"),
        ("something", 1, "is not a source"),
        ("empty.csv", 1, "empty.csv"),
    ],
)
def test_init_of_a_source_that_cannot_be_read_is_one_line_and_writes_nothing(
    plimsoll: Plimsoll, tmp_path: Path, source: str, exit_code: int, message: str
) -> None:
    (tmp_path / "empty.csv").write_text("")
    ran = plimsoll("init", source, "--deadline", "2s")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (exit_code, "", 1)
    assert message in ran.stderr
    assert not (tmp_path / "plimsoll.yaml").exists()


def test_validate_shows_every_fault_on_its_own_line_and_exits_1(plimsoll: Plimsoll, tmp_path: Path) -> None:
    (tmp_path / "plimsoll.yaml").write_text(
        "apiVersion: plimsoll/v1\nkind: System\nmetadata: {nmae: x}\ncomponents:\n  - name: a\n    startup: 5\n"
    )
    ran = plimsoll("validate")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.splitlines() == [
        "plimsoll: plimsoll.yaml:3:1: metadata.name: is missing",
        "plimsoll: plimsoll.yaml:3:12: metadata.nmae: unknown key 'nmae'; did you mean \"name\"?",
        (
            "plimsoll: plimsoll.yaml:6:14: components[0].startup.median: '5' needs a unit of seconds; "
            "write it like 250ms, 30s, 5m, 12h, 30d"
        ),
    ]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/plimsoll.yaml")), ids=lambda path: path.parent.name)
def test_what_show_prints_as_yaml_is_a_model_that_shows_the_same(
    plimsoll: Plimsoll, tmp_path: Path, path: Path
) -> None:
    once = plimsoll("show", path, "-o", "yaml")
    (tmp_path / "shown.yaml").write_text(once.stdout)
    twice = plimsoll("show", "shown.yaml", "-o", "yaml")
    assert once.returncode == 0
    assert twice.stdout == once.stdout


def test_schema_is_json_schema_that_editors_take(plimsoll: Plimsoll) -> None:
    schema = json.loads(plimsoll("schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["components"]["description"]
    assert yaml.safe_load(plimsoll("schema", "-o", "yaml").stdout) == schema


def test_an_older_file_is_named_upgraded_and_then_valid(plimsoll: Plimsoll, tmp_path: Path) -> None:
    file = tmp_path / "plimsoll.yaml"
    file.write_text(OLD)
    file.chmod(0o640)
    assert "`plimsoll model upgrade plimsoll.yaml` rewrites it" in plimsoll("validate").stderr
    printed = plimsoll("model", "upgrade", "plimsoll.yaml")
    assert printed.stdout == OLD.replace("v1alpha1", "v1").replace("per_instance", "per_replica")
    assert file.read_text() == OLD
    assert plimsoll("model", "upgrade", "plimsoll.yaml", "--in-place").returncode == 0
    assert (file.read_text(), file.stat().st_mode & 0o777) == (printed.stdout, 0o640)
    assert plimsoll("validate").returncode == 0
    assert "nothing to change" in plimsoll("model", "upgrade", "plimsoll.yaml").stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan", "--scenario", "moderat"), "there is no scenario 'moderat'; did you mean \"moderate\"?"),
        (("plan", "--months", "0"), "--months 0 is out of range"),
        (("plan", "--growth", "lots"), "is not a number of ratio"),
        (("plan", "--growth", "1000%", "--months", "600"), "grows past any number"),
        (("plan", "--growth", "5%", "--scenario", "moderate"), "--growth is a scenario of its own"),
        (("plan", "--growth", "5%", "--driver", "user"), 'did you mean "users"?'),
        (("plan", "--initial-users", "nan"), "--initial-users"),
    ],
    ids=["scenario", "months", "growth", "endless", "both", "driver", "not_a_number"],
)
def test_a_question_that_cannot_be_planned_is_one_line(
    plimsoll: Plimsoll, arguments: tuple[str, ...], message: str
) -> None:
    ran = plimsoll(*arguments, "-m", EXAMPLES / "bot-platform" / "plimsoll.yaml")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert message in ran.stderr

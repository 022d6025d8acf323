"""Is this source fit to plan on? The command against real servers, files and this machine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Plimsoll
from tests.servers.hostile import HostileServer
from tests.servers.postgresql import PASSWORD, PostgresqlServer
from tests.servers.prometheus import PrometheusServer

pytestmark = pytest.mark.system


def diagnosis(called: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    document = json.loads(called.stdout)
    assert (document["schemaVersion"], document["kind"]) == ("plimsoll/v1", "Diagnosis")
    assert document["usable"] is (called.returncode == 0)
    return {**document, "checks": {check["name"]: check for check in document["checks"]}}


def test_a_real_prometheus_is_seen_in_every_respect(prometheus_server: PrometheusServer, plimsoll: Plimsoll) -> None:
    found = diagnosis(
        plimsoll("doctor", "prometheus", prometheus_server.url, "-H", "X-Scope-OrgID: prod", "-o", "json")
    )
    checks = found["checks"]
    well = ("reachable", "auth", "tenant", "version", "clock", "point limit")
    assert {name: checks[name]["state"] for name in well} == dict.fromkeys(well, "ok")
    assert checks["tenant"]["seen"] == "asked as prod"
    assert checks["point limit"]["seen"] == "11002 points answered in 2 parts, not at once"
    assert checks["history"]["state"] == "warning"
    assert "a forecast wants 28 days: there from" in checks["history"]["remedy"]
    assert "instance" in checks["labels"]["seen"] or "and" in checks["labels"]["seen"]
    assert checks["scraping"]["seen"].startswith("1 of 3 targets are down: gone 127.0.0.1:9")
    limits = {limit["name"]: limit for limit in found["limits"]}
    assert limits["host-memory"]["matched"] is True
    assert any(not limit["matched"] and limit["missing"] for limit in limits.values())


def test_history_is_found_as_far_back_as_it_goes(prometheus_with_history: PrometheusServer, plimsoll: Plimsoll) -> None:
    found = diagnosis(plimsoll("doctor", "prometheus", prometheus_with_history.url, "-o", "json"))
    days = (prometheus_with_history.last_ms - prometheus_with_history.first_ms) / 86_400_000
    assert days > 28
    assert found["checks"]["history"]["state"] == "ok"
    assert f"({days:.3g}d)" in found["checks"]["history"]["seen"]


def test_the_table_shows_every_check_with_its_remedy(prometheus_server: PrometheusServer, plimsoll: Plimsoll) -> None:
    called = plimsoll("doctor", "prometheus", prometheus_server.url)
    assert called.returncode == 0
    assert called.stdout.splitlines()[1].split() == ["CHECK", "STATE", "SEEN", "REMEDY"]
    assert "Limits it can measure" in called.stdout
    assert "Limits it cannot measure" in called.stdout
    assert called.stderr == ""


@pytest.mark.parametrize(
    ("way", "check", "words"),
    [
        ("refused", "auth", "401"),
        ("needs-tenant", "auth", "X-Scope-OrgID"),
        ("login", "reachable", "a login page"),
        ("away", "reachable", "sends us on to http://localhost:1"),
        ("truncated", "reachable", "breaks off"),
        ("slow", "reachable", "within"),
    ],
)
def test_a_server_that_is_not_fit_ends_with_exit_1_and_says_why(
    hostile_server: HostileServer, plimsoll: Plimsoll, way: str, check: str, words: str
) -> None:
    deadline = ("--deadline", "1s") if way == "slow" else ()
    called = plimsoll("doctor", "prometheus", f"{hostile_server.url}/{way}", *deadline, "-o", "json")
    assert called.returncode == 1
    failed = diagnosis(called)["checks"][check]
    assert failed["state"] == "failed"
    assert words in failed["seen"]
    assert failed["remedy"]


def test_a_token_is_taken_from_the_environment_and_shown_nowhere(
    hostile_server: HostileServer, plimsoll: Plimsoll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "deep-blue-secret")
    called = plimsoll("doctor", "prometheus", f"{hostile_server.url}/refused", "--bearer", "env:METRICS_TOKEN")
    assert called.returncode == 1
    assert hostile_server.seen[-1]["Authorization"] == "Bearer deep-blue-secret"
    assert "deep-blue" not in called.stdout + called.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("prometheus", "localhost:9090"), "name the server like http://HOST:9090"),
        (("prometheus", "http://127.0.0.1:9", "-H", "nonsense"), "-H wants 'Name: value'"),
        (("prometheus", "http://127.0.0.1:9", "--bearer", "abc"), "not taken from the command line"),
        (("prometheus", "http://127.0.0.1:9", "--deadline", "soon"), "is not a number of seconds"),
        (("csv", "metrics.txt"), "does not end in .csv"),
        (("postgresql", "localhost/db"), "name the database like postgresql://"),
        (("mainframe", "x"), "No such command"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_1(plimsoll: Plimsoll, arguments: tuple[str, ...], words: str) -> None:
    called = plimsoll("doctor", *arguments)
    assert called.returncode == 1
    assert words in called.stderr
    assert len(called.stderr.splitlines()) == 1
    assert called.stdout == ""


def test_files_are_read_whole_and_a_fault_is_named(plimsoll: Plimsoll, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("time,cpu_percent\n2024-01-01,1\n2024-01-02,2\n")
    (tmp_path / "bad.csv").write_text("time,cpu_percent\n2024-01-01,1\n2024-01-02,two\n")
    good = diagnosis(plimsoll("doctor", "csv", "good.csv", "--as-of", "2024-01-03", "-o", "json"))
    assert good["checks"]["coverage"]["state"] == "ok"
    assert good["checks"]["assumed"]["seen"] == "times without a zone taken as UTC"
    assert good["checks"]["limits"]["seen"] == "1 of 1 series have one"
    (tmp_path / "users.csv").write_text("time,users\n2024-01-01,1\n")
    limitless = diagnosis(plimsoll("doctor", "csv", "users.csv", "-o", "json"))["checks"]["limits"]
    assert (limitless["state"], limitless["seen"]) == ("warning", "0 of 1 series have one")
    assert limitless["remedy"] == "for a date: --limit NAME=VALUE"
    bad = plimsoll("doctor", "csv", "bad.csv", "-o", "json")
    assert bad.returncode == 1
    assert diagnosis(bad)["checks"]["readable"]["seen"] == "bad.csv:3:2: cpu_percent: 'two' is not a number"


def test_this_machine_and_a_database_say_which_limits_they_measure(
    postgresql_server: PostgresqlServer, plimsoll: Plimsoll, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = diagnosis(plimsoll("doctor", "host", "--process", "no-such-program", "-o", "json"))
    assert {limit["name"] for limit in host["limits"] if limit["matched"]} >= {"host-cpu", "host-memory", "host-disk"}
    assert any("no-such-program" in check["seen"] for check in host["checks"].values())
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    database = diagnosis(plimsoll("doctor", "postgresql", postgresql_server.address, "-o", "json"))
    assert database["checks"]["rights"]["state"] == "ok"
    assert database["checks"]["statements"]["seen"].startswith("pg_stat_statements holds")
    monkeypatch.delenv("PGPASSWORD")
    shut = plimsoll("doctor", "postgresql", postgresql_server.address)
    assert shut.returncode == 1
    assert "PGPASSWORD" in shut.stdout


def test_an_application_says_what_it_tells_and_how_it_is(hostile_server: HostileServer, plimsoll: Plimsoll) -> None:
    hostile_server.documents = {"health": {"status": "ok", "components": {"database": "down"}}}
    found = diagnosis(plimsoll("doctor", "app", f"{hostile_server.url}/json/health", "-o", "json"))
    assert found["checks"]["health"]["seen"] == "not well: database"
    assert found["source"] == f"app+{hostile_server.url}/json/health"

"""Each reference system through every applicable command, on its model and its recording, with the implied figures.

If a command does not apply to a system, the test checks the words with which the command says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.example_systems import EXAMPLES

from plimsoll.entrypoints.cli.main import run

SYSTEMS = ("terminal-platform", "code-manager", "text-processor", "apm-service", "bot-platform")
Ask = Callable[..., Any]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a command and read its JSON; MODEL and RECORDING in it are those of the system."""
    monkeypatch.chdir(tmp_path)

    def asked(system: str, line: str, exit_code: int = 0) -> Any:
        places = {"MODEL": "plimsoll.yaml", "RECORDING": "recording-synthetic.csv"}
        words = [str(EXAMPLES / system / places[word]) if word in places else word for word in line.split()]
        capsys.readouterr()
        assert run([*words, "-o", "json"]) == exit_code
        shown = capsys.readouterr()
        return json.loads(shown.out) if shown.out else shown.err

    return asked


@pytest.mark.parametrize("system", SYSTEMS)
def test_show_writes_a_model_that_says_the_same(ask: Ask, system: str, tmp_path: Path) -> None:
    shown = ask(system, "show MODEL")
    assert shown["name"] == system
    (tmp_path / "again.json").write_text(json.dumps(shown["model"]))
    assert ask(system, f"show {tmp_path / 'again.json'}")["model"].keys() == shown["model"].keys()


# What the plan's last month needs, by figures that the systems' files state.
PLANNED = {
    "terminal-platform": ("--scenario moderate", lambda last: last["demand"] == pytest.approx(100 * 1.25**12)),
    "code-manager": ("", lambda last: last["demand"] == 4000),
    "text-processor": ("--as-of 2024-01-22", lambda last: {"users", "daily_requests"} <= last["drivers"].keys()),
    "apm-service": ("", lambda last: last["cost"]["lines"]["network"] == 125),
    "bot-platform": ("--months 12", lambda last: last["demand"] == 113_896),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_plan(ask: Ask, system: str) -> None:
    options, holds = PLANNED[system]
    assert holds(ask(system, f"plan -m MODEL {options}".strip())["periods"][-1])


# What is tight at the end of each recording, and which alert rules then hold.
TIGHT = {
    "terminal-platform": (set(), set()),
    "code-manager": (set(), set()),
    "text-processor": ({("cache_hit", "high")}, set()),
    "apm-service": (
        {("cpu", "critical"), ("pool", "high"), ("app/cpu", "high"), ("app/disk", "high")},
        {"HighCPUUsage"},
    ),
    "bot-platform": ({("queue_depth", "critical")}, set()),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_assess(ask: Ask, system: str) -> None:
    found = ask(system, "assess RECORDING -m MODEL")
    tight = {
        ("/".join(filter(None, (item["component"], item["resource"]))), item["severity"])
        for item in found["bottlenecks"]
    }
    assert (tight, {item["name"] for item in found["conditions"] if item["holds"] == "yes"}) == TIGHT[system]
    assert found["priority"] == {"critical": "immediate", "high": "urgent"}.get(
        max((severity for _, severity in tight), key=("high", "critical").index, default=""), "none"
    )
    for item in found["standings"]:
        assert (item["now"] is None) == (item["verdict"] == "unknown")


@pytest.mark.parametrize("system", SYSTEMS)
def test_patterns(ask: Ask, system: str) -> None:
    patterns = ask(system, "assess RECORDING -m MODEL --patterns --history 42d")["patterns"]
    told = [item for item in patterns if item["state"] == "ok"]
    assert told
    for item in told:
        sizes = {size["name"]: size["value"] for size in item["scenarios"]}
        assert sizes["peak_with_buffer"] == pytest.approx(1.2 * sizes["peak"])
        if system == "text-processor" and item["trends"]:
            (trend,) = item["trends"]
            assert trend["growth"]["month"] == pytest.approx(30 * trend["growth"]["day"])
            assert trend["growth"]["year"] == pytest.approx(365 * trend["growth"]["day"])


# The resource that runs out first, and the limit that its system states.
FIRST = {
    "terminal-platform": ("app/sessions", 200),
    "code-manager": ("app/disk", 0.95),
    "text-processor": ("app/cpu", 1.0),
    "apm-service": ("app/cpu", 0.8),
    "bot-platform": ("database_connections", 1.0),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_runway_and_explain(ask: Ask, system: str) -> None:
    rows = ask(system, "runway RECORDING -m MODEL")["rows"]
    judged = [row for row in rows if row["limit"] is not None]
    name, limit = FIRST[system]
    assert (judged[0]["resource"], judged[0]["limit"]["value"]) == (name, limit)
    assert ask(system, f"explain {name}")["row"]["resource"] == name


@pytest.mark.parametrize("system", SYSTEMS)
def test_forecast(ask: Ask, system: str) -> None:
    column = {"bot-platform": "queue_depth", "terminal-platform": "*sessions"}.get(system, "*disk")
    if system == "apm-service":
        column = "pool"
    (found,) = ask(system, f"forecast RECORDING -m MODEL --series {column} --horizon 6h --history 14d")["forecasts"]
    assert found["state"] == "ok"
    assert len(found["rows"]) == 6


# The parts of each report; those that could not be made say why.
@pytest.mark.parametrize("system", SYSTEMS)
def test_report_of_a_model_with_a_plan_and_nothing_read(ask: Ask, system: str, tmp_path: Path) -> None:
    page = ask(system, f"report -m MODEL --period quarterly --as-of 2026-01-01 --output {tmp_path / 'report.html'}")
    parts = {part["title"]: part for part in page["parts"]}
    assert parts["Plan and cost"]["tables"]
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    capacity = parts["How much one replica carries"]
    assert bool(capacity["tables"]) == (system == "terminal-platform")


LIMITS = {
    "terminal-platform": ("app", "per_replica", 50),
    "code-manager": ("app", "designed_for", 100),
    "text-processor": ("app", "concurrency", 500),
    "apm-service": ("app", "designed_for", 1000),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_limits(ask: Ask, system: str) -> None:
    if system not in LIMITS:
        assert "no component says what it carries" in ask(system, "limits of-model -m MODEL", exit_code=4)
        return
    component, field, value = LIMITS[system]
    (found,) = ask(system, "limits of-model -m MODEL")["components"]
    assert (found["component"], found["stated"][field]) == (component, value)


@pytest.mark.parametrize("system", SYSTEMS)
def test_replay(ask: Ask, system: str) -> None:
    if system != "terminal-platform":  # no other states what one replica carries
        said = ask(system, "replay RECORDING --signal x -m MODEL", exit_code=1)
        assert "no component of the model says what one replica carries" in said
        return
    line = (
        "replay RECORDING --signal concurrent_users -m MODEL --rules plain --compare engine,hpa:cpu=60% --history 14d"
    )
    scores = {item["name"]: item for item in ask(system, line)["policies"]}
    assert set(scores) == {"engine", "hpa:cpu=60%"}
    assert scores["hpa:cpu=60%"]["slo_miss_load_ratio"] == 0


def test_its_policy_does_what_its_scenarios_expect(ask: Ask) -> None:
    outcome = ask("rehearsal", f"policy test {EXAMPLES / 'rehearsal' / 'engine-terminal-test.yaml'}")
    assert (outcome["passed"], outcome["failed"]) == (3, 0)

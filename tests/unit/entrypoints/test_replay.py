"""`plimsoll replay`: costs in the currency of the model's prices, and a word on options that change nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plimsoll.entrypoints.cli import main

MODEL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: shop}
components:
  - name: web
    capacity: {per_replica: 100}
    instance: {price_per_hour: 0.25}
"""
DEMAND = "timestamp,value\n" + "".join(f"{hour * 3600},90\n" for hour in range(4))


@pytest.mark.parametrize(
    ("prices", "currency"), [("prices: {currency: EUR}\n", "EUR"), ("", None)], ids=["stated", "not_stated"]
)
def test_a_cost_is_in_the_currency_of_the_model(prices: str, currency: str | None, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    Path("plimsoll.yaml").write_text(MODEL + prices)
    Path("demand.csv").write_text(DEMAND)
    assert main.run(["replay", "demand.csv", "--compare", "fixed:2", "--rules", "plain", "-o", "json"]) == 0
    (score,) = json.loads(capsys.readouterr().out)["policies"]
    assert (score["cost"], score["currency"]) == (2.0, currency)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--rules", "plain", "--faults", "all", "--quota", "3"), ["--faults, --quota not used"]),
        (("--rules", "plain", "--metric-delay", "10m", "--deadline", "5s"), ["--metric-delay, --deadline not used"]),
        (("--rules", "plain", "--service-time", "80ms"), ["--service-time not used"]),
        (("--rules", "plain"), []),
    ],
)
def test_what_the_plain_rules_do_not_simulate_is_said_and_has_no_score(
    words: tuple[str, ...], told: list[str], monkeypatch, tmp_path: Path, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plimsoll.yaml").write_text(MODEL)
    Path("demand.csv").write_text(DEMAND)
    assert main.run(["replay", "demand.csv", "--compare", "fixed:2", *words, "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["taken"].partition(":")[0] for one in found["findings"]] == told
    assert found["faults"] == []


def test_the_moment_to_explain_lies_in_the_zone_of_the_times_as_every_other_moment(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    Path("plimsoll.yaml").write_text(MODEL)
    Path("demand.csv").write_text("timestamp,value\n" + "".join(f"2026-07-01T0{hour}:00,90\n" for hour in range(4)))
    asked = [
        "replay",
        "demand.csv",
        "--signal",
        "demand",
        "--tz",
        "Europe/Berlin",
        "--compare",
        "fixed:2",
        "-o",
        "json",
    ]
    assert main.run([*asked, "--explain", "2026-07-01T02:30"]) == 0
    (decision,) = json.loads(capsys.readouterr().out)["explained"]
    assert decision["time_s"] == datetime(2026, 7, 1, tzinfo=UTC).timestamp()
    assert main.run([*asked, "--explain", "noon"]) == 1
    assert "--explain wants a time like 2026-10-01T12:00:00Z, not 'noon'" in capsys.readouterr().err

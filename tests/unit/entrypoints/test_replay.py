"""`plimsoll replay` and `policy suggest`: what replica-hours cost is in the currency of the model's prices."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize(
    ("prices", "currency"), [("prices: {currency: EUR}\n", "EUR"), ("", None)], ids=["stated", "not_stated"]
)
def test_a_cost_is_in_the_currency_of_the_model(prices: str, currency: str | None, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    Path("plimsoll.yaml").write_text(MODEL + prices)
    Path("demand.csv").write_text("timestamp,value\n" + "".join(f"{hour * 3600},90\n" for hour in range(4)))
    assert main.run(["replay", "demand.csv", "--compare", "fixed:2", "--rules", "plain", "-o", "json"]) == 0
    (score,) = json.loads(capsys.readouterr().out)["policies"]
    assert (score["cost"], score["currency"]) == (2.0, currency)

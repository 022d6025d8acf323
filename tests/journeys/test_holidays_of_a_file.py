"""With a named calendar, the effect of holidays is learned from the file itself and stated in each answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import Plimsoll
from tests.example_systems import EXAMPLES

ORDERS = EXAMPLES / "shop" / "orders-synthetic.csv"
ASKED = (ORDERS, "--history", "2y", "--horizon", "30d")
MODEL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: shop}
planning: {forecast: {horizon: 30d, holidays: ES-MD}}
signals: [{name: orders, query: orders}]
limits: [{resource: orders, signal: orders, hard: 2000}]
"""
LINE = "holidays: 17 public holidays in the history: 0."


def test_an_effect_that_the_past_bears_out_is_laid_on_the_holidays_ahead_and_said(plimsoll: Plimsoll) -> None:
    plain, told = (
        json.loads(plimsoll("forecast", *ASKED, *words, "-o", "json").stdout) for words in ([], ["--holidays", "ES-MD"])
    )
    (before,), (after,) = plain["forecasts"], told["forecasts"]
    effect = after["holidays"]
    assert before["holidays"] is None
    assert (effect["state"], effect["way"], effect["in_past"], effect["ahead"]) == ("applied", "rest_day", 17, 3)
    assert effect["size"] == pytest.approx(0.8, abs=0.05)
    assert effect["error_ratio"] > 5
    assert effect["rest_day"] == "Sunday"
    assert any(note.startswith(LINE) for note in told["notes"])
    medians = [{row["time"][:10]: row["quantiles"]["q0.5"] for row in one["rows"]} for one in (before, after)]
    assert medians[1]["2026-12-08"] == pytest.approx(0.55 * medians[0]["2026-12-08"], rel=0.1)
    assert medians[1]["2026-12-10"] == pytest.approx(medians[0]["2026-12-10"], rel=0.1)


def test_the_model_file_names_the_calendar_for_forecast_runway_and_report(plimsoll: Plimsoll, tmp_path: Path) -> None:
    (tmp_path / "plimsoll.yaml").write_text(MODEL)
    for command in (["forecast"], ["runway", "--no-record"], ["report", "-o", "md"]):
        ran = plimsoll(*command, ORDERS, "-m", "plimsoll.yaml", "--history", "2y")
        assert ran.returncode == 0, ran.stderr
        assert LINE in ran.stdout, command


def test_a_place_that_nobody_knows_is_one_line(plimsoll: Plimsoll) -> None:
    ran = plimsoll("forecast", *ASKED, "--holidays", "Spain")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "plimsoll: holidays of 'Spain' are not known; near are ES, PA\n"


def test_a_place_of_the_model_is_named_with_its_line(plimsoll: Plimsoll, tmp_path: Path) -> None:
    (tmp_path / "plimsoll.yaml").write_text(MODEL.replace("ES-MD", "ES-ZZ"))
    ran = plimsoll("forecast", ORDERS, "-m", "plimsoll.yaml")
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "plimsoll.yaml:4:" in ran.stderr
    assert "planning.forecast.holidays[0]" in ran.stderr

"""`plimsoll forecast SOURCE` as a person calls it: quantiles, the backtest beside seasonal naive, what is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import Plimsoll

START = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    """Four months of hourly requests and a disk that fills."""
    draw = np.random.default_rng(0)
    hours = np.arange(24 * 120)
    requests = 100 + 40 * np.sin(hours * np.pi / 12) + draw.normal(0, 5, hours.size)
    disk = 4e9 + np.cumsum(draw.gamma(2, 5e6, hours.size))
    lines = [
        f"{(START + timedelta(hours=int(h))).isoformat()},{r:.2f},{d:.0f}"
        for h, r, d in zip(hours, requests, disk, strict=True)
    ]
    path = tmp_path / "metrics.csv"
    path.write_text("\n".join(["timestamp,requests,disk", *lines]) + "\n")
    return path


def answer(plimsoll: Plimsoll, *words: str | Path) -> dict:
    done = plimsoll("forecast", *words, "-o", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_backtest_on_the_users_own_series_is_shown_beside_seasonal_naive(plimsoll: Plimsoll, metrics: Path) -> None:
    report = answer(plimsoll, metrics, "--horizon", "3d")
    assert (report["kind"], report["schemaVersion"]) == ("Forecast", "plimsoll/v1")
    requests, disk = sorted(report["forecasts"], key=lambda item: item["series"], reverse=True)
    assert len(requests["rows"]) == 72
    assert requests["rows"][0]["time"] == "2026-09-29T00:00:00Z"
    assert requests["accuracy"]["mase"] < requests["accuracy"]["naive_mase"]
    assert "less error than seasonal naive" in requests["why"]
    assert disk["grade"] == "A"
    assert disk["pool_series"] == 2


def test_the_table_thins_and_says_so_and_csv_has_every_step(plimsoll: Plimsoll, metrics: Path) -> None:
    table = plimsoll("forecast", metrics, "--series", "req*", "--horizon", "3d").stdout
    assert "every 3 steps; -o json has all 72" in table
    rows = plimsoll("forecast", metrics, "--series", "req*", "--horizon", "3d", "-o", "csv").stdout
    assert sum(line.startswith("2026-") for line in rows.splitlines()) == 72


def test_each_row_of_a_csv_says_of_which_series_it_is(plimsoll: Plimsoll, metrics: Path) -> None:
    """Blocks without a name followed one another, none for a series that could not be forecast."""
    summary, steps = plimsoll("forecast", metrics, "--horizon", "1d", "-o", "csv").stdout.split("\n\n")
    assert steps.startswith("TIME,SERIES,q0.025,")
    named = [line.split(",")[1] for line in steps.splitlines()[1:]]
    assert len(named) == 48
    assert set(named) == {line.split(",")[0] for line in summary.splitlines()[1:]}


def test_an_event_and_a_course_of_growth_are_laid_on(plimsoll: Plimsoll, metrics: Path) -> None:
    plain = answer(plimsoll, metrics, "--series", "requests", "--horizon", "2d")
    words = ["--event", "sale=2026-09-30..2026-10-01*2", "--growth", "100%"]
    grown = answer(plimsoll, metrics, "--series", "requests", "--horizon", "2d", *words)
    assert grown["scenario"] == "growth 100% a month"
    assert any(note.startswith("event sale") for note in grown["notes"])
    medians = [[row["quantiles"]["q0.5"] for row in report["forecasts"][0]["rows"]] for report in (plain, grown)]
    ratios = np.array(medians[1]) / np.array(medians[0])
    assert ratios[0] == pytest.approx(1.0, abs=0.02)
    assert ratios[30] == pytest.approx(2 * 2 ** (31 / 24 / 30.4), abs=0.05)


def test_a_stated_number_of_users_grows_by_rates_that_change(plimsoll: Plimsoll, metrics: Path) -> None:
    words = ["--growth", "25%,10%", "--growth-from", "10000", "--growth-spread", "0.1"]
    report = answer(plimsoll, metrics, "--series", "requests", "--horizon", "60d", *words)
    last = report["forecasts"][0]["rows"][-1]["quantiles"]
    assert last["q0.5"] == pytest.approx(13_650, rel=0.02)
    assert last["q0.1"] < last["q0.5"] < last["q0.9"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--horizon", "soon"], 1, "--horizon"),
        (["--quantiles", "2"], 1, "between 0 and 1"),
        (["--growth", "-100%"], 1, "would leave nothing"),
        (["--growth-from", "5"], 1, "need --growth"),
        (["--growth", "5%", "--growth-from", "5"], 1, "start of one series, not of "),
        (["--growth", "5%", "--growth-from", "5", "--series", "requests", "--add"], 1, "leaves the forecast out"),
        (["--scenario", "boom"], 1, "is unknown"),
        (["--event", "sale"], 1, "NAME=START..END"),
        (["--ignore", "2026-07-02..2026-07-01"], 1, "ends before it starts"),
        (["--series", "none*"], 1, "--series 'none*' matches no series; there are "),
    ],
)
def test_a_wrong_word_is_one_line(plimsoll: Plimsoll, metrics: Path, words: list[str], code: int, message: str) -> None:
    done = plimsoll("forecast", metrics, *words)
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert message in done.stderr


def test_a_series_too_short_says_when_it_can_be_forecast(plimsoll: Plimsoll, tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("timestamp,x\n2026-07-01T00:00:00Z,1\n2026-07-01T01:00:00Z,2\n")
    done = plimsoll("forecast", path)
    assert done.returncode == 4
    assert "cannot tell: 2 known samples, needs 3; ready on 2026-07-01 02:00Z" in done.stdout

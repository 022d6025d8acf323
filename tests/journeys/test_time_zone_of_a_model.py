"""Times that carry no zone are those of `--tz`, of the source in the model, of the model, in this order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import Plimsoll

from plimsoll.app.model import load_model
from plimsoll.app.model_sources import model_sources

MODEL = """\
apiVersion: plimsoll/v1
kind: System
metadata: {{name: shop, time_zone: Europe/Madrid}}
sources:
  - {{name: table, kind: csv, file: load.csv{own}}}
signals:
  - {{name: load, source: table, query: load, unit: count}}
drivers:
  - {{name: orders, history: {{file: orders.csv, time: time, column: orders}}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("load", "orders"):
        rows = (f"2026-07-{day:02d} {hour:02d}:00:00,{day + hour}" for day in range(1, 5) for hour in range(24))
        (tmp_path / f"{name}.csv").write_text("\n".join((f"time,{name}", *rows, "")))
    return tmp_path


@pytest.mark.parametrize(
    ("own", "words", "last"),
    [
        pytest.param("", ("load.csv",), "21:00", id="a_file_that_the_model_reads"),
        pytest.param("", ("orders.csv",), "21:00", id="the_history_of_a_driver"),
        pytest.param(", time_zone: Asia/Tokyo", ("load.csv",), "14:00", id="a_zone_of_its_own"),
        pytest.param(", time_zone: Asia/Tokyo", ("load.csv", "--tz", "UTC"), "23:00", id="a_zone_that_was_typed"),
    ],
)
def test_times_without_a_zone_are_those_of_the_nearest_that_was_stated(
    folder: Path, plimsoll: Plimsoll, own: str, words: tuple[str, ...], last: str
) -> None:
    (folder / "plimsoll.yaml").write_text(MODEL.format(own=own))
    asked = ("--horizon", "3h", "--history", "90d", "--as-of", "2026-07-05T00:00:00Z", "-o", "json")
    called = plimsoll("forecast", *words, "-m", "plimsoll.yaml", *asked, cwd=folder)
    assert called.returncode == 0, called.stderr
    (found,) = json.loads(called.stdout)["forecasts"]
    assert found["cutoff"][11:16] == last


def test_all_that_a_model_reads_is_in_its_zone(folder: Path) -> None:
    (folder / "plimsoll.yaml").write_text(MODEL.format(own=""))
    zones = {source.address.rsplit("/", 1)[1]: source.options.tz for source in model_sources(load_model([folder]))}
    assert zones == {"load.csv": "Europe/Madrid", "orders.csv": "Europe/Madrid"}

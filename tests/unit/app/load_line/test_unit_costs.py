"""Costs are in the unit of the resource's column; for CPU they are in cores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plimsoll.app.load_line.unit_costs import Used, in_cores, unit_costs
from plimsoll.bootstrap import read_load_columns, read_request_rates
from plimsoll.domain.errors import UsageError

RATES = np.array([5.0, 10, 20, 40, 80])


@pytest.fixture
def use(tmp_path: Path) -> Path:
    path = tmp_path / "use.csv"
    rows = (f"{x:g},{x / 100:g},{x / 4:g},{x / 2:g}" for x in RATES)
    path.write_text("a_rps,cpu_cores,cpu_percent,mem_percent\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def used(path: Path, resources: str) -> Used:
    found = read_load_columns(path, resources, "--resources")
    return Used(found.values, found.units, found.notes)


@pytest.mark.parametrize(
    ("resources", "cores", "expected"),
    [("cpu=cpu_cores", None, 0.01), ("cpu=cpu_percent", 4.0, 0.01), ("cpu=cpu_percent", None, 0.0025)],
    ids=["in_cores", "share_of_four", "share_of_one"],
)
def test_a_processor_costs_cores(use: Path, resources: str, cores: float | None, expected: float) -> None:
    rates = read_request_rates(use, "a=a_rps", "--kinds")
    (cost,) = (found := unit_costs("use", in_cores(used(use, resources), cores), rates, 1)).costs
    assert cost.unit == "cores"
    assert cost.per_unit["a"].value == pytest.approx(expected, rel=1e-6)
    assert any("as that of one core" in note for note in found.notes) is (expected == 0.0025)


@pytest.mark.parametrize(
    ("resources", "word"), [("cpu=cpu_cores", "in cores already"), ("memory=mem_percent", "no cpu is among")]
)
def test_cores_of_what_is_no_share_of_them_are_refused(use: Path, resources: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        in_cores(used(use, resources), 4.0)


def test_a_share_of_memory_costs_no_bytes(use: Path) -> None:
    (cost,) = unit_costs("use", used(use, "memory=mem_percent"), {"a": RATES}, 1).costs
    assert cost.unit == "ratio"
    assert cost.per_unit["a"].value == pytest.approx(0.005, rel=1e-6)


def test_a_kind_of_request_may_be_called_like_a_statistic_of_latency(use: Path) -> None:
    rates = read_request_rates(use, "p2=a_rps,max=a_rps:/min", "--kinds")
    assert rates["p2"].tolist() == RATES.tolist()
    assert rates["max"] == pytest.approx(RATES / 60)

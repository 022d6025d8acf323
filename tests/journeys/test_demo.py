"""The wheel as users get it, and one real run of its demo, which measures and therefore needs the machine to itself."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY
from tests.demo_page import check_demo_page
from tests.journeys.conftest import DemoRun, Installed

pytestmark = [pytest.mark.system, pytest.mark.quiet]


def test_the_wheel_holds_all_that_the_commands_read(installed: Installed) -> None:
    inside = set(zipfile.ZipFile(installed.wheel).namelist())
    data = [file for file in (REPOSITORY / "src").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    missing = [str(file.relative_to(REPOSITORY / "src")) for file in data]
    assert [name for name in missing if name not in inside] == []
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_the_wheel_answers_in_an_empty_environment(installed: Installed, tmp_path: Path) -> None:
    found = installed.run("-c", "import plimsoll; print(plimsoll.__file__)", cwd=tmp_path)
    assert Path(found.stdout.strip()).is_relative_to(installed.folder), found.stderr
    for words in (("catalog",), ("schema",), ("--help",), ("limits", "growth", "--request-rate", "9", "--p95", "1s")):
        called = installed.run("-m", "plimsoll", *words, cwd=tmp_path)
        assert (called.returncode, called.stderr) == (0, ""), words
        assert called.stdout
    assert list(tmp_path.iterdir()) == []
    assert (installed.folder / "bin" / "plimsoll").exists()


def test_the_demo_runs_from_the_wheel_and_writes_nowhere_else(demo_run: DemoRun, installed: Installed) -> None:
    assert demo_run.called.returncode == 0, demo_run.called.stderr
    page = demo_run.report.read_text()
    assert "uPlot" in page
    assert sorted(file.name for file in demo_run.folder.iterdir()) == ["out"]
    assert {file.name for file in installed.home.iterdir()} <= {".cache", ".local"}


def test_it_ends_well_and_in_time(demo_run: DemoRun) -> None:
    assert demo_run.called.returncode == 0, demo_run.called.stderr
    assert demo_run.seconds < 180  # kernels are compiled in it, which the set-up does otherwise


def test_it_says_what_it_does_and_where_the_report_is(demo_run: DemoRun) -> None:
    lines = demo_run.called.stderr.splitlines()
    steps = [line for line in lines if not line.startswith("compiling kernels once")]
    assert len(lines) - len(steps) == 1  # a fresh environment has none yet
    assert all(line.startswith("plimsoll demo: ") for line in steps), steps
    assert any("drawn from a seed (synthetic)" in line for line in steps)
    assert "Report: out/report.html" in demo_run.called.stdout.splitlines()
    assert re.search(r"One replica carries \d", demo_run.called.stdout)


def rows_of(file: Path) -> list[dict[str, float]]:
    with file.open() as opened:
        return [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(opened)]


def test_what_it_measured_is_no_canned_number(demo_run: DemoRun) -> None:
    rows = rows_of(demo_run.folder / "out" / "loadtest.csv")
    first, last = rows[0], rows[-1]
    assert len(rows) >= 9
    assert first["error_ratio"] == 0
    assert first["throughput"] == pytest.approx(first["offered_rps"], rel=0.2)
    assert first["memory_bytes"] > 1e7
    assert last["offered_rps"] > 2 * first["offered_rps"]
    assert last["p95_s"] > 5 * first["p50_s"]
    # The busiest step, not the last: a service driven past its limit may collapse, and idles then while requests wait.
    assert max(row["cpu_ratio"] for row in rows) > 2 * first["cpu_ratio"] > 0
    assert max(row["p95_s"] for row in rows) > 0.25 > first["p95_s"]


def test_each_kind_of_request_is_driven_alone_and_counted_in_the_mix(demo_run: DemoRun) -> None:
    steps = rows_of(demo_run.folder / "out" / "loadtest.csv")
    told = [line for line in demo_run.called.stderr.splitlines() if "requests/s" in line]
    alone = [line.split()[-2] for line in told if line.endswith(" alone")]
    assert alone == ["orders", "orders", "report", "report"]
    assert len(told) == len(alone) + len(steps)
    costs = rows_of(demo_run.folder / "out" / "costs.csv")
    mixed = [row["orders_rps"] + row["report_rps"] for row in costs if row["orders_rps"] and row["report_rps"]]
    assert mixed
    for rate in mixed:
        assert any(step["throughput"] == pytest.approx(rate, abs=2e-3) for step in steps)


def test_its_page_and_its_files_say_what_is_synthetic(demo_run: DemoRun) -> None:
    check_demo_page(demo_run.report.read_text())
    assert 'origin=""synthetic""' in (demo_run.folder / "out" / "history.csv").read_text().splitlines()[0]
    assert "synthetic" in (demo_run.folder / "out" / "plimsoll.yaml").read_text()

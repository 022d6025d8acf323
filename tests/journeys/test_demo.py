"""The wheel as people get it, and the demo from it: what it says, what it leaves, its report in a real browser."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import REPOSITORY, Plimsoll
from tests.journeys.conftest import DemoRun, Installed

pytestmark = pytest.mark.system

FLEET = REPOSITORY / "examples" / "fleet" / "metrics.csv"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

# A chart is drawn when its canvas holds more than one color.
BLANK_CHARTS = """() => [...document.querySelectorAll("[data-chart]")].filter(holder => {
  const canvas = holder.querySelector("canvas");
  if (!canvas || !canvas.width || !canvas.height) return true;
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(pixels).size < 3;
}).map(holder => holder.getAttribute("aria-label"))"""
# What is written on a canvas is nowhere else in the page: marks are labeled there.
NOTE_WHAT_IS_WRITTEN = """(() => {
  const write = CanvasRenderingContext2D.prototype.fillText;
  window.written = [];
  CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
    window.written.push(text);
    return write.call(this, text, ...at);
  };
})()"""
LOAD_LINE_LEGENDS = """() => [...document.querySelectorAll("[data-chart]")]
  .filter(holder => holder.getAttribute("aria-label").includes("measured steps"))
  .map(holder => [...holder.querySelectorAll(".u-legend .u-label")].map(label => label.textContent))"""
SPEC_SDM91 = """users,rate,p99
1,64.9,12
18,995.9,19
36,1652.4,30
72,1853.2,80
108,1828.9,160
144,1775,240
216,1702.2,420
"""
TOO_WIDE = """() => [...document.body.querySelectorAll("*")].filter(
  part => !part.closest(".scroll") && part.getBoundingClientRect().right > document.documentElement.clientWidth + 1
).map(part => part.tagName + "." + part.className)"""


@dataclass
class Opened:
    """A page in the browser, and what went wrong in it or left it."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs the program chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


def opened(browser: Any, report: Path, size: dict[str, int], before: str = "", **more: Any) -> Opened:
    page = browser.new_page(viewport=size, **more)
    page.add_init_script(before)
    seen = Opened(page)
    page.on("console", lambda said: seen.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.goto(report.as_uri())
    page.wait_for_function("document.querySelectorAll('[data-chart]:not(.drawn)').length === 0", timeout=10_000)
    return seen


@pytest.fixture
def load_test_report(plimsoll: Plimsoll, tmp_path: Path) -> Path:
    """A report with a load test: the throughput of SPEC SDM91, with latencies beside it."""
    hours = (f"2026-01-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z,{40 + hour % 24}" for hour in range(240))
    (tmp_path / "metrics.csv").write_text("\n".join(("time,cpu_used_percent", *hours)))
    (tmp_path / "test.csv").write_text(SPEC_SDM91)
    columns = "load=users,throughput=rate,p99=p99:ms"
    called = plimsoll(
        *("report", "metrics.csv", "--loadtest", "test.csv", "--columns", columns, "--slo", "p99<250ms"),
        *("--output", "report.html"),
    )
    assert called.returncode == 0, called.stderr
    return tmp_path / "report.html"


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
    assert sum("requests/s" in line for line in steps) >= 9
    assert any("drawn from a seed (synthetic)" in line for line in steps)
    assert "Report: out/report.html" in demo_run.called.stdout.splitlines()
    assert re.search(r"One replica carries \d", demo_run.called.stdout)


def test_what_it_measured_is_no_canned_number(demo_run: DemoRun) -> None:
    with (demo_run.folder / "out" / "loadtest.csv").open() as file:
        rows = [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
    first, last = rows[0], rows[-1]
    assert len(rows) >= 9
    assert last["offered_rps"] > 2 * first["offered_rps"]
    # The busiest step, not the last: a service driven past its limit may collapse, and idles then while requests wait.
    assert max(row["cpu_ratio"] for row in rows) > 2 * first["cpu_ratio"] > 0
    assert max(row["p95_s"] for row in rows) > 0.25 > first["p95_s"]


def test_each_step_can_be_done_again_by_hand(demo_run: DemoRun, plimsoll: Plimsoll) -> None:
    commands = [line.split("plimsoll ", 1)[1] for line in demo_run.called.stdout.splitlines() if line[:2] == "  "]
    assert len(commands) >= 4
    for command in commands:
        again = plimsoll(*command.replace("'", "").split(), cwd=demo_run.folder)
        assert again.returncode == 0, f"{command}\n{again.stderr}"


def test_synthetic_demand_is_labeled_wherever_it_stands(demo_run: DemoRun) -> None:
    page = demo_run.report.read_text()
    charts = json.loads(page.split('id="charts">')[1].split("</script>")[0])
    for chart in charts:
        about_demand = "shop/demand" in json.dumps(chart)
        assert (chart["label"] == "synthetic") == about_demand, chart["title"]
    for part in page.split("<section id=")[1:]:
        whole, *tables = re.split(r"(?=<h3>)", part)
        labeled = "synthetic" in whole.partition("</h2>")[0]
        for under in (whole, *tables):
            heading = under.partition("</h3>")[0]
            assert labeled or "shop/demand" not in under or "synthetic" in heading, heading
    assert 'origin=""synthetic""' in (demo_run.folder / "out" / "history.csv").read_text().splitlines()[0]
    assert "synthetic" in (demo_run.folder / "out" / "plimsoll.yaml").read_text()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_draws_every_chart_and_asks_for_nothing(
    browser: Any, demo_run: DemoRun, size: dict[str, int], scheme: str
) -> None:
    seen = opened(browser, demo_run.report, size, color_scheme=scheme)
    assert seen.complaints == []
    assert seen.requests == [demo_run.report.as_uri()]
    assert seen.page.locator("[data-chart]").count() >= 5
    assert seen.page.evaluate(BLANK_CHARTS) == []
    seen.page.close()


def test_a_report_draws_the_load_line_among_points_curve_band_tested_range_and_knee(
    browser: Any, load_test_report: Path
) -> None:
    for size in (DESK, PHONE):
        seen = opened(browser, load_test_report, size, NOTE_WHAT_IS_WRITTEN)
        assert seen.complaints == []
        assert seen.page.evaluate(BLANK_CHARTS) == []
        legends = [set(names) for names in seen.page.evaluate(LOAD_LINE_LEGENDS)]
        assert len(legends) == 2  # throughput and latency
        for names in legends:
            assert {"measured", "fitted", "fitted, past what was tested"} <= names
            assert {"95 % band, high", "95 % band, low"} <= names
        marks = {"knee 36.1", "load line 96.5", "tested up to 216", "objective 250ms"}
        assert marks <= set(seen.page.evaluate("window.written"))
        seen.page.close()


def test_the_report_is_readable_on_a_phone(browser: Any, demo_run: DemoRun) -> None:
    seen = opened(browser, demo_run.report, PHONE)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert seen.page.evaluate(TOO_WIDE) == []
    small = (
        "[...document.querySelectorAll('p, td, li')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 11).length"
    )
    assert seen.page.evaluate(small) == 0
    seen.page.close()


def test_the_report_on_paper_has_no_menu_and_all_its_charts(browser: Any, demo_run: DemoRun) -> None:
    seen = opened(browser, demo_run.report, DESK)
    assert seen.page.locator("nav").is_visible()
    seen.page.emulate_media(media="print")
    assert not seen.page.locator("nav").is_visible()
    assert seen.page.evaluate(BLANK_CHARTS) == []
    assert len(seen.page.pdf(format="A4")) > 20_000
    seen.page.close()


def test_the_same_on_a_history_of_ones_own(browser: Any, plimsoll: Plimsoll, tmp_path: Path) -> None:
    deep = tmp_path / ("a_folder_whose_name_has_no_end_" * 4)  # wider than a phone, and nowhere to break it
    deep.mkdir()
    history = shutil.copy(FLEET, deep)
    called = plimsoll("demo", "--real", history, "--output", "mine")
    assert called.returncode == 0, called.stderr
    report = tmp_path / "mine" / "report.html"
    assert "Report: mine/report.html" in called.stdout.splitlines()
    assert "synthetic" not in report.read_text().lower().replace("origin=synthetic", "")
    seen = opened(browser, report, PHONE)
    assert seen.complaints == []
    assert seen.page.locator("[data-chart]").count() > 0
    assert seen.page.evaluate(BLANK_CHARTS) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert "pg-main/disk_used_percent" in seen.page.inner_text("main")
    seen.page.close()

"""The pages of the demo and of reports in a real browser; the demo's are of ramps that are handed in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import REPOSITORY, Plimsoll
from tests.unit.app.demo.ramps import outcome

from plimsoll.bootstrap import report_page

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
NOTE_WHAT_IS_CUT_OFF = """(() => {
  const write = CanvasRenderingContext2D.prototype.fillText;
  window.cut = [];
  CanvasRenderingContext2D.prototype.fillText = function (text, x, ...at) {
    const reach = this.measureText(text).width * { center: 0.5, left: 1, start: 1 }[this.textAlign];
    if (this.getTransform().b === 0 && x + reach > this.canvas.width) window.cut.push(text);
    return write.call(this, text, x, ...at);
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


@pytest.fixture(scope="module", params=["line_past_the_ramp", "restless"])
def demo_report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that the demo writes of a ramp."""
    page = tmp_path_factory.mktemp("demo") / "report.html"
    page.write_text(report_page(outcome(request.param).report), encoding="utf-8")
    return page


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


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_draws_every_chart_and_asks_for_nothing(
    browser: Any, demo_report: Path, size: dict[str, int], scheme: str
) -> None:
    seen = opened(browser, demo_report, size, color_scheme=scheme)
    assert seen.complaints == []
    assert seen.requests == [demo_report.as_uri()]
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


def test_the_report_is_readable_on_a_phone(browser: Any, demo_report: Path) -> None:
    seen = opened(browser, demo_report, PHONE)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert seen.page.evaluate(TOO_WIDE) == []
    small = (
        "[...document.querySelectorAll('p, td, li')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 11).length"
    )
    assert seen.page.evaluate(small) == 0
    cramped = "[...document.querySelectorAll('.scroll .long')].filter(e => e.offsetWidth < 230).map(e => e.textContent)"
    assert seen.page.evaluate(cramped) == []
    seen.page.close()


def test_the_report_on_paper_has_no_menu_and_all_its_charts(browser: Any, demo_report: Path) -> None:
    seen = opened(browser, demo_report, DESK)
    assert seen.page.locator("nav").is_visible()
    seen.page.emulate_media(media="print")
    assert not seen.page.locator("nav").is_visible()
    assert seen.page.evaluate(BLANK_CHARTS) == []
    assert len(seen.page.pdf(format="A4")) > 20_000
    seen.page.close()


def test_the_last_date_of_a_chart_is_written_out(browser: Any, plimsoll: Plimsoll, tmp_path: Path) -> None:
    """A chart that ends at midnight has a date at its edge, half of which lay outside the picture."""
    days = (f"2026-{3 + day // 30:02d}-{1 + day % 30:02d}T00:00:00Z,{40 + day % 7}" for day in range(60))
    (tmp_path / "metrics.csv").write_text("\n".join(("time,cpu_used_percent", *days)))
    assert plimsoll("report", "metrics.csv", "--output", "report.html").returncode == 0
    for size in (DESK, PHONE):
        seen = opened(browser, tmp_path / "report.html", size, NOTE_WHAT_IS_CUT_OFF)
        assert seen.page.evaluate("window.cut") == []
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

"""Reports: everything inside, nothing fetched, nothing hostile let through, synthetic data labeled everywhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from plimsoll.adapters.knowledge import knowledge_text
from plimsoll.domain.chart import Axis, Chart, Line, Mark
from plimsoll.domain.report import Part, Period, Report
from plimsoll.domain.table import Table
from plimsoll.render.report import PageAssets, to_html, to_report_markdown

ASSETS = PageAssets(
    knowledge_text("report/page.html.j2"),
    knowledge_text("vendor/uplot/uPlot.min.css") + knowledge_text("report/report.css"),
    knowledge_text("vendor/uplot/uPlot.iife.min.js"),
    knowledge_text("report/draw.js"),
)
HOSTILE = '</script><img src=x onerror="alert(1)">'


def report(name: str = "checkout") -> Report:
    chart = Chart(
        f"Demand of {name}", "Demand rises by a third.", "time", "requests/s", (Line(name, (0.0, 1.0), (1.0, None)),),
        marks=(Mark("limit", 2.0, Axis.Y),), x_is_time=True, label="synthetic",
    )  # fmt: skip
    part = Part("Demand", (f"What {name} asks for.",), (Table(("RESOURCE",), ((name,),)),), (chart,), "synthetic")
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return Report("Weekly report", name, moment, Period.WEEKLY, "one week", (f"{name} is well",), (part,), (name,))


def test_the_page_fetches_nothing() -> None:
    page = to_html(report(), ASSETS)
    assert "default-src 'none'" in page
    assert re.findall(r'(?:src|href)="(?!#)', page) == []


def test_only_the_scripts_of_the_page_may_run() -> None:
    page = to_html(report(), ASSETS)
    allowed = re.search(r"script-src ([^;]*);", page)
    assert allowed is not None
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]
    assert allowed[1].split() == hashes


def test_hostile_names_stay_text() -> None:
    page = to_html(report(HOSTILE), ASSETS)
    assert "<img" not in page
    data = re.search(r'<script type="application/json" id="charts">(.*?)</script>', page, flags=re.DOTALL)
    assert data is not None
    assert json.loads(data[1])[0]["lines"][0]["name"] == HOSTILE


def test_control_characters_of_a_name_are_written_as_what_they_are() -> None:
    page = to_html(report("disk\x1b[31m\u202e"), ASSETS)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert r"disk\x1b[31m\u202e" in page
    data = re.search(r'<script type="application/json" id="charts">(.*?)</script>', page, flags=re.DOTALL)
    assert data is not None
    assert json.loads(data[1])[0]["lines"][0]["name"] == r"disk\x1b[31m\u202e"


def test_a_gap_stays_a_gap() -> None:
    assert '"y":[1.0,null]' in to_html(report(), ASSETS)


@pytest.mark.parametrize("text", [to_html(report(), ASSETS), to_report_markdown(report())], ids=["html", "markdown"])
def test_synthetic_data_is_labeled_wherever_it_stands(text: str) -> None:
    assert text.count("synthetic") >= 2
    assert "Demand rises by a third." in text


def test_every_table_of_the_markdown_stands_under_its_own_heading() -> None:
    """The exception is a table with the title of its part; data that were not measured are labeled in place."""
    named = [Table(("A",), (("1",),), title, label=label) for title, label in (("Do", ""), ("Later", "synthetic"))]
    text = to_report_markdown(replace(report(), parts=(Part("Do", (), tuple(named)),)))
    assert [line for line in text.splitlines() if "Do" in line or "Later" in line] == ["## Do", "### Later (synthetic)"]


def test_a_table_that_nobody_measured_is_labeled_in_the_page() -> None:
    table = Table(("A",), (("1",),), "Later", label="synthetic")
    page = to_html(replace(report(), parts=(Part("Do", (), (table,)),)), ASSETS)
    assert '<h3>Later <span class="label">synthetic</span></h3>' in page

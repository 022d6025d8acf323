"""Checks that hold for every page of the demo, whatever it measured."""

from __future__ import annotations

import json
import re

_NO_VALUE = re.compile(r"\b(nan|inf|None)\b")


def check_demo_page(page: str) -> None:
    """Check that every synthetic demand and nothing else is labeled so, and that every place has a value or a word."""
    charts = json.loads(page.split('id="charts">')[1].split("</script>", maxsplit=1)[0])
    assert len(charts) >= 5
    for chart in charts:
        assert (chart["label"] == "synthetic") == ("shop/demand" in json.dumps(chart)), chart["title"]
    for part in page.split("<section id=")[1:]:
        whole, *tables = re.split(r"(?=<h3>)", part)
        headings = (whole.partition("</h2>")[0], *(table.partition("</h3>")[0] for table in tables))
        for heading, under in zip(headings, (whole, *tables), strict=True):
            told = "synthetic" in headings[0] or "synthetic" in heading
            assert told or not ("shop/demand" in under or "Plan and cost" in heading), heading
        assert not _NO_VALUE.search(re.sub(r"<[^>]*>", " ", part.partition("<script")[0]))

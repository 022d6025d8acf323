"""Where a chart goes: a page that draws it (`.html`), or the data of it as JSON for whoever draws it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.entrypoints.cli.output import remark

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.domain.chart import Chart
    from plimsoll.domain.report import Report

CHART_HELP = "to this file: a page that draws it (.html), or its data (JSON)."


def write_chart(path: Path, chart: Chart, page: Report) -> None:
    """Write a chart in the form that the file's name asks for."""
    import json

    from plimsoll.app.whole_file import write_whole
    from plimsoll.bootstrap import report_page
    from plimsoll.render.json_form import json_form

    if path.suffix.lower() in (".html", ".htm"):
        write_whole(path, report_page(page))
    else:
        write_whole(path, json.dumps(json_form(chart), allow_nan=False) + "\n")
    remark(f"wrote {path}")

"""Where a chart goes: a page that draws it (`.html`), or its data (`.json`) for whoever draws it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plimsoll.domain.errors import UsageError
from plimsoll.entrypoints.cli.output import remark

if TYPE_CHECKING:
    from pathlib import Path

    from plimsoll.domain.chart import Chart
    from plimsoll.domain.report import Report

_PAGE = (".html", ".htm")
CHART_HELP = "to this file: a page that draws it (.html), or its data (.json)."


def check_file(option: str, path: Path | None, *endings: str) -> None:
    """Tell before the work, not after it, what is wrong with a file to be written.

    Raises UsageError where its name says that it is something else, InputError where its place cannot be written.
    """
    from plimsoll.app.whole_file import check_place

    if path is None:
        return
    if endings and path.suffix and path.suffix.lower() not in endings:
        raise UsageError(f"{option} writes {' or '.join(endings)}, not {path.name[-40:]!r}")
    check_place(path)


def check_chart(path: Path | None) -> None:
    """Tell before the work what is wrong with the file of a chart."""
    check_file("--chart", path, *_PAGE, ".json")


def write_chart(path: Path, chart: Chart, page: Report) -> None:
    """Write a chart in the form that the file's name asks for."""
    import json

    from plimsoll.app.whole_file import write_whole
    from plimsoll.bootstrap import report_page
    from plimsoll.render.json_form import json_form

    if path.suffix.lower() in _PAGE:
        write_whole(path, report_page(page))
    else:
        write_whole(path, json.dumps(json_form(chart), allow_nan=False) + "\n")
    remark(f"wrote {path}")

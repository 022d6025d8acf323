"""A report as one HTML file that needs nothing else, and as Markdown.

The page contains its styles, the chart library and the data of its charts. Its content security policy allows only
these scripts to run (CSP level 3, hash sources) and nothing to be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from plimsoll.domain.report import Report
from plimsoll.render.json_form import json_form
from plimsoll.render.table import as_markdown, printable, to_markdown


@dataclass(frozen=True)
class PageAssets:
    """The assets of a page: the template, styles and scripts, as text."""

    template: str
    styles: str
    uplot: str
    draw: str


def to_html(report: Report, assets: PageAssets) -> str:
    """Write a report as one self-contained HTML page."""
    charts = [chart for part in report.parts for chart in part.charts]
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_printable_texts
    )
    return environment.from_string(assets.template).render(
        report=report,
        made_at=report.made_at.strftime("%Y-%m-%d %H:%M UTC"),
        chart_json=Markup(_inert(_printable_texts([json_form(chart) for chart in charts]))),  # noqa: S704 made inert below
        styles=Markup(assets.styles),  # noqa: S704 shipped with the package
        uplot=Markup(assets.uplot),  # noqa: S704
        draw=Markup(assets.draw),  # noqa: S704
        script_hashes=Markup(" ".join(_hash_source(script) for script in (assets.uplot, assets.draw))),  # noqa: S704
    )


def to_report_markdown(report: Report) -> str:
    """Write a report as Markdown; a chart is replaced by its text alternative."""
    made = f"{report.system}; {report.covers}; as of {report.made_at:%Y-%m-%d %H:%M} UTC."
    lines = [f"# {as_markdown(report.title)}", as_markdown(made)]
    if report.headlines:
        lines.append("\n".join(f"- {as_markdown(line)}" for line in report.headlines))
    for part in report.parts:
        lines.append(f"## {as_markdown(_labeled(part.title, part.label))}")
        lines.extend(as_markdown(line) for line in part.lead)
        for chart in part.charts:
            lines.append(as_markdown(f"{_labeled(f'**{chart.title}**', chart.label)}. {chart.says}"))
        for table in part.tables:
            if table.title and table.title != part.title:
                lines.append(f"### {as_markdown(_labeled(table.title, table.label))}")
            lines.append(to_markdown([replace(table, title="")]).strip())
    if report.sources:
        lines.append(as_markdown("Sources: " + "; ".join(report.sources) + "."))
    return "\n\n".join(lines) + "\n"


def _labeled(title: str, label: str) -> str:
    return f"{title} ({label})" if label else title


def _printable_texts(value: Any) -> Any:
    """Escape the control characters of every text in a value; shipped text (Markup) stays as it is."""
    if isinstance(value, list):
        return [_printable_texts(item) for item in value]
    if isinstance(value, dict):
        return {key: _printable_texts(item) for key, item in value.items()}
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _inert(value: object) -> str:
    """JSON that cannot end the script element it stands in, nor open a comment in it."""
    return (
        json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    )


def _hash_source(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"

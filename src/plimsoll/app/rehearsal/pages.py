"""What does the page of a replay or a suggestion contain? Its chart and its tables, as of the end of the demand."""

from __future__ import annotations

from plimsoll.domain.chart import Chart
from plimsoll.domain.replay import Replay
from plimsoll.domain.report import Part, Report
from plimsoll.domain.suggestion import Suggestion
from plimsoll.domain.table import Table
from plimsoll.render import replay as replay_form
from plimsoll.render import suggestion as suggestion_form


def replay_page(document: Replay, chart: Chart) -> Report:
    """Lay out a replay: the course of demand and replicas, then the scores."""
    return _page("Replay", document, chart, replay_form.tables(document), ())


def suggestion_page(document: Suggestion) -> Report:
    """Lay out a suggestion: the front with both policies on it, then the scores."""
    chart, tables = suggestion_form.front_chart(document), suggestion_form.tables(document)
    verdict = suggestion_form.verdict_line(document)
    return _page("Suggestion", document, chart, tables, (f"{verdict[0].upper()}{verdict[1:]}.",))


def _page(
    title: str, document: Replay | Suggestion, chart: Chart, tables: tuple[Table, ...], headlines: tuple[str, ...]
) -> Report:
    return Report(
        title=f"{title}: {document.trace} on {document.component}",
        system=document.component,
        made_at=document.scored_to,
        period=None,
        covers=f"{document.scored_steps} steps of {document.trace} up to {document.scored_to:%Y-%m-%d %H:%M} UTC",
        headlines=headlines,
        parts=(Part("What came of it", (), tables, (chart,)),),
    )

"""Which tool wrote this file, and what does it hold? The single entry point to all formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from plimsoll.adapters.loadtests import (
    jmeter_csv,
    jmeter_xml,
    k6_csv,
    k6_lines,
    k6_summary,
    locust_history,
    plain_csv,
    vegeta_report,
    vegeta_results,
    wrk_report,
)
from plimsoll.adapters.loadtests.content import head_of, is_table, text_of
from plimsoll.adapters.loadtests.plain_table import column_names, what_it_has
from plimsoll.adapters.loadtests.step_row import StepRow, steps_of
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.load_test import Column, Recording, Steps
from plimsoll.domain.objective import one_name

KNOWN = (
    "k6 (summary JSON, JSON lines, CSV), Locust (_stats_history.csv), JMeter (JTL in CSV or XML), wrk, vegeta, "
    "or a plain CSV with --columns"
)
_QUANTILES = ("p50", "p75", "p90", "p95", "p99", "p99.9")
_LEAVES_OUT = {  # why a report lacks the quantile, and the remedy
    "k6 summary": (
        "a summary of k6 has the quantiles that --summary-trend-stats asks for, and the machine-readable one p50, p90 "
        "and p95 only; --out json has all"
    ),
    "wrk": "wrk prints p50, p75, p90 and p99, where it is run with --latency",
}
_REPORTS = {"k6 summary": k6_summary, "wrk": wrk_report, "vegeta": vegeta_report}


def read_load_test(paths: Sequence[Path], columns: str = "") -> Steps | Recording:
    """Read one file of any known format, or several reports that are one step each.

    Raises InputError for an unknown format, naming those that are known.
    """
    heads = [(path, head_of(path)) for path in paths]
    if columns:
        return _plain(heads, columns)
    report_rows = [_report_rows(path, head) for path, head in heads]
    if all(rows is not None for rows in report_rows):
        tools = ", ".join(dict.fromkeys(tool for rows in report_rows if rows for tool in (rows[0],)))
        rows = [row for found in report_rows if found for row in found[1]]
        steps = steps_of(rows, ", ".join(map(str, paths)), (f"{tools}: {len(rows)} reports, one step each",))
        return replace(steps, absent=dict.fromkeys(_QUANTILES, _LEAVES_OUT[tools]) if tools in _LEAVES_OUT else {})
    if len(heads) > 1:
        raise UsageError("several files are read only where each is the report of one step (k6 summary, wrk, vegeta)")
    return _recording(*heads[0])


def read_columns(path: Path, columns: Mapping[str, str]) -> plain_csv.NamedColumns:
    """Read named columns of a plain CSV in base units, with notes on what was assumed."""
    return plain_csv.read_columns(_table_text(path), str(path), tuple(columns.items()))


def read_rates(path: Path, columns: Mapping[str, str]) -> Mapping[str, Column]:
    """Read named columns of a plain CSV that are rates, per second."""
    return plain_csv.read_rates(_table_text(path), str(path), tuple(columns.items()))


def _table_text(path: Path) -> str:
    if not is_table(head_of(path)):
        raise InputError(f"{path}: is no CSV")
    return text_of(path)


def _report_rows(path: Path, head: bytes) -> tuple[str, list[StepRow]] | None:
    for tool, module in _REPORTS.items():
        if module.recognize(head):
            return tool, module.rows(text_of(path), str(path))
    return None


def _recording(path: Path, head: bytes) -> Steps | Recording:
    if k6_lines.recognize(head):
        return k6_lines.read(path)
    if jmeter_xml.recognize(head):
        return jmeter_xml.read(path)
    if k6_csv.recognize(head):
        return k6_csv.read(path, head)
    if locust_history.recognize(head):
        return locust_history.read(path, head)
    if vegeta_results.recognize(head):
        return vegeta_results.read(path, head)
    if jmeter_csv.recognize(head):
        return jmeter_csv.read(path, head)
    if locust_history.recognize_other(head):
        raise InputError(
            f"{path}: holds a Locust run as a whole: give its PREFIX_stats_history.csv, which has the steps"
        )
    if vegeta_results.recognize_binary(head):
        raise InputError(f"{path}: is vegeta's own binary form: give `vegeta encode` of it, or `vegeta report`")
    text = text_of(path) if is_table(head) and head.lstrip()[:1] != b"[" else ""
    if (steps := plain_csv.read_guessed(text, str(path))) is None:
        raise InputError(f"{path}: no format that is known; known are {KNOWN}{_named_columns(text)}")
    return steps


def _named_columns(text: str) -> str:
    """Name the columns of what may be a plain CSV."""
    names = column_names(text)
    return f" load=COLUMN,throughput=COLUMN; {what_it_has(names)}" if len(names) > 1 else ""


def _plain(heads: Sequence[tuple[Path, bytes]], columns: str) -> Steps:
    if len(heads) > 1:
        raise UsageError("--columns reads one file")
    path, head = heads[0]
    if not is_table(head):
        raise InputError(f"{path}: not a CSV, so --columns does not apply; known without it are {KNOWN}")
    return plain_csv.read_steps(text_of(path), str(path), plain_csv.column_words(columns, name=one_name))

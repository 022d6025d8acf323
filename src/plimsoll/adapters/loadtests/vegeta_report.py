"""vegeta: the report of an attack, as text or JSON (`vegeta report [-type=json]`); several may follow one another.

Format: https://github.com/tsenart/vegeta#report-command . An attack is one step of a steady arrival rate; durations in
JSON are nanoseconds. Reports of `-every` begin at the same moment and each includes the one before: only the last is a
step.
Versions before 8 wrote no throughput.
"""

from __future__ import annotations

import re
from typing import Any

from plimsoll.adapters.loadtests.content import json_documents
from plimsoll.adapters.loadtests.durations import go_duration_s
from plimsoll.adapters.loadtests.step_row import StepRow
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import LoadUnit

_JSON_STATISTICS = {"mean": "mean", "50th": "p50", "90th": "p90", "95th": "p95", "99th": "p99", "max": "max"}
_TEXT_LINE = re.compile(r"^(Requests|Duration|Latencies|Success)\s+\[([^\]]*)\]\s+(.*?)\s*$", re.MULTILINE)
_TEXT_STATISTICS = {"mean": "mean", "50": "p50", "90": "p90", "95": "p95", "99": "p99", "max": "max"}


def recognize(head: bytes) -> bool:
    """Whether it begins with vegeta's table or its JSON object."""
    start = head.lstrip()
    if start.startswith(b"Requests") and b"[total, rate" in start[:200]:
        return True
    return start[:1] == b"{" and b'"latencies"' in head and b'"50th"' in head and b'"status_codes"' in head


def rows(text: str, source: str) -> list[StepRow]:
    """Read one step from each report."""
    return _json_rows(text, source) if text.lstrip()[:1] == "{" else _text_rows(text, source)


def _json_rows(text: str, source: str) -> list[StepRow]:
    attacks: dict[str, StepRow] = {}
    number = 1
    try:
        for report in json_documents(text):
            attacks[report.get("earliest", str(number))] = _of_requests(_json_row(report), source, number)
            number += 1
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{source}: report {number} of vegeta is not whole: {error}") from error
    return list(attacks.values())


def _of_requests(row: StepRow, source: str, number: int) -> StepRow:
    if row.load > 0:
        return row
    raise InputError(f"{source}: report {number} of vegeta is of no request")


def _json_row(report: dict[str, Any]) -> StepRow:
    latencies, rate, success = report["latencies"], float(report["rate"]), float(report["success"])
    return StepRow(
        load=rate,
        load_unit=LoadUnit.ARRIVALS_PER_S,
        throughput=float(report.get("throughput", rate * success)),
        error_ratio=1 - success,
        duration_s=float(report["duration"]) / 1e9,
        latency_s={name: float(latencies[key]) / 1e9 for key, name in _JSON_STATISTICS.items() if key in latencies},
    )


def _text_rows(text: str, source: str) -> list[StepRow]:
    reports: list[dict[str, dict[str, str]]] = []
    for title, names, values in _TEXT_LINE.findall(text):
        if title == "Requests" or not reports:
            reports.append({})
        parts = dict(zip((n.strip() for n in names.split(",")), (v.strip() for v in values.split(",")), strict=False))
        reports[-1][title] = parts
    return [_of_requests(_text_row(one, source, number), source, number) for number, one in enumerate(reports, 1)]


def _text_row(report: dict[str, dict[str, str]], source: str, number: int) -> StepRow:
    try:
        requests, latencies = report["Requests"], report["Latencies"]
        rate = float(requests["rate"])
        success = float(report["Success"]["ratio"].rstrip("%")) / 100
        return StepRow(
            load=rate,
            load_unit=LoadUnit.ARRIVALS_PER_S,
            throughput=float(requests.get("throughput", rate * success)),
            error_ratio=1 - success,
            duration_s=go_duration_s(report["Duration"]["total"]),
            latency_s={
                name: go_duration_s(latencies[key]) for key, name in _TEXT_STATISTICS.items() if key in latencies
            },
        )
    except (KeyError, ValueError) as error:
        raise InputError(f"{source}: report {number} of vegeta lacks or garbles {error}") from error

"""k6, the summary of one run: `handleSummary(data)` or `--summary-export=FILE`; latency in ms.

Formats: https://grafana.com/docs/k6/latest/results-output/end-of-test/custom-summary/ (metrics hold `values`) and the
`--summary-export` option (metrics hold the numbers themselves). One summary is one step: its users, or its arrival rate
where the number of users was not steady.
"""

from __future__ import annotations

import json
from typing import Any

from plimsoll.adapters.loadtests.step_row import StepRow
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import LoadUnit

_STATISTICS = {
    "avg": "mean",
    "med": "p50",
    "p(50)": "p50",
    "p(90)": "p90",
    "p(95)": "p95",
    "p(99)": "p99",
    "max": "max",
}


def recognize(head: bytes) -> bool:
    """Tell whether it is one JSON object with `metrics` and `http_reqs` in it."""
    return head.lstrip()[:1] == b"{" and b'"metrics"' in head and b'"http_req' in head and b'"type":"Point"' not in head


def rows(text: str, source: str) -> list[StepRow]:
    """Read the one step of a summary."""
    try:
        metrics: dict[str, Any] = json.loads(text)["metrics"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(f"{source}: begins as a k6 summary and is not one: {error}") from error
    requests = _values(metrics, "http_reqs")
    if "count" not in requests or "rate" not in requests:
        raise InputError(f"{source}: the summary has no http_reqs with count and rate")
    try:
        return [_row(metrics, requests)]
    except (TypeError, ValueError) as error:
        raise InputError(f"{source}: a value of the summary is not a number: {error}") from error


def _row(metrics: dict[str, Any], requests: dict[str, Any]) -> StepRow:
    duration, users = _values(metrics, "http_req_duration"), _values(metrics, "vus")
    failed = _values(metrics, "http_req_failed")
    error_ratio = float(failed.get("rate", failed.get("value", 0.0)))
    load, count, rate = users.get("max", users.get("value")), float(requests["count"]), float(requests["rate"])
    return StepRow(
        load=rate if load is None else float(load),
        load_unit=LoadUnit.ARRIVALS_PER_S if load is None else LoadUnit.USERS,
        throughput=rate * (1 - error_ratio),
        error_ratio=error_ratio,
        duration_s=count / rate if rate else 0.0,
        latency_s={name: float(duration[key]) / 1000 for key, name in _STATISTICS.items() if key in duration},
    )


def _values(metrics: dict[str, Any], name: str) -> dict[str, Any]:
    metric = metrics.get(name)
    if not isinstance(metric, dict):
        return {}
    values = metric.get("values", metric)
    return values if isinstance(values, dict) else {}

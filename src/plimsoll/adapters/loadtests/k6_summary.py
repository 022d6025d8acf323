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
    requests, duration = _values(metrics, "http_reqs"), _values(metrics, "http_req_duration")
    users = _values(metrics, "vus")
    if "count" not in requests or "rate" not in requests:
        raise InputError(f"{source}: the summary has no http_reqs with count and rate")
    failed = _values(metrics, "http_req_failed")
    error_ratio = float(failed.get("rate", failed.get("value", 0.0)))
    load = users.get("max", users.get("value"))
    return [
        StepRow(
            load=float(load if load is not None else requests["rate"]),
            load_unit=LoadUnit.USERS if load is not None else LoadUnit.ARRIVALS_PER_S,
            throughput=float(requests["rate"]) * (1 - error_ratio),
            error_ratio=error_ratio,
            duration_s=float(requests["count"]) / float(requests["rate"]) if requests["rate"] else 0.0,
            latency_s={name: float(duration[key]) / 1000 for key, name in _STATISTICS.items() if key in duration},
        )
    ]


def _values(metrics: dict[str, Any], name: str) -> dict[str, Any]:
    metric = metrics.get(name)
    if not isinstance(metric, dict):
        return {}
    values = metric.get("values", metric)
    return values if isinstance(values, dict) else {}

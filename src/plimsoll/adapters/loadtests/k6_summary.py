"""k6, the summary of one run: `handleSummary(data)` or `--summary-export=FILE`; latency in ms.

Three forms: metrics by name that hold `values` (https://grafana.com/docs/k6/latest/results-output/end-of-test/
custom-summary/), metrics that hold the numbers themselves (`--summary-export`), and a list of metrics under `results`
(`--new-machine-readable-summary`, k6 1.5 and up; `internal/lib/summary/machinereadable` of grafana/k6), where the rate
must be computed from the duration. One summary is one step, with a number of users and a rate of arrivals: an
arrival-rate executor holds users ready, and counts iterations that it could not start in `dropped_iterations`.
"""

from __future__ import annotations

import math
from typing import Any

from plimsoll.adapters.loadtests.content import json_documents
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
    "p(99.9)": "p99.9",
    "max": "max",
}


def recognize(head: bytes) -> bool:
    """Whether it is one JSON object that contains `metrics` and `http_reqs`, or checks, which may come first."""
    known = b'"metrics"' in head and (b'"http_req' in head or b'"k6_version"' in head)
    return head.lstrip()[:1] == b"{" and (known or b'"root_group"' in head) and b'"type":"Point"' not in head


def rows(text: str, source: str) -> list[StepRow]:
    """Read one step from each summary."""
    try:
        summaries = [_metrics(summary) for summary in json_documents(text)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{source}: begins as a k6 summary and is not one: {error}") from error
    return [_step(metrics, source) for metrics in summaries]


def _step(metrics: dict[str, Any], source: str) -> StepRow:
    requests = _values(metrics, "http_reqs")
    if "count" not in requests or "rate" not in requests:
        raise InputError(f"{source}: the summary has no http_reqs with count and rate")
    try:
        return _row(metrics, requests)
    except (TypeError, ValueError) as error:
        raise InputError(f"{source}: a value of the summary is not a number: {error}") from error


def _metrics(summary: dict[str, Any]) -> dict[str, Any]:
    """Return metrics by name, from any of the forms."""
    if "results" not in summary:
        return dict(summary["metrics"])
    duration_s = float(summary["config"]["duration"])
    metrics = {metric["name"]: dict(metric["values"]) for metric in summary["results"]["metrics"]}
    for values in metrics.values():
        if "count" in values and "rate" not in values and duration_s > 0:
            values["rate"] = values["count"] / duration_s
    return metrics


def _row(metrics: dict[str, Any], requests: dict[str, Any]) -> StepRow:
    duration, users = _values(metrics, "http_req_duration"), _values(metrics, "vus")
    failed = _values(metrics, "http_req_failed")
    error_ratio = float(failed.get("rate", failed.get("value", math.nan)))  # versions before 0.31 lack it
    count, rate = float(requests["count"]), float(requests["rate"])
    load, arrivals = users.get("max", users.get("value")), rate * _wanted_over_started(metrics)
    return StepRow(
        load=arrivals if load is None else float(load),
        load_unit=LoadUnit.ARRIVALS_PER_S if load is None else LoadUnit.USERS,
        throughput=rate if math.isnan(error_ratio) else rate * (1 - error_ratio),
        error_ratio=error_ratio,
        duration_s=count / rate if rate else 0.0,
        latency_s={name: float(duration[key]) / 1000 for key, name in _STATISTICS.items() if key in duration and count},
        arrivals_per_s=arrivals,
        fewest_users=float(users["min"]) if "min" in users else None,
    )


def _wanted_over_started(metrics: dict[str, Any]) -> float:
    started = float(_values(metrics, "iterations").get("count", 0.0))
    dropped = float(_values(metrics, "dropped_iterations").get("count", 0.0))
    return (started + dropped) / started if started > 0 else 1.0


def _values(metrics: dict[str, Any], name: str) -> dict[str, Any]:
    metric = metrics.get(name)
    if not isinstance(metric, dict):
        return {}
    values = metric.get("values", metric)
    return values if isinstance(values, dict) else {}

"""Which files does the demo write? A load test, a history and a model, so that each step can be repeated by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan

import numpy as np
import yaml

from plimsoll.domain.load_test import Column, LoadUnit, Steps
from plimsoll.domain.ramp import Ramp, RampStep
from plimsoll.domain.series import Series, as_datetime

FILES = LOAD_TEST, COSTS, HISTORY, MODEL, PAGE = (
    "loadtest.csv", "costs.csv", "history.csv", "plimsoll.yaml", "report.html",
)  # fmt: skip
_QUIET_RATIO = 0.2
LOAD_COLUMNS = ("offered_rps", "throughput", "p50_s", "p95_s", "p99_s", "error_ratio", "cpu_ratio", "memory_bytes")


@dataclass(frozen=True, slots=True)
class Fleet:
    """The example system as the demo describes it: replicas of what was measured, and what they cost.

    `price_per_hour` is that of a small general-purpose instance; it is the demo's own figure and labeled as such.
    """

    replicas: int = 4
    most_replicas: int = 12
    lead_time_s: float = 14 * 86400.0
    price_per_hour: float = 0.05
    currency: str = "USD"


def steps_of(ramp: Ramp) -> Steps:
    """Turn a ramp into a load test: load is the offered rate; CPU is the process's share of the one core it can use."""
    column, steps = _column, ramp.steps
    return Steps(
        load=column([step.offered_rps for step in steps]),
        load_unit=LoadUnit.ARRIVALS_PER_S,
        throughput=column([step.completed_rps for step in steps]),
        latency_s={
            "p50": column([step.p50_s for step in steps]),
            "p95": column([step.p95_s for step in steps]),
            "p99": column([step.p99_s for step in steps]),
        },
        error_ratio=column([step.error_ratio for step in steps]),
        resources={
            "cpu": column([step.cpu_cores for step in steps]),
            "memory": column([step.memory_bytes for step in steps]),
        },
        resource_units={"cpu": "ratio", "memory": "bytes"},
        duration_s=column([ramp.step_s for _ in steps]),
        source="the demo's ramp",
        notes=_notes(ramp),
    )


def _notes(ramp: Ramp) -> tuple[str, ...]:
    if ramp.busy_before_ratio < _QUIET_RATIO:
        return ()
    busy = f"{ramp.busy_before_ratio:.0%}"
    return (f"the host was {busy} busy before the ramp began: on a quiet host the service carries more than this",)


def rates_and_use(steps: Sequence[RampStep]) -> tuple[dict[str, Column], dict[str, Column]]:
    """Split steps into the rate of each kind of request and the processor time they took, for a regression."""
    kinds = sorted({kind for step in steps for kind in step.by_kind})
    rates = {kind: _column([step.by_kind.get(kind, 0.0) for step in steps]) for kind in kinds}
    return rates, {"cpu": _column([step.cpu_cores for step in steps])}


def costs_csv(steps: Sequence[RampStep]) -> str:
    """Write the steps as a CSV that `plimsoll limits per-unit` reads."""
    rates, used = rates_and_use(steps)
    names = [*(f"{kind}_rps" for kind in rates), "cpu_cores"]
    columns = [*rates.values(), *used.values()]
    return _csv([names, *([f"{column[row]:.5f}" for column in columns] for row in range(len(steps)))])


def load_test_csv(ramp: Ramp) -> str:
    """Write a ramp as a CSV that `plimsoll limits from-loadtest` reads."""
    rows = [
        (
            f"{step.offered_rps:.3f}",
            f"{step.completed_rps:.3f}",
            *("" if isnan(second) else f"{second:.5f}" for second in (step.p50_s, step.p95_s, step.p99_s)),
            f"{step.error_ratio:.5f}",
            f"{step.cpu_cores:.4f}",
            f"{step.memory_bytes:.0f}",
        )
        for step in ramp.steps
    ]
    return _csv([LOAD_COLUMNS, *rows])


def history_csv(series: Series) -> str:
    """Write a history as a CSV of time and value; the column is named as the series is, its label included."""
    times = [as_datetime(int(time)).isoformat().replace("+00:00", "Z") for time in series.times_ms]
    rows = [(time, f"{value:g}") for time, value in zip(times, series.values.tolist(), strict=True)]
    return _csv([("timestamp", str(series.id)), *rows])


def model_yaml(capacity_rps: float, fleet: Fleet, monthly_peaks: Sequence[float], start: date) -> str:
    """Write a model of the example system with what was measured and what was forecast."""
    document = {
        "apiVersion": "plimsoll/v1",
        "kind": "System",
        "metadata": {"name": "demo-shop", "description": "The example application, as many times as it is run"},
        "components": [
            {
                "name": "shop",
                "demand": {"unit": "requests", "per": "1s", "driver": "peak_requests"},
                "capacity": {"per_replica": round(capacity_rps, 2)},
                "slo": {"p95": "250ms", "errors": "1%"},
                "startup": "30s",
                "replicas": {"now": fleet.replicas, "min": 2, "max": fleet.most_replicas},
                "instance": {"cores": 1, "memory": "512Mi", "price_per_hour": fleet.price_per_hour},
                "policies": [{"name": "hpa70", "hpa": {"cpu": "70%"}}],
            }
        ],
        "drivers": [{"name": "peak_requests", "unit": "requests", "now": round(monthly_peaks[0], 2)}],
        "scenarios": [
            {
                "name": "as-forecast",
                "driver": "peak_requests",
                "default": True,
                "description": "The busiest hour of each 30 days, as the median of the forecast has it",
                "points": [{"month": month, "value": round(peak, 2)} for month, peak in enumerate(monthly_peaks)],
            }
        ],
        "planning": {"start": start, "months": len(monthly_peaks) - 1},
        "prices": {"currency": fleet.currency, "source": "an example, nobody's offer", "hours_per_month": 720},
    }
    head = (
        "# Written by `plimsoll demo`. What a replica carries is the load line measured on this machine; the demand\n"
        "# is the forecast of a history drawn from a seed (synthetic); the price is an example.\n"
    )
    return head + yaml.safe_dump(document, sort_keys=False, width=110)


def _column(values: Sequence[float]) -> Column:
    return np.array(values, dtype=np.float64)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()

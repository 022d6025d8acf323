"""How do reports become steps? Each report is one row, and the rows together are the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import LoadUnit, Steps

STEERED_BY_ARRIVALS = "the number of users stayed while the request rate changed: the load is arrivals a second"
STEERED_AS_FINISHED = (
    "wrk2 sends at a rate and does not print the one asked for (-R): the load is the rate of finished requests"
)
_UNKNOWN_FAILURES = "which requests failed is not known of {} of {} reports: their throughput counts all requests"
_OTHER_RATE = 1.1  # times the lowest rate: more than repeated runs differ


@dataclass(frozen=True)
class StepRow:
    """The content of one report, in seconds and ratios. If `error_ratio` is NaN, throughput counts all requests."""

    load: float
    load_unit: LoadUnit
    throughput: float
    error_ratio: float
    duration_s: float
    latency_s: Mapping[str, float] = field(default_factory=dict)
    arrivals_per_s: float | None = None  # if the report states it beside the users
    at_a_rate: bool = False  # the tool controls the arrival rate and holds users (connections) ready
    fewest_users: float | None = None  # if the report shows that they varied


def steps_of(rows: Sequence[StepRow], source: str, notes: tuple[str, ...]) -> Steps:
    """Order rows by load; a statistic that a row lacks is NaN there.

    Raises InputError where there is no row, or some loads are users and others arrivals.
    """
    if not rows:
        raise InputError(f"{source}: holds no whole report")
    if _arrivals_were_steered(rows):
        rows = [replace(row, load=row.arrivals_per_s or 0.0, load_unit=LoadUnit.ARRIVALS_PER_S) for row in rows]
        notes = (*notes, STEERED_AS_FINISHED if any(row.at_a_rate for row in rows) else STEERED_BY_ARRIVALS)
    errors = np.array([row.error_ratio for row in sorted(rows, key=lambda row: row.load)])
    unknown = int(np.count_nonzero(np.isnan(errors)))
    notes = (*notes, *_varied(rows), *([_UNKNOWN_FAILURES.format(unknown, len(rows))] if unknown else []))
    units = {row.load_unit for row in rows}
    if len(units) > 1:
        raise InputError(f"{source}: some reports count users and others arrivals a second; they are not one test")
    ordered = sorted(rows, key=lambda row: row.load)
    names = list(dict.fromkeys(name for row in ordered for name in row.latency_s))
    return Steps(
        load=np.array([row.load for row in ordered]),
        load_unit=units.pop(),
        throughput=np.array([row.throughput for row in ordered]),
        latency_s={name: np.array([row.latency_s.get(name, np.nan) for row in ordered]) for name in names},
        error_ratio=errors if unknown < len(rows) else None,
        duration_s=np.array([row.duration_s for row in ordered]),
        source=source,
        notes=notes,
    )


def _varied(rows: Sequence[StepRow]) -> list[str]:
    """Note reports in which users varied: the report of a ramp averages over all loads up to the one assigned to it."""
    varied = [row for row in rows if row.fewest_users is not None and row.fewest_users < row.load]
    if not varied or any(row.load_unit is LoadUnit.ARRIVALS_PER_S for row in rows):
        return []
    worst = min(varied, key=lambda row: (row.fewest_users or 0.0) / row.load)
    example = f"once from {worst.fewest_users:g} to {worst.load:g}"
    note = (
        f"users varied within {len(varied)} of {len(rows)} reports ({example}), and each is taken for one steady step "
    )
    return [note + "at the most of them: read a run that ramps from k6's --out json or csv"]


def _arrivals_were_steered(rows: Sequence[StepRow]) -> bool:
    """Whether rows differ in arrivals but not in users, as with an arrival-rate executor."""
    arrivals = [row.arrivals_per_s for row in rows if row.arrivals_per_s]
    mixed = len({(row.load_unit, row.load) for row in rows}) == 1 or len({row.load_unit for row in rows}) > 1
    if not mixed or len(arrivals) < len(rows):
        return False
    return all(row.at_a_rate for row in rows) or max(arrivals) > _OTHER_RATE * min(arrivals)

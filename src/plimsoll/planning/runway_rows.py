"""What does a row say without a simulation? No number, no limit, full by design, stale, passed, or too short."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np

from plimsoll.domain.limit import Limit, LimitType
from plimsoll.domain.runway import Breach, Evidence, RowLimit, RunwayRow, RunwayState
from plimsoll.domain.series import as_datetime
from plimsoll.planning.history import FEWEST_SAMPLES, History
from plimsoll.planning.persistence import Dates
from plimsoll.planning.runway_terms import Resource, RunwayEstimate


def bare_row(resource: Resource, observed: History, state: RunwayState) -> RunwayRow:
    """Return the row of a resource before anything is estimated."""
    limit = resource.limit
    binding = limit.binding if limit else None
    shown = RowLimit(binding[1], binding[0], limit.source) if limit and binding else None
    return RunwayRow(
        resource=resource.name,
        now=float(observed.values[-1]) if observed.values.size else None,
        unit=limit.unit if limit else resource.series.unit,
        limit=shown,
        state=state,
        breach=None,
        probability_none=None,
        lead_time_s=limit.lead_time_s if limit else None,
        act_by=None,
        grade=None,
        why="",
        component=resource.component,
    )


def bare_evidence(resource: Resource, history: History, observed: History) -> Evidence:
    """Return what was read, before any simulation: `observed` for the present, `history` within it for the future."""
    some = observed.times_ms.size > 0
    return Evidence(
        resource=resource.name,
        query=resource.query or str(resource.series.id),
        window_start=as_datetime(int(observed.times_ms[0])) if some else None,
        window_end=as_datetime(int(observed.times_ms[-1])) if some else None,
        samples=int(history.times_ms.size),
        step_s=history.step_ms / 1000 if history.times_ms.size > 1 else None,
        simulated_step_s=None,
        paths=0,
        methods=(),
        accuracy=None,
        left_out=history.left_out,
        options=resource.options,
    )


def with_reason(estimate: RunwayEstimate, why: str, state: RunwayState = RunwayState.CANNOT_TELL) -> RunwayEstimate:
    """Return the estimate with a state and its reason."""
    return replace(estimate, row=replace(estimate.row, why=why, state=state))


def cannot_tell_yet(bare: RunwayEstimate, history: History) -> RunwayEstimate:
    """Return that the history is too short, and when it will suffice."""
    row = replace(bare.row, why=history.shortfall(), ready_at=as_datetime(history.ready_at_ms))
    return replace(bare, row=row)


def breached(bare: RunwayEstimate, history: History, limit: Limit) -> RunwayEstimate:
    """Return that the limit is passed, and since when."""
    _, threshold = limit.binding or (LimitType.HARD, 0.0)
    fine = np.flatnonzero(limit.direction.sign * (history.values - threshold) < 0)
    first = int(fine[-1]) + 1 if fine.size else 0
    since = as_datetime(int(history.times_ms[first]))
    why = "passed since " + (f"{since:%Y-%m-%d %H:%M}" if fine.size else "before the history begins")
    if history.times_ms.size == 1:
        why = "passed in the only sample there is; since when is not known"
    row = replace(
        bare.row,
        state=RunwayState.BREACHED,
        breach=Breach(since, since, since),
        probability_none=0.0,
        act_by=act_by(Breach(since, since, since), limit.lead_time_s),
        why=why,
    )
    return replace(bare, row=row)


def passed_for_now(bare: RunwayEstimate, history: History, limit: Limit) -> RunwayEstimate:
    """Return that a noisy resource is past its limit now, and how many samples it takes to say more."""
    _, threshold = limit.binding or (LimitType.HARD, 0.0)
    past = int((limit.direction.sign * (history.values - threshold) >= 0).sum())
    count = history.times_ms.size
    why = f"past the limit now, in {past} of {count} samples; it goes up and down: needs {FEWEST_SAMPLES} samples"
    return with_reason(bare, why)


def breach_of(dates: Dates) -> Breach | None:
    """Return the dates to show; None where not even the early one lies within the horizon."""
    if dates.early_ms is None:
        return None
    early, p50, late = (None if part is None else as_datetime(part) for part in dates.parts)
    return Breach(early, p50, late)


def act_by(breach: Breach | None, lead_time_s: float) -> datetime | None:
    """Compute the early date minus the lead time."""
    if breach is None or breach.early is None:
        return None
    return as_datetime(round(breach.early.timestamp() * 1000 - lead_time_s * 1000))

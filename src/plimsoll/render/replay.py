"""How is a replay shown? Policies side by side, faults below, and the course of demand and replicas as a chart."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll.domain.chart import Chart, Drawing, Line
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.replay import FaultScore, PolicyScore, Replay
from plimsoll.render.decision import tables as decision_tables
from plimsoll.render.table import Table

_COLUMNS = (
    "POLICY", "LOAD OUTSIDE SLO", "95 %", "SLO MINUTES", "REPLICA-HOURS", "OVER OPTIMUM", "COST", "CHANGES", "FLAPS",
    "THETA_U", "THETA_O", "TAU_U", "TAU_O", "INSTABILITY",
)  # fmt: skip
_FAULT_COLUMNS = ("FAULT", "POLICY", "LOAD OUTSIDE SLO", "AGAINST NONE", "REPLICA-HOURS", "CHANGES", "FLAPS")
_MOST_POINTS = 5000


def tables(document: Replay) -> tuple[Table, ...]:
    """Lay a replay out as tables."""
    found = [_scores(document)]
    if document.faults:
        rows = tuple(_fault(score) for score in document.faults)
        found.append(Table(_FAULT_COLUMNS, rows, "Under faults", frozenset(_FAULT_COLUMNS[2:])))
    for decision in document.explained:
        found += decision_tables(decision)
    if document.findings:
        found.append(Table((), (), "Findings", notes=tuple(str(finding) for finding in document.findings)))
    return tuple(found)


def _scores(document: Replay) -> Table:
    given = document.conditions
    title = f"{document.trace} on {document.component}: {document.scored_steps} of {document.steps} steps scored"
    late = f" (p95 {format_duration(given.startup_p95_s)})" if given.startup_p95_s else ""
    given_text = (
        f"rules {given.rules}: step {format_duration(document.step_s)}, start-up {format_duration(given.startup_s)}"
        f"{late}, {given.per_replica:g} per replica and step, SLO holds to {given.utilization:.0%} of it,"
        f" {given.min} to {given.max} replicas; ideal {document.policies[0].ideal_replica_hours:.0f} replica-hours"
    )
    notes = (
        given_text,
        "over optimum: replica-hours beyond the least that perfect knowledge needs for the same load outside the SLO",
    )
    rows = tuple(_row(score) for score in document.policies)
    return Table(_COLUMNS, rows, title, frozenset(_COLUMNS[1:]), notes)


def _row(score: PolicyScore) -> tuple[str, ...]:
    cost = "-" if score.cost is None else f"{score.cost:.2f} {score.currency or ''}".rstrip()
    return (
        score.name,
        f"{score.slo_miss_load_ratio:.3%}",
        interval(score.miss_interval),
        f"{score.slo_minutes:.0f}",
        f"{score.replica_hours:.0f}",
        over_optimum(score),
        cost,
        str(score.changes),
        str(score.flaps),
        *(f"{ratio:.2%}" for ratio in (score.theta_u, score.theta_o, score.tau_u, score.tau_o, score.instability)),
    )


def _fault(score: FaultScore) -> tuple[str, ...]:
    return (
        score.fault,
        score.name,
        f"{score.slo_miss_load_ratio:.3%}",
        f"{score.miss_against_none:+.3%}",
        f"{score.replica_hours:.0f}",
        str(score.changes),
        str(score.flaps),
    )


def over_optimum(score: PolicyScore) -> str:
    """Format the replica-hours above the optimum as a share of the optimum; a dash where the optimum is zero."""
    return f"{score.replica_hours / score.optimum_hours - 1:+.1%}" if score.optimum_hours > 0 else "-"


def interval(estimate: Estimate) -> str:
    """Format the interval of a share; a dash where there are too few blocks for an interval.

    >>> interval(Estimate(0.02, 0.01, 0.03)), interval(Estimate(0.02))
    ('1.00..3.00%', '-')
    """
    if estimate.low is None or estimate.high is None:
        return "-"
    return f"{estimate.low * 100:.2f}..{estimate.high * 100:.2f}%"


def course_chart(
    document: Replay, times_s: Sequence[float], need: Sequence[float], ready: Sequence[tuple[str, Sequence[float]]]
) -> Chart:
    """Draw demanded and ready replicas over time; a long course is thinned to each span's step of highest demand."""
    span = max(1, -(-len(times_s) // _MOST_POINTS))
    busiest = [
        max(range(start, min(start + span, len(need))), key=need.__getitem__) for start in range(0, len(need), span)
    ]
    x = tuple(float(times_s[step]) for step in busiest)
    thinned = f" Of each {span} steps the one that demands most is drawn." if span > 1 else ""
    return Chart(
        title=f"{document.trace}: replicas demanded and ready",
        says=f"Where a policy's line is below the demanded one, load is outside the SLO.{thinned}",
        x_title="time (UTC)",
        y_title="replicas",
        lines=tuple(
            Line(name, x, tuple(float(values[step]) for step in busiest), Drawing.STEPS)
            for name, values in (("demanded", need), *ready)
        ),
        x_is_time=True,
    )

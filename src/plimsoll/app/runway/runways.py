"""What runs out, and by when must someone act? The use case behind `plimsoll runway`.

Resources are judged one by one. Dates of the last run are kept if they are consistent with the new ones. Past
predictions whose date has come are scored. Everything is written to the log for the next run and for `explain`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from plimsoll.app.runway.inputs import Inputs
from plimsoll.domain.errors import GateFailed, NothingToAnswer, StoreError, UsageError
from plimsoll.domain.limit import DEFAULT_HORIZON_S, LimitType
from plimsoll.domain.prediction import Outcome, Prediction, PredictionLog, ScoredPrediction
from plimsoll.domain.quantity import counted, format_duration, some_of
from plimsoll.domain.runway import (
    FirstToRunOut,
    Runway,
    RunwayExplanation,
    RunwayRow,
    RunwayState,
)
from plimsoll.domain.series import as_datetime
from plimsoll.planning.history import sound_values
from plimsoll.planning.runway import Resource, Terms, estimate_runway
from plimsoll.planning.track_record import score, track_record

_FAR = datetime.max.replace(tzinfo=UTC)
_LAST_MS = 221_845_392_000_000  # the year 9000: later dates must still fit into the calendar
_ANSWERED = frozenset(
    {RunwayState.OK, RunwayState.BREACHED, RunwayState.NONE_WITHIN_HORIZON, RunwayState.SELF_LIMITING}
)


@dataclass(frozen=True)
class Run:
    """The answer, and the evidence for each of its rows."""

    document: Runway
    explanations: tuple[RunwayExplanation, ...]


def runway(inputs: Sequence[Inputs], terms: Terms, log: PredictionLog | None = None) -> Run:
    """Judge everything in `inputs`; with a log, keep dates from run to run and score past predictions.

    Raises NothingToAnswer where there is no series at all, not even an excluded one.
    """
    if not any(part.resources or part.failed or part.excluded for part in inputs):
        raise NothingToAnswer(f"{', '.join(part.source for part in inputs)}: holds no series to judge")
    if terms.as_of_ms >= _LAST_MS:
        sources, moment = ", ".join(part.source for part in inputs), f"{as_datetime(terms.as_of_ms):%Y-%m-%d}"
        raise UsageError(f"{sources}: as of {moment} there is no looking ahead; name another moment with --as-of")
    runs = [_one_source(part, replace(terms, source=part.kept_as or part.source), log) for part in inputs]
    explanations = tuple(explanation for part in runs for explanation in part.explanations)
    rows = [explanation.row for explanation in explanations]
    rows += [replace(row, source=part.source) for part in inputs for row in part.failed]
    document = Runway(
        source=", ".join(part.source for part in inputs),
        as_of=as_datetime(terms.as_of_ms),
        horizon_s=terms.horizon_s or DEFAULT_HORIZON_S,
        rows=tuple(sorted(rows, key=_urgency)),
        excluded=tuple(excluded for part in inputs for excluded in part.excluded),
        first_to_run_out=_first_to_run_out(rows),
        track_record=track_record([item for part in runs for item in part.scored]) if log else None,
        notes=tuple(
            note for part, run in zip(inputs, runs, strict=True) for note in (*part.notes, *part.holidays, *run.notes)
        ),
    )
    return Run(document, explanations)


def check_gate(document: Runway, by: str, within_s: float) -> None:
    """Fail where a row's act-by or breach date lies within `within_s` of the as-of time; `by` is act-by or breach.

    Raises GateFailed naming the resources.
    """
    end = document.as_of.timestamp() + within_s
    due = [row for row in document.rows if (date := gate_date(row, by)) is not None and date.timestamp() <= end]
    if due:
        names = some_of([row.resource for row in due])
        what = "must be acted on" if by == "act-by" else "may run out"
        raise GateFailed(f"{len(due)} of {len(document.rows)} {what} within {format_duration(within_s)}: {names}")


def gate_date(row: RunwayRow, by: str) -> datetime | None:
    """The date that a gate looks at: act-by, or the p50 date of the breach."""
    if by == "act-by":
        return row.act_by
    return row.breach.p50 if row.breach else None


def with_gate(document: Runway, by: str, within_s: float) -> Runway:
    """Note the rows that a gate cannot judge: their date is unknown, or the gate reaches past their horizon."""
    unknown = [row.resource for row in document.rows if row.state not in _ANSWERED]
    short = [row.resource for row in document.rows if _is_short(row, by, within_s)]
    whys = ((unknown, "nobody can tell"), (short, f"{format_duration(within_s)} lies past the horizon; give --horizon"))
    notes = (f"the gate says nothing of {some_of(names)}: {why}" for names, why in whys if names)
    return replace(document, notes=(*document.notes, *notes))


def _is_short(row: RunwayRow, by: str, within_s: float) -> bool:
    """Whether a row has no date because the gate reaches past its horizon."""
    lead_s = (row.lead_time_s or 0.0) if by == "act-by" else 0.0
    return row.horizon_s is not None and gate_date(row, by) is None and within_s + lead_s > row.horizon_s


def check_answered(document: Runway) -> None:
    """Raise NothingToAnswer where not one row could be answered."""
    if any(row.state in _ANSWERED for row in document.rows):
        return
    if not document.rows:
        raise NothingToAnswer(
            f"{document.source}: no series has a known limit; give one with --limit NAME=VALUE "
            f"({counted(len(document.excluded), 'metric')} left out)"
        )
    raise NothingToAnswer(
        f"none of {counted(len(document.rows), 'resource')} could be judged; each row says what is missing"
    )


@dataclass(frozen=True)
class _SourceRun:
    """The result for one source; `scored` holds all its predictions, also for series that no longer exist."""

    explanations: tuple[RunwayExplanation, ...]
    scored: tuple[ScoredPrediction, ...]
    notes: tuple[str, ...]


def _one_source(inputs: Inputs, terms: Terms, log: PredictionLog | None) -> _SourceRun:
    try:
        past = log.predictions(terms.source) if log else ()
    except StoreError as error:
        return _without_log(inputs, terms, str(error))
    earlier = [item for item in past if item.prediction.made_at_ms < terms.as_of_ms]
    by_resource: dict[str, list[ScoredPrediction]] = defaultdict(list)
    for item in earlier:
        by_resource[item.prediction.resource].append(item)
    runs = [_one_resource(resource, inputs, terms, by_resource[resource.name]) for resource in inputs.resources]
    settled = [item for run in runs for item in run.settled]
    present = {resource.name for resource in inputs.resources}
    scored = (*settled, *(item for item in earlier if item.prediction.resource not in present))
    explanations = tuple(run.explanation for run in runs)
    if log is not None:
        kept = frozenset(earlier)
        new = [ScoredPrediction(item, Outcome.PENDING) for run in runs for item in run.predictions]
        try:
            log.keep([*(item for item in settled if item not in kept), *new], explanations, terms.source)
        except StoreError as error:
            return _SourceRun(explanations, scored, (f"the track record was not kept: {error}",))
    return _SourceRun(explanations, scored, ())


def _without_log(inputs: Inputs, terms: Terms, reason: str) -> _SourceRun:
    run = _one_source(inputs, terms, None)
    return replace(run, notes=(f"the track record was not kept: {reason}",))


@dataclass(frozen=True)
class _ResourceRun:
    """The result for one resource; `settled` holds its past predictions, scored as far as they are due."""

    explanation: RunwayExplanation
    predictions: tuple[Prediction, ...]
    settled: tuple[ScoredPrediction, ...]


def _one_resource(resource: Resource, inputs: Inputs, terms: Terms, past: Sequence[ScoredPrediction]) -> _ResourceRun:
    times_ms = resource.series.times_ms
    values = sound_values(times_ms, resource.series.values, resource.annotations)
    settled = tuple(score(item, times_ms, values, terms.as_of_ms) for item in past)
    estimate = estimate_runway(replace(resource, last=_last(past)), terms)
    record = track_record(settled) if settled else None
    row = replace(estimate.row, source=inputs.source)
    explanation = RunwayExplanation(row, replace(estimate.evidence, past=record))
    return _ResourceRun(explanation, estimate.predictions, settled)


def _last(past: Sequence[ScoredPrediction]) -> dict[LimitType, Prediction]:
    newest: dict[LimitType, Prediction] = {}
    for item in sorted(past, key=lambda item: item.prediction.made_at_ms):
        newest[item.prediction.limit_type] = item.prediction
    return newest


def _urgency(row: RunwayRow) -> tuple[datetime, datetime, str]:
    breach = row.breach.early if row.breach and row.breach.early else _FAR
    return row.act_by or _FAR, breach, row.resource


def _first_to_run_out(rows: Sequence[RunwayRow]) -> tuple[FirstToRunOut, ...]:
    """The resource of each component that runs out first, and its resources with an unknown date, which may be earlier.

    Components of the same name in several sources are different components.
    """
    components: dict[tuple[str, str], list[RunwayRow]] = defaultdict(list)
    for row in rows:
        if row.component:
            components[row.source, row.component].append(row)
    found = []
    for (source, component), own in components.items():
        dated = [(row.breach.p50, row.resource) for row in own if row.breach is not None and row.breach.p50 is not None]
        if dated:
            p50, resource = min(dated)
            unknown = tuple(sorted(row.resource for row in own if row.state not in _ANSWERED))
            found.append(FirstToRunOut(component, resource, p50, unknown, source))
    return tuple(sorted(found, key=lambda item: (item.p50, item.component, item.source)))

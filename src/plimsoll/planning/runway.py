"""When does one resource run out? From its samples and its limit to a row with dates, and the evidence behind it.

The questions come in this order: is there anything to read, is there a limit, is it full by design, is the last sample
fresh, is the limit passed already, is there enough history. Only then are futures simulated.

The present (the current value, its age, whether it is past the limit) rests on every true sample. The future rests on
the typical ones among them, without past public holidays: paths start from the last usual day, and continue as usual
days through the holidays since, on which nothing was passed. Samples that a user wants ignored count for neither.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from plimsoll.domain.forecast import Accuracy, Event, Grade, without_events
from plimsoll.domain.limit import Limit, LimitType
from plimsoll.domain.prediction import Prediction
from plimsoll.domain.quantity import format_duration, format_quantity
from plimsoll.domain.runway import RunwayState, SoftLimit
from plimsoll.domain.series import MetricKind, Values, as_datetime
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.planning.breach_causes import cause_phrase, causing_events
from plimsoll.planning.courses import Course, line_course, tooth_course
from plimsoll.planning.first_passage import Futures, Passage, first_passage
from plimsoll.planning.history import History, history_of, stale_after_ms, with_true_samples
from plimsoll.planning.known_events import factor_now, under_events
from plimsoll.planning.level_paths import backtest
from plimsoll.planning.persistence import Dates, not_after, steady_dates
from plimsoll.planning.runway_grades import accuracy_of, grade_of
from plimsoll.planning.runway_grid import Grid, grid_of, unrolled, without_events_on_gains
from plimsoll.planning.runway_rows import (
    act_by,
    bare_evidence,
    bare_row,
    breach_of,
    breached,
    cannot_tell_yet,
    passed_for_now,
    with_reason,
)
from plimsoll.planning.runway_terms import Resource, RunwayEstimate, Terms

__all__ = ["Resource", "RunwayEstimate", "Terms", "estimate_runway"]

_TRIAL_PATHS = 100
_LIKELY = 0.5


def estimate_runway(resource: Resource, terms: Terms) -> RunwayEstimate:
    """Estimate when one resource runs out, or say why not; never raises because of its series' content."""
    horizon_s = terms.horizon_s or (resource.limit.horizon_s if resource.limit else 0.0)
    samples = resource.series
    history, observed = (
        history_of(samples.times_ms, samples.values, terms.as_of_ms, horizon_s, known)
        for known in (resource.annotations, with_true_samples(resource.annotations))
    )
    row = bare_row(resource, observed, RunwayState.CANNOT_TELL)
    bare = RunwayEstimate(row, bare_evidence(resource, history, observed))
    if not observed.times_ms.size:
        none = "no sample in the span that was read; the notes say why"
        return with_reason(bare, f"no sample counts: {'; '.join(observed.left_out)}" if len(resource.series) else none)
    limit = resource.limit
    if limit is not None and limit.self_limiting:
        return with_reason(bare, "self-limiting: full by design, not forecast", RunwayState.SELF_LIMITING)
    if limit is None or limit.binding is None:
        return with_reason(bare, resource.no_limit or "no limit is known; give one with --limit")
    last_ms = int(observed.times_ms[-1])
    age_ms = terms.as_of_ms - last_ms
    if age_ms > stale_after_ms(observed.step_ms):
        why = f"the last sample{_not_ignored(resource, last_ms)} is {format_duration(age_ms / 1000)} old"
        return with_reason(bare, why, RunwayState.STALE)
    if limit.passed(float(observed.values[-1]), limit.binding[1]):
        if limit.noisy and not observed.some:
            return passed_for_now(bare, observed, limit)
        return breached(bare, observed, limit)
    if not history.times_ms.size:
        return with_reason(bare, "nothing but public holidays in the span that was read")
    if not history.enough and not history.some:
        return cannot_tell_yet(bare, history)
    return _simulated(bare, resource, history, limit, terms, last_ms)


def _not_ignored(resource: Resource, last_ms: int) -> str:
    """Say that a user wants samples after the last one ignored, where that is so."""
    ends_ms = [one.window.end_ms for one in resource.annotations.ignore if not one.is_true]
    return " that is not ignored" if any(end_ms > last_ms for end_ms in ends_ms) else ""


def _simulated(
    bare: RunwayEstimate, resource: Resource, history: History, limit: Limit, terms: Terms, observed_ms: int
) -> RunwayEstimate:
    wanted_s = terms.horizon_s or limit.horizon_s
    horizon_s = wanted_s if history.enough else min(wanted_s, history.span_s)
    values = _without_events(history, resource)
    is_total = resource.series.kind is MetricKind.COUNTER
    grid = replace(grid_of(history.times_ms, values, history.step_ms), is_total=is_total)
    if np.isfinite(grid.levels).sum() < 2:
        return with_reason(
            bare, f"samples are too sparse: {history.times_ms.size} in {format_duration(history.span_s)}"
        )
    course = _course(history, values, grid, limit)
    grid = course.grid
    reach_ms = horizon_s * 1000 + terms.as_of_ms - grid.end_ms
    steps = max(1, int(np.ceil(reach_ms / grid.period_ms)))
    rng = np.random.default_rng([terms.seed, zlib.crc32(resource.name.encode())])
    usual = course.draw(steps, terms.paths, rng)
    events = resource.annotations.events
    accuracy = accuracy_of(grid, backtest(grid.levels, steps, _TRIAL_PATHS, terms.seed, course.again))
    run = _Run(history, limit, grid, course, usual, events, reach_ms, accuracy, terms, observed_ms - grid.end_ms)
    return _estimated(bare, resource, run)


def _course(history: History, values: Values, grid: Grid, limit: Limit) -> Course:
    teeth = None
    if not grid.is_total:
        teeth = tooth_course(history.times_ms, values, history.step_ms, grid.period_ms, limit.direction.sign)
    return teeth or line_course(grid, limit.direction.sign)


def _without_events(history: History, resource: Resource) -> Values:
    """Return the samples that count, counters unrolled, without the effect of events, which is applied again later."""
    events = resource.annotations.events
    if resource.series.kind is MetricKind.COUNTER:
        totals = unrolled(history.values, resource.series.kind)
        return without_events_on_gains(history.times_ms, totals, history.step_ms, events)
    return without_events(history.times_ms, history.values, events)


@dataclass(frozen=True)
class _Run:
    history: History
    limit: Limit
    grid: Grid
    course: Course
    usual: Futures
    events: Sequence[Event]
    reach_ms: float
    accuracy: Accuracy | None
    terms: Terms
    observed_ms: float

    @property
    def horizon_end_ms(self) -> int:
        return self.grid.end_ms + round(self.reach_ms)

    @property
    def horizon_s(self) -> float:
        return (self.horizon_end_ms - self.terms.as_of_ms) / 1000

    def passage(self, value: float, futures: Futures) -> Passage:
        """Compute the first passage of one threshold in futures of this grid."""
        return first_passage(self.grid, futures, value, self.limit.direction.sign, self.reach_ms, self.observed_ms)

    def causes(self, value: float) -> tuple[Event, ...]:
        """Return the known events that cause the first passage of a threshold."""
        passage_of = partial(self.passage, value)
        return causing_events(passage_of, self.usual, self.grid, self.events, self.limit.direction.sign)

    def dates(self, resource: Resource, kind: LimitType, value: float) -> Dates:
        """Return the dates at which one threshold is passed: those of the last run where they agree, else new ones."""
        passage = self.passage(value, under_events(self.usual, self.grid, self.events))
        early, p50, late = (
            None if part is None else max(self.grid.end_ms + round(part), self.terms.as_of_ms)
            for part in (passage.early_ms, passage.p50_ms, passage.late_ms)
        )
        last = resource.last.get(kind)
        usable = last is not None and last.limit_value == value
        new = Dates(early, p50, late, passage.probability_none)
        return steady_dates(new, last if usable else None, self.terms.as_of_ms, self.horizon_end_ms)

    def prediction(self, resource: Resource, kind: LimitType, value: float, dates: Dates) -> Prediction:
        """Return the prediction for the record."""
        return Prediction(
            self.terms.source, resource.name, kind, value, self.limit.direction, self.terms.as_of_ms,
            self.horizon_end_ms, *dates.parts, dates.probability_none,
        )  # fmt: skip


def _estimated(bare: RunwayEstimate, resource: Resource, run: _Run) -> RunwayEstimate:
    kind, value = run.limit.binding or (LimitType.HARD, 0.0)
    dates = run.dates(resource, kind, value)
    if not run.history.enough and dates.probability_none > _LIKELY:
        return cannot_tell_yet(bare, run.history)
    predictions = [run.prediction(resource, kind, value, dates)]
    soft = None
    if kind is LimitType.HARD and run.limit.soft is not None:
        passed = bare.row.now is not None and run.limit.passed(bare.row.now, run.limit.soft)
        soft_dates = not_after(run.dates(resource, LimitType.SOFT, run.limit.soft), dates)
        soft_breach = None if passed else breach_of(soft_dates)
        soft = SoftLimit(run.limit.soft, passed, soft_breach, 0.0 if passed else soft_dates.probability_none)
        predictions += [] if passed else [run.prediction(resource, LimitType.SOFT, run.limit.soft, soft_dates)]
    breach = breach_of(dates)
    row = replace(
        bare.row,
        state=RunwayState.OK if breach else RunwayState.NONE_WITHIN_HORIZON,
        breach=breach,
        probability_none=dates.probability_none,
        act_by=act_by(breach, run.limit.lead_time_s),
        grade=grade_of(run.accuracy) if run.history.enough else Grade.E,
        why="; ".join([*_causes(run, value, dates), _why(run, dates, soft)]),
        soft=soft,
        horizon_s=run.horizon_s,
    )
    evidence = replace(
        bare.evidence,
        simulated_step_s=run.grid.period_ms / 1000,
        paths=run.terms.paths,
        methods=run.course.methods,
        accuracy=run.accuracy,
    )
    return RunwayEstimate(row, evidence, tuple(predictions))


def _causes(run: _Run, value: float, dates: Dates) -> list[str]:
    causes = run.causes(value) if dates.early_ms is not None else ()
    return [cause_phrase(causes)] if causes else []


def _why(run: _Run, dates: Dates, soft: SoftLimit | None) -> str:
    parts = [run.course.phrase(run.limit.unit) or _pace_phrase(run)]
    if not run.history.enough:
        parts.append(f"short history: {run.history.shortfall()}")
    else:
        parts.append(f"{format_duration(run.history.span_s)} of history")
    if soft is not None and soft.breached:
        parts.append(f"past the soft limit {format_quantity(soft.value, run.limit.unit)}")
    elif soft is not None and soft.breach is not None and soft.breach.p50 is not None:
        parts.append(f"soft limit {format_quantity(soft.value, run.limit.unit)} on {soft.breach.p50:%Y-%m-%d}")
    if dates.early_ms is None and run.limit.lead_time_s >= run.horizon_s:
        parts.append(f"lead time is {format_duration(run.limit.lead_time_s)}: look further ahead with --horizon")
    if dates.kept_from_ms is not None:
        parts.append(f"dates kept from {as_datetime(dates.kept_from_ms):%Y-%m-%d}")
    return "; ".join(parts)


def _pace_phrase(run: _Run) -> str:
    """Say how fast the median future moves, without season and events, scaled by the events that act now."""
    grid = run.grid
    places = np.flatnonzero(np.isfinite(grid.levels))
    known = grid.levels[places]
    medians = grid.unseasoned(np.median(run.usual.levels, axis=0, keepdims=True))[0]
    days = (grid.levels.size - 1 - places[-1] + medians.size) * grid.period_ms / DAY_MS
    change = float(medians[-1] - known[-1]) / days
    spread = float(known.std()) or abs(float(known[-1])) or 1.0
    if abs(change) * days < 0.05 * spread:
        return "flat"
    size = abs(change) * factor_now(grid, run.events)
    shown = f"{size * 100:.3g} points" if run.limit.unit == "ratio" else format_quantity(size, run.limit.unit)
    return f"{'rises' if change > 0 else 'falls'} {shown} a day"

"""When does one resource run out? From its samples and its limit to a row with dates, and the evidence behind it.

The order of the questions: is there anything to read, is there a limit, is it full by design, is the last sample fresh,
is the limit passed already, is there enough history; and only then are futures simulated.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from plimsoll.domain.forecast import Accuracy, Annotations, Grade, MethodWeight
from plimsoll.domain.limit import Limit, LimitType
from plimsoll.domain.prediction import Prediction
from plimsoll.domain.quantity import format_duration, format_quantity
from plimsoll.domain.runway import Breach, Evidence, RowLimit, RunwayRow, RunwayState, SoftLimit
from plimsoll.domain.series import Series, as_datetime
from plimsoll.planning.first_passage import Futures, first_passage, futures_of
from plimsoll.planning.history import NOTHING_KNOWN, History, history_of, stale_after_ms
from plimsoll.planning.known_events import with_events
from plimsoll.planning.level_paths import Blend, blend, interval_errors, simulate_levels, stretch_of, stretched
from plimsoll.planning.persistence import Dates, held
from plimsoll.planning.runway_grid import Floats, Grid, grid_of, unrolled

_TRIAL_PATHS = 100
_LIKELY = 0.5
_ROUNDING = 1e-9
_GRADES = ((1 / 3, Grade.A), (0.2, Grade.B), (0.05, Grade.C), (-0.05, Grade.D))


@dataclass(frozen=True)
class Resource:
    """One resource: its series in the base unit of its limit, and what is known about it.

    `no_limit` says what would mend a missing limit. `last` holds what the last run foretold, by limit type.
    """

    name: str
    component: str
    series: Series
    limit: Limit | None
    no_limit: str = ""
    query: str = ""
    options: tuple[str, ...] = ()
    annotations: Annotations = NOTHING_KNOWN
    last: Mapping[LimitType, Prediction] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """What a run is judged by: the time it is made for, how far it looks (None: as far as each limit says), seed."""

    as_of_ms: int
    source: str = ""
    horizon_s: float | None = None
    paths: int = 500
    seed: int = 0


@dataclass(frozen=True)
class Judgement:
    """A row, the evidence behind it, and what it foretells for the track record."""

    row: RunwayRow
    evidence: Evidence
    predictions: tuple[Prediction, ...] = ()


def judge(resource: Resource, terms: Terms) -> Judgement:
    """Judge one resource; never raises for what its series holds."""
    horizon_s = terms.horizon_s or (resource.limit.horizon_s if resource.limit else 0.0)
    samples = resource.series
    history = history_of(samples.times_ms, samples.values, terms.as_of_ms, horizon_s, resource.annotations)
    bare = Judgement(_row(resource, history, RunwayState.CANNOT_TELL), _evidence(resource, history))
    if not history.times_ms.size:
        return _because(bare, "no sample up to the as-of time is a number")
    limit = resource.limit
    if limit is None or limit.binding is None:
        return _because(bare, resource.no_limit or "no limit is known; give one with --limit")
    if limit.self_limiting:
        return _because(bare, "self-limiting: full by design, not forecast", RunwayState.SELF_LIMITING)
    age_ms = terms.as_of_ms - int(history.times_ms[-1])
    if age_ms > stale_after_ms(history.step_ms):
        why = f"the last sample is {format_duration(age_ms / 1000)} old"
        return _because(bare, why, RunwayState.STALE)
    if limit.passed(float(history.values[-1]), limit.binding[1]):
        return _breached(bare, history, limit)
    if not history.enough and not history.some:
        return _cannot_tell_yet(bare, history)
    return _simulated(bare, resource, history, limit, terms)


def _simulated(bare: Judgement, resource: Resource, history: History, limit: Limit, terms: Terms) -> Judgement:
    wanted_s = terms.horizon_s or limit.horizon_s
    horizon_s = wanted_s if history.enough else min(wanted_s, history.span_s)
    values = unrolled(history.values, resource.series.kind)
    grid = grid_of(history.times_ms, values, history.step_ms)
    if np.isfinite(grid.levels).sum() < 2:
        return _cannot_tell_yet(bare, history)
    reach_ms = horizon_s * 1000 + terms.as_of_ms - grid.end_ms
    steps = max(1, int(np.ceil(reach_ms / grid.period_ms)))
    rng = np.random.default_rng([terms.seed, zlib.crc32(resource.name.encode())])
    mix = blend(grid.levels, steps)
    errors = interval_errors(grid.levels, steps, _TRIAL_PATHS, terms.seed)
    stretch = stretch_of(errors)
    futures = futures_of(grid, stretched(simulate_levels(mix, steps, terms.paths, rng), stretch), rng)
    futures = Futures(with_events(futures.levels, grid, resource.annotations.events), futures.shape_rows)
    accuracy = _accuracy(grid, mix, errors)
    return _answered(bare, resource, _Run(history, limit, grid, mix, futures, reach_ms, accuracy, stretch, terms))


@dataclass(frozen=True)
class _Run:
    history: History
    limit: Limit
    grid: Grid
    mix: Blend
    futures: Futures
    reach_ms: float
    accuracy: Accuracy | None
    stretch: float
    terms: Terms

    @property
    def horizon_end_ms(self) -> int:
        return self.grid.end_ms + round(self.reach_ms)

    def foretell(self, resource: Resource, kind: LimitType, value: float) -> tuple[Dates, Prediction]:
        """First passage of one threshold: the dates to show, and the prediction as computed, for the record."""
        passage = first_passage(self.grid, self.futures, value, self.limit.direction.sign, self.reach_ms)
        early, p50, late = (
            None if part is None else max(self.grid.end_ms + round(part), self.terms.as_of_ms)
            for part in (passage.early_ms, passage.p50_ms, passage.late_ms)
        )
        last = resource.last.get(kind)
        usable = last is not None and last.limit_value == value
        dates = held(Dates(early, p50, late), last if usable else None, self.terms.as_of_ms, self.horizon_end_ms)
        prediction = Prediction(
            self.terms.source, resource.name, kind, value, self.limit.direction, self.terms.as_of_ms,
            self.horizon_end_ms, *dates.parts, passage.probability_none,
        )  # fmt: skip
        return dates, prediction


def _answered(bare: Judgement, resource: Resource, run: _Run) -> Judgement:
    kind, value = run.limit.binding or (LimitType.HARD, 0.0)
    dates, prediction = run.foretell(resource, kind, value)
    predictions = [prediction]
    if not run.history.enough and prediction.probability_none > _LIKELY:
        return _cannot_tell_yet(bare, run.history)
    soft = None
    if kind is LimitType.HARD and run.limit.soft is not None:
        soft_dates, soft_prediction = run.foretell(resource, LimitType.SOFT, run.limit.soft)
        passed = run.limit.passed(float(run.history.values[-1]), run.limit.soft)
        soft_breach = None if passed else _breach(soft_dates)
        soft = SoftLimit(run.limit.soft, passed, soft_breach, 0.0 if passed else soft_prediction.probability_none)
        predictions += [] if passed else [soft_prediction]
    breach = _breach(dates)
    row = replace(
        bare.row,
        state=RunwayState.OK if breach else RunwayState.NONE_WITHIN_HORIZON,
        breach=breach,
        probability_none=prediction.probability_none,
        act_by=_act_by(breach, run.limit.lead_time_s),
        grade=_grade(run.accuracy) if run.history.enough else Grade.E,
        why=_why(run, dates, soft),
        soft=soft,
        horizon_s=(run.horizon_end_ms - run.terms.as_of_ms) / 1000,
    )
    evidence = replace(
        bare.evidence,
        simulated_step_s=run.grid.period_ms / 1000,
        paths=run.terms.paths,
        methods=_methods(run.mix),
        accuracy=run.accuracy,
        stretch=run.stretch,
    )
    return Judgement(row, evidence, tuple(predictions))


def _row(resource: Resource, history: History, state: RunwayState) -> RunwayRow:
    limit = resource.limit
    binding = limit.binding if limit else None
    shown = RowLimit(binding[1], binding[0], limit.source) if limit and binding else None
    return RunwayRow(
        resource=resource.name,
        now=float(history.values[-1]) if history.values.size else None,
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


def _evidence(resource: Resource, history: History) -> Evidence:
    some = history.times_ms.size > 0
    return Evidence(
        resource=resource.name,
        query=resource.query or str(resource.series.id),
        window_start=as_datetime(int(history.times_ms[0])) if some else None,
        window_end=as_datetime(int(history.times_ms[-1])) if some else None,
        samples=int(history.times_ms.size),
        step_s=history.step_ms / 1000 if history.times_ms.size > 1 else None,
        simulated_step_s=None,
        paths=0,
        methods=(),
        accuracy=None,
        left_out=history.left_out,
        options=resource.options,
    )


def _because(judgement: Judgement, why: str, state: RunwayState = RunwayState.CANNOT_TELL) -> Judgement:
    return replace(judgement, row=replace(judgement.row, why=why, state=state))


def _cannot_tell_yet(bare: Judgement, history: History) -> Judgement:
    row = replace(bare.row, why=history.shortfall(), ready_at=as_datetime(history.ready_at_ms))
    return replace(bare, row=row)


def _breached(bare: Judgement, history: History, limit: Limit) -> Judgement:
    _, threshold = limit.binding or (LimitType.HARD, 0.0)
    fine = np.flatnonzero(limit.direction.sign * (history.values - threshold) < 0)
    first = int(fine[-1]) + 1 if fine.size else 0
    since = as_datetime(int(history.times_ms[first]))
    why = "passed since " + (f"{since:%Y-%m-%d %H:%M}" if fine.size else "before the history begins")
    if history.times_ms.size == 1:
        why = "passed in the only sample there is"
    row = replace(
        bare.row,
        state=RunwayState.BREACHED,
        breach=Breach(since, since, since),
        probability_none=0.0,
        act_by=_act_by(Breach(since, since, since), limit.lead_time_s),
        why=why,
    )
    return replace(bare, row=row)


def _breach(dates: Dates) -> Breach | None:
    if dates.early_ms is None:
        return None
    early, p50, late = (None if part is None else as_datetime(part) for part in dates.parts)
    return Breach(early, p50, late)


def _act_by(breach: Breach | None, lead_time_s: float) -> datetime | None:
    if breach is None or breach.early is None:
        return None
    return as_datetime(round(breach.early.timestamp() * 1000 - lead_time_s * 1000))


def _accuracy(grid: Grid, mix: Blend, errors: Floats) -> Accuracy | None:
    if mix.error is None or mix.naive_error is None:
        return None
    known = grid.levels[np.isfinite(grid.levels)]
    if mix.error <= _ROUNDING * float(np.abs(known).max()):
        return Accuracy(0.0, 0.0, 1.0, mix.origins, mix.points)
    scale = float(np.abs(np.diff(known)).mean()) or 1.0
    inside = float((errors <= 1).mean()) if errors.size else 0.0
    return Accuracy(mix.error / scale, mix.naive_error / scale, inside, mix.origins, mix.points)


def _grade(accuracy: Accuracy | None) -> Grade:
    if accuracy is None:
        return Grade.F
    if accuracy.mase == 0:
        return Grade.A
    grade = next((letter for least, letter in _GRADES if accuracy.skill >= least), Grade.E)
    worse = {Grade.A: Grade.B, Grade.B: Grade.C, Grade.C: Grade.D}
    return worse.get(grade, grade) if accuracy.coverage80 < _LIKELY else grade


def _methods(mix: Blend) -> tuple[MethodWeight, ...]:
    order = np.argsort(np.negative(mix.weights), kind="stable")
    return tuple(MethodWeight(mix.trends[i].name, float(mix.weights[i])) for i in order if mix.weights[i] >= 0.01)


def _why(run: _Run, dates: Dates, soft: SoftLimit | None) -> str:
    parts = [_pace_phrase(run)]
    if not run.history.enough:
        parts.append(f"short history: {run.history.shortfall()}")
    else:
        parts.append(f"{format_duration(run.history.span_s)} of history")
    if soft is not None and soft.breached:
        parts.append(f"past the soft limit {format_quantity(soft.value, run.limit.unit)}")
    elif soft is not None and soft.breach is not None and soft.breach.p50 is not None:
        parts.append(f"soft limit {format_quantity(soft.value, run.limit.unit)} on {soft.breach.p50:%Y-%m-%d}")
    if dates.kept_from_ms is not None:
        parts.append(f"dates as on {as_datetime(dates.kept_from_ms):%Y-%m-%d}")
    return "; ".join(parts)


def _pace_phrase(run: _Run) -> str:
    medians: Floats = np.median(run.futures.levels, axis=0)
    start = run.grid.seasoned(run.grid.levels[None, -1:])[0, 0]
    days = run.reach_ms / 86_400_000
    change = float(medians[-1] - start) / days if days > 0 else 0.0
    spread = float(np.nanstd(run.grid.levels)) or abs(start) or 1.0
    if abs(change) * days < 0.05 * spread:
        return "flat"
    size = abs(change)
    shown = f"{size * 100:.3g} points" if run.limit.unit == "ratio" else format_quantity(size, run.limit.unit)
    return f"{'rises' if change > 0 else 'falls'} {shown} a day"

"""How much does one replica carry? From the steps of a load test to models, peak, ceiling, load line and thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from plimsoll.app.load_line.measured_steps import measured_steps
from plimsoll.capacity.charts import chart
from plimsoll.capacity.choice import Choice, choose
from plimsoll.capacity.columns import UNNAMED, any_latency, column_of, quantities
from plimsoll.capacity.crossings import Crossing, crossing, peak_crossing
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.load_line import Demand, Margin, draw_line
from plimsoll.capacity.model import CapacityModel, Kind
from plimsoll.capacity.next_test import next_test
from plimsoll.capacity.peak import find_ceiling, find_peak, peak_draws
from plimsoll.capacity.plateaus import cut_steps
from plimsoll.capacity.row_steps import cut_rows
from plimsoll.capacity.step_errors import step_errors
from plimsoll.capacity.steps_check import checked
from plimsoll.capacity.thresholds import Rules, instances, thresholds
from plimsoll.domain.load_line import LoadLine, LoadTestLimits, ModelFit, ObjectiveLimit, Peak, PeakState, TestedRange
from plimsoll.domain.load_test import Column, LoadUnit, Recording, Steps
from plimsoll.domain.objective import Objective

_SHORT = 0.03  # relative standard error of a load, from which steps are called short
_FAILING = 0.01  # of requests: above this share, p99 may be the latency of failures


@dataclass(frozen=True)
class LimitsAsk:
    """The request: objectives, rules, the safety margin, and loads to count replicas for."""

    objectives: tuple[Objective, ...]
    rules: Rules
    margin: Margin = field(default_factory=Margin)
    loads: tuple[float, ...] = ()


def limits(measured: Steps | Recording, ask: LimitsAsk, models: Sequence[CapacityModel]) -> LoadTestLimits:
    """Turn a load test into limits.

    Raises InputError for measurements that contradict themselves, NothingToAnswer where nothing can be learned.
    """
    steps = steady(measured)
    choices = choices_of(steps, ask, models)
    throughput = choices.get("throughput")
    peak = find_peak(throughput)
    verdicts, line, reason = _line(steps, ask, choices, peak)
    kept = _without_set_aside(steps, choices)
    marks, rule_notes = thresholds(kept, ask.rules)
    plans = [instances(load, marks, ask.rules.instances) for load in ask.loads]
    if None in plans:
        uncounted = f"rules: no replicas are counted, because no step makes the mark {ask.rules.instances.per}"
        rule_notes = (*rule_notes, f"{uncounted}, which they are counted by")
    charts = (chart(choice, line, ask.objectives) for choice in choices.values())
    return LoadTestLimits(
        models=tuple(model for choice in choices.values() for model in _models(choice)),
        peak=peak,
        ceiling=find_ceiling(throughput),
        load_line=line,
        load_line_reason=reason,
        thresholds=marks,
        tested=_tested(steps, (*steps.notes, *_column_notes(steps, ask), *_choice_notes(choices), *rule_notes)),
        objectives=verdicts,
        instances=tuple(plan for plan in plans if plan is not None),
        next_test=next_test(steps, peak, line, verdicts, ask.objectives, tuple(choices.values())),
        noise=_noise(throughput),
        rules=ask.rules.name,
        source=steps.source,
        charts=tuple(drawn for drawn in charts if drawn is not None),
        steps=measured_steps(steps, kept, throughput),
        resource_units=steps.resource_units,
    )


def steady(measured: Steps | Recording) -> Steps:
    """Cut measurements into steady steps, and check that these are physically possible; raises as `limits` does."""
    if isinstance(measured, Recording):
        return checked(cut_steps(measured))
    return checked(measured if measured.times_s is None else cut_rows(measured))


def choices_of(steps: Steps, ask: LimitsAsk, models: Sequence[CapacityModel]) -> dict[str, Choice]:
    """Choose a model for every quantity that matters, by name; only latencies that objectives bound matter.

    Without such an objective, one usual latency is modeled.
    """
    bounded = [column for one in ask.objectives if not isinstance(column := column_of(steps, one), str)]
    latencies = {quantity.name for quantity, _ in bounded if quantity.kind is Kind.LATENCY}
    if not latencies and (usual := any_latency(steps)) is not None:
        latencies = {usual[0]}
    columns = {
        quantity.name: (quantity, values)
        for quantity, values in (*quantities(steps), *bounded)
        if quantity.kind is not Kind.LATENCY or quantity.name in latencies
    }
    normals = normals_of(ask.margin.seed)
    return {
        name: choose(models, quantity, steps.load, values, normals, step_errors(steps, quantity))
        for name, (quantity, values) in columns.items()
    }


def _line(
    steps: Steps, ask: LimitsAsk, choices: dict[str, Choice], peak: Peak
) -> tuple[tuple[ObjectiveLimit, ...], LoadLine | None, str]:
    """Find where each objective stops the load, and draw the line; there is none where one of them cannot tell."""
    crossings: list[Crossing] = []
    unknown: list[ObjectiveLimit] = []
    seeds: dict[str, int] = {}  # one per quantity: two bounds on it share their draws
    for one in ask.objectives:
        column = column_of(steps, one)
        if isinstance(column, str):
            unknown.append(ObjectiveLimit(one.text, "cannot_tell", None, "", column))
        else:
            name = column[0].name
            crossings.append(crossing(one, choices[name], seeds.setdefault(name, ask.margin.seed + len(seeds))))
    throughput = choices.get("throughput")
    if throughput is not None and peak.state is PeakState.IDENTIFIED and peak.load is not None:
        crossings.append(peak_crossing(peak.load, peak_draws(throughput), ask.margin.seed + len(seeds)))
    verdicts = (*(crossed.limit for crossed in crossings), *unknown)
    if unknown:
        return verdicts, None, "; ".join(f"{limit.objective}: {limit.why}" for limit in unknown)
    tested = (float(np.min(steps.load)), float(np.max(steps.load)))
    served = Demand(throughput, steps.load_unit is LoadUnit.ARRIVALS_PER_S)
    return verdicts, *draw_line(crossings, tested, served, ask.margin)


def _models(choice: Choice) -> list[ModelFit]:
    return [
        ModelFit(
            name=trial.model.name,
            parameters=trial.parameters(),
            error=trial.error,
            chosen=trial is choice.chosen,
            excuse=trial.excuse,
            of=choice.quantity.name,
            formula=trial.model.formula,
        )
        for trial in choice.trials
    ]


def _tested(steps: Steps, notes: tuple[str, ...]) -> TestedRange:
    low, high = float(np.min(steps.load)), float(np.max(steps.load))
    return TestedRange(low, high, len(steps), steps.load_unit.value, tuple(dict.fromkeys(notes)))


def _column_notes(steps: Steps, ask: LimitsAsk) -> list[str]:
    """Note a latency column without a known statistic, and failing requests that no objective bounds."""
    unnamed = [
        f"the file does not say which statistic its latency is: read as {one.name}, as {one.text!r} asks"
        for one in ask.objectives
        if one.kind == "latency"
        and one.name not in steps.latency_s
        and one.name != UNNAMED
        and UNNAMED in steps.latency_s
    ]
    most = 0.0 if steps.error_ratio is None else float(np.nanmax(steps.error_ratio, initial=0.0))
    if most < _FAILING or not ask.objectives or any(one.kind == "errors" for one in ask.objectives):
        return unnamed
    failing = f"up to {most:.3g} of all requests fail, and no objective bounds errors"
    return [*unnamed, f"{failing}: what fails fast seems quick (--slo 'errors<1%')"]


def _choice_notes(choices: dict[str, Choice]) -> list[str]:
    return [*_set_aside(choices), *_undescribed(choices), *_short_steps(choices)]


def _set_aside(choices: dict[str, Choice]) -> list[str]:
    return [
        f"{name}: the step at load {load:g} lies off by more than chance allows and was set aside"
        for name, choice in choices.items()
        for load in choice.set_aside
    ]


def _undescribed(choices: dict[str, Choice]) -> list[str]:
    return [
        f"{name}: no model describes it: the best, {choice.chosen.model.name}, is {choice.doubt}; charts join the steps"
        for name, choice in choices.items()
        if choice.chosen is not None and choice.doubt
    ]


def _short_steps(choices: dict[str, Choice]) -> list[str]:
    """Say where the steps with most requests are too short to say which load their latency belongs to."""
    errors = {
        name: choice.errors.of_load(choice.load, float(np.max(choice.load, initial=0.0)))
        for name, choice in choices.items()
    }
    return [
        f"{name}: steps this short tell the load of their latency to {error:.0%} only (2 / sqrt(requests), one standard"
        " error); longer steps narrow the load line"
        for name, error in errors.items()
        if error > _SHORT
    ]


def _without_set_aside(steps: Steps, choices: dict[str, Choice]) -> Steps:
    """Leave out outliers that were set aside, so that they do not mark a load."""

    def without_outliers(name: str, values: Column) -> Column:
        unnamed = name == UNNAMED and name not in choices  # then it is read as the requested statistic
        for choice in choices.values():
            if choice.quantity.name == name or (unnamed and choice.quantity.kind is Kind.LATENCY):
                off = np.isin(steps.load, choice.set_aside) & ~np.isin(values, choice.measured)
                values = np.where(off, np.nan, values)
        return values

    return replace(
        steps,
        throughput=None if steps.throughput is None else without_outliers("throughput", steps.throughput),
        latency_s={name: without_outliers(name, values) for name, values in steps.latency_s.items()},
        resources={name: without_outliers(name, values) for name, values in steps.resources.items()},
    )


def _noise(choice: Choice | None) -> str:
    """Name the likeliest noise shape of throughput, with its probability."""
    if choice is None or choice.chosen is None or choice.chosen.fit is None or not choice.chosen.fit.shapes:
        return ""
    fit = choice.chosen.fit
    return f"{fit.noise} ({fit.shapes[fit.noise]:.0%}); intervals are averaged over additive, count and proportional"

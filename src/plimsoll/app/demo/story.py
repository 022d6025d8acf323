"""The demo from end to end: measure a real service, find its limit, look ahead, plan, and report.

    ramp -> load line, assessment, cost per request
    demand history (synthetic) -> forecast -> runway -> plan -> report

Every file that a step reads or writes is kept, so that each step can be repeated with its own command.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.app.assessment.assessments import AdviceBase, assess
from plimsoll.app.demo.files import (
    COSTS,
    HISTORY,
    LOAD_TEST,
    MODEL,
    Fleet,
    costs_csv,
    history_csv,
    load_test_csv,
    model_yaml,
    rates_and_use,
    steps_of,
)
from plimsoll.app.demo.history import Shape, synthetic_demand
from plimsoll.app.load_line.limits import LimitsAsk, limits
from plimsoll.app.load_line.unit_costs import Used, unit_costs
from plimsoll.app.model import model_from_text
from plimsoll.app.plan.plans import Question, plan
from plimsoll.app.report.daily import daily_worst
from plimsoll.app.report.gathered import Gathered, SeriesOutlook
from plimsoll.app.report.reports import DAILY, report
from plimsoll.assess.patterns import pattern_of
from plimsoll.capacity.model import CapacityModel
from plimsoll.domain.assessment import Assessment, Resource, Threshold
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.forecast import Forecast
from plimsoll.domain.limit import Limit
from plimsoll.domain.load_line import LoadTestLimits
from plimsoll.domain.observation import Value
from plimsoll.domain.pattern import Patterns
from plimsoll.domain.ramp import Ramp, RampStep
from plimsoll.domain.report import Report
from plimsoll.domain.runway import Runway
from plimsoll.domain.series import SYNTHETIC, Series, as_datetime
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.domain.unit_cost import UnitCosts
from plimsoll.forecast.single import forecast_series
from plimsoll.planning.runway import Resource as RunwayResource
from plimsoll.planning.runway import Terms, estimate_runway

Measure = Callable[[Callable[[str, float], None]], Ramp]
Progress = Callable[[str, float], None]
HORIZON_DAYS = 90
MONTHS = 3
_TODAY_SHARE = 0.6  # how much of the fleet's capacity the busiest hour takes today


@dataclass(frozen=True)
class Parts:
    """The dependencies of the demo: how to measure, and the shipped knowledge."""

    measure: Measure
    ask: LimitsAsk
    models: Sequence[CapacityModel]
    advice: AdviceBase
    report_parts: Sequence[str]


@dataclass(frozen=True)
class Outcome:
    """The result of the demo: the report, and the files by name with their text."""

    report: Report
    files: dict[str, str]


@dataclass(frozen=True)
class Ahead:
    """The outlook: the history, the forecast of each day's busiest hour, and when it reaches the fleet's supply."""

    history: Series
    forecast: Forecast
    runway: Runway


def run_demo(parts: Parts, fleet: Fleet, now_ms: int, seed: int, progress: Progress) -> Outcome:
    """Run the whole chain; `progress` is called with each step and the share of the demo that is done.

    Raises NothingToAnswer where the ramp identifies no load line, which the rest of the demo needs.
    """
    ramp = parts.measure(lambda words, share: progress(f"measuring the example service: {words}", 0.85 * share))
    progress("finding the load line", 0.85)
    found = limits(steps_of(ramp), parts.ask, parts.models)
    capacity_rps = _capacity(found)
    progress("forecasting a demand history drawn from a seed (synthetic), and when it reaches the capacity", 0.9)
    ahead = _ahead(capacity_rps, fleet, now_ms, seed)
    progress("planning replicas and cost", 0.95)
    today = as_datetime(now_ms).date()
    text = model_yaml(capacity_rps, fleet, _monthly_peaks(ahead), today)
    made = plan(model_from_text(text, MODEL), Question(), today)
    within_line = [step for step in (*ramp.alone, *ramp.steps) if step.offered_rps <= capacity_rps]
    gathered = replace(
        _gathered(ahead, now_ms),
        limits={"": found},
        plan=made,
        assessment=_assessed(ramp, parts, capacity_rps),
        costs=_costs(within_line, seed),
    )
    files = {
        LOAD_TEST: load_test_csv(ramp),
        COSTS: costs_csv(within_line),
        HISTORY: history_csv(ahead.history),
        MODEL: text,
    }
    return Outcome(report(gathered, parts.report_parts, None, "Plimsoll demo"), files)


def _costs(steps: Sequence[RampStep], seed: int) -> UnitCosts:
    """The processor time of each kind of request, from the steps that were served well."""
    rates, used = rates_and_use(steps)
    return unit_costs("the demo's ramp", Used(used), rates, seed)


def _capacity(found: LoadTestLimits) -> float:
    """The safe load; where the load line lies past the ramp, at most the highest tested load."""
    line = found.load_line
    if line is None or line.safe_load is None:
        remedy = "try again when the machine is less busy, or with longer steps (--step 12s)"
        raise NothingToAnswer(f"the ramp settles no load line: {found.load_line_reason}; {remedy}")
    return line.safe_load


def _ahead(capacity_rps: float, fleet: Fleet, now_ms: int, seed: int) -> Ahead:
    supply = fleet.replicas * capacity_rps
    history = synthetic_demand("shop/demand", Shape(peak_at_end=_TODAY_SHARE * supply), now_ms, seed)
    source = f"{fleet.replicas} replicas x the measured safe load"
    limit = Limit("demand", history.unit, source, hard=supply, lead_time_s=fleet.lead_time_s)
    dated = estimate_runway(
        RunwayResource(str(history.id), "shop", history, limit), Terms(now_ms, SYNTHETIC, seed=seed)
    )
    runway = Runway("demo", as_datetime(now_ms), limit.horizon_s, (dated.row,))
    return Ahead(history, forecast_series(daily_worst(history), HORIZON_DAYS), runway)


def _monthly_peaks(ahead: Ahead) -> list[float]:
    """The busiest hour of the last 30 days, and of each 30 days to come as the median has it."""
    last = float(np.nanmax(ahead.history.values[-30 * 24 :]))
    median = ahead.forecast.at(0.5)
    return [last, *(float(np.nanmax(median[index * 30 : (index + 1) * 30])) for index in range(MONTHS))]


def _gathered(ahead: Ahead, now_ms: int) -> Gathered:
    times = ahead.history.times_ms
    return Gathered(
        system="the example application",
        as_of_ms=now_ms,
        span_days=(int(times[-1]) - int(times[0])) / DAY_MS,
        sources=("load, latency, processor and memory measured on this machine", "demand history drawn from a seed"),
        patterns=Patterns(as_datetime(now_ms), (pattern_of(ahead.history),)),
        outlooks=(SeriesOutlook(ahead.history, ahead.forecast, SYNTHETIC, DAILY),),
        runway=ahead.runway,
        label=SYNTHETIC,
    )


def _assessed(ramp: Ramp, parts: Parts, capacity_rps: float) -> Assessment:
    """Judge the service at the highest step of the ramp that it still served within the load line."""
    well = [step for step in ramp.steps if step.offered_rps <= capacity_rps] or [ramp.steps[0]]
    resources = (
        _share("cpu", well[-1].cpu_cores, parts.advice),
        _share("host_cpu", well[-1].host_cpu_ratio, parts.advice),
    )
    name = f"the example service at {well[-1].offered_rps:.0f} requests/s"
    return assess(name, resources, parts.advice, ramp.started_ms, frozenset())


def _share(name: str, value: float, advice: AdviceBase) -> Resource:
    return Resource(
        component="shop",
        name=name,
        unit="ratio",
        reading=Value(value),
        theoretical=1.0,
        practical=0.8,
        threshold=Threshold(advice.share_levels),
        topics=advice.topics_of(name),
    )

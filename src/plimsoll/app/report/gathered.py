"""What is there to report on? The answers of every stage, and what was left out with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plimsoll.domain.assessment import Assessment, Truth, Verdict
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.finding import Finding
from plimsoll.domain.forecast import Forecast
from plimsoll.domain.load_line import LoadTestLimits
from plimsoll.domain.pattern import Patterns, PatternState
from plimsoll.domain.plan import Plan
from plimsoll.domain.runway import Runway, RunwayState
from plimsoll.domain.series import Series
from plimsoll.domain.unit_cost import UnitCosts

UNKNOWN = (RunwayState.CANNOT_TELL, RunwayState.STALE, RunwayState.ERROR)


@dataclass(frozen=True)
class SeriesOutlook:
    """One series with its forecast, to be drawn; `label` marks data that are not measured, `of` what is forecast."""

    series: Series
    forecast: Forecast | None
    label: str = ""
    of: str = ""


@dataclass(frozen=True)
class Gathered:
    """What there is to report on; an answer that is missing is None or empty, with the reason in `missing` by part.

    `span_days` is the span that the report looks back on, 0 where only a load test was read.
    `stale` names the series without forecast and rhythm, because their last sample is too old to describe the present.
    `findings` is None without a model.
    `limits` are the results of load tests by component (an empty name for a file given on its own), or why one has no
    result.
    """

    system: str
    as_of_ms: int
    span_days: float
    sources: tuple[str, ...] = ()
    assessment: Assessment | None = None
    patterns: Patterns | None = None
    outlooks: tuple[SeriesOutlook, ...] = ()
    stale: tuple[str, ...] = ()
    runway: Runway | None = None
    limits: Mapping[str, LoadTestLimits | str] = field(default_factory=dict)
    costs: UnitCosts | None = None
    plan: Plan | None = None
    findings: tuple[Finding, ...] | None = None
    missing: tuple[tuple[str, str], ...] = ()
    label: str = ""


def check_answered(gathered: Gathered, parts: Sequence[str]) -> None:
    """Raise NothingToAnswer where not one of the parts that a report holds has an answer."""
    runway, assessment, patterns = gathered.runway, gathered.assessment, gathered.patterns
    standings, conditions = (assessment.standings, assessment.conditions) if assessment else ((), ())
    known = {
        "runway": runway is not None and any(row.state not in UNKNOWN for row in runway.rows),
        "utilization": any(item.verdict is not Verdict.UNKNOWN for item in standings)
        or any(item.holds is not Truth.UNKNOWN for item in conditions),
        "rhythm": patterns is not None and any(item.state is PatternState.OK for item in patterns.patterns),
        "forecast": any(item.forecast is not None and item.forecast.state.answered for item in gathered.outlooks),
        "plan": gathered.plan is not None,
    }
    if gathered.limits or any(known.get(name, False) for name in parts):
        return
    raise NothingToAnswer(f"{gathered.system}: nothing in the report could be told; its parts say what is missing")

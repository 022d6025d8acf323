"""Which policy would have been better, and was it better on held-out demand?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.finding import Finding
from plimsoll.domain.replay import Conditions, PolicyScore


class Verdict(str, Enum):
    """The recommendation; `not_recommended` where there is no current policy to keep."""

    RECOMMENDED = "recommended"
    KEEP_CURRENT = "keep_current"
    NOT_RECOMMENDED = "not_recommended"


@dataclass(frozen=True)
class FrontPoint:
    """One policy on the plane of replica-hours and load outside the SLO; `efficient`: none is better in both."""

    family: str
    setting: float
    replica_hours: float
    slo_miss_load_ratio: float
    flaps: int
    efficient: bool


@dataclass(frozen=True)
class Limits:
    """How low any policy could get the miss ratio on the scored part, at the replica-hours of the current one.

    `optimum_miss_ratio` assumes perfect knowledge of every step. `level_known_miss_ratio` assumes that only the mean
    over the `level_known_steps` steps around each step, without the step itself, is known in advance, and one headroom
    for all steps. `noise_ratio` is the standard deviation of demand around its moving mean over `level_steps` steps, as
    a share of mean demand.
    """

    optimum_miss_ratio: float
    level_known_miss_ratio: float
    level_known_steps: int
    noise_ratio: float
    level_steps: int


@dataclass(frozen=True)
class Suggestion(Document):
    """The answer of `policy suggest`; scores are of the held-out part.

    `misses_difference` (share of load) and `hours_difference` are suggested minus current, paired step by step, with
    block-bootstrap intervals; `flaps_allowed` is None where flaps were not limited.
    """

    KIND: ClassVar[str] = "Suggestion"

    trace: str
    component: str
    goal: str
    verdict: Verdict
    reason: str
    learned_steps: int
    scored_steps: int
    scored_from: datetime
    scored_to: datetime
    trials: int
    conditions: Conditions
    current: PolicyScore | None
    suggested: PolicyScore
    misses_against_current: float | None
    hours_against_current: float | None
    misses_difference: Estimate | None
    hours_difference: Estimate | None
    flaps_allowed: int | None
    limits: Limits
    front: tuple[FrontPoint, ...]
    findings: tuple[Finding, ...] = ()

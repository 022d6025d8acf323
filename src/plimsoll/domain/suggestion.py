"""Which policy would have been better, and was it, on demand that it was not learned from?"""

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
    """What is advised; `not_recommended` where there is no current policy to keep."""

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
    """What bounds any policy on the scored part, at the replica-hours of the current one.

    `optimum_miss_ratio`: with perfect knowledge of every step. `level_known_miss_ratio`: with the mean over the
    `level_known_steps` steps around each known ahead, but not the step itself, and one headroom for all.
    `noise_ratio`: standard deviation of demand around its mean over `level_steps` steps, as a share of it, weighted by
    load.
    """

    optimum_miss_ratio: float
    level_known_miss_ratio: float
    level_known_steps: int
    noise_ratio: float
    level_steps: int


@dataclass(frozen=True)
class Suggestion(Document):
    """The answer of `policy suggest`: scores are of the part that was not learned from.

    `misses_difference` (share of load) and `hours_difference` are the suggested policy's less the current one's, step
    by step, with block-bootstrap intervals; `flaps_allowed` is None where any number was.
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

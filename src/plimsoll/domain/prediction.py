"""What was predicted for a resource, and how did it turn out? The unit of the track record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from plimsoll.domain.limit import Direction, LimitType
from plimsoll.domain.runway import RunwayExplanation


class Outcome(str, Enum):
    """What became of a prediction."""

    PENDING = "pending"  # its date has not come
    HIT = "hit"  # a breach was predicted and came by the late date
    FALSE_ALARM = "false_alarm"  # a breach was predicted and did not come by then
    MISS = "miss"  # none was predicted within the horizon, and one came
    QUIET = "quiet"  # none was predicted and none came


@dataclass(frozen=True, slots=True)
class Prediction:
    """One row of a runway as stated at `made_at_ms`; times are UTC epoch milliseconds, None past the horizon."""

    source: str
    resource: str
    limit_type: LimitType
    limit_value: float
    direction: Direction
    made_at_ms: int
    horizon_end_ms: int
    early_ms: int | None
    p50_ms: int | None
    late_ms: int | None
    probability_none: float

    @property
    def predicts_breach(self) -> bool:
        """Whether a breach within the horizon was predicted, as more likely than none."""
        return self.p50_ms is not None

    @property
    def deadline_ms(self) -> int:
        """When the prediction can be judged: its late date, or the end of its horizon."""
        return self.late_ms if self.predicts_breach and self.late_ms is not None else self.horizon_end_ms


@dataclass(frozen=True, slots=True)
class ScoredPrediction:
    """A prediction with its outcome and, where there was one, the time of the breach.

    `seen_ms` is the last sample up to which runs have observed the resource without a break, None before the first.
    """

    prediction: Prediction
    outcome: Outcome
    breached_ms: int | None = None
    seen_ms: int | None = None

    @property
    def watched_to_ms(self) -> int:
        """The moment up to which it has been observed, starting from when it was made."""
        made_ms = self.prediction.made_at_ms
        return made_ms if self.seen_ms is None else max(made_ms, self.seen_ms)


class PredictionLog(Protocol):
    """Where predictions and their evidence are kept from run to run."""

    def predictions(self, source: str) -> tuple[ScoredPrediction, ...]:
        """All predictions for a source's resources, oldest first, with outcomes as far as known."""

    def keep(self, scored: Sequence[ScoredPrediction], explanations: Sequence[RunwayExplanation], source: str) -> None:
        """Write new predictions and outcomes, and replace the explanations of the source's resources, all or none.

        A resource's prediction of the same limit on the same day replaces the one before.
        """

    def explanations(self, resource: str) -> tuple[RunwayExplanation, ...]:
        """The last explanation of a resource, one for each source that has it."""

    def resources(self) -> tuple[str, ...]:
        """Every resource that has an explanation."""

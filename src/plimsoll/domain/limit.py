"""How far may a resource go? A limit: its thresholds, where they come from, and how long relief takes.

A hard limit is where the resource fails or refuses work; a soft limit is where its owner wants a warning. Either may
be missing. A self-limiting resource is full by design (a cache with eviction, a log with retention by size): its fill
level says nothing about when it runs out, so it is listed and not forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from plimsoll.domain.time_spans import DAY_S

DEFAULT_HORIZON_S = 90 * DAY_S
DEFAULT_LEAD_TIME_S = 7 * DAY_S


class LimitType(str, Enum):
    """Which of the two thresholds is meant."""

    SOFT = "soft"
    HARD = "hard"


class Direction(str, Enum):
    """Whether high or low values are bad."""

    HIGH_IS_BAD = "high_is_bad"
    LOW_IS_BAD = "low_is_bad"

    @property
    def sign(self) -> int:
        """The factor that makes larger always worse: value * sign."""
        return 1 if self is Direction.HIGH_IS_BAD else -1


@dataclass(frozen=True, slots=True)
class Limit:
    """What one resource may reach, in `unit` (a base unit; ratios 0..1).

    `source` says where the thresholds come from, `lead_time_s` how long it takes from a decision to usable relief,
    `horizon_s` how far ahead to look. A `noisy` resource (processor time) fluctuates from moment to moment, so a single
    sample past the limit does not mean a breach; for a disk it does.
    """

    name: str
    unit: str
    source: str
    soft: float | None = None
    hard: float | None = None
    lead_time_s: float = DEFAULT_LEAD_TIME_S
    horizon_s: float = DEFAULT_HORIZON_S
    self_limiting: bool = False
    noisy: bool = False
    direction: Direction = Direction.HIGH_IS_BAD

    @property
    def binding(self) -> tuple[LimitType, float] | None:
        """The threshold that decides: the hard one where there is one, else the soft one."""
        if self.hard is not None:
            return LimitType.HARD, self.hard
        return None if self.soft is None else (LimitType.SOFT, self.soft)

    def passed(self, value: float, threshold: float) -> bool:
        """Whether `value` is at or past `threshold`.

        >>> Limit("disk", "ratio", "example", hard=0.9).passed(0.9, 0.9)
        True
        >>> Limit("free", "bytes", "example", hard=10.0, direction=Direction.LOW_IS_BAD).passed(11.0, 10.0)
        False
        """
        return self.direction.sign * (value - threshold) >= 0

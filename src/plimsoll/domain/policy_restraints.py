"""What holds a policy's proposal back? Limits, rates, windows, schedules, pauses and guards.

Times of day are seconds after local midnight, moments epoch seconds; ratios are 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from plimsoll.domain.errors import Place
from plimsoll.domain.policy_proposals import Condition, Direction


class Granularity(str, Enum):
    """Which counts are allowed."""

    ANY = "any"
    MULTIPLE = "multiple"  # of `granule`
    POWER_OF_TWO = "power_of_two"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many actions, or replicas, in any `period_s` (a rolling period, not the calendar's)."""

    direction: Direction
    period_s: float = 3600.0
    actions: int | None = None
    replicas: int | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days a schedule applies: weekdays (0 is Monday), minus `except_dates`, plus `only_dates`' own days.

    With `only_dates` the weekdays do not matter.
    """

    weekdays: frozenset[int] = frozenset(range(7))
    except_dates: frozenset[date] = frozenset()
    only_dates: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Schedule:
    """From `at_s` after local midnight, for `span_s`, the bounds are narrowed; at the start `target` is proposed.

    `span_s` None means: until the next schedule of the policy starts. `lead_s` starts it earlier, by the start-up time.
    A `min` below the policy's own changes nothing (the stricter wins, with a finding).
    """

    name: str
    at_s: float
    span_s: float | None = None
    time_zone: str = "UTC"
    calendar: Calendar = Calendar()
    min: int | None = None
    max: int | None = None
    target: int | None = None
    lead_s: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PeakWindow:
    """A span of known peak load (epoch seconds, end exclusive): hold scale-in, keep `min`, add `extra_ratio` on top."""

    name: str
    start_s: float
    end_s: float
    min: int | None = None
    extra_ratio: float = 0.0
    hold_scale_in: bool = True
    lead_s: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """No action in `direction` before `until_s` (epoch seconds); None is until it is resumed."""

    direction: Direction
    until_s: float | None


@dataclass(frozen=True, slots=True)
class DropGuard:
    """Hold scale-in when load fell faster than ever in history, until the lower load has lasted `confirm_s`.

    A fall is 1 - now / (largest load within `over_s`); `largest_ratio` is the largest fall in the recorded history.
    """

    signal: str
    largest_ratio: float
    over_s: float = 300.0
    confirm_s: float = 600.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ReversalGuard:
    """Refuse the part of a scale-in that the policy's own scale-out rules would undo at the next step.

    Averages are expected to rise to value x ready / to; they must stay `margin_ratio` below every scale-out threshold.
    """

    margin_ratio: float = 0.0


@dataclass(frozen=True, slots=True)
class HealthGuard:
    """No scale-in while more than `unhealthy_ratio` of the replicas are unhealthy, none is there, or one rolls out."""

    unhealthy_ratio: float = 0.2
    during_rollout: bool = True


@dataclass(frozen=True, slots=True)
class Corroboration:
    """Scale in only while every condition is known to hold (latency and errors are well)."""

    conditions: tuple[Condition, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Stabilization:
    """Windows over recent proposals: scale-out takes the lowest, scale-in the highest one younger than the window."""

    up_s: float = 0.0
    down_s: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Cooldowns:
    """No scale-out within `out_s` of a scale-out, no scale-in within `in_s` of any action."""

    out_s: float = 0.0
    in_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Least and most, the largest change of one decision, and which counts are allowed."""

    min: int = 1
    max: int = 10
    max_step_out: int | None = None
    max_step_in: int | None = None
    granularity: Granularity = Granularity.ANY
    granule: int = 1
    place: Place | None = None
    max_place: Place | None = None

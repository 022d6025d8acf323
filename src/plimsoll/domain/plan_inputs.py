"""What is a plan made from? Drivers, a course of growth, tiers, prices and obligations, beside the system itself.

Months are counted from the start of the plan: month 0 is the start, month 1 has one month's growth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from plimsoll.domain.forecast import Event
from plimsoll.domain.system import System


class Rounding(str, Enum):
    """What becomes of a fraction of a user."""

    NONE = "none"
    DOWN = "down"
    UP = "up"
    NEAREST = "nearest"


class Interpolation(str, Enum):
    """What lies between two stated points."""

    LINEAR = "linear"
    GEOMETRIC = "geometric"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Driver:
    """A business quantity: its value is `now`, or `ratio` times that of another one (`of`)."""

    name: str
    now: float | None = None
    of: str | None = None
    ratio: float = 1.0
    rounding: Rounding = Rounding.NONE


@dataclass(frozen=True, slots=True)
class Rate:
    """From month `from_month` on, growth a month."""

    from_month: int
    monthly: float


@dataclass(frozen=True, slots=True)
class Point:
    """A stated value at a month, which may lie between two."""

    month: float
    value: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """How one driver grows: by monthly rates, of which the last continues, or through given points.

    `low` and `high` are the rates of a stated range; `spread` is the standard deviation of a month's log growth. If
    `is_fitted`, the points lie on a line fitted to the past with its events removed, and `spread` is the standard error
    of a month's growth as a share of the first point; otherwise the user stated them. `freedom` is the degrees of
    freedom with which the past determines `spread`, one less than the months that tell a rate; None where it is stated.
    """

    name: str
    driver: str
    rates: tuple[Rate, ...] = ()
    points: tuple[Point, ...] = ()
    interpolation: Interpolation = Interpolation.LINEAR
    low: float | None = None
    high: float | None = None
    spread: float = 0.0
    peak: float | None = None
    is_fitted: bool = False
    freedom: int | None = None


@dataclass(frozen=True, slots=True)
class TierSize:
    """One component at one tier; cores and memory are of each replica."""

    component: str
    replicas: int | None = None
    cores: float | None = None
    memory_bytes: float | None = None
    storage_bytes: float | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """One size of the whole system, enough for every driver in `up_to`."""

    name: str
    up_to: tuple[tuple[str, float], ...]
    price_per_month: float | None
    sizes: tuple[TierSize, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """The way from one tier to the next."""

    origin: str
    target: str
    duration_s: float | None
    downtime_s: float
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstancePrice:
    """What one instance costs an hour, by way of buying it."""

    on_demand: float
    reserved: float | None = None
    spot: float | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """Something bought in certain months, on top of growth; `each` is the monthly price of one, None if not stated."""

    what: str
    quantity: float
    each: float | None
    in_months: frozenset[int]


@dataclass(frozen=True, slots=True)
class CostGroup:
    """Lines of the monthly bill that grow together."""

    name: str
    monthly: float
    growth: float
    additions: tuple[Addition, ...] = ()


@dataclass(frozen=True, slots=True)
class Prices:
    """What things cost."""

    currency: str = "USD"
    hours_per_month: float = 730.0
    by_resources: bool = False
    core_hour: float | None = None
    memory_gb_hour: float | None = None
    storage_gb_month: float | None = None
    instance_hour: InstancePrice | None = None
    groups: tuple[CostGroup, ...] = ()
    uncertainty: float = 0.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What it may cost a month, and at which shares of it to warn."""

    monthly: float
    alert_at: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to save, and what it cannot be combined with for the same instance."""

    name: str
    risk: str
    effort: str
    saves: tuple[float, float] | None
    excludes: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a roadmap, and the day from the start by which it is done."""

    name: str
    to_day: int | None
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoolBound:
    """Connections: each replica of `component` opens `per_replica`; `database` allows `total` in all."""

    component: str
    database: str
    per_replica: int
    total: int


@dataclass(frozen=True, slots=True)
class QuotaBound:
    """A rate that an outside service allows a component, per second."""

    component: str
    name: str
    per_s: float


@dataclass(frozen=True, slots=True)
class Survival:
    """A loss to survive: `count` instances, or one zone of `zones`; of one component, or of all (None)."""

    component: str | None
    count: int
    zones: int | None


@dataclass(frozen=True)
class PlanInputs:
    """Everything that a plan needs to know.

    `course` is the growth to plan for; `other_courses` holds the growth of other drivers, one entry per driver. An
    event of `known` changes the drivers that its `only` names, or every driver if it names none.
    """

    system: System
    start: date
    months: int
    quarters: bool = False
    drivers: tuple[Driver, ...] = ()
    course: Course | None = None
    other_courses: tuple[Course, ...] = ()
    tiers: tuple[Tier, ...] = ()
    transitions: tuple[Transition, ...] = ()
    act_at: float = 0.7
    prices: Prices | None = None
    budget: Budget | None = None
    options: tuple[Option, ...] = ()
    pools: tuple[PoolBound, ...] = ()
    quotas: tuple[QuotaBound, ...] = ()
    survive: tuple[Survival, ...] = ()
    summary_months: tuple[int, ...] = ()
    action_items: tuple[str, ...] = ()
    roadmap: tuple[Phase, ...] = ()
    known: tuple[Event, ...] = ()

    @property
    def courses(self) -> tuple[Course, ...]:
        """Every course that is followed."""
        return (*((self.course,) if self.course else ()), *self.other_courses)

    @property
    def grown(self) -> frozenset[str]:
        """The drivers that follow a course of their own."""
        return frozenset(course.driver for course in self.courses)

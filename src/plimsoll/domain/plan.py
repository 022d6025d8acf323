"""What must be run and paid, month by month? The answer of `plimsoll plan`.

Demand is that of the scenario's driver. Sizes are totals of a component for the middle demand; `cost.low` and
`cost.high` are the costs of the sizes for low and high demand. What is unknown is None, with a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.estimate import Estimate


@dataclass(frozen=True, slots=True)
class ComponentPlan:
    """One component in one period. `tier` is the tier or size it runs at; `growth_factor` that of its storage."""

    name: str
    replicas: int | None
    cores: float | None
    memory_bytes: float | None
    storage_bytes: float | None
    tier: str | None = None
    growth_factor: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a period costs a month: for the low, the middle and the high demand; `left_out` has no price."""

    low: float | None
    mid: float | None
    high: float | None
    currency: str
    lines: Mapping[str, float] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interpolated:
    """An estimate between two tiers, beside the tier to run: not for sale, it shows how much of the step is used."""

    below: str
    above: str
    share: float
    cost: float | None
    components: tuple[ComponentPlan, ...]


@dataclass(frozen=True)
class Period:
    """One month, or one quarter."""

    start: date
    month: int
    label: str
    demand: float | None
    demand_low: float | None
    demand_high: float | None
    drivers: Mapping[str, Estimate]
    tier: str | None
    components: tuple[ComponentPlan, ...]
    cost: Cost | None
    interpolated: Interpolated | None = None


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """Something that happens at a date: `kind` is readiness, tier_transition, size_change, addition or known_event.

    The subject of a known event is its name, `month` the first that it changes, `duration_s` how long it lasts.
    """

    date: date
    month: int
    kind: str
    subject: str
    what: str
    steps: tuple[str, ...] = ()
    duration_s: float | None = None
    downtime_s: float | None = None


@dataclass(frozen=True, slots=True)
class PlanAlert:
    """A warning: `kind` is budget, overrun, utilization or peak."""

    date: date
    month: int
    kind: str
    what: str
    value: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """What stands in the way of the plan: the need, the limit, and what would lift it."""

    date: date
    month: int
    subject: str
    what: str
    need: float
    limit: float
    remedy: str


@dataclass(frozen=True, slots=True)
class PlanAdvice:
    """A possible improvement, with its monthly saving where that is known."""

    id: str
    text: str
    risk: str = ""
    effort: str = ""
    saves_per_month: tuple[float, float] | None = None
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One thing to do by a date."""

    by: date
    what: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One month of the summary, as ranges over low to high demand."""

    month: int
    date: date
    demand: Estimate | None
    replicas: Mapping[str, int]
    replicas_low: Mapping[str, int]
    replicas_high: Mapping[str, int]
    cost: Cost | None


@dataclass(frozen=True)
class Plan(Document):
    """A plan over all its periods."""

    KIND: ClassVar[str] = "Plan"

    system: str
    scenario: str | None
    driver: str | None
    start: date
    periods: tuple[Period, ...]
    events: tuple[PlanEvent, ...]
    alerts: tuple[PlanAlert, ...]
    blocked: tuple[Blocked, ...]
    recommendations: tuple[PlanAdvice, ...]
    action_items: tuple[ActionItem, ...]
    summary: tuple[Summary, ...]
    total_cost: Cost | None
    confidence: float
    notes: tuple[str, ...] = ()

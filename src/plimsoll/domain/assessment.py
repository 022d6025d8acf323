"""What is the state of a system now? Each resource against its limits and bands, the bottlenecks, and the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import MISSING, Reading


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of values of a resource: `low` is inclusive, `high` exclusive, None leaves that side unbounded."""

    name: str
    low: float | None
    high: float | None

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the band."""
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


class Severity(str, Enum):
    """How severe a bottleneck is."""

    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """More is worse."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Level:
    """A value at which a resource becomes a bottleneck, with the severity."""

    value: float
    severity: Severity


@dataclass(frozen=True, slots=True)
class Threshold:
    """The levels at which a resource becomes a bottleneck, mildest first.

    Urgency is high once the value lies past the level by more than the share `urgent_past_ratio` of it.
    """

    levels: tuple[Level, ...]
    direction: Direction = Direction.HIGH_IS_BAD
    urgent_past_ratio: float = 0.2


def resource_label(component: str, resource: str) -> str:
    """Name a resource: component/resource, or the resource alone where it has no component."""
    return f"{component}/{resource}" if component else resource


@dataclass(frozen=True)
class Resource:
    """One resource to judge: its reading, its limits and its bands.

    `theoretical` is all the capacity there is; `practical` is the part of it to use before acting. `topics` (cpu,
    memory, latency, cache, connections, ...) select the recommendations of the knowledge base. `target` is the intended
    value, `action` what the owner does once a level is passed. `opposite` holds levels on the side that `threshold`
    does not look at, where trouble lies on both. `unread` names those of the resource's series that have no known value
    when the reading comes from its other series. `no_limit` says why a stated limit does not hold; one that is
    `full_by_design` asks for nothing, however full it is.
    """

    component: str
    name: str
    unit: str
    reading: Reading = MISSING
    unread: str = ""
    theoretical: float | None = None
    practical: float | None = None
    no_limit: str = ""
    full_by_design: bool = False
    bands: tuple[Band, ...] = ()
    threshold: Threshold | None = None
    opposite: Threshold | None = None
    immediate_above: float | None = None
    immediate_below: float | None = None
    topics: tuple[str, ...] = ()
    target: float | None = None
    action: str = ""

    @property
    def label(self) -> str:
        """How messages name it."""
        return resource_label(self.component, self.name)


class Verdict(str, Enum):
    """How soon a resource needs action."""

    IMMEDIATE = "immediate"
    PLAN = "plan"
    MONITOR = "monitor"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Standing:
    """The current state of one resource: utilization of its theoretical and practical limit, and the headroom left."""

    component: str
    resource: str
    unit: str
    now: float | None
    band: str | None
    theoretical_limit: float | None
    practical_limit: float | None
    theoretical_utilization: float | None
    practical_utilization: float | None
    headroom: float | None
    verdict: Verdict
    why: str
    target: float | None = None


class Term(str, Enum):
    """When an action is due."""

    IMMEDIATE = "immediate"
    SHORT_TERM = "short_term"
    LONG_TERM = "long_term"


class Priority(str, Enum):
    """The single priority that sums up all findings."""

    IMMEDIATE = "immediate"
    URGENT = "urgent"
    PLANNED = "planned"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Advice:
    """One entry of the knowledge base: what to do, for which topics, in which term, and on what evidence.

    `needs` are facts that must have been observed for the advice to be given ("memory_rises"); `unless` are facts that
    speak against it.
    """

    id: str
    text: str
    topics: tuple[str, ...]
    term: Term
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bottleneck:
    """A resource past a threshold."""

    component: str
    resource: str
    severity: Severity
    urgent: bool
    utilization: float
    threshold: float
    unit: str
    impact: str
    recommendations: tuple[str, ...]
    action: str = ""


@dataclass(frozen=True)
class Action:
    """One thing to do, with what it is for and why it is advised."""

    id: str
    text: str
    term: Term
    for_resources: tuple[str, ...]
    evidence: tuple[str, ...]


class Truth(str, Enum):
    """The answer to a question about a window of samples."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Condition:
    """One alert rule of the model, judged over its whole duration: whether it holds now, and why.

    `above` or `below` is the threshold in base units; both are None for a rule that asks whether a component answers,
    or that is a PromQL expression (`expr`).
    """

    name: str
    subject: str
    above: float | None
    below: float | None
    unit: str
    for_s: float
    severity: str
    holds: Truth
    why: str
    to: tuple[str, ...] = ()
    expr: str = ""


@dataclass(frozen=True)
class Assessment(Document):
    """The state of a system at one moment.

    `priority_name` is the model's own word for the priority, where it has one. `good` lists what the model wants
    reported as good and is good. `notes` say what was corrected in the readings or left out of them.
    """

    KIND: ClassVar[str] = "Assessment"
    system: str
    as_of: datetime
    standings: tuple[Standing, ...]
    bottlenecks: tuple[Bottleneck, ...]
    actions: tuple[Action, ...]
    priority: Priority
    unknown: tuple[str, ...]
    facts: tuple[str, ...]
    priority_name: str = ""
    good: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    notes: tuple[str, ...] = ()

"""When does each resource reach its limit, and by when must someone act?

A runway is the time to first passage of a limit over simulated futures: early, p50 and late are its 10, 50 and 90 %
quantiles. A quantile that lies past the horizon is None, never a far date; `probability_none` is the share of futures
that do not reach the limit within the horizon. The act-by date is the early date minus the lead time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.forecast import Accuracy, Grade, MethodWeight
from plimsoll.domain.limit import LimitType


class RunwayState(str, Enum):
    """What is known about when a resource reaches its limit."""

    OK = "ok"  # the limit may be reached within the horizon; dates are given
    BREACHED = "breached"  # the limit is passed now; breach says since when
    NONE_WITHIN_HORIZON = "none_within_horizon"  # not even the early date lies within the horizon
    SELF_LIMITING = "self_limiting"  # full by design
    CANNOT_TELL = "cannot_tell"  # `why` says what is missing and what would mend it
    STALE = "stale"  # the last sample is too old to describe the present
    ERROR = "error"  # the resource could not be read


@dataclass(frozen=True, slots=True)
class Breach:
    """When the limit is reached: 10, 50 and 90 % of the futures have done so by then; None is past the horizon."""

    early: datetime | None
    p50: datetime | None
    late: datetime | None


@dataclass(frozen=True, slots=True)
class RowLimit:
    """The threshold a row is judged by, in the row's unit, and where it comes from."""

    value: float
    type: LimitType
    source: str


@dataclass(frozen=True, slots=True)
class SoftLimit:
    """The soft threshold beside a hard one: its value, whether it is passed now, and when it is reached."""

    value: float
    breached: bool
    breach: Breach | None
    probability_none: float | None


@dataclass(frozen=True)
class RunwayRow:
    """One resource: its current value, its limit, when it reaches that limit, and by when to act.

    `now` is in `unit` (a base unit). `ready_at` is the earliest moment at which a row in the state `cannot_tell` could
    be answered. `soft` is the soft threshold of a row that is judged by the hard one; `horizon_s` is the horizon of
    this row. `source` is where the resource was read; names are unique only within one source.
    """

    resource: str
    now: float | None
    unit: str
    limit: RowLimit | None
    state: RunwayState
    breach: Breach | None
    probability_none: float | None
    lead_time_s: float | None
    act_by: datetime | None
    grade: Grade | None
    why: str
    component: str = ""
    soft: SoftLimit | None = None
    horizon_s: float | None = None
    ready_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Excluded:
    """Series that have no row, with the reason; `series` is how many."""

    resource: str
    reason: str
    series: int = 1


@dataclass(frozen=True, slots=True)
class FirstToRunOut:
    """The resource of a component whose p50 date comes first; `unknown` lists resources whose date is unknown."""

    component: str
    resource: str
    p50: datetime
    unknown: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How past predictions fared once their date had come.

    `precision` is hits / (hits + false alarms): of the predicted breaches, the share that came by their late date.
    `recall` is hits / (hits + misses): of the breaches that came, the share that was predicted. `coverage` is the share
    of dated breaches that fell within early..late (nominally 0.8). Each is None while there is no case to count.
    """

    scored: int
    pending: int
    hits: int
    false_alarms: int
    misses: int
    precision: float | None
    recall: float | None
    coverage: float | None


@dataclass(frozen=True)
class Evidence:
    """Everything behind one row, for `explain`.

    `accuracy` is of the levels of the simulated steps.
    """

    resource: str
    query: str
    window_start: datetime | None
    window_end: datetime | None
    samples: int
    step_s: float | None
    simulated_step_s: float | None
    paths: int
    methods: tuple[MethodWeight, ...]
    accuracy: Accuracy | None
    left_out: tuple[str, ...]
    options: tuple[str, ...]
    past: TrackRecord | None = None


@dataclass(frozen=True)
class Runway(Document):
    """What `plimsoll runway` answers."""

    KIND: ClassVar[str] = "Runway"

    source: str
    as_of: datetime
    horizon_s: float
    rows: tuple[RunwayRow, ...]
    excluded: tuple[Excluded, ...] = ()
    first_to_run_out: tuple[FirstToRunOut, ...] = ()
    track_record: TrackRecord | None = None
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class RunwayExplanation(Document):
    """The answer of `plimsoll explain` for one resource of the last runway: its row and the evidence for it."""

    KIND: ClassVar[str] = "RunwayExplanation"

    row: RunwayRow
    evidence: Evidence


@dataclass(frozen=True)
class RunwayExplanations(Document):
    """The same of a resource that several sources have."""

    KIND: ClassVar[str] = "RunwayExplanations"

    explanations: tuple[RunwayExplanation, ...]

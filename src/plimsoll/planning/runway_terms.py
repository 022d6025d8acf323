"""What does a runway need for each resource, and what does it return?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plimsoll.domain.forecast import Annotations
from plimsoll.domain.limit import Limit, LimitType
from plimsoll.domain.prediction import Prediction
from plimsoll.domain.runway import Evidence, RunwayRow
from plimsoll.domain.series import Series
from plimsoll.planning.history import NOTHING_KNOWN


@dataclass(frozen=True)
class Resource:
    """One resource: its series in the base unit of its limit, and what is known about it.

    `no_limit` says what would supply a missing limit. `annotations` are what users stated (`stated`) and what was
    learned of public holidays. `last` holds the last run's predictions, by limit type.
    """

    name: str
    component: str
    series: Series
    limit: Limit | None
    no_limit: str = ""
    query: str = ""
    options: tuple[str, ...] = ()
    annotations: Annotations = NOTHING_KNOWN
    stated: Annotations = NOTHING_KNOWN
    last: Mapping[LimitType, Prediction] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """The settings of a run: the time it is for, how far it looks (None: as far as each limit says), paths, seed."""

    as_of_ms: int
    source: str = ""
    horizon_s: float | None = None
    paths: int = 500
    seed: int = 0


@dataclass(frozen=True)
class RunwayEstimate:
    """A row, the evidence behind it, and its predictions for the track record."""

    row: RunwayRow
    evidence: Evidence
    predictions: tuple[Prediction, ...] = ()

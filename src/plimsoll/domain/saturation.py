"""What can run out, and how is it measured? A saturation point of the catalog, as data.

A point names a finite resource, the PromQL that tells how full it is, the thresholds that matter and how long relief
takes. `$window` in a query stands for the span that one sample speaks for; it is set to the step of the read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.limit import Direction, Limit


@dataclass(frozen=True, slots=True)
class SaturationPoint:
    """One finite resource.

    `query` gives the number that is compared with `soft` and `hard`, in `unit`; `current` and `capacity` give the
    absolute amounts behind a ratio, where these exist. `alternatives` are sets of metric names: the point can be
    measured if one whole set is present. `labels` name the resource (the first is its component). A point without
    thresholds needs one from the user; `needs` says which. `signals` are the names under which our own sources (this
    host, a database) give the same number. `noisy` marks values that fluctuate from moment to moment.
    """

    name: str
    group: str
    title: str
    resource: str
    unit: str
    query: str
    current: str
    capacity: str
    alternatives: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    soft: float | None
    hard: float | None
    direction: Direction
    horizon_s: float
    lead_time_class: str
    lead_time_s: float
    self_limiting: bool
    needs: str
    why: str
    remedies: tuple[str, ...]
    exporter: str
    source: str
    signals: tuple[str, ...] = ()
    noisy: bool = False

    def limit(self) -> Limit:
        """The limit that this point sets."""
        return Limit(
            name=self.name,
            unit=self.unit,
            source=f"catalog {self.name}",
            soft=self.soft,
            hard=self.hard,
            lead_time_s=self.lead_time_s,
            horizon_s=self.horizon_s,
            self_limiting=self.self_limiting,
            noisy=self.noisy,
            direction=self.direction,
        )

    def promql(self, window: str) -> str:
        """The query with the span of one sample filled in (`5m`, `1h`)."""
        return self.query.replace("$window", window)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric name that the query reads, sorted."""
        return tuple(sorted({name for names in self.alternatives for name in names}))


@dataclass(frozen=True)
class Catalog(Document):
    """What `plimsoll catalog` answers."""

    KIND: ClassVar[str] = "Catalog"

    limits: tuple[SaturationPoint, ...]


@dataclass(frozen=True, slots=True)
class CatalogMatch:
    """Whether a source can measure a point; `missing` are the metric names that the nearest alternative lacks."""

    point: SaturationPoint
    matched: bool
    missing: tuple[str, ...] = ()

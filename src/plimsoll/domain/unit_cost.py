"""What does one request of each kind cost, and what does a cache save? The answers of `limits per-unit` and `cache`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.estimate import Estimate


@dataclass(frozen=True)
class ResourceCost:
    """The cost of one resource: `idle` without any request, and `per_unit` of each kind; `unit` is the unit of costs.

    `explained_ratio` is the share of the resource's variance that the kinds explain. `untold` names the kinds (and
    `idle`) whose cost the rows do not identify, each with the reason and the remedy; `why` states it for all at once.
    """

    resource: str
    unit: str
    idle: Estimate | None
    per_unit: Mapping[str, Estimate]
    explained_ratio: float | None
    rows: int
    why: str
    untold: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitCosts(Document):
    """Costs of each resource by kinds of request, users or sessions."""

    KIND: ClassVar[str] = "UnitCosts"

    source: str
    costs: tuple[ResourceCost, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CacheBenefit(Document):
    """What a cache saves: latency without a hit, with one, the difference, and what is saved at the mean hit ratio."""

    KIND: ClassVar[str] = "CacheBenefit"

    source: str
    miss_s: Estimate | None
    hit_s: Estimate | None
    benefit_s: Estimate | None
    hit_ratio: float | None
    saved_now_s: Estimate | None
    rows: int
    why: str
    notes: tuple[str, ...] = ()

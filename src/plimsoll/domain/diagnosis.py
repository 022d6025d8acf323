"""Is a source fit to plan on, and which limits can it measure?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.ports import Check


@dataclass(frozen=True, slots=True)
class MeasurableLimit:
    """A limit of the catalog: whether the source can measure it, and which metrics it lacks for that."""

    name: str
    title: str
    matched: bool
    missing: tuple[str, ...] = ()
    exporter: str = ""


@dataclass(frozen=True)
class Diagnosis(Document):
    """What `plimsoll doctor` answers; `usable` is false where any check failed."""

    KIND: ClassVar[str] = "Diagnosis"

    source: str
    usable: bool
    checks: tuple[Check, ...]
    limits: tuple[MeasurableLimit, ...] = ()

"""What a report holds: parts in order, each with words, tables and charts; page and Markdown are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import ClassVar

from plimsoll.domain.chart import Chart
from plimsoll.domain.document import Document
from plimsoll.domain.table import Table


class Period(str, Enum):
    """The span a report looks back on."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"

    @property
    def days(self) -> int:
        """The length of the period in days."""
        return _DAYS[self]


_DAYS = {Period.DAILY: 1, Period.WEEKLY: 7, Period.MONTHLY: 30, Period.QUARTERLY: 91, Period.ANNUAL: 365}


@dataclass(frozen=True)
class Part:
    """One section: its title, what it says first, and what shows it. `label` marks data that is not measured."""

    title: str
    lead: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class Report(Document):
    """A whole report on one system."""

    KIND: ClassVar[str] = "Report"
    title: str
    system: str
    made_at: datetime
    period: Period | None
    covers: str
    headlines: tuple[str, ...]
    parts: tuple[Part, ...] = field(default=())
    sources: tuple[str, ...] = field(default=())

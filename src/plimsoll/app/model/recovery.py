"""The section `recovery`: how soon it must be back, how much may be lost, and whether the backups fit that."""

from typing import Literal

from pydantic import Field

from plimsoll.app.model.section import Name, Section, Text, Whole
from plimsoll.app.model.units import Seconds


class RecoveryClassSection(Section):
    """What is promised for one class of things."""

    name: Name = Field(description="The class.")
    rto: Seconds | None = Field(default=None, description="It is back within this time.")
    rpo: Seconds | None = Field(default=None, description="At most the work of this time is lost.")


class BackupSection(Section):
    """One backup schedule."""

    protects: Name = Field(description="The class that it protects.")
    component: Name | None = Field(default=None, description="The component that is backed up.")
    kind: Literal["full", "incremental", "continuous", "on_change"] = Field(default="full", description="What it is.")
    every: Seconds | None = Field(default=None, gt=0, description="How often.")
    keep: Seconds | None = Field(default=None, gt=0, description="How long it is kept.")


class SurviveSection(Section):
    """A loss that is to be survived without missing the SLO."""

    component: Name | None = Field(default=None, description="The component; all where left out.")
    lose: Literal["instance", "zone"] = Field(description="What is lost.")
    count: Whole = Field(default=1, ge=1, description="How many of them.")
    of: Whole | None = Field(default=None, ge=1, description="Over how many zones replicas are spread.")


class RecoverySection(Section):
    """Promises, backups and losses to survive."""

    classes: tuple[RecoveryClassSection, ...] = Field(default=(), description="What is promised, by class.")
    backups: tuple[BackupSection, ...] = Field(default=(), description="The backup schedules.")
    survive: tuple[SurviveSection, ...] = Field(default=(), description="Losses to survive.")
    notes: tuple[Text, ...] = Field(default=(), description="Anything else to know.")

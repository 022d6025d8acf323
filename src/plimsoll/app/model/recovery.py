"""The section `recovery`: how soon it must be back, how much may be lost, and whether the backups fit that."""

from typing import Literal, Self

from pydantic import Field, model_validator

from plimsoll.app.model.section import Name, Section, Text, Whole
from plimsoll.app.model.units import Seconds, refused


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

    @model_validator(mode="after")
    def _of_zones(self) -> Self:
        if self.lose == "zone" and self.of is None:
            raise refused("a zone of how many? Say over how many zones replicas are spread: of: 3")
        if self.lose == "zone" and self.of is not None and self.of <= self.count:
            raise refused(f"nothing is left of {self.of} where {self.count} are lost")
        if self.lose == "instance" and self.of is not None:
            raise refused("`of` counts zones; it says nothing of the loss of an instance")
        return self


class RecoverySection(Section):
    """Promises, backups and losses to survive."""

    classes: tuple[RecoveryClassSection, ...] = Field(default=(), description="What is promised, by class.")
    backups: tuple[BackupSection, ...] = Field(default=(), description="The backup schedules.")
    survive: tuple[SurviveSection, ...] = Field(default=(), description="Losses to survive.")
    notes: tuple[Text, ...] = Field(default=(), description="Anything else to know.")

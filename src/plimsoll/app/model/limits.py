"""The sections `limits`: how far resources may go, and where the figure comes from."""

from typing import Literal, Self

from pydantic import Field, model_validator

from plimsoll.app.model.section import Name, Section, Text
from plimsoll.app.model.units import Amount, Seconds, refused
from plimsoll.domain.limit import DEFAULT_HORIZON_S, DEFAULT_LEAD_TIME_S


class LimitSection(Section):
    """One limit of one resource."""

    resource: Name = Field(description="What is limited: sessions, connections, disk, memory.")
    component: Name | None = Field(default=None, description="Whose resource it is (for a limit at the top level).")
    signal: Name | None = Field(default=None, description="The signal that measures how much is used.")
    soft: Amount | None = Field(default=None, description="Where its owner wants to be notified.")
    hard: Amount | None = Field(default=None, description="Where it fails or refuses.")
    low_is_bad: bool = Field(default=False, description="Trouble lies below the limit (free space), not above it.")
    self_limiting: bool = Field(default=False, description="Full by design: not forecast.")
    lead_time: Seconds = Field(default=DEFAULT_LEAD_TIME_S, description="From the decision to usable relief.")
    horizon: Seconds = Field(default=DEFAULT_HORIZON_S, description="How far ahead to look.")
    scope: Literal["replica", "component"] = Field(
        default="replica", description="Whether the limit is of each replica."
    )
    source: Text = Field(default="model file", description="Where the figure comes from.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.soft is None or self.hard is None:
            return self
        if self.soft.dimension is not self.hard.dimension:
            raise refused(f"soft is in {self.soft.dimension.value}, hard in {self.hard.dimension.value}")
        if (self.hard.value - self.soft.value) * (-1 if self.low_is_bad else 1) <= 0:
            raise refused(f"the soft limit {self.soft.write()} must come before the hard one, {self.hard.write()}")
        return self

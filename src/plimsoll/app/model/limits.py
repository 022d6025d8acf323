"""The sections `limits`: how far resources may go, and where the figure comes from."""

from typing import Literal

from pydantic import Field

from plimsoll.app.model.section import Name, Section, Text
from plimsoll.app.model.units import Amount, Seconds


class LimitSection(Section):
    """One limit of one resource."""

    resource: Name = Field(description="What is limited: sessions, connections, disk, memory.")
    component: Name | None = Field(
        default=None, description="Whose resource it is (where the limit stands at the top)."
    )
    signal: Name | None = Field(default=None, description="The signal that tells how much is used.")
    soft: Amount | None = Field(default=None, description="Where to be told.")
    hard: Amount | None = Field(default=None, description="Where it fails or refuses.")
    low_is_bad: bool = Field(default=False, description="Trouble lies below the limit (free space), not above it.")
    self_limiting: bool = Field(default=False, description="Full by design: not forecast.")
    lead_time: Seconds = Field(default=604800.0, description="From the decision to usable relief.")
    horizon: Seconds = Field(default=7776000.0, description="How far ahead to look.")
    scope: Literal["replica", "component"] = Field(
        default="replica", description="Whether the limit is of each replica."
    )
    source: Text = Field(default="model file", description="Where the figure comes from.")

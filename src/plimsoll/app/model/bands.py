"""The sections `bands` and `assess`: what is good, what is bad, and what asks for action."""

from typing import Literal

from pydantic import Field

from plimsoll.app.model.policies import ConditionSection
from plimsoll.app.model.section import Name, Section, Text
from plimsoll.app.model.units import Amount, Ratio


class BandSection(Section):
    """Named ranges of one signal."""

    signal: Name = Field(description="The signal.")
    component: Name | None = Field(default=None, description="The component; all where left out.")
    levels: dict[Name, tuple[Amount | None, Amount | None]] = Field(
        description="Each level's range `[from, to]`; the end is not in it, null leaves a side open."
    )
    bad: Literal["high", "low"] = Field(default="high", description="On which side trouble lies.")
    target: Amount | None = Field(default=None, description="Where it should be.")
    severity: dict[Name, Literal["medium", "high", "critical"]] = Field(
        default={}, description="How much a bottleneck at a level hurts."
    )
    action: Text = Field(default="", description="What to do about it: scale, page, expand.")


class AssessSection(Section):
    """When action is needed, and how soon."""

    immediate: tuple[ConditionSection, ...] = Field(default=(), description="Any of these needs action at once.")
    triggers: tuple[ConditionSection, ...] = Field(default=(), description="Any of these needs more capacity.")
    urgent_past: Ratio = Field(default=0.2, description="So far past a threshold, urgency is high.")
    good: tuple[ConditionSection, ...] = Field(default=(), description="What is reported as good.")
    unhealthy: Literal["medium", "high", "critical"] = Field(
        default="critical", description="How much an unhealthy component hurts."
    )
    priorities: dict[Literal["critical", "high", "medium", "none"], Name] = Field(
        default={}, description="What the overall priority is called at each worst severity."
    )

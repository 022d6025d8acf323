"""The section `alerts`: what is told to whom, and when."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from plimsoll.app.model.secrets import Secret
from plimsoll.app.model.section import Name, OneOrMany, Section, Text
from plimsoll.app.model.units import Amount, Seconds, refused

Channels = Annotated[tuple[Name, ...], OneOrMany]


class ChannelSection(Section):
    """One way to reach people."""

    name: Name = Field(description="The channel's name.")
    kind: Literal["page", "slack", "email", "webhook", "dashboard"] = Field(description="What it is.")
    url: Secret | None = Field(default=None, description="Its address, which is a secret: env:NAME or file:PATH.")
    address: tuple[Text, ...] = Field(default=(), description="Mail addresses or a chat channel.")


class AlertRuleSection(Section):
    """One alert."""

    name: Name = Field(description="The alert's name.")
    signal: Name | None = Field(default=None, description="The signal that is judged.")
    component: Name | None = Field(default=None, description="The component that it is about.")
    above: Amount | None = Field(default=None, description="Fires above this.")
    below: Amount | None = Field(default=None, description="Fires below this.")
    down: bool = Field(default=False, description="Fires when the component does not answer.")
    expr: Text | None = Field(default=None, description="A PromQL expression instead.")
    for_: Seconds = Field(default=0.0, alias="for", description="It must hold for all of this time.")
    severity: Literal["critical", "warning", "info"] = Field(default="warning", description="How serious it is.")
    to: Channels = Field(default=(), description="Channels that are notified.")

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if sum((self.above is not None, self.below is not None, self.down, self.expr is not None)) != 1:
            raise refused("needs one of above, below, down and expr")
        if self.expr is None and self.signal is None and not (self.down and self.component):
            raise refused(f"needs the {'component that may be down' if self.down else 'signal that is judged'}")
        return self


class InformationSection(Section):
    """An informational event that is posted, routed and marked on charts."""

    name: Name = Field(description="What happened.")
    to: Channels = Field(default=(), description="Channels that are notified.")


class AlertsSection(Section):
    """Channels, rules and informational events."""

    channels: tuple[ChannelSection, ...] = Field(default=(), description="Ways to reach people.")
    rules: tuple[AlertRuleSection, ...] = Field(default=(), description="The alerts.")
    events: tuple[InformationSection, ...] = Field(default=(), description="What is sent without being an alert.")

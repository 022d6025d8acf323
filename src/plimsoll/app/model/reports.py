"""The sections `reports`, `reviews` and `dashboards`: what is told regularly."""

from typing import Annotated, Literal

from pydantic import Field

from plimsoll.app.model.section import Name, OneOrMany, Section, Text
from plimsoll.app.model.units import Amount

Period = Literal["daily", "weekly", "monthly", "quarterly", "annual"]
Topics = Annotated[tuple[Text, ...], OneOrMany]


class ReportSection(Section):
    """One report."""

    period: Period = Field(description="How often.")
    topics: Topics = Field(default=(), description="What it covers.")
    to: Annotated[tuple[Name, ...], OneOrMany] = Field(default=(), description="Channels it goes to.")


class ReviewSection(Section):
    """One review by people."""

    period: Period = Field(description="How often.")
    topics: Topics = Field(description="What is looked at.")


class DashboardSection(Section):
    """One dashboard."""

    name: Name = Field(description="Its name.")
    panels: Topics = Field(description="Its panels.")
    thresholds: dict[Name, Amount] = Field(default={}, description="Lines drawn on its panels.")
    component: Name | None = Field(default=None, description="The component that it shows.")

"""The sections `slo` and `slos`: what must hold, for the capacity of a component and over a longer window."""

from typing import Literal

from pydantic import Field

from plimsoll.app.model.section import Name, Number, Section, Text
from plimsoll.app.model.units import Amount, Seconds, Share


class SloSection(Section):
    """What must hold for a component to serve well."""

    utilization: Share | None = Field(default=None, gt=0, description="Demand over supply must stay at or below this.")
    p50: Seconds | None = Field(default=None, gt=0, description="Median response time must stay below this.")
    p90: Seconds | None = Field(
        default=None, gt=0, description="90 % quantile of the response time must stay below this."
    )
    p95: Seconds | None = Field(
        default=None, gt=0, description="95 % quantile of the response time must stay below this."
    )
    p99: Seconds | None = Field(
        default=None, gt=0, description="99 % quantile of the response time must stay below this."
    )
    errors: Share | None = Field(default=None, description="Share of failed requests must stay at or below this.")


class IndicatorSection(Section):
    """How an objective is measured: good over total, or one value against a threshold."""

    good: Text | None = Field(default=None, description="Query of the good events.")
    bad: Text | None = Field(default=None, description="Query of the bad events, where the good ones are not counted.")
    total: Text | None = Field(default=None, description="Query of all events.")
    value: Text | None = Field(default=None, description="Query of one value, judged against `threshold`.")
    threshold: Amount | None = Field(default=None, description="What the value is judged against.")
    side: Literal["above", "below"] = Field(
        default="below", description="On which side of the threshold the value is good."
    )
    source: Name | None = Field(default=None, description="The source that answers the queries.")


class ObjectiveSection(Section):
    """One objective over a window."""

    name: Name = Field(description="The objective's name.")
    component: Name | None = Field(default=None, description="The component it is about.")
    description: Text = Field(default="", description="What it promises, in words.")
    target: Share = Field(description="The share of good events or time that is promised.")
    window: Seconds = Field(default=2419200.0, gt=0, description="The span over which it is judged.")
    rolling: bool = Field(default=True, description="A rolling window; false for a calendar-aligned one.")
    budgeting: Literal["occurrences", "timeslices"] = Field(
        default="occurrences", description="What the budget counts."
    )
    slice_target: Number | None = Field(default=None, description="The share within one time slice that makes it good.")
    slice: Seconds | None = Field(default=None, description="The length of one time slice.")
    indicator: IndicatorSection | None = Field(default=None, description="How it is measured.")

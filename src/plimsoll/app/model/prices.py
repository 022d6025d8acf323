"""The sections `prices`, `budget`, `cost_review` and `roadmap`: what it costs, may cost, and how to spend less."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from plimsoll.app.model.section import Name, Number, OneOrMany, Section, Text, Whole, short_for
from plimsoll.app.model.units import Bytes, Change, Ratio, Seconds, Share

Price = Annotated[Number, Field(ge=0)]


class InstancePricesSection(Section):
    """What one instance costs an hour, by way of buying it."""

    on_demand: Price = Field(description="Paid by the hour.")
    reserved: Price | None = Field(default=None, description="Committed for a term.")
    spot: Price | None = Field(default=None, description="May be taken away at short notice.")


class LineItemSection(Section):
    """One line of the monthly bill."""

    quantity: Number = Field(default=1.0, ge=0, description="How many.")
    each: Price = Field(description="What one costs a month.")


class AdditionSection(Section):
    """A step: something bought in certain months, on top of growth."""

    what: Name = Field(description="What is added: instances, GB.")
    quantity: Number = Field(ge=0, description="How many each time.")
    each: Price | None = Field(default=None, description="What one costs a month; without it the cost is unknown.")
    in_months: tuple[Annotated[Whole, Field(ge=1)], ...] = Field(
        description="The months, counted from 1, in which it is added."
    )


class CostGroupSection(Section):
    """Lines of the bill that grow together."""

    items: dict[Name, Annotated[LineItemSection, short_for("each")]] = Field(description="The lines, a month each.")
    monthly: Change = Field(default=0.0, description="Growth of the group a month.")
    additions: tuple[AdditionSection, ...] = Field(default=(), description="Steps on top of growth.")
    team: Name | None = Field(default=None, description="Who pays for it.")
    feature: Name | None = Field(default=None, description="The feature that it belongs to.")


class PricesSection(Section):
    """What things cost."""

    currency: Name = Field(default="USD", description="The currency of every price.")
    as_of: date | None = Field(default=None, description="The date of the prices.")
    source: Text = Field(default="model file", description="Where they come from.")
    hours_per_month: Number = Field(default=730.0, gt=0, description="Hours that count as a month.")
    basis: Literal["resources", "instances"] | None = Field(
        default=None, description="What is paid for; resources where a core's price is given, else instances."
    )
    core_hour: Price | None = Field(default=None, description="One core for one hour.")
    memory_gb_hour: Price | None = Field(default=None, description="One GB (10^9 bytes) of memory for one hour.")
    storage_gb_month: Price | None = Field(default=None, description="One GB (10^9 bytes) of storage for one month.")
    instance_hour: InstancePricesSection | None = Field(default=None, description="One instance for one hour.")
    groups: dict[Name, CostGroupSection] = Field(default={}, description="The monthly bill in groups of lines.")
    uncertainty: Share = Field(default=0.0, description="How far prices may be off, for low and high.")


class BudgetSection(Section):
    """What it may cost."""

    monthly: Price = Field(description="A month.")
    alert_at: Annotated[tuple[Ratio, ...], OneOrMany] = Field(default=(0.8,), description="Warn at these shares.")
    to: Annotated[tuple[Name, ...], OneOrMany] = Field(default=(), description="Channels that are notified.")
    daily_at: str | None = Field(default=None, pattern=r"^\d\d:\d\d$", description="When it is checked, local time.")
    by: tuple[Literal["feature", "team", "component"], ...] = Field(default=(), description="How cost is divided.")


class OptionSection(Section):
    """One way to save."""

    name: Name = Field(description="What it is called.")
    risk: Literal["low", "medium", "high"] = Field(description="Its risk.")
    effort: Literal["low", "medium", "high"] = Field(description="Its effort.")
    saves: tuple[Share, Share] | None = Field(default=None, description="Least and most it saves of what it touches.")
    excludes: tuple[Name, ...] = Field(default=(), description="Options not to be taken for the same instance.")
    note: Text = Field(default="", description="Anything else to know.")


class CostReviewSection(Section):
    """How costs are reviewed."""

    cpu: Share | None = Field(default=None, description="Processor utilization to right-size to.")
    memory: Share | None = Field(default=None, description="Memory utilization to right-size to.")
    storage_oversized_below: Share | None = Field(default=None, description="Used less than this it is too large.")
    storage_undersized_above: Share | None = Field(default=None, description="Used more than this it is too small.")
    cdn_above: Bytes | None = Field(default=None, description="Advise a CDN when more than this goes out in a period.")
    balance_window: Seconds | None = Field(default=None, description="Scale-outs and -ins are compared over this time.")
    options: tuple[OptionSection, ...] = Field(default=(), description="Ways to save.")
    checks: tuple[Text, ...] = Field(default=(), description="What else is looked at.")


class PhaseSection(Section):
    """One phase of a roadmap."""

    name: Name = Field(description="The phase.")
    from_day: Whole | None = Field(default=None, ge=0, description="Its first day, from the start of the plan.")
    to_day: Whole | None = Field(default=None, ge=0, description="Its last day.")
    items: tuple[Text, ...] = Field(description="What is done in it.")

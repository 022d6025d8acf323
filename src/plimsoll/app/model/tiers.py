"""The sections `tiers`, `transitions` and `readiness`: whole systems in a few sizes, and the way between them."""

from pydantic import Field

from plimsoll.app.model.deployment import ResourceAmountsSection
from plimsoll.app.model.section import Name, Number, Section, Text, Whole
from plimsoll.app.model.units import Amount, Bytes, Cores, Count, Seconds, Share


class TierSizeSection(Section):
    """One component at one tier."""

    replicas: Whole | None = Field(default=None, ge=0, description="Replicas, nodes or workers.")
    cores: Cores | None = Field(default=None, description="Cores of each.")
    memory: Bytes | None = Field(default=None, description="Memory of each.")
    storage: Bytes | None = Field(default=None, description="Storage of the whole component.")
    reserve: ResourceAmountsSection | None = Field(default=None, description="What is reserved of it.")


class TierSection(Section):
    """One size of the whole system."""

    name: Name = Field(description="The tier's name.")
    title: Text = Field(default="", description="What it is called for people.")
    purpose: Text = Field(default="", description="What it is for.")
    up_to: dict[Name, Count] = Field(min_length=1, description="The most it is enough for, by driver.")
    price_per_month: Number | None = Field(default=None, ge=0, description="What it costs a month.")
    components: dict[Name, TierSizeSection] = Field(default={}, description="The size of each component.")
    infrastructure: tuple[Text, ...] = Field(default=(), description="What else it needs.")
    targets: dict[Name, Amount] = Field(default={}, description="Performance that it must reach.")
    monitored: tuple[Name, ...] = Field(default=(), description="Signals that are watched at it.")
    recovery: tuple[Text, ...] = Field(default=(), description="Recovery policies at it.")


class TransitionSection(Section):
    """The way from one tier to the next."""

    from_: Name = Field(alias="from", description="The tier left.")
    to: Name = Field(description="The tier reached.")
    starts_at: dict[Name, Count] = Field(default={}, description="It is to start at this, by driver.")
    duration: Seconds | None = Field(default=None, description="How long it takes.")
    downtime: Seconds = Field(default=0.0, description="How long the system is down for it.")
    note: Text = Field(default="", description="Anything else to know.")
    steps: tuple[Text, ...] = Field(default=(), description="What is done, in order.")


class ReadinessSection(Section):
    """When to begin getting ready for the next tier."""

    act_at: Share = Field(default=0.7, gt=0, description="At this share of what the tier is enough for.")

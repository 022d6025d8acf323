"""The section `components`: the parts of the system, what each is offered, carries, has and may become."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from plimsoll.app.model.capacity import CapacitySection
from plimsoll.app.model.deployment import (
    DeploySection,
    ExecutorSection,
    HealthSection,
    PoolSection,
    ResourcesSection,
    VpaSection,
)
from plimsoll.app.model.limits import LimitSection
from plimsoll.app.model.policies import PolicySection
from plimsoll.app.model.section import Name, Number, Section, Text, Whole, short_for
from plimsoll.app.model.sizes import GrowthSection, SizeSection
from plimsoll.app.model.slos import SloSection
from plimsoll.app.model.units import Amount, ByteRate, Bytes, Cores, PerSecond, Seconds, Share, refused

Kind = Literal[
    "application", "frontend", "workers", "database", "cache", "queue", "storage", "load_balancer", "external_api",
    "monitoring", "network", "nodes", "service",
]  # fmt: skip
Scaling = Literal["horizontal", "vertical", "vertical_then_replicas", "shards", "expand_storage", "none"]


class InstanceSection(Section):
    """What one replica has."""

    cores: Cores | None = Field(default=None, description="Processor cores of one replica.")
    clock_ghz: Number | None = Field(default=None, gt=0, description="Clock of the cores in GHz.")
    memory: Bytes | None = Field(default=None, description="Memory of one replica.")
    usable_memory: Bytes | None = Field(
        default=None, description="The part of the memory that the component itself may use."
    )
    memory_per_process: Bytes | None = Field(default=None, description="The most memory that one process may take.")
    storage: Bytes | None = Field(default=None, description="Disk space of one replica.")
    usable_storage: Bytes | None = Field(default=None, description="The part of the disk space that data may use.")
    network: ByteRate | None = Field(default=None, description="Network bandwidth of one replica.")
    price_per_hour: Number | None = Field(
        default=None, ge=0, description="On-demand price of one replica for one hour."
    )


class DemandSection(Section):
    """The work that the component is offered."""

    unit: Name = Field(description="What is counted: requests, users, sessions, tasks.")
    per: Seconds | None = Field(
        default=None, gt=0, description="The span that one value counts; leave out for a level."
    )
    driver: Name | None = Field(default=None, description="The driver that this demand follows.")
    ratio: Number = Field(default=1.0, ge=0, description="How much of this demand one unit of the driver makes.")
    signal: Name | None = Field(default=None, description="The signal that measures this demand.")


class StartupSection(Section):
    """How long a new replica takes from the decision until it serves."""

    median: Seconds = Field(description="Half of the replicas serve within this time.")
    p95: Seconds | None = Field(default=None, description="95 % of the replicas serve within this time.")
    failures: Share = Field(default=0.0, lt=1, description="The share of starts that fail and are tried again.")


class ReplicasSection(Section):
    """How many replicas there may be."""

    now: Whole | None = Field(default=None, ge=0, description="How many run today.")
    min: Whole = Field(default=1, ge=0, description="Never fewer than this.")
    max: Whole | None = Field(default=None, ge=1, description="Never more than this.")
    buffer: Share = Field(default=0.0, description="Share added on top of what the demand needs.")
    buffer_min: Whole = Field(default=0, ge=0, description="At least so many replicas on top, where there is a buffer.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max is not None and self.min > self.max:
            raise refused(f"min {self.min} is above max {self.max}")
        return self


class BuffersSection(Section):
    """By what factor each need is multiplied before it is bought."""

    cores: Number = Field(default=1.0, ge=1, description="Factor for processor cores; 1.3 is 30 % on top.")
    memory: Number = Field(default=1.0, ge=1, description="Factor for memory.")
    storage: Number = Field(default=1.0, ge=1, description="Factor for storage.")


class ConsumptionSection(Section):
    """What one unit of something takes."""

    per: Name = Field(description="One unit of what: a driver, or the unit of the demand.")
    cores: Cores | None = Field(default=None, description="Cores taken by one unit.")
    cpu: Share | None = Field(default=None, description="Share of one replica's processor taken by one unit.")
    memory: Bytes | None = Field(default=None, description="Memory taken by one unit.")
    storage: Bytes | None = Field(default=None, description="Disk space taken by one unit.")
    network: ByteRate | None = Field(default=None, description="Network bandwidth taken by one unit.")


class SessionsSection(Section):
    """How sessions live."""

    create: Seconds | None = Field(default=None, description="Time to create one.")
    destroy: Seconds | None = Field(default=None, description="Time to destroy one.")
    median: Seconds | None = Field(default=None, description="Median length.")
    timeout: Seconds | None = Field(default=None, description="Closed after so much idle time.")
    peak: Whole | None = Field(default=None, ge=0, description="Most seen at once.")
    per_user: Number | None = Field(default=None, ge=0, description="Sessions of one concurrent user.")
    websockets_per_user: Number | None = Field(
        default=None, ge=0, description="Websocket connections of one concurrent user."
    )


class CacheSection(Section):
    """How a cache is laid out."""

    ttl: Seconds | None = Field(default=None, description="How long an entry lives.")
    memory: Bytes | None = Field(default=None, description="Memory for entries.")
    nodes: Whole | None = Field(default=None, ge=1, description="Number of nodes or shards.")
    replication: Whole | None = Field(default=None, ge=1, description="Copies of each entry.")
    sharding: Text | None = Field(default=None, description="How keys are spread over nodes.")


class QuotaSection(Section):
    """A rate that somebody else allows."""

    name: Name = Field(description="What is limited.")
    rate: PerSecond = Field(description="The most that is allowed, with its span: `5000/h`.")
    source: Text = Field(default="", description="Where the figure comes from.")


class ComponentSection(Section):
    """One part of the system."""

    name: Name = Field(description="The component's name; other sections refer to it.")
    kind: Kind = Field(default="application", description="What sort of part it is.")
    engine: Text | None = Field(default=None, description="The program behind it: `postgresql 15`, `nginx or haproxy`.")
    parts: tuple[Text, ...] = Field(default=(), description="What it is made of.")
    duties: tuple[Text, ...] = Field(default=(), description="What it has to do.")
    becomes: Text | None = Field(default=None, description="The form it is to take as the system grows.")
    team: Name | None = Field(default=None, description="Who pays for it.")
    feature: Name | None = Field(default=None, description="The feature that its cost belongs to.")
    depends_on: tuple[Name, ...] = Field(default=(), description="Components that it needs.")
    recovery_class: Name | None = Field(default=None, description="Its class in `recovery`.")
    scaling: Scaling = Field(default="horizontal", description="How it grows.")
    measures: tuple[Text, ...] = Field(default=(), description="Ways to make it carry more, in the order to try them.")
    algorithm: Literal["round_robin", "least_connections", "ip_hash", "random", "weighted"] | None = Field(
        default=None, description="How a load balancer picks a replica."
    )
    instance: InstanceSection = Field(
        default_factory=InstanceSection.model_construct, description="What one replica has."
    )
    practical_share: Share = Field(
        default=0.8, description="The share of a theoretical limit that may be used in practice."
    )
    demand: DemandSection | None = Field(default=None, description="The work that it is offered.")
    capacity: CapacitySection | None = Field(default=None, description="What one replica carries, or how to find out.")
    slo: SloSection = Field(
        default_factory=SloSection.model_construct, description="What must hold for it to serve well."
    )
    startup: Annotated[StartupSection, short_for("median")] | None = Field(
        default=None, description="From decision to serving replica: a time, or a distribution."
    )
    replicas: ReplicasSection = Field(
        default_factory=ReplicasSection.model_construct, description="How many replicas there may be."
    )
    buffers: BuffersSection = Field(
        default_factory=BuffersSection.model_construct, description="Factors on top of cores, memory and storage."
    )
    consumption: tuple[ConsumptionSection, ...] = Field(
        default=(), description="What one session, user or request takes."
    )
    sizes: tuple[SizeSection, ...] = Field(default=(), description="A table of sizes, smallest first.")
    growth: tuple[GrowthSection, ...] = Field(default=(), description="Resources that grow by themselves.")
    limits: tuple[LimitSection, ...] = Field(default=(), description="How far its resources may go.")
    quotas: tuple[QuotaSection, ...] = Field(default=(), description="Rates that an outside service allows.")
    baseline: dict[Name, Amount] = Field(default={}, description="What was measured in ordinary operation, by signal.")
    sessions: SessionsSection | None = Field(default=None, description="How its sessions live.")
    cache: CacheSection | None = Field(default=None, description="How a cache is laid out.")
    pool: PoolSection | None = Field(default=None, description="Its connection pool.")
    resources: ResourcesSection | None = Field(default=None, description="Container requests and limits.")
    vpa: VpaSection | None = Field(default=None, description="A vertical autoscaler on its containers.")
    health: HealthSection | None = Field(default=None, description="How a replica is found healthy.")
    deploy: DeploySection | None = Field(default=None, description="How it is rolled out.")
    executor: ExecutorSection | None = Field(default=None, description="What carries out its scaling.")
    policies: tuple[PolicySection, ...] = Field(default=(), description="Scaling policies, to be compared or run.")

"""How a component is deployed, scaled by its platform, and found healthy."""

from typing import Literal

from pydantic import Field

from plimsoll.app.model.secrets import SafeUrl, Secret
from plimsoll.app.model.section import Name, Number, Section, Text, Whole
from plimsoll.app.model.units import Bytes, Cores, Seconds, Share


class ResourceAmountsSection(Section):
    """Amounts of processor and memory."""

    cpu: Cores | None = Field(default=None, description="Cores.")
    memory: Bytes | None = Field(default=None, description="Memory.")


class ResourcesSection(Section):
    """Container requests and limits."""

    requests: ResourceAmountsSection = Field(
        default_factory=ResourceAmountsSection.model_construct, description="What is reserved."
    )
    limits: ResourceAmountsSection = Field(
        default_factory=ResourceAmountsSection.model_construct, description="What may at most be used."
    )


class VpaSection(Section):
    """A vertical pod autoscaler."""

    mode: Literal["Auto", "Recreate", "Initial", "Off"] = Field(
        default="Off", description="What it does with its advice."
    )
    min: ResourceAmountsSection = Field(
        default_factory=ResourceAmountsSection.model_construct, description="Never less than this."
    )
    max: ResourceAmountsSection = Field(
        default_factory=ResourceAmountsSection.model_construct, description="Never more than this."
    )
    resources: tuple[Literal["cpu", "memory"], ...] = Field(default=("cpu", "memory"), description="What it controls.")


class PoolSection(Section):
    """A connection pool in front of a database."""

    mode: Literal["session", "transaction", "statement"] | None = Field(
        default=None, description="When a connection is freed."
    )
    size: Whole | None = Field(default=None, ge=1, description="Server connections of one pool.")
    max_clients: Whole | None = Field(default=None, ge=1, description="Client connections accepted.")
    per_instance: Whole | None = Field(default=None, ge=1, description="Connections of one replica of the application.")
    total: Whole | None = Field(default=None, ge=1, description="Connections that the database allows in all.")


class HealthSection(Section):
    """How a replica is found healthy."""

    path: Text = Field(default="/health", description="The endpoint.")
    interval: Seconds = Field(default=30.0, gt=0, description="How often it is polled.")
    timeout: Seconds = Field(default=10.0, gt=0, description="How long an answer may take.")
    healthy_after: Whole = Field(default=2, ge=1, description="Good answers in a row that make a replica healthy.")
    unhealthy_after: Whole = Field(default=3, ge=1, description="Bad answers in a row that make it unhealthy.")
    grace: Seconds = Field(default=300.0, description="A new replica is not judged for this long.")
    status: Whole = Field(default=200, description="The status that a good answer has.")
    response_below: Seconds | None = Field(default=None, description="A good answer comes within this time.")
    port: Whole | None = Field(default=None, ge=1, le=65535, description="The port that is polled.")


class RestartSection(Section):
    """What happens when a replica fails."""

    when: Literal["never", "on_failure", "always"] = Field(
        default="on_failure", description="When it is started again."
    )
    delay: Seconds = Field(default=5.0, description="Wait before a restart.")
    max_attempts: Whole | None = Field(default=None, ge=1, description="Give up after so many.")


class DeploySection(Section):
    """How a component is rolled out."""

    platform: Literal["kubernetes", "swarm", "compose", "instances", "processes"] | None = Field(
        default=None, description="Where it runs."
    )
    name: Name | None = Field(default=None, description="What the platform calls it.")
    namespace: Name | None = Field(default=None, description="The namespace or stack that it is in.")
    image: Text | None = Field(default=None, description="The container image.")
    port: Whole | None = Field(default=None, ge=1, le=65535, description="The port it listens on.")
    replicas: Whole | None = Field(default=None, ge=0, description="Replicas to start with.")
    parallelism: Whole | None = Field(default=None, ge=1, description="Replicas updated at a time.")
    update_delay: Seconds | None = Field(default=None, description="Wait between two updates.")
    restart: RestartSection | None = Field(default=None, description="What happens when a replica fails.")
    max_unavailable: Whole | None = Field(
        default=None, ge=0, description="Replicas that may be away in a planned disruption."
    )
    spread: tuple[Name, ...] = Field(default=(), description="Zones or hosts over which replicas are spread.")


class ExecutorSection(Section):
    """What carries out a component's scaling."""

    kind: Literal["kubernetes", "swarm", "compose", "http", "processes", "aws_asg", "dry_run"] = Field(
        description="The kind of executor."
    )
    url: SafeUrl | None = Field(default=None, description="Its address.")
    count: Text | None = Field(default=None, description="The request for the count: `GET /api/instances .count`.")
    scale: Text | None = Field(default=None, description="The request for a change: `POST /api/scaling`.")
    body: tuple[Name, ...] = Field(default=(), description="Fields of the request's body.")
    ok: Whole = Field(default=200, description="The status that means done.")
    timeout: Seconds = Field(default=30.0, gt=0, description="How long an answer may take.")
    token: Secret | None = Field(default=None, description="Bearer token, as env:NAME or file:PATH.")
    every: Seconds | None = Field(default=None, gt=0, description="How often decisions are made.")
    history: Seconds | None = Field(default=None, gt=0, description="How much history a decision may look at.")
    events_log: bool = Field(default=True, description="Every event is logged.")
    notify: tuple[Name, ...] = Field(default=(), description="Channels that hear of every event.")
    confidence_floor: Share = Field(default=0.0, description="Do not act on a decision less sure than this.")
    retries: Number = Field(default=3, ge=0, description="How often a failed request is tried again.")

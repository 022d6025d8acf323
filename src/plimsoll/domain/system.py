"""What is the system made of, and what does each part carry? The model file as the pure rooms see it.

Every number is in base units: seconds, bytes, cores, ratios 0..1. What the model does not say is None, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from plimsoll.domain.errors import Place
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.response import Response, ServiceCurve


@dataclass(frozen=True, slots=True)
class Demand:
    """The work a component is offered: `unit` counted per `per_s` seconds, or a level (users) where `per_s` is None.

    A row of a trace is the demand of that span. `driver` names the business quantity it follows, `ratio` how much of
    this demand one unit of the driver makes.
    """

    unit: str
    per_s: float | None = None
    driver: str | None = None
    ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Instance:
    """What one replica has; `price_per_hour` is on demand."""

    cores: float | None = None
    memory_bytes: float | None = None
    storage_bytes: float | None = None
    price_per_hour: float | None = None


@dataclass(frozen=True, slots=True)
class Latency:
    """A quantile of the response time, and its upper bound."""

    quantile: float
    below_s: float


REHEARSED_UTILIZATION = 0.8
"""The share of a replica's capacity that a rehearsal lets it carry where no SLO states one."""


@dataclass(frozen=True, slots=True)
class Slo:
    """What must hold for a component to serve well; None and empty mean: no such objective.

    `utilization` is demand over supply, `error_ratio` failed over all, both 0..1.
    """

    utilization: float | None = None
    latencies: tuple[Latency, ...] = ()
    error_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Startup:
    """Decision to usable replica: half of them within `median_s`, 95 % within `p95_s`; a `failure_ratio` fails."""

    median_s: float = 0.0
    p95_s: float | None = None
    failure_ratio: float = 0.0


@dataclass(frozen=True, slots=True)
class Replicas:
    """Least and most replicas; `buffer_ratio` and `buffer_min` are added on top of what demand needs."""

    min: int = 1
    max: int | None = None
    buffer_ratio: float = 0.0
    buffer_min: int = 0
    now: int | None = None


@dataclass(frozen=True, slots=True)
class Buffers:
    """The factors by which a need is multiplied before it is bought: 1.3 is 30 % on top."""

    cores: float = 1.0
    memory: float = 1.0
    storage: float = 1.0


@dataclass(frozen=True, slots=True)
class Consumption:
    """The storage that one unit of `per` (a driver, or the component's demand) takes; a plan adds it up."""

    per: str
    storage_bytes: float | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """One row of a table of sizes: enough for demand up to `up_to` (driver or demand unit -> amount, all must hold)."""

    name: str
    up_to: tuple[tuple[str, float], ...]
    replicas: int | None = None
    cores: float | None = None
    memory_bytes: float | None = None
    storage_bytes: float | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """How one resource of a component grows by itself: `now`, then by a ratio or by an amount a month.

    `act_above` is the value at which more must be added. Values are bytes for storage, ratios for utilizations.
    """

    resource: str
    now: float | None
    monthly_ratio: float | None = None
    monthly_amount: float | None = None
    act_above: float | None = None


@dataclass(frozen=True)
class Component:
    """One part of the system. `capacity` is the most demand one replica serves within the SLO, in the demand's span."""

    name: str
    demand: Demand | None = None
    capacity: float | None = None
    slo: Slo = Slo()
    startup: Startup = Startup()
    replicas: Replicas = Replicas()
    instance: Instance = Instance()
    buffers: Buffers = Buffers()
    consumption: tuple[Consumption, ...] = ()
    sizes: tuple[Size, ...] = ()
    growth: tuple[Growth, ...] = ()
    policies: tuple[AnyPolicy, ...] = ()
    responses: tuple[Response, ...] = ()
    measured: ServiceCurve | None = None
    place: Place | None = field(default=None, compare=False)

    def policy(self, name: str) -> AnyPolicy | None:
        """Find a policy by its name."""
        return next((policy for policy in self.policies if policy.name == name), None)


@dataclass(frozen=True)
class System:
    """The whole system: its parts, in the order of the file."""

    name: str
    components: tuple[Component, ...]
    time_zone: str = "UTC"

    def component(self, name: str) -> Component | None:
        """Find a component by its name."""
        return next((component for component in self.components if component.name == name), None)

"""Under what conditions is a policy replayed? The demand, the service and what may go wrong, as one value."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from plimsoll.domain.response import Response, ServiceCurve
from plimsoll.domain.series import Values
from plimsoll.domain.system import Startup
from plimsoll.simulation.faults import Fault


class Rules(str, Enum):
    """The rules by which a service is simulated."""

    PLAIN = "plain"  # no queueing, whole start-up delay, decision after each row
    QUEUED = "queued"  # work waits, start-up times vary, starts fail, metrics are delayed


@dataclass(frozen=True, eq=False)
class Setting:
    """`load` is demand by step; `per_replica` what one replica carries in a step at full use, `utilization` the SLO's.

    `measured` is the measured latency and error ratio of a replica by the load it serves. Without a measured latency,
    `service_s`, the time that one request takes by itself, determines it; if that is None too, there is no latency.
    `demand` holds the names of the load itself, `recorded` further columns of the trace by name, `responses` the
    signals that depend on load.
    """

    load: Values
    first_s: float
    step_s: float
    per_replica: float
    utilization: float
    startup: Startup
    least: int
    most: int
    rules: Rules = Rules.PLAIN
    fault: Fault | None = None
    quota: int | None = None
    metric_delay_s: float = 0.0
    deadline_s: float = 30.0
    service_s: float | None = None
    latency_slo_s: float | None = None
    error_slo: float | None = None
    seed: int = 1
    demand: frozenset[str] = frozenset()
    recorded: tuple[tuple[str, Values], ...] = ()
    responses: tuple[Response, ...] = ()
    measured: ServiceCurve | None = None

    def up_to(self, steps: int) -> Setting:
        """Truncate everything recorded to its first `steps` steps."""
        recorded = tuple((name, column[:steps]) for name, column in self.recorded)
        return replace(self, load=self.load[:steps], recorded=recorded)

    @property
    def has_latency(self) -> bool:
        """Whether the service has a latency at all."""
        return self.service_s is not None or bool(self.measured and self.measured.latency_s)

    @property
    def metric_lag(self) -> int:
        """The delay of metrics in whole steps."""
        return math.ceil(self.metric_delay_s / self.step_s)

    @property
    def lag(self) -> int:
        """Steps from requesting a replica to its first step of service, under the plain rules."""
        return max(1, math.ceil(self.startup.median_s / self.step_s))

    @property
    def start(self) -> int:
        """Replicas at the first step: what it needs, within the limits."""
        needed = max(1, math.ceil(float(self.load[0]) / (self.utilization * self.per_replica)))
        return min(max(self.least, needed), self.most)

"""What a queue does: how busy, how long the wait, how many servers. The answer of `limits queue`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plimsoll.domain.document import Document


@dataclass(frozen=True)
class QueueAnswer(Document):
    """An M/M/c queue in steady state. `queueing` says what was assumed.

    `stable` is false where the queue grows without bound: then there is no steady state, and the numbers are absent.
    """

    KIND: ClassVar[str] = "Queue"

    arrival_rate_per_s: float
    service_time_s: float
    servers: int
    stable: bool
    utilization: float
    wait_probability: float | None
    wait_s: float | None
    residence_s: float | None
    in_system: float | None
    residence_quantiles_s: dict[str, float]
    why: str
    queueing: str = "Poisson arrivals, exponential service, first come first served (M/M/c, Erlang C)"


@dataclass(frozen=True)
class Staffing(Document):
    """The fewest servers that keep the probability of waiting at or below `wait_probability_wanted`.

    `square_root_servers` is what the square-root rule says, for comparison; `servers` is exact.
    """

    KIND: ClassVar[str] = "Staffing"

    arrival_rate_per_s: float
    service_time_s: float
    wait_probability_wanted: float
    servers: int
    square_root_servers: int
    utilization: float
    wait_probability: float
    wait_s: float
    residence_s: float
    in_system: float
    residence_quantiles_s: dict[str, float]

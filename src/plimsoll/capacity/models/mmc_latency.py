"""How long does a request take when requests arrive at random and wait for one of c equal servers?

    mean:      s + C(c, a) * s / (c - a)            with a = arrival rate * s and Erlang's C
    quantile:  the t at which P(T > t) falls to 1 - q, from the closed form of the M/M/c queue

Arrivals are Poisson, service is exponential, first come first served (L. Kleinrock, "Queueing Systems", volume 1,
Wiley 1975, sections 3.5 and 3.7). The number of servers is set by the variant. Every whole number up to 16 has one,
since service time and servers would be wrong, and look certain, where the true number has none. Beyond, every second
and then every fourth number has one: neighbors differ little there, and intervals include the numbers between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.capacity.erlang import wait_probability
from plimsoll.capacity.model import CapacityModel, Kind, Parameter, Quantity, Values
from plimsoll.capacity.residence_table import residence_table
from plimsoll.domain.load_test import LoadUnit

_EACH_UP_TO, _EACH_SECOND_UP_TO, _EACH_FOURTH_UP_TO = 16, 32, 64
SERVERS = (
    *range(1, _EACH_UP_TO + 1),
    *range(_EACH_UP_TO + 2, _EACH_SECOND_UP_TO + 1, 2),
    *range(_EACH_SECOND_UP_TO + 4, _EACH_FOURTH_UP_TO + 1, 4),
)
_DIFFERENCE = 1e-6  # of the service time, for a finite difference


@dataclass(frozen=True)
class MmcLatency:
    """Latency of an M/M/c queue; `quantile` None means the mean."""

    servers: int = 1
    quantile: float | None = None
    name = "mmc_latency"
    linear = False
    formula = "service + C(servers, arrivals*service) * service / (servers - arrivals*service)"
    parameters = (Parameter("service_s", 0.0, None, logarithmic=True),)

    @property
    def fixed(self) -> tuple[tuple[str, float], ...]:
        """The number of servers of this variant."""
        return (("servers", float(self.servers)),)

    @property
    def rounding(self) -> float:
        """Up to the middle between two numbers that have variants, and that whole number included; 0 where none is."""
        return 0.0 if self.servers <= _EACH_UP_TO else 1.5 if self.servers <= _EACH_SECOND_UP_TO else 2.5

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer one variant for each number of servers."""
        del load, measured
        if quantity.kind is not Kind.LATENCY:
            return "it describes latency"
        if quantity.load_unit is not LoadUnit.ARRIVALS_PER_S:
            return "it needs loads that are arrivals a second; these are users who wait for their answer"
        return tuple(replace(self, servers=servers, quantile=quantity.quantile) for servers in SERVERS)

    def start(self, load: Values, measured: Values) -> Values:
        """Take the least latency for service alone, kept below full utilization at every tested load."""
        least = float(np.min(measured)) / self.unqueued
        return np.array([min(least, 0.95 * self.servers / float(np.max(load)))])

    @property
    def unqueued(self) -> float:
        """Latency of a request that does not wait, in service times: 1 for the mean, -ln(1 - q) for the quantile q."""
        return 1.0 if self.quantile is None else -float(np.log1p(-self.quantile))

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict latency in seconds; NaN where the servers cannot keep up."""
        service_s = parameters[..., 0:1]
        offered = load * service_s
        if self.quantile is not None:
            return service_s * residence_table(self.servers, self.quantile).at(offered)[0]
        stable = offered < self.servers
        busy = np.where(stable, offered, 0.0)
        wait = wait_probability(busy, self.servers) * service_s / (self.servers - busy)
        return np.where(stable, service_s + wait, np.nan)

    def with_slope(self, parameters: Values, load: Values) -> tuple[Values, Values]:
        """Predict latency and d latency / d service, both (..., n), of parameters (..., 1)."""
        if self.quantile is not None:
            offered = load * parameters
            time, slope = residence_table(self.servers, self.quantile).at(offered)
            return parameters * time, time + offered * slope
        size = parameters * _DIFFERENCE
        three = np.stack([parameters - size, parameters, parameters + size], axis=-2)
        below, at, above = np.moveaxis(self.predict(three, load), -2, 0)
        return at, (above - below) / (2 * size)

    def slopes(self, parameters: Values, load: Values) -> Values:
        """Differentiate latency by the service time."""
        return self.with_slope(parameters, load)[1][..., None]


MODEL = MmcLatency()

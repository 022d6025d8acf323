"""How long does a request take when requests arrive at random and wait for one of c equal servers?

    mean:      s + C(c, a) * s / (c - a)            with a = arrival rate * s and Erlang's C
    quantile:  the t at which P(T > t) falls to 1 - q, from the closed form of the M/M/c queue

The slope of the mean over s follows from dB/da = B (c / a - 1 + B), with Erlang's B. Arrivals are Poisson, service is
exponential, first come first served (L. Kleinrock, "Queueing Systems", volume 1, Wiley 1975, sections 3.5 and 3.7). The
number of servers is set by the variant. Every whole number up to 64 is fitted, since service time and servers would be
wrong, and look certain, where the true number is left out. Beyond 16 only every second and then every fourth number is
tried at first, and the numbers between those that are likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from plimsoll.capacity.erlang import wait_probability
from plimsoll.capacity.model import CapacityModel, Kind, Parameter, Quantity, Values
from plimsoll.capacity.residence_table import residence_table
from plimsoll.domain.load_test import LoadUnit

SERVERS = (*range(1, 17), *range(18, 33, 2), *range(36, 65, 4))


def servers_between(near: Sequence[float]) -> list[int]:
    """List the numbers of servers without a variant that lie beside a near one with a variant.

    >>> servers_between([15.0, 16.0]), servers_between([20.0, 64.0])
    ([17], [19, 21, 61, 62, 63])
    """
    gaps = [range(low + 1, high) for low, high in pairwise(SERVERS) if low in near or high in near]
    return [servers for gap in gaps for servers in gap]


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

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer one variant for each number of servers."""
        del load, measured
        if quantity.kind is not Kind.LATENCY:
            return "it describes latency"
        if quantity.load_unit is not LoadUnit.ARRIVALS_PER_S:
            return "it needs loads that are arrivals a second; these are users who wait for their answer"
        return tuple(replace(self, servers=servers, quantile=quantity.quantile) for servers in SERVERS)

    def between(self, near: Sequence[float]) -> Sequence[CapacityModel]:
        """Offer the numbers of servers beside near ones that `variants` leaves out."""
        return tuple(replace(self, servers=servers) for servers in servers_between(near))

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
        return np.asarray(service_s * (1 + self._wait(offered)[1]))

    def with_slope(self, parameters: Values, load: Values) -> tuple[Values, Values]:
        """Predict latency and d latency / d service, both (..., n), of parameters (..., 1)."""
        offered = load * parameters
        if self.quantile is not None:
            time, slope = residence_table(self.servers, self.quantile).at(offered)
            return parameters * time, time + offered * slope
        waiting, wait = self._wait(offered)
        free = self.servers - offered
        loss = waiting * free / (self.servers - offered * waiting)
        rise = waiting * (free + offered * (1 - loss) / (free + offered * loss))  # offered load * dC / d offered load
        return parameters * (1 + wait), 1 + wait + (rise + offered * wait) / free

    def _wait(self, offered: Values) -> tuple[Values, Values]:
        """Compute Erlang's C and the mean wait in service times; NaN where the servers cannot keep up."""
        stable = offered < self.servers
        waiting = np.where(stable, wait_probability(np.where(stable, offered, 0.0), self.servers), np.nan)
        return waiting, waiting / (self.servers - offered)

    def slopes(self, parameters: Values, load: Values) -> Values:
        """Differentiate latency by the service time."""
        return self.with_slope(parameters, load)[1][..., None]


MODEL = MmcLatency()

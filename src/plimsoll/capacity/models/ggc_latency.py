"""How long does a request take when arrivals and service vary more, or less, than at random?

    mean:  s + v * C(c, a) * s / (c - a),    v = (ca^2 + cs^2) / 2

The approximation of Allen and Cunneen (A. O. Allen, "Probability, Statistics and Queueing Theory", 2nd edition,
Academic Press 1990, section 6.3): the wait of the M/M/c queue times the mean of the squared coefficients of variation
of arrivals and service. v = 1 is M/M/c. v is at most 100, beyond which service and variability cannot be told apart. It
is searched as its logarithm, so that the probability of a number of servers does not depend on the size of v. Before
anything is measured, v lies between 0.1 and 10 with 95 %; without that, servers so many that nobody waits, whatever v
is, would be the likeliest. For a quantile, the wait is scaled in the same way: exact at v = 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.capacity.model import CapacityModel, Parameter, Quantity, Values
from plimsoll.capacity.models.mmc_latency import SERVERS, MmcLatency, servers_between

_SPREAD = float(np.log(10)) / 2


@dataclass(frozen=True)
class GgcLatency:
    """Latency of a G/G/c queue by Allen and Cunneen; `quantile` None means the mean."""

    servers: int = 1
    quantile: float | None = None
    name = "ggc_latency"
    linear = False
    formula = "service + variability * C(servers, arrivals*service) * service / (servers - arrivals*service)"
    parameters = (
        Parameter("service_s", 0.0, None, logarithmic=True),
        Parameter("variability", 0.0, 100.0, logarithmic=True, spread=_SPREAD),
    )

    @property
    def fixed(self) -> tuple[tuple[str, float], ...]:
        """The number of servers of this variant."""
        return (("servers", float(self.servers)),)

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer one variant for each number of servers, where M/M/c would."""
        offered = MmcLatency().variants(quantity, load, measured)
        if isinstance(offered, str):
            return offered
        return tuple(replace(self, servers=servers, quantile=quantity.quantile) for servers in SERVERS)

    def between(self, near: Sequence[float]) -> Sequence[CapacityModel]:
        """Offer the numbers of servers beside near ones that `variants` leaves out."""
        return tuple(replace(self, servers=servers) for servers in servers_between(near))

    def start(self, load: Values, measured: Values) -> Values:
        """Start from M/M/c."""
        return np.append(self._mmc.start(load, measured), 1.0)

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict latency in seconds; NaN where the servers cannot keep up."""
        service_s, variability = parameters[..., 0:1], parameters[..., 1:2]
        mmc = self._mmc
        unqueued = mmc.unqueued * service_s
        return np.asarray(unqueued + variability * (mmc.predict(service_s, load) - unqueued))

    def slopes(self, parameters: Values, load: Values) -> Values:
        """Differentiate by service and variability."""
        service_s, variability = parameters[..., 0:1], parameters[..., 1:2]
        mmc = self._mmc
        queue, rise = mmc.with_slope(service_s, load)
        by_service = mmc.unqueued + variability * (rise - mmc.unqueued)
        return np.stack([by_service, queue - mmc.unqueued * service_s], axis=-1)

    @property
    def _mmc(self) -> MmcLatency:
        """The M/M/c queue with the same servers."""
        return MmcLatency(self.servers, self.quantile)


MODEL = GgcLatency()

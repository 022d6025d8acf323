"""How does throughput grow with load when work queues for shared resources and keeps copies coherent?

    X(N) = rate * N / (1 + contention * (N - 1) + coherency * N * (N - 1))

The Universal Scalability Law (N. J. Gunther, "Guerrilla Capacity Planning", Springer 2007, chapter 4). Contention and
coherency lie in 0..1. Throughput peaks at N* = sqrt((1 - contention) / coherency); without coherency it climbs towards
the ceiling rate / contention and has no peak.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.capacity.model import CapacityModel, Kind, Parameter, Quantity, Values

CONTENTION, COHERENCY, RATE = 0, 1, 2
_LEAST_SLOWDOWN = 1e-3


class UniversalScalabilityLaw:
    """Throughput over users, threads or processors."""

    name = "usl"
    linear = False
    formula = "rate*N / (1 + contention*(N-1) + coherency*N*(N-1))"
    parameters = (
        Parameter("contention", 0.0, 1.0),
        Parameter("coherency", 0.0, 1.0),
        Parameter("rate", 0.0, None, logarithmic=True),
    )
    fixed: tuple[tuple[str, float], ...] = ()

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer itself for throughput over concurrency."""
        del measured
        if quantity.kind is not Kind.THROUGHPUT:
            return "it describes throughput"
        if np.max(load) <= 1:
            return "it counts what is at work at once, and no load here is more than one"
        return (self,)

    def start(self, load: Values, measured: Values) -> Values:
        """Solve N / X = (1 + contention*(N-1) + coherency*N*(N-1)) / rate, which is linear, weighted by X^2 / N.

        Steps without load are left out: throughput is zero there for any parameters.
        """
        load, measured = load[load > 0], measured[load > 0]
        positive = np.maximum(measured, 1e-9 * float(np.max(np.abs(measured)) or 1.0))
        terms = np.stack([np.ones_like(load), load - 1, load * (load - 1)], axis=1)
        weight = positive**2 / load
        inverse_rate, per_wait, per_copy = np.linalg.lstsq(
            terms * weight[:, None], load / positive * weight, rcond=None
        )[0]
        if inverse_rate <= 0 or not np.all(terms @ (inverse_rate, per_wait, per_copy) > 0):
            return np.array([0.01, 1e-5, float(np.max(positive / load))])
        return np.array([per_wait / inverse_rate, per_copy / inverse_rate, 1 / inverse_rate])

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict throughput; NaN where the denominator is not positive."""
        slowdown = self._slowdown(parameters, load)
        throughput = np.divide(load, slowdown, out=slowdown)
        throughput *= parameters[..., RATE : RATE + 1]
        return throughput

    def _slowdown(self, parameters: Values, load: Values) -> Values:
        """Compute how much longer a unit of work takes than alone; NaN where that is not positive, 1 without load."""
        load = np.where(load > 0, load, 1.0)
        contention, coherency = parameters[..., CONTENTION : CONTENTION + 1], parameters[..., COHERENCY : COHERENCY + 1]
        slowdown = coherency * load  # in place from here on: thousands of draws pass through
        slowdown += contention
        slowdown *= load - 1
        slowdown += 1
        if not slowdown.min(initial=np.inf) > _LEAST_SLOWDOWN:  # true for NaN, too
            slowdown[slowdown <= _LEAST_SLOWDOWN] = np.nan
        return slowdown

    def slopes(self, parameters: Values, load: Values) -> Values:
        """Differentiate throughput by the parameters."""
        slowdown = self._slowdown(parameters, load)
        slopes = np.empty((*slowdown.shape, 3))
        slopes[..., RATE] = load / slowdown
        loss = np.divide(slopes[..., RATE], slowdown, out=slowdown)  # in place: thousands of draws pass through
        loss *= parameters[..., RATE : RATE + 1]
        loss *= 1 - load
        slopes[..., CONTENTION] = loss
        slopes[..., COHERENCY] = loss * load
        return slopes


MODEL = UniversalScalabilityLaw()


def peak_load(parameters: Values) -> Values:
    """Compute where throughput peaks, shape (...,); infinite where coherency is not above zero.

    >>> round(float(peak_load(np.array([0.0277285, 1.044e-4, 89.995]))), 1)
    96.5
    """
    contention, coherency = parameters[..., CONTENTION], parameters[..., COHERENCY]
    with np.errstate(divide="ignore", invalid="ignore"):
        peak = np.sqrt(np.maximum(1 - contention, 0) / np.where(coherency > 0, coherency, np.nan))
    return np.where(coherency > 0, peak, np.inf)


def peak_throughput(parameters: Values) -> Values:
    """Compute throughput at the peak, shape (...,); the ceiling where coherency is not above zero."""
    peak = peak_load(parameters)
    at = np.where(np.isfinite(peak) & (peak > 0), peak, 1.0)
    contention, coherency, rate = (parameters[..., i] for i in (CONTENTION, COHERENCY, RATE))
    throughput = rate * at / (1 + contention * (at - 1) + coherency * at * (at - 1))
    return np.where(np.isfinite(peak), throughput, ceiling(parameters))


def ceiling(parameters: Values) -> Values:
    """Compute rate / contention, the asymptote of throughput; infinite without contention."""
    contention, rate = parameters[..., CONTENTION], parameters[..., RATE]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(contention > 0, rate / np.where(contention > 0, contention, np.nan), np.inf)


def knee_load(parameters: Values) -> Values:
    """Compute 1 / contention, where the line of ideal scaling meets the ceiling: past it, waiting outgrows the gain."""
    contention = parameters[..., CONTENTION]
    return np.where(contention > 0, 1 / np.where(contention > 0, contention, np.nan), np.inf)


def efficiency(parameters: Values, load: Values, measured: Values) -> Values:
    """Compute throughput per unit of load, as a ratio of the rate at load 1."""
    return np.asarray(measured / (parameters[..., RATE : RATE + 1] * load))


def overhead(parameters: Values, load: Values) -> Values:
    """Split the time of a unit of work at each load, (n, 3), into ideal, contention and coherency, relative to load 1.

    >>> overhead(np.array([0.0277285, 1.044e-4, 89.995]), np.array([10.0])).round(4).tolist()
    [[0.1, 0.025, 0.0005]]
    """
    contention, coherency = parameters[CONTENTION], parameters[COHERENCY]
    return np.stack([1 / load, contention * (load - 1) / load, coherency * (load - 1) / 2], axis=-1)

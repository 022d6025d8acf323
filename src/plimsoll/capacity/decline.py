"""Does throughput fall at high loads, or does it only rise to a level and stay there?

    X(N) = rate * N / ((1 + (N / knee)^sharpness)^(1 / sharpness) + coherency * N * (N - 1))

The Universal Scalability Law (sharpness 1) with a free knee. Without coherency it rises to rate * knee and stays, with
any bend between the gentle one of the law and the two lines that bound a closed system (P. J. Denning and J. P. Buzen,
"The operational analysis of queueing network models", Computing Surveys 10, 1978). One full server bends more sharply
than the law can, and the law mistakes that for coherency. So the question is whether coherency still improves the fit
here. The one-sided t-test of nested least squares answers it (G. A. F. Seber and C. J. Wild, "Nonlinear Regression",
Wiley 1989, section 5.3), averaged over the noise shapes by their probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from plimsoll.capacity.least_squares import EXACT, Optimum, bounded_optimum
from plimsoll.capacity.model import CapacityModel, Parameter, Quantity, Values
from plimsoll.capacity.noise import NOISE_SHAPES, log_evidence, noise_weights, probabilities

_SHARPNESS = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 20.0)
_FREE = 4  # rate, knee, coherency and sharpness


@dataclass(frozen=True)
class KneedLaw:
    """The law with a knee of this sharpness; `stays` leaves coherency out."""

    sharpness: float
    stays: bool = False
    name = "kneed"
    linear = False
    formula = "rate*N / ((1 + (N/knee)^sharpness)^(1/sharpness) + coherency*N*(N-1))"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Rate and knee, then coherency unless it is left out."""
        both = Parameter("rate", 0.0, None, logarithmic=True), Parameter("knee", 0.0, None, logarithmic=True)
        return both if self.stays else (*both, Parameter("coherency", 0.0))

    @property
    def fixed(self) -> tuple[tuple[str, float], ...]:
        """The sharpness of this variant."""
        return (("sharpness", self.sharpness),)

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer nothing: only coherency is tested with it, and its curve is not shown."""
        del quantity, load, measured
        return "it only tells whether throughput falls"

    def start(self, load: Values, measured: Values) -> Values:
        """Take the best rate of any step, and the knee at which it gives the greatest measured throughput."""
        some = load > 0
        rate = float(np.max(measured[some] / load[some]))
        found = [rate, float(np.max(measured)) / rate]
        return np.array(found if self.stays else [*found, 0.01 / float(np.max(load)) ** 2])

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict throughput; NaN where the denominator is not positive."""
        rate, knee = parameters[..., :1], parameters[..., 1:2]
        over = load / knee
        least, most = np.minimum(over, 1.0), np.maximum(over, 1.0)  # so that no power overflows
        slowdown = most * (1 + (least / most) ** self.sharpness) ** (1 / self.sharpness)
        if not self.stays:
            slowdown = slowdown + parameters[..., 2:3] * load * (load - 1)
        return np.asarray(rate * load / np.where(slowdown > 0, slowdown, np.nan))


def confidence_of_decline(load: Values, measured: Values) -> float | None:
    """Compute the confidence, 0 to 1, that throughput (n,) falls towards the highest of the loads (n,).

    None for fewer than five steps under load; 0 where throughput was greatest at the highest load.
    """
    load, measured = load[load > 0], measured[load > 0]
    if load.size <= _FREE:
        return None
    even = np.ones_like(measured)
    law = _nearest(load, measured, even, stays=False)
    if law is None or np.max(measured[load == np.max(load)]) >= np.max(measured):
        return 0.0
    curve = law[0].predict(law[1].parameters, load)
    tests = [_test(load, measured, noise_weights(curve, measured, shape)) for shape in NOISE_SHAPES]
    logs, confidence = np.array([test or (-np.inf, 0.0) for test in tests]).T
    return float(probabilities(logs, tempered=True) @ confidence) if np.any(np.isfinite(logs)) else 0.0


def _test(load: Values, measured: Values, weights: Values) -> tuple[float, float] | None:
    """Find the evidence for these weights, and the confidence under them that coherency is above zero."""
    falls, stays = (_nearest(load, measured, weights, stays=stays) for stays in (False, True))
    if falls is None or stays is None:
        return None
    freedom = load.size - _FREE
    variance = max(falls[1].squares, EXACT * float(np.sum(weights * measured**2))) / freedom
    gain = max(stays[1].squares - falls[1].squares, 0.0)
    return log_evidence(*falls, weights), float(stdtr(freedom, np.sqrt(gain / variance)))


def _nearest(load: Values, measured: Values, weights: Values, *, stays: bool) -> tuple[KneedLaw, Optimum] | None:
    """Fit the law at each sharpness and keep the best fit."""
    laws = [KneedLaw(sharpness, stays) for sharpness in _SHARPNESS]
    optima = [(law, bounded_optimum(law, load, measured, weights, law.start(load, measured))) for law in laws]
    some = [(law, optimum) for law, optimum in optima if optimum is not None]
    return min(some, key=lambda pair: pair[1].squares, default=None)

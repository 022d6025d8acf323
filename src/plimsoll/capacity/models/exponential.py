"""What if each unit of load multiplies by the same factor?

    y(x) = start * exp(growth * x)

A description of latency or errors near saturation, without a mechanism behind it: trust it inside the tested range.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.capacity.model import CapacityModel, Parameter, Quantity, Values


class Exponential:
    """Growth by a constant factor."""

    name = "exponential"
    linear = False
    formula = "start * exp(growth*x)"
    parameters = (Parameter("start", 0.0, None, logarithmic=True), Parameter("growth"))
    fixed: tuple[tuple[str, float], ...] = ()

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer itself where a positive value was measured."""
        del quantity, load
        return (self,) if np.any(measured > 0) else "nothing above zero was measured"

    def start(self, load: Values, measured: Values) -> Values:
        """Fit a line to the logarithms of positive values, weighted by their size."""
        some = measured > 0
        if np.count_nonzero(some) < 2:
            return np.array([float(np.max(measured)), 0.0])
        growth, log_start = np.polyfit(load[some], np.log(measured[some]), 1, w=measured[some])
        return np.array([np.exp(np.clip(log_start, -600, 600)), growth])

    def slopes(self, parameters: Values, load: Values) -> Values:
        """Differentiate by start and growth."""
        predicted = self.predict(parameters, load)
        return np.stack([predicted / np.maximum(parameters[..., 0:1], 1e-300), predicted * load], axis=-1)

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict the quantity at each load."""
        exponent = np.clip(parameters[..., 1:2] * load, -600, 600)
        return np.asarray(parameters[..., 0:1] * np.exp(exponent))


MODEL = Exponential()

"""What if each unit of load adds the same, from any starting value?

    y(x) = intercept + slope * x

Ordinary least squares. Reference data of CPU over request rate give 13.3125 + 0.5125 per request a second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.capacity.model import CapacityModel, Parameter, Quantity, Values


class Linear:
    """A straight line."""

    name = "linear"
    linear = True
    formula = "intercept + slope*x"
    parameters = (Parameter("intercept"), Parameter("slope"))
    fixed: tuple[tuple[str, float], ...] = ()

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer itself for anything."""
        del quantity, load, measured
        return (self,)

    def start(self, load: Values, measured: Values) -> Values:
        """Solve the straight line directly."""
        slope, intercept = np.polyfit(load, measured, 1)
        return np.array([intercept, slope])

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict the quantity at each load."""
        return np.asarray(parameters[..., 0:1] + parameters[..., 1:2] * load)


MODEL = Linear()

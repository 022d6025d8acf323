"""What does an idle replica use, and what does each unit of load add?

    y(x) = base + per_unit * x,    base >= 0, per_unit >= 0

For what a process holds without any load (memory, connections) and then for each user or request. Unlike a plain line
it is bounded: negative consumption does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.capacity.model import CapacityModel, Kind, Parameter, Quantity, Values


class BasePlusPerUnit:
    """A straight line whose intercept and slope are consumption."""

    name = "base_plus_per_unit"
    linear = True
    formula = "base + per_unit*x"
    parameters = (Parameter("base", 0.0), Parameter("per_unit", 0.0))
    fixed: tuple[tuple[str, float], ...] = ()

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer itself for what is consumed."""
        del load, measured
        return "it describes what is consumed" if quantity.kind is not Kind.RESOURCE else (self,)

    def start(self, load: Values, measured: Values) -> Values:
        """Solve the straight line directly; bounds come later."""
        per_unit, base = np.polyfit(load, measured, 1)
        return np.array([base, per_unit])

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict the quantity at each load."""
        return np.asarray(parameters[..., 0:1] + parameters[..., 1:2] * load)


MODEL = BasePlusPerUnit()

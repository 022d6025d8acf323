"""Where does the behavior change? Two straight lines that meet at a knee.

    y(x) = base + slope * x + bend * max(x - knee, 0)

The knee is searched on a grid between the second and the last but one load. Each of its places is a variant of its own,
for which the curve is linear and the search exact; the knee is known to half the distance between places (D. V.
Hinkley, "Inference in two-phase regression", JASA 66, 1971). For errors the base is bounded to 0..1, since it is a
share of requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from plimsoll.capacity.model import CapacityModel, Kind, Parameter, Quantity, Values

_FREE, _SHARE = Parameter("base"), Parameter("base", 0.0, 1.0)
_SLOPES = (Parameter("slope"), Parameter("bend"))
_PLACES = 20  # at least so many in all ...
_PLACES_BETWEEN_LOADS = 2  # ... and so many from each load to the next


@dataclass(frozen=True)
class Piecewise:
    """Two lines that meet at `knee`."""

    knee: float = 0.0
    rounding: float = 0.0  # half the widest distance between places: the knee is not known better
    base: Parameter = _FREE
    name = "piecewise"
    linear = True
    formula = "base + slope*x + bend*max(x - knee, 0)"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Base, slope and bend, with the bounds of the base."""
        return self.base, *_SLOPES

    @property
    def fixed(self) -> tuple[tuple[str, float], ...]:
        """The knee of this variant."""
        return (("knee", self.knee),)

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer one variant for each place of the knee."""
        del measured
        inner = np.unique(load)[1:-1]
        if inner.size < 2:
            return "a knee needs two loads on either side"
        each = max(_PLACES_BETWEEN_LOADS, -(-_PLACES // (inner.size - 1)))
        gaps = [np.linspace(a, b, each, endpoint=False) for a, b in pairwise(inner)]
        places = np.array([*np.concatenate(gaps), inner[-1]])
        rounding = float(np.max(np.diff(places))) / 2
        base = _SHARE if quantity.kind is Kind.ERRORS else self.base
        return tuple(replace(self, knee=float(knee), rounding=rounding, base=base) for knee in places)

    def start(self, load: Values, measured: Values) -> Values:
        """Solve the two lines directly."""
        return np.asarray(np.linalg.lstsq(self._terms(load).T, measured, rcond=None)[0])

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict the quantity at each load."""
        return np.asarray(parameters @ self._terms(load))

    def _terms(self, load: Values) -> Values:
        return np.stack([np.ones_like(load), load, np.maximum(load - self.knee, 0.0)])


MODEL = Piecewise()

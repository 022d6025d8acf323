"""What is a capacity model? A curve of one measured quantity over load, with parameters that mean something.

A model is one file in `plimsoll.capacity.models` that defines `MODEL` (or an entry point in the group
`plimsoll.capacity_models`). It says what it describes, how its parameters are bounded, where a search for them starts
and what it predicts. Fitting, intervals, model choice and the tests of the laws live elsewhere and are the same for
every model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.load_test import LoadUnit

Values = NDArray[np.float64]


class Kind(str, Enum):
    """What sort of quantity is measured over load; a model says which kinds it describes."""

    THROUGHPUT = "throughput"
    LATENCY = "latency"
    ERRORS = "errors"
    RESOURCE = "resource"


@dataclass(frozen=True)
class Quantity:
    """One measured quantity: its name, its kind and, for a latency, which quantile it is (None is the mean)."""

    name: str
    kind: Kind
    load_unit: LoadUnit = LoadUnit.USERS
    quantile: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its bounds from theory, and whether it is searched on a logarithmic scale.

    `spread` is the standard deviation of its logarithm about zero before anything is measured; None where no value is
    likelier than another.
    """

    name: str
    low: float | None = None
    high: float | None = None
    logarithmic: bool = False
    spread: float | None = None


class CapacityModel(Protocol):
    """A curve over load. Arrays of parameters have shape (..., p), loads (n,), predictions (..., n).

    `parameters` are fitted; `fixed` ones are set by the variant (the place of a knee, a number of servers). A
    prediction is NaN where the model is undefined (a queue at or past full utilization). Three members are optional. A
    method `slopes(parameters, load)` returns d prediction / d parameters, (..., n, p); without it, finite differences
    are used. Where variants form a grid of the one fixed parameter, a number `rounding` says by how much it may be off,
    or a method `between(values)` offers the variants beside those with likely values, which are then fitted, too.
    """

    @property
    def name(self) -> str:
        """The name used in outputs."""

    @property
    def formula(self) -> str:
        """The formula of the curve, with the names of its parameters."""

    @property
    def linear(self) -> bool:
        """Whether predictions are linear in the parameters, so that one linear solution fits it."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters to fit, in the order of the last axis."""

    @property
    def fixed(self) -> tuple[tuple[str, float], ...]:
        """The parameters that this variant fixes, with their values."""

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer the variants to try on `quantity`, or say in a few words why this model does not apply to it."""

    def start(self, load: Values, measured: Values) -> Values:
        """Propose parameters, shape (p,), from which to start the search."""

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict the quantity at each load."""

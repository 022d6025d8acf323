"""What is a capacity model? A curve of one measured quantity over load, with parameters that mean something.

A model is one file in `plimsoll.capacity.models` with its `MODEL` in it (or an entry point in the group
`plimsoll.capacity_models`): it says what it describes, how its parameters are bounded, where a search starts and what
it predicts. Fitting, intervals, choice and the law tests come from outside and are the same for every model.
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
    """What sort of thing is measured over load; a model says which it describes."""

    THROUGHPUT = "throughput"
    LATENCY = "latency"
    ERRORS = "errors"
    RESOURCE = "resource"


@dataclass(frozen=True)
class Quantity:
    """One measured quantity: its name, its kind, and for a latency which quantile it is (None is the mean)."""

    name: str
    kind: Kind
    load_unit: LoadUnit = LoadUnit.USERS
    quantile: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, the bounds that theory sets, and whether it is searched on a logarithmic scale."""

    name: str
    low: float | None = None
    high: float | None = None
    logarithmic: bool = False


class CapacityModel(Protocol):
    """A curve over load. Arrays of parameters have shape (..., p), loads (n,), predictions (..., n).

    `parameters` are searched for; `fixed` are set by the variant (the place of a knee, a number of servers). A
    prediction is NaN where the model has no meaning (a queue at or past full use). A model may have a method
    `slopes(parameters, load)`, d prediction / d parameters, (..., n, p); where it has none, differences stand in. It
    may have a number `rounding`: how far what the variant has set may be off because variants lie apart.
    """

    @property
    def name(self) -> str:
        """The word that outputs use."""

    @property
    def formula(self) -> str:
        """The curve, with the names of its parameters."""

    @property
    def linear(self) -> bool:
        """Whether predictions are linear in the parameters, so that the search is one solution."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What is searched for, in the order of the last axis."""

    @property
    def fixed(self) -> tuple[tuple[str, float], ...]:
        """What this variant has set."""

    def variants(self, quantity: Quantity, load: Values, measured: Values) -> Sequence[CapacityModel] | str:
        """Offer the variants to try on `quantity`, or say in a few words why this model does not fit it."""

    def start(self, load: Values, measured: Values) -> Values:
        """Propose parameters, shape (p,), from which a search finds its way."""

    def predict(self, parameters: Values, load: Values) -> Values:
        """Predict the quantity at each load."""

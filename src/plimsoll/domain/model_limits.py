"""How much does one replica carry, according to a model file? The answer of `limits of-model`.

A component may state its capacity, name a load test, state how many units fit on its resources, and name samples of
resource use by load. Each of these is answered separately; what a component does not state is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.growth import GrowthPrediction
from plimsoll.domain.load_line import LoadTestLimits


@dataclass(frozen=True, slots=True)
class Stated:
    """What the file itself says: demand of one replica and of the whole component, and units at once."""

    per_replica: float | None
    designed_for: float | None
    concurrency: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How many units one resource of a replica holds; `source` is the calculation."""

    resource: str
    units: float
    source: str


@dataclass(frozen=True)
class Packing:
    """How many units (sessions, websockets) fit on one replica: the fewest over its resources, the binding one.

    `practical_units` is the share of them that is used before acting.
    """

    unit: str
    units: float
    practical_units: float
    binding: str
    fits: tuple[Fit, ...]


@dataclass(frozen=True)
class Consumed:
    """How much of one resource load consumes: the family that the model asks for, beside the best on held-out samples.

    `error` is the root mean square of the leave-one-out prediction errors, relative to the mean.
    """

    of: str
    by: str
    model: str
    formula: str
    parameters: Mapping[str, Estimate]
    error: float | None
    best: str
    best_error: float | None


@dataclass(frozen=True, slots=True)
class Sized:
    """One quantity at the load to size for: the prediction of the fitted family, and the target."""

    of: str
    at_load: float
    predicted: float
    unit: str
    target: float
    met: bool


@dataclass(frozen=True)
class Sizing:
    """A sizing question answered: every quantity at the new load, and the factor on the cores of today."""

    sized: tuple[Sized, ...]
    cores_factor: float
    why: str
    beyond_samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComponentLimits:
    """All that a model says about what one replica of a component carries."""

    component: str
    stated: Stated | None = None
    load_test: LoadTestLimits | None = None
    packing: tuple[Packing, ...] = ()
    consumption: tuple[Consumed, ...] = ()
    sizing: Sizing | None = None
    growth: tuple[GrowthPrediction, ...] = ()


@dataclass(frozen=True)
class ModelLimits(Document):
    """What a model file says about what each component carries."""

    KIND: ClassVar[str] = "ModelLimits"
    system: str
    components: tuple[ComponentLimits, ...]
    notes: tuple[str, ...] = ()

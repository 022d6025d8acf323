"""Which models are there? One file each, named here; another package adds its own through the entry-point group
`plimsoll.capacity_models` (an object with the attributes of `plimsoll.capacity.model.CapacityModel`).
"""

from __future__ import annotations

from plimsoll.capacity.model import CapacityModel
from plimsoll.capacity.models.base_plus_per_unit import BasePlusPerUnit
from plimsoll.capacity.models.exponential import Exponential
from plimsoll.capacity.models.ggc_latency import GgcLatency
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.mmc_latency import MmcLatency
from plimsoll.capacity.models.piecewise import Piecewise
from plimsoll.capacity.models.usl import UniversalScalabilityLaw

CAPACITY_MODELS: tuple[CapacityModel, ...] = (
    UniversalScalabilityLaw(),
    Linear(),
    BasePlusPerUnit(),
    Exponential(),
    Piecewise(),
    MmcLatency(),
    GgcLatency(),
)

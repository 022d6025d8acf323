"""How many units fit on a replica, and what binds."""

from __future__ import annotations

from plimsoll.capacity.packing import pack
from plimsoll.domain.model_limits import Fit

HAD = {"cpu": 1.0, "memory": 8e9}


def test_the_resource_that_fills_first_binds() -> None:
    packing = pack("sessions", {"cpu": 0.005, "memory": 50e6}, HAD, (Fit("limit", 300, "file"),), 0.8)
    assert packing is not None
    assert (packing.binding, packing.units, packing.practical_units) == ("memory", 160, 128)
    assert {fit.resource: fit.units for fit in packing.fits} == {"limit": 300, "cpu": 200, "memory": 160}


def test_what_a_replica_has_not_and_what_takes_nothing_bound_nothing() -> None:
    assert pack("sessions", {"network": 5.0, "memory": 0.0}, HAD) is None

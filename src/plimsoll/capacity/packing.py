"""How many sessions fit on one replica? As many as the resource that fills first has room for.

    units           = min over resources of what the replica has / what one unit takes
    practical units = units * the share that is used before acting

A density (units a core, units a GB) is the same ratio the other way round; a stated limit is taken as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plimsoll.domain.model_limits import Fit, Packing
from plimsoll.domain.quantity import format_quantity

_UNITS = {"cpu": "ratio", "memory": "bytes", "storage": "bytes", "network": "B/s", "cores": "cores"}


def pack(
    unit: str,
    taken: Mapping[str, float],
    had: Mapping[str, float],
    stated: Sequence[Fit] = (),
    practical_share: float = 1.0,
) -> Packing | None:
    """Count units of one kind on a replica; `taken` is what one unit takes of each resource, `had` what there is.

    Amounts are in base units, processor as a share of the replica's. None where nothing bounds the units; of two equal
    bounds the first is named.

    >>> pack("sessions", {"memory": 2.0, "cpu": 0.5}, {"memory": 8.0, "cpu": 1.0}).binding
    'cpu'
    """
    computed = [
        Fit(resource, had[resource] / amount, f"{_text(had[resource], resource)}, {_text(amount, resource)} each")
        for resource, amount in taken.items()
        if amount > 0 and resource in had
    ]
    fits = (*stated, *computed)
    if not fits:
        return None
    least = min(fits, key=lambda fit: fit.units)
    return Packing(unit, least.units, least.units * practical_share, least.resource, fits)


def _text(amount: float, resource: str) -> str:
    return format_quantity(amount, _UNITS.get(resource, ""))

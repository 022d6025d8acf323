"""Which tier must run, and how far between two tiers is the demand?

The tier to run is the smallest that is large enough for every known driver it bounds. The interpolated estimate is
something else and named so: nobody sells 1.3 tiers, but it shows how much of a step is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plimsoll.domain.plan import ComponentPlan, Interpolated
from plimsoll.domain.plan_inputs import Tier, TierSize
from plimsoll.planning.growth import Demands, Exact, exact


def tier_to_run(tiers: Sequence[Tier], demands: Demands) -> Tier | None:
    """Return the smallest tier that is large enough; None where none is, or where none of their drivers is known."""
    return next((tier for tier in tiers if fill(tier, demands) is not None and not overfull(tier, demands)), None)


def overfull(tier: Tier, demands: Demands) -> bool:
    """Whether the demand is more than a tier can carry."""
    share = fill(tier, demands)
    return share is not None and share > 1


def fill(tier: Tier, demands: Demands) -> Exact | None:
    """Compute how full a tier is: the largest share over its drivers, or None where none of them is known."""
    shares = [demands[driver] / exact(limit) for driver, limit in tier.up_to if driver in demands and limit > 0]
    return max(shares, default=None)


def interpolated(tiers: Sequence[Tier], demands: Demands) -> Interpolated | None:
    """Interpolate linearly between the tiers around the demand, on the first driver that the tiers bound."""
    if len(tiers) < 2:
        return None
    driver = tiers[0].up_to[0][0]
    limits = [dict(tier.up_to).get(driver) for tier in tiers]
    value = demands.get(driver)
    if value is None:
        return None
    for index in range(1, len(tiers)):
        lower, upper = limits[index - 1], limits[index]
        if lower is not None and upper is not None and exact(lower) < value <= exact(upper):
            share = (value - exact(lower)) / (exact(upper) - exact(lower))
            return _between(tiers[index - 1], tiers[index], share)
    return None


def _between(below: Tier, above: Tier, share: Exact) -> Interpolated:
    lower = {size.component: size for size in below.sizes}
    components = tuple(
        ComponentPlan(
            name=size.component,
            replicas=_whole(_mixed(_at(lower, size.component, "replicas"), size.replicas, share)),
            cores=_mixed(_at(lower, size.component, "cores"), size.cores, share),
            memory_bytes=_mixed(_at(lower, size.component, "memory_bytes"), size.memory_bytes, share),
            storage_bytes=_mixed(_at(lower, size.component, "storage_bytes"), size.storage_bytes, share),
        )
        for size in above.sizes
    )
    cost = _mixed(below.price_per_month, above.price_per_month, share)
    return Interpolated(below.name, above.name, float(share), cost, components)


def _at(sizes: Mapping[str, TierSize], component: str, name: str) -> float | None:
    value = getattr(sizes.get(component), name, None)
    return float(value) if value is not None else None


def _mixed(below: float | None, above: float | None, share: Exact) -> float | None:
    if below is None or above is None:
        return None
    return float(exact(below) + (exact(above) - exact(below)) * share)


def _whole(value: float | None) -> int | None:
    return -int(-value // 1) if value is not None else None

"""How much of each limit is used, and does that need action?

A resource has a theoretical limit (all there is) and a practical one (the share of it to use before acting, 80 % unless
the model says otherwise). Utilization is given for both. The verdict is

    immediate   at or past the practical limit, or past a level that the model calls immediate
    plan        at or past 80 % of the practical limit
    monitor     below that, or full by design
    unknown     the value, or every limit, is not known

If low values are bad (free space, a hit ratio), or no limit is known, the verdict follows the levels of the threshold:
immediate at the last one, plan at an earlier one.
"""

from __future__ import annotations

from plimsoll.assess.bands import band_of
from plimsoll.assess.bottlenecks import level_passed
from plimsoll.domain.assessment import Resource, Standing, Threshold, Verdict
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Missing, Stale, Value
from plimsoll.domain.quantity import format_duration, format_quantity

PLAN_FROM_RATIO = 0.8


def standing_of(resource: Resource) -> Standing:
    """Judge one resource; with a missing or stale value its verdict is unknown, with the reason."""
    reading = resource.reading
    if not isinstance(reading, Value):
        return _standing(resource, None, Verdict.UNKNOWN, f"cannot tell: {why_not_known(reading)}")
    verdict, why = _verdict(resource, reading.value)
    return _standing(resource, reading.value, verdict, "; ".join(filter(None, (why, resource.unread))))


def _verdict(resource: Resource, value: float) -> tuple[Verdict, str]:
    if resource.immediate_above is not None and value > resource.immediate_above:
        return Verdict.IMMEDIATE, _called(f"above {format_quantity(resource.immediate_above, resource.unit)}")
    if resource.immediate_below is not None and value < resource.immediate_below:
        return Verdict.IMMEDIATE, _called(f"below {format_quantity(resource.immediate_below, resource.unit)}")
    if resource.opposite and level_passed(value, resource.opposite) is not None:
        return _level_verdict(value, resource.opposite, resource.unit)
    threshold = resource.threshold
    if threshold and threshold.levels and (threshold.direction is Direction.LOW_IS_BAD or not resource.practical):
        return _level_verdict(value, threshold, resource.unit)
    if not resource.practical:
        if resource.full_by_design:
            return Verdict.MONITOR, "full by design: how full it is asks for nothing"
        return Verdict.UNKNOWN, resource.no_limit or "no limit is known; give one in the model"
    used = value / resource.practical
    if used >= 1:
        return Verdict.IMMEDIATE, "at or past the practical limit"
    if used >= PLAN_FROM_RATIO:
        return Verdict.PLAN, f"past {PLAN_FROM_RATIO:.0%} of the practical limit"
    return Verdict.MONITOR, f"below {PLAN_FROM_RATIO:.0%} of the practical limit"


def _called(past: str) -> str:
    return f"{past}, which the model calls immediate"


def _level_verdict(value: float, threshold: Threshold, unit: str) -> tuple[Verdict, str]:
    passed = level_passed(value, threshold)
    if passed is None:
        return Verdict.MONITOR, "no level reached"
    past = f"at or past its level {format_quantity(passed.value, unit)}"
    return (Verdict.IMMEDIATE if passed == threshold.levels[-1] else Verdict.PLAN), past


def _standing(resource: Resource, value: float | None, verdict: Verdict, why: str) -> Standing:
    return Standing(
        component=resource.component,
        resource=resource.name,
        unit=resource.unit,
        now=value,
        band=None if value is None else band_of(value, resource.bands),
        theoretical_limit=resource.theoretical,
        practical_limit=resource.practical,
        theoretical_utilization=_share(value, resource.theoretical),
        practical_utilization=_share(value, resource.practical),
        headroom=None if value is None or resource.practical is None else resource.practical - value,
        verdict=verdict,
        why=why,
        target=resource.target,
    )


def _share(value: float | None, limit: float | None) -> float | None:
    return None if value is None or not limit else value / limit


def why_not_known(reading: Missing | Stale) -> str:
    """Say why a reading does not give the current value."""
    if isinstance(reading, Stale):
        return f"the last sample is {format_duration(reading.age_s)} old"
    return reading.reason or "no sample"

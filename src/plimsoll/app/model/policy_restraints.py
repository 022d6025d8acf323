"""Which rules of a policy hold back or bound? Schedules, peaks, windows, cooldowns, rates, pauses, guards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plimsoll.app.model.policies import PolicySection, ScheduleSection
from plimsoll.app.model.policy_context import Context
from plimsoll.app.model.policy_proposals import condition
from plimsoll.domain.policy_proposals import Direction
from plimsoll.domain.policy_restraints import (
    Calendar,
    Cooldowns,
    Corroboration,
    DropGuard,
    Granularity,
    HealthGuard,
    Limits,
    Pause,
    PeakWindow,
    Rate,
    ReversalGuard,
    Schedule,
    Stabilization,
)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNBOUNDED = 1_000_000


def limits(section: PolicySection, context: Context) -> Limits:
    """Translate least, most and steps; minimum and maximum are the component's where they are left out."""
    own, replicas, rungs = section.limits, context.component.replicas, len(section.ladder)
    least = own.min if own.min is not None else 1 if rungs else replicas.min
    most = own.max if own.max is not None else rungs or replicas.max or UNBOUNDED
    if least > most:
        faulty_bounds("limits", own, (least, most), context)
    if section.axis == "rungs" and not rungs:
        context.fault("axis rungs needs a ladder", "axis")
    granularity = Granularity.POWER_OF_TWO if own.power_of_two else Granularity.ANY
    return Limits(
        min=least,
        max=most,
        max_step_out=own.max_step_out or own.max_step,
        max_step_in=own.max_step_in or own.max_step,
        granularity=Granularity.MULTIPLE if own.multiple_of else granularity,
        granule=own.multiple_of or 1,
        place=context.place("limits", "min"),
        max_place=context.place("limits", "max"),
    )


def faulty_bounds(key: str, own: Any, bounds: tuple[int, int], context: Context) -> None:
    """Note a minimum above a maximum, with both lines; a bound that the policy leaves out is the component's."""
    side, opposite = ("min", "max") if own.min is not None else ("max", "min")
    stated = getattr(own, opposite) is not None
    there = context.place(key, opposite) if stated else f"replicas.{opposite} of the component"
    context.fault(f"min {bounds[0]} is above max {bounds[1]} (see {there})", key, side)


def schedules(section: PolicySection, context: Context) -> tuple[Schedule, ...]:
    """Translate the schedules."""
    return tuple(_schedule(item, index, context) for index, item in enumerate(section.schedules))


def _schedule(item: ScheduleSection, index: int, context: Context) -> Schedule:
    hours, minutes = item.at.split(":")
    weekdays = frozenset(_DAYS.index(day) for day in item.days) or frozenset(range(7))
    return Schedule(
        name=item.name or f"at {item.at}",
        at_s=int(hours) * 3600.0 + int(minutes) * 60.0,
        span_s=item.for_,
        time_zone=item.time_zone,
        calendar=Calendar(weekdays, frozenset(item.except_dates), frozenset(item.only_dates)),
        min=item.min,
        max=item.max,
        target=item.target,
        lead_s=item.lead,
        place=context.place("schedules", index),
    )


def peaks(section: PolicySection, context: Context) -> tuple[PeakWindow, ...]:
    """Translate the known peaks."""
    return tuple(
        PeakWindow(
            name=item.name,
            start_s=_epoch(item.start),
            end_s=_epoch(item.end),
            min=item.min,
            extra_ratio=item.extra,
            hold_scale_in=item.hold_scale_in,
            lead_s=item.lead,
            place=context.place("peaks", index),
        )
        for index, item in enumerate(section.peaks)
    )


def stabilization(section: PolicySection, context: Context) -> Stabilization:
    """Translate the windows that look back at recommendations."""
    return Stabilization(section.stabilization.up, section.stabilization.down, context.place("stabilization"))


def cooldowns(section: PolicySection) -> Cooldowns:
    """Translate the times without action after an action."""
    return Cooldowns(section.cooldowns.out, section.cooldowns.in_)


def rates(section: PolicySection, context: Context) -> tuple[Rate, ...]:
    """Translate the bounds on actions in a rolling period."""
    return tuple(
        Rate(Direction(item.direction), item.per, item.actions, item.replicas, context.place("rates", index))
        for index, item in enumerate(section.rates)
    )


def pauses(section: PolicySection) -> tuple[Pause, ...]:
    """Translate the pauses."""
    return tuple(
        Pause(Direction(item.direction), _epoch(item.until) if item.until else None) for item in section.pauses
    )


def drop_guard(section: PolicySection, context: Context) -> DropGuard | None:
    """Translate the guard against an unprecedented fall of load."""
    guard = section.drop_guard
    if guard is None:
        return None
    return DropGuard(guard.signal, guard.largest, guard.over, guard.confirm, context.place("drop_guard"))


def reversal_guard(section: PolicySection) -> ReversalGuard | None:
    """Translate the guard against a scale-in that would be undone."""
    guard = section.reversal_guard
    return ReversalGuard(guard.margin) if guard else None


def health_guard(section: PolicySection) -> HealthGuard | None:
    """Translate the guard for many unhealthy replicas."""
    guard = section.health_guard
    return HealthGuard(guard.unhealthy, guard.during_rollout) if guard else None


def corroboration(section: PolicySection, context: Context) -> Corroboration | None:
    """Translate what must hold for a scale-in."""
    if not section.corroboration:
        return None
    conditions = (condition(item, context, "corroboration", index) for index, item in enumerate(section.corroboration))
    return Corroboration(tuple(conditions), context.place("corroboration"))


def _epoch(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

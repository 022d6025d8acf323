"""What would a policy have done under the plain rules? One decision a step, no queueing, a fixed start-up delay.

At the start of step t the replicas asked for at t - lag become ready; the load of step t is served by them; then the
policy sees that load and sets the size. The first step only looks. lag = max(1, ceil(start-up time / step)).

The loops are plain Python around the policies' own kernels, compiled with them (`plimsoll.policy.compiled`).
"""

from __future__ import annotations

from plimsoll.domain.series import Times, Values
from plimsoll.policy.hpa.totals import HpaMemory, HpaProgram, HpaReading, hpa_acted, hpa_decide
from plimsoll.policy.kernel.layout import Memory, Program, Reading, Trail
from plimsoll.policy.kernel.stages import acted, decide
from plimsoll.policy.lagged_fleet import DESIRED, LaggedFleet, arrive, order
from plimsoll.policy.priced.layout import PricedMemory, PricedProgram
from plimsoll.policy.priced.step import priced_decide
from plimsoll.simulation.course import GUARDED, Course, reason_of


def run_hpa(program: HpaProgram, memory: HpaMemory, reading: HpaReading, fleet: LaggedFleet, course: Course) -> None:
    """Replay an HPA on utilization."""
    for t in range(course.load.size):
        ready = arrive(fleet, t)
        course.ready[t] = ready
        before = int(fleet.counts[DESIRED])
        if t > 0:
            for i in range(reading.usage.size):
                reading.usage[i] = course.load[t]
                reading.requests[i] = ready * course.per_replica
            now_s = course.first_s + t * course.step_s
            count = hpa_decide(program, memory, reading, now_s, before, ready)
            hpa_acted(program, memory, now_s, order(fleet, t, count))
            course.reasons[t] = reason_of(before, count)
        course.desired[t] = fleet.counts[DESIRED]


def run_priced(program: PricedProgram, memory: PricedMemory, fleet: LaggedFleet, course: Course) -> None:
    """Replay a policy that buys replicas by what they are worth."""
    for t in range(course.load.size):
        ready = arrive(fleet, t)
        course.ready[t] = ready
        before = int(fleet.counts[DESIRED])
        now_s = course.first_s + t * course.step_s
        count = priced_decide(program, memory, now_s, course.load[t], before, ready)
        order(fleet, t, count)
        course.desired[t] = count
        course.reasons[t] = reason_of(before, count) if t > 0 else 0


def run_own(
    program: Program,
    memory: Memory,
    reading: Reading,
    trail: Trail,
    fleet: LaggedFleet,
    plan: tuple[Course, Values, Times],
) -> None:
    """Replay one of Plimsoll's own policies; `plan` is (course, bounds by step, kind of each signal).

    Rows of bounds: floor, ceiling, target, its start, held scale-in, extra share, forecast ahead, forecast for now.
    """
    course, bounds, kinds = plan
    situation = reading.situation
    situation["unhealthy"] = 0
    for t in range(course.load.size):
        ready = arrive(fleet, t)
        course.ready[t] = ready
        before = int(fleet.counts[DESIRED])
        if t > 0:
            now_s = course.first_s + t * course.step_s
            situation["now_s"], situation["desired"], situation["ready"] = now_s, before, ready
            plan_for(reading, bounds, t)
            for i in range(kinds.size):
                reading.values[i] = plain_signal(kinds[i], course, t, ready)
            count = int(decide(program, memory, reading, trail))
            acted(program, memory, trail, now_s, order(fleet, t, count))
            course.reasons[t] = bound_reason(trail, before, count)
        course.desired[t] = fleet.counts[DESIRED]


UNKNOWN_SIGNAL, UTILIZATION, DEMAND, DEMAND_PER_REPLICA, RATE, RATE_PER_REPLICA = range(6)
FLOOR, CEILING, TARGET, TARGET_SINCE, HOLD_IN, EXTRA, AHEAD, FOR_NOW = range(8)


def plain_signal(kind: int, course: Course, t: int, ready: int) -> float:
    """Answer what a signal reads at a step, NaN for one that a recorded demand does not tell."""
    if kind == UTILIZATION:
        return float(course.load[t] / (ready * course.per_replica)) if ready > 0 else float("nan")
    if kind == DEMAND:
        return float(course.load[t])
    if kind == RATE:
        return float(course.load[t] / course.step_s)
    if kind == DEMAND_PER_REPLICA:
        return float(course.load[t] / ready) if ready > 0 else float("nan")
    if kind == RATE_PER_REPLICA:
        return float(course.load[t] / (ready * course.step_s)) if ready > 0 else float("nan")
    return float("nan")


def plan_for(reading: Reading, bounds: Values, t: int) -> None:
    """Write what schedules, peaks and the forecast say about step `t`."""
    situation = reading.situation
    situation["floor"], situation["ceiling"] = bounds[FLOOR, t], bounds[CEILING, t]
    situation["scheduled"], situation["scheduled_since_s"] = bounds[TARGET, t], bounds[TARGET_SINCE, t]
    situation["peak_hold"], situation["peak_extra_ratio"] = int(bounds[HOLD_IN, t]), bounds[EXTRA, t]
    situation["ahead"], situation["for_now"] = bounds[AHEAD, t], bounds[FOR_NOW, t]


def bound_reason(trail: Trail, before: int, count: int) -> int:
    """Answer why: the last guard that changed the count, else the direction."""
    effects = trail.summary["effects"]
    if effects > 0:
        return GUARDED + int(trail.effects[effects - 1]["guard"])
    return reason_of(before, count)

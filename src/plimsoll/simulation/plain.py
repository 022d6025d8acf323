"""What would a policy have done under the plain rules? One decision a step, no queueing, a fixed start-up delay.

At the start of step t the replicas requested at t - lag become ready and serve the load of step t; then the policy sees
that load and sets the size. The first step only observes. lag = max(1, ceil(start-up time / step)).

The loops are plain Python around the policies' own kernels, compiled with them (`plimsoll.policy.compiled`).
"""

from __future__ import annotations

from plimsoll.domain.series import Values
from plimsoll.policy.hpa.totals import PODS_AVERAGE, HpaMemory, HpaProgram, HpaReading, hpa_acted, hpa_decide
from plimsoll.policy.hpa.totals import UTILIZATION as HPA_UTILIZATION
from plimsoll.policy.kernel.layout import Memory, Program, Reading, Trail
from plimsoll.policy.kernel.stages import acted, decide
from plimsoll.policy.lagged_fleet import DESIRED, LaggedFleet, arrive, order
from plimsoll.policy.priced.layout import PricedMemory, PricedProgram
from plimsoll.policy.priced.step import priced_decide
from plimsoll.simulation.course import FIRST_LOOK, GUARDED, Course, reason_of
from plimsoll.simulation.feeds import LINE, Feeds, fed_value
from plimsoll.simulation.signals import DEMAND, DEMAND_PER_REPLICA, RATE, RATE_PER_REPLICA, UTILIZATION


def run_hpa(
    program: HpaProgram, memory: HpaMemory, reading: HpaReading, fleet: LaggedFleet, plan: tuple[Course, Feeds]
) -> None:
    """Replay an HPA; `plan` is (course, what feeds each metric). These rules know no unready pods."""
    course, feeds = plan
    for t in range(course.load.size):
        ready = arrive(fleet, t)
        course.ready[t] = ready
        before = int(fleet.counts[DESIRED])
        if t > 0:
            for i in range(reading.usage.size):
                if feeds.kinds[i] == UTILIZATION:
                    reading.usage[i] = course.load[t]
                    reading.requests[i] = ready * course.per_replica
                else:
                    measured(program, reading, i, plain_signal(feeds, i, course, t, ready), ready)
            now_s = course.first_s + t * course.step_s
            count = hpa_decide(program, memory, reading, now_s, before, ready)
            hpa_acted(program, memory, now_s, order(fleet, t, count))
            course.reasons[t] = reason_of(before, count)
        course.desired[t] = fleet.counts[DESIRED]


def run_priced(program: PricedProgram, memory: PricedMemory, fleet: LaggedFleet, course: Course) -> None:
    """Replay a policy that buys replicas for what they are worth."""
    for t in range(course.load.size):
        ready = arrive(fleet, t)
        course.ready[t] = ready
        before = int(fleet.counts[DESIRED])
        now_s = course.first_s + t * course.step_s
        count = priced_decide(program, memory, now_s, course.load[t], before, ready)
        order(fleet, t, count)
        course.desired[t] = count
        course.reasons[t] = reason_of(before, count) if t > 0 else FIRST_LOOK


def run_own(
    program: Program,
    memory: Memory,
    reading: Reading,
    trail: Trail,
    fleet: LaggedFleet,
    plan: tuple[Course, Values, Feeds],
) -> None:
    """Replay one of Plimsoll's own policies; `plan` is (course, bounds by step, what feeds each signal).

    Rows of bounds: floor, ceiling, target, its start, held scale-in, extra share, forecast ahead, forecast for now,
    paused scale-out, paused scale-in.
    """
    course, bounds, feeds = plan
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
            for i in range(feeds.kinds.size):
                reading.values[i] = plain_signal(feeds, i, course, t, ready)
            count = int(decide(program, memory, reading, trail))
            acted(program, memory, trail, now_s, order(fleet, t, count))
            course.reasons[t] = bound_reason(trail, before, count)
        course.desired[t] = fleet.counts[DESIRED]


FLOOR, CEILING, TARGET, TARGET_SINCE, HOLD_IN, EXTRA, AHEAD, FOR_NOW, PAUSE_OUT, PAUSE_IN = range(10)


def measured(program: HpaProgram, reading: HpaReading, i: int, value: float, ready: int) -> None:
    """Write what a metric of an HPA shows: a ratio of requests; an average over pods or a total, in thousandths."""
    pods = ready if program.kinds[i] <= PODS_AVERAGE else 1
    reading.requests[i] = ready
    reading.usage[i] = value * pods * (1.0 if program.kinds[i] == HPA_UTILIZATION else 1000.0)


def plain_signal(feeds: Feeds, i: int, course: Course, t: int, ready: int) -> float:
    """Return the value of a signal at a step, NaN for one that recorded demand does not determine."""
    kind = feeds.kinds[i]
    if kind >= LINE:
        return fed_value(feeds, i, t, course.load[t], ready)
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
    """Write the bounds by schedules, peaks and the forecast at step `t`."""
    situation = reading.situation
    situation["floor"], situation["ceiling"] = bounds[FLOOR, t], bounds[CEILING, t]
    situation["scheduled"], situation["scheduled_since_s"] = bounds[TARGET, t], bounds[TARGET_SINCE, t]
    situation["peak_hold"], situation["peak_extra_ratio"] = int(bounds[HOLD_IN, t]), bounds[EXTRA, t]
    situation["ahead"], situation["for_now"] = bounds[AHEAD, t], bounds[FOR_NOW, t]
    situation["pause_out"], situation["pause_in"] = int(bounds[PAUSE_OUT, t]), int(bounds[PAUSE_IN, t])


def bound_reason(trail: Trail, before: int, count: int) -> int:
    """Return the reason: the last guard that changed the count, otherwise the direction of the change."""
    effects = trail.summary["effects"]
    if effects > 0:
        return GUARDED + int(trail.effects[effects - 1]["guard"])
    return reason_of(before, count)

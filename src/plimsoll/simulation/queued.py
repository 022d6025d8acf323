"""What would a policy have done to a service that queues? The policies' own kernels on the service of `world`."""

from __future__ import annotations

from plimsoll.domain.series import Values
from plimsoll.policy.hpa.totals import HpaMemory, HpaProgram, HpaReading, hpa_acted, hpa_decide
from plimsoll.policy.kernel.layout import Memory, Program, Reading, Trail
from plimsoll.policy.kernel.stages import acted, decide
from plimsoll.policy.priced.layout import PricedMemory, PricedProgram
from plimsoll.policy.priced.step import STALE_STEPS, priced_decide
from plimsoll.simulation.course import FIRST_LOOK, reason_of
from plimsoll.simulation.feeds import LINE, LINE_OF_ALL, MEASURED, RECORDED, Feeds, along, fed_value
from plimsoll.simulation.plain import bound_reason, measured, plan_for
from plimsoll.simulation.signals import (
    DEMAND,
    DEMAND_PER_REPLICA,
    ERROR_RATIO,
    LATENCY,
    QUEUE,
    RATE,
    RATE_PER_REPLICA,
    UTILIZATION,
)
from plimsoll.simulation.world import (
    AGE_S,
    BUSY,
    DESIRED,
    GRANTED,
    NOW_S,
    PER_REPLICA,
    READY,
    SHOWN_BACKLOG,
    SHOWN_BUSY,
    SHOWN_ERRORS,
    SHOWN_FACTOR,
    SHOWN_LATENCY,
    SHOWN_LOAD,
    SHOWN_STEP,
    SILENT,
    STEP_S,
    World,
    carry_out,
    decides,
    reporting_share,
    serve,
    show,
)


def queued_hpa(program: HpaProgram, memory: HpaMemory, reading: HpaReading, world: World, feeds: Feeds) -> None:
    """Replay an HPA; replicas that are still starting are its unready pods."""
    for t in range(world.load.size):
        serve(world, t)
        show(world, t)
        before = int(world.state[DESIRED])
        if decides(world, t):
            reporting = float(world.state[READY]) - world.shown[SILENT]
            for i in range(reading.usage.size):
                if feeds.kinds[i] == UTILIZATION:
                    reading.requests[i] = reporting * world.numbers[PER_REPLICA]
                    reading.usage[i] = world.shown[SHOWN_BUSY] * reading.requests[i]
                else:
                    measured(program, reading, i, shown_signal(feeds, i, world), int(reporting))
                reading.missing[i] = world.shown[SILENT]
                reading.unready[i] = world.state[GRANTED] - world.state[READY]
            now_s = world.shown[NOW_S]
            count = hpa_decide(program, memory, reading, now_s, before, int(reporting))
            hpa_acted(program, memory, now_s, carry_out(world, t, count))
            world.reasons[t] = reason_of(before, count)
        world.desired[t] = world.state[DESIRED]


def queued_priced(program: PricedProgram, memory: PricedMemory, world: World) -> None:
    """Replay a policy that buys replicas for what they are worth."""
    for t in range(world.load.size):
        serve(world, t)
        show(world, t)
        before = int(world.state[DESIRED])
        stale = world.shown[AGE_S] > STALE_STEPS * world.numbers[STEP_S]
        demand = float("nan") if stale else float(world.shown[SHOWN_LOAD])
        count = priced_decide(program, memory, world.shown[NOW_S], demand, before, int(world.state[READY]))
        carry_out(world, t, count)
        world.reasons[t] = reason_of(before, count) if t > 0 else FIRST_LOOK


def queued_own(
    program: Program, memory: Memory, reading: Reading, trail: Trail, world: World, plan: tuple[Values, Feeds]
) -> None:
    """Replay one of Plimsoll's own policies; `plan` is (bounds by step, feeds of the signals), as under plain rules."""
    bounds, feeds = plan
    situation = reading.situation
    for t in range(world.load.size):
        serve(world, t)
        show(world, t)
        before = int(world.state[DESIRED])
        if decides(world, t):
            now_s = world.shown[NOW_S]
            situation["now_s"], situation["desired"] = now_s, before
            situation["ready"], situation["unhealthy"] = world.state[READY], int(world.shown[SILENT])
            plan_for(reading, bounds, t)
            for i in range(feeds.kinds.size):
                reading.values[i] = shown_signal(feeds, i, world)
                reading.ages_s[i] = world.shown[AGE_S]
            count = int(decide(program, memory, reading, trail))
            acted(program, memory, trail, now_s, carry_out(world, t, count))
            world.reasons[t] = bound_reason(trail, before, count)
        world.desired[t] = world.state[DESIRED]


def shown_signal(feeds: Feeds, i: int, world: World) -> float:
    """Return the value of a signal as shown now, NaN for one that the simulated service does not have.

    An average is shown as late as a total: it is over the replicas that were ready then.
    """
    kind, shown, step_s = feeds.kinds[i], world.shown, world.numbers[STEP_S]
    then, factor = int(shown[SHOWN_STEP]), shown[SHOWN_FACTOR]
    load, ready = world.load[then], world.ready[then]
    if kind == MEASURED:
        served = world.observed[BUSY, then] * world.numbers[PER_REPLICA]
        return float(along(feeds, i, served) * factor) if ready > 0 else float("nan")
    if kind >= LINE:
        share = reporting_share(world) if kind in (RECORDED, LINE_OF_ALL) else 1.0
        return float(fed_value(feeds, i, then, load, ready) * factor * share)
    if kind == UTILIZATION:
        return float(shown[SHOWN_BUSY])
    if kind == DEMAND:
        return float(shown[SHOWN_LOAD])
    if kind == RATE:
        return float(shown[SHOWN_LOAD] / step_s)
    if kind == DEMAND_PER_REPLICA and ready > 0:
        return float(load * factor / ready)
    if kind == RATE_PER_REPLICA and ready > 0:
        return float(load * factor / (ready * step_s))
    if kind == LATENCY:
        return float(shown[SHOWN_LATENCY])
    if kind == ERROR_RATIO:
        return float(shown[SHOWN_ERRORS])
    if kind == QUEUE:
        return float(shown[SHOWN_BACKLOG])
    return float("nan")

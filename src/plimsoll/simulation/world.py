"""What happens to a service while a policy scales it? Queueing with backlog, slow and failing starts, false signals.

Each step, in order: replicas that have started join; work is new arrivals plus the backlog; supply is what the ready
replicas carry at full use; unserved work waits, and work that would wait longer than the deadline is refused (errors).

    wait = backlog / supply x step, plus the wait of a busy M/M/c station, Sakasegawa 1977:
           u^(sqrt(2 (c + 1)) - 1) / (c (1 - u)) x service time

If a load test has measured a replica, its curves replace the station: latency and errors at the load that each replica
serves, constant below the lowest tested load. A replica then serves up to the highest tested load, even beyond its
capacity, which is the load it serves within the SLO; the rest waits in addition.

Then the policy sees the step, with the delay and the fault of its metrics, if it decides at this step: not at the first
one, and then at a fixed interval of steps. Plain Python that Numba compiles.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.series import Times, Values
from plimsoll.simulation.course import FIRST_LOOK, STAYED
from plimsoll.simulation.faults import CLOCK_JUMP, HALF_MISSING, JUMP_S, MISSING, SPIKE, SPIKE_FACTOR, STALE, ZERO

# Places in `World.numbers`.
FIRST_S, STEP_S, PER_REPLICA, QUOTA, DEADLINE_S, METRIC_LAG, SERVICE_S, FULL_USE, DECIDE_EVERY = range(9)
# Places in `World.state`.
DESIRED, READY, GRANTED, NEXT_START = range(4)
# Rows of `World.observed`: the true values of each step.
BUSY, LATENCY_S, ERRORS, BACKLOG, WORK = range(5)
# Places in `World.shown`: the values that the policy sees.
NOW_S, SHOWN_BUSY, SHOWN_LOAD, AGE_S, SILENT, SHOWN_LATENCY, SHOWN_ERRORS, SHOWN_BACKLOG, SHOWN_STEP, SHOWN_FACTOR = (
    range(10)
)
# Rows of `World.curves`.
SERVED, TAKING, FAILING = range(3)
_ALMOST_FULL = 0.999


class World(NamedTuple):
    """One service over one history. `due` is a ring over steps of the replicas that join, `delays` the drawn start-ups.

    The rows of `curves` are the measured load, latency and errors of a replica.
    """

    numbers: Values
    curves: NDArray[np.float64]
    load: Values
    faults: Times
    delays: Times
    due: Times
    state: Times
    waiting: Values
    observed: Values
    shown: Values
    ready: Times
    desired: Times
    reasons: Times


def fresh_world(
    load: Values, faults: Times, service: tuple[Times, NDArray[np.float64]], numbers: Values, start: int
) -> World:
    """Lay out a service that begins with `start` ready replicas and no backlog; `service` is (delays, curves)."""
    steps, (delays, curves) = load.size, service
    state = np.zeros(4, dtype=np.int64)
    state[DESIRED] = state[READY] = state[GRANTED] = start
    ready, desired = np.zeros(steps, dtype=np.int64), np.zeros(steps, dtype=np.int64)
    reasons = np.full(steps, STAYED)
    reasons[:1] = FIRST_LOOK
    ring = np.zeros(int(delays.max()) + 2, dtype=np.int64)
    observed, shown = np.zeros((5, steps)), np.zeros(10)
    return World(
        numbers, curves, load, faults, delays, ring, state, np.zeros(1), observed, shown, ready, desired, reasons
    )


def serve(world: World, t: int) -> None:
    """Advance the service by one step."""
    numbers, state, slot = world.numbers, world.state, t % world.due.size
    state[READY] += world.due[slot]
    world.due[slot] = 0
    world.ready[t] = state[READY]
    supply = state[READY] * numbers[FULL_USE]
    work = world.load[t] + world.waiting[0]
    served = min(work, supply)
    patient = supply * numbers[DEADLINE_S] / numbers[STEP_S]
    left = work - served
    refused = max(0.0, left - patient)
    world.waiting[0] = left - refused
    busy = served / (state[READY] * numbers[PER_REPLICA]) if supply > 0 else 1.0
    world.observed[BUSY, t] = busy
    turned_away = refused / world.load[t] if world.load[t] > 0 else 0.0
    failing = curve_at(world, FAILING, busy * numbers[PER_REPLICA]) if world.curves.shape[1] > 0 else 0.0
    world.observed[ERRORS, t] = turned_away + (1.0 - min(turned_away, 1.0)) * failing
    world.observed[BACKLOG, t] = world.waiting[0]
    world.observed[WORK, t] = work
    world.observed[LATENCY_S, t] = latency(world, busy, supply)


def latency(world: World, busy: float, supply: float) -> float:
    """Return the mean time in the system in seconds, or the measured quantile; NaN where neither is known."""
    numbers, servers = world.numbers, float(world.state[READY])
    behind = world.waiting[0] / supply * numbers[STEP_S] if supply > 0 else numbers[DEADLINE_S]
    if world.curves.shape[1] > 0 and not math.isnan(world.curves[TAKING, 0]):
        return float(curve_at(world, TAKING, busy * numbers[PER_REPLICA]) + behind)
    if math.isnan(numbers[SERVICE_S]) or servers < 1:
        return math.nan
    u = min(busy, _ALMOST_FULL)
    queueing = u ** (math.sqrt(2.0 * (servers + 1.0)) - 1.0) / (servers * (1.0 - u)) * numbers[SERVICE_S]
    return float(numbers[SERVICE_S] + queueing + behind)


def curve_at(world: World, row: int, load: float) -> float:
    """Return the value of a measured curve at the load that one replica serves."""
    curves = world.curves
    last = curves.shape[1] - 1
    if load <= curves[SERVED, 0]:
        return float(curves[row, 0])
    for k in range(last):
        if load <= curves[SERVED, k + 1]:
            share = (load - curves[SERVED, k]) / (curves[SERVED, k + 1] - curves[SERVED, k])
            return float(curves[row, k] + share * (curves[row, k + 1] - curves[row, k]))
    return float(curves[row, last])


def show(world: World, t: int) -> None:
    """Write what the policy sees after step `t`: delayed, and false where there is a fault."""
    numbers, shown, fault = world.numbers, world.shown, world.faults[t]
    then = t
    while then > 0 and world.faults[then] == STALE:
        then -= 1
    then = max(0, then - int(numbers[METRIC_LAG]))
    shown[NOW_S] = numbers[FIRST_S] + t * numbers[STEP_S] + (JUMP_S if fault == CLOCK_JUMP else 0.0)
    shown[AGE_S] = (t - then) * numbers[STEP_S]
    shown[SILENT] = world.state[READY] // 2 if fault == HALF_MISSING else 0
    factor = 1.0
    if fault == MISSING:
        factor = math.nan
    elif fault == ZERO:
        factor = 0.0
    elif fault == SPIKE:
        factor = SPIKE_FACTOR
    shown[SHOWN_STEP], shown[SHOWN_FACTOR] = then, factor
    shown[SHOWN_BUSY] = world.observed[BUSY, then] * factor if world.ready[then] > 0 else math.nan
    shown[SHOWN_LOAD] = world.load[then] * factor * reporting_share(world)
    shown[SHOWN_LATENCY] = world.observed[LATENCY_S, then] * factor
    shown[SHOWN_ERRORS] = world.observed[ERRORS, then] * factor
    shown[SHOWN_BACKLOG] = world.observed[BACKLOG, then] * factor


def decides(world: World, t: int) -> bool:
    """Whether the policy decides after step `t`."""
    return t > 0 and t % int(world.numbers[DECIDE_EVERY]) == 0


def reporting_share(world: World) -> float:
    """The share of the load that the reporting replicas carry."""
    ready = world.state[READY]
    return float((ready - world.shown[SILENT]) / ready) if ready > 0 else 1.0


def carry_out(world: World, t: int, count: int) -> int:
    """Request a count from the platform: a quota bounds it, new replicas start, spare ones leave at once.

    Scale-in first cancels replicas that have not started yet, those due last first. Returns the requested change.
    """
    state = world.state
    change = count - int(state[DESIRED])
    state[DESIRED] = count
    granted = min(count, int(world.numbers[QUOTA]))
    if granted > state[GRANTED]:
        start(world, t, granted - int(state[GRANTED]))
    elif granted < state[GRANTED]:
        stop(world, t, int(state[GRANTED]) - granted)
    state[GRANTED] = granted
    world.desired[t] = count
    return change


def start(world: World, t: int, count: int) -> None:
    """Start replicas; each joins after the next delay that was drawn."""
    for _ in range(count):
        place = int(world.state[NEXT_START]) % world.delays.size
        world.due[(t + int(world.delays[place])) % world.due.size] += 1
        world.state[NEXT_START] += 1


def stop(world: World, t: int, count: int) -> None:
    """Cancel replicas that are still starting, those due last first, and stop ready ones for the rest."""
    for ahead in range(world.due.size - 1, 0, -1):
        slot = (t + ahead) % world.due.size
        called_off = min(int(world.due[slot]), count)
        world.due[slot] -= called_off
        count -= called_off
    world.state[READY] -= count

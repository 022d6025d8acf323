"""The service of a replay against queueing theory and against SimPy, event by event."""

from __future__ import annotations

import math

import numpy as np
import pytest
import simpy

from plimsoll.domain.system import Startup
from plimsoll.simulation.runs import world_of
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.world import BACKLOG, BUSY, ERRORS, LATENCY_S, serve


def setting(load, **others) -> Setting:
    values = {
        "load": np.array(load, float), "first_s": 0.0, "step_s": 60.0, "per_replica": 60.0, "utilization": 0.8,
        "startup": Startup(120.0), "least": 1, "most": 100, "rules": Rules.QUEUED, "deadline_s": 3600.0, **others,
    }  # fmt: skip
    return Setting(**values)


def served(given: Setting, replicas: int):
    world = world_of(given)
    world.state[1] = world.state[0] = world.state[2] = replicas
    for t in range(given.load.size):
        serve(world, t)
    return world.seen


def simulated_backlog(load, servers: int, step_s: float) -> list[float]:
    """Serve evenly spaced arrivals, each of one second; answer what waits or is in service at each end."""
    env, left = simpy.Environment(), []
    station = simpy.Resource(env, servers)
    done = 0

    def request():
        nonlocal done
        with station.request() as turn:
            yield turn
            yield env.timeout(1.0)
            done += 1

    def arrivals():
        for amount in load:
            for _ in range(int(amount)):
                env.process(request())
                yield env.timeout(step_s / amount)

    env.process(arrivals())
    arrived = 0
    for place, amount in enumerate(load):
        env.run(until=(place + 1) * step_s - 1e-6)
        arrived += int(amount)
        left.append(arrived - done)
    return left


def test_backlog_is_carried_over_as_in_an_event_simulation():
    load, servers = [300, 900, 900, 450, 300, 300, 300], 10
    ours = served(setting(load), servers)[BACKLOG]
    theirs = np.array(simulated_backlog(load, servers, 60.0))
    # An event simulation also counts what is being served (at most one request a server) and what is still on its way.
    assert np.all(np.abs(ours - theirs) <= servers + 16)
    assert ours[2] == 600.0
    assert ours[-1] == 0.0


def erlang_c(servers: int, offered: float) -> float:
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


@pytest.mark.parametrize("servers", [1, 4, 20])
@pytest.mark.parametrize("busy", [0.5, 0.8, 0.95])
def test_waiting_is_near_erlang_c(servers, busy):
    service_s = 1.0
    load = [busy * servers * 60.0] * 3
    latency = served(setting(load, service_s=service_s), servers)[LATENCY_S, -1]
    wait = erlang_c(servers, busy * servers) * service_s / (servers * (1 - busy))
    # Sakasegawa's approximation is exact for one server and within a few percent of the time in system elsewhere.
    assert latency == pytest.approx(service_s + wait, rel=0.05)


def test_utilization_is_demand_over_supply_and_never_above_one():
    busy = served(setting([300, 600, 900]), 10)[BUSY]
    assert busy.tolist() == pytest.approx([0.5, 1.0, 1.0])


def test_work_that_would_wait_past_the_deadline_is_refused():
    seen = served(setting([1200, 0.0], deadline_s=30.0), 10)
    assert seen[BACKLOG, 0] == 300.0
    assert seen[ERRORS, 0] == pytest.approx(300 / 1200)


def test_latency_is_unknown_without_a_service_time():
    assert math.isnan(served(setting([300.0, 300.0]), 10)[LATENCY_S, 0])

"""The service of a replay against queueing theory and against SimPy, event by event."""

from __future__ import annotations

import math

import numpy as np
import pytest
import simpy
from tests.changed_source import changed

from plimsoll.domain.system import Startup
from plimsoll.simulation import world as queueing
from plimsoll.simulation.runs import world_of
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.world import BACKLOG, BUSY, ERRORS, LATENCY_S


def setting(load, **others) -> Setting:
    values = {
        "load": np.array(load, float), "first_s": 0.0, "step_s": 60.0, "per_replica": 60.0, "utilization": 0.8,
        "startup": Startup(120.0), "least": 1, "most": 100, "rules": Rules.QUEUED, "deadline_s": 3600.0, **others,
    }  # fmt: skip
    return Setting(**values)


def served(given: Setting, replicas: int, rules=queueing):
    world = world_of(given)
    world.state[1] = world.state[0] = world.state[2] = replicas
    for t in range(given.load.size):
        rules.serve(world, t)
    return world.observed


def simulated_backlog(load, servers: int, step_s: float) -> list[float]:
    """Serve evenly spaced arrivals, each of one second; return what waits or is in service at the end of each step."""
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


LOAD, SERVERS = [300, 900, 900, 450, 300, 300, 300], 10


@pytest.fixture(scope="module")
def event_backlog() -> np.ndarray:
    return np.array(simulated_backlog(LOAD, SERVERS, 60.0))


def like_the_events(theirs: np.ndarray, rules=queueing) -> bool:
    """An event simulation also counts requests in service (one per server) and those still arriving."""
    ours = served(setting(LOAD), SERVERS, rules)[BACKLOG]
    return bool(np.all(np.abs(ours - theirs) <= SERVERS + 16))


def test_backlog_is_carried_over_as_in_an_event_simulation(event_backlog):
    assert like_the_events(event_backlog)
    assert served(setting(LOAD), SERVERS)[BACKLOG, 2] == 600.0


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param("work = world.load[t] + world.waiting[0]", "work = world.load[t]", id="what_waited_is_lost"),
        pytest.param("left = work - served", "left = world.load[t] - served", id="only_new_work_waits"),
        pytest.param(
            "served = min(work, supply)", "served = min(world.load[t], supply)", id="new_work_alone_is_served"
        ),
        pytest.param("* numbers[DEADLINE_S] /", "* 0.0 /", id="nobody_waits"),
    ],
)
def test_a_changed_queue_is_told_apart_by_the_event_simulation(event_backlog, was, becomes):
    assert not like_the_events(event_backlog, changed(queueing, was, becomes))


def erlang_c(servers: int, offered: float) -> float:
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


STATIONS = [(servers, busy) for servers in (1, 4, 20) for busy in (0.5, 0.8, 0.95)]


def like_erlang(servers: int, busy: float, rules=queueing) -> bool:
    """Sakasegawa's approximation is exact for one server and within a few percent of the time in system elsewhere."""
    load = [busy * servers * 60.0] * 3
    latency = served(setting(load, service_s=1.0), servers, rules)[LATENCY_S, -1]
    wait = erlang_c(servers, busy * servers) / (servers * (1 - busy))
    return bool(latency == pytest.approx(1.0 + wait, rel=0.05))


@pytest.mark.parametrize(("servers", "busy"), STATIONS)
def test_waiting_is_near_erlang_c(servers, busy):
    assert like_erlang(servers, busy)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param("2.0 * (servers + 1.0)", "2.0 * servers", id="one_server_less"),
        pytest.param("/ (servers * (1.0 - u))", "/ (1.0 - u)", id="not_shared_among_servers"),
        pytest.param("numbers[SERVICE_S] + queueing +", "queueing +", id="without_its_own_service"),
    ],
)
def test_a_changed_wait_is_told_apart_by_erlang_c(was, becomes):
    rules = changed(queueing, was, becomes)
    assert not all(like_erlang(servers, busy, rules) for servers, busy in STATIONS)


def test_utilization_is_demand_over_supply_and_never_above_one():
    busy = served(setting([300, 600, 900]), 10)[BUSY]
    assert busy.tolist() == pytest.approx([0.5, 1.0, 1.0])


def test_work_that_would_wait_past_the_deadline_is_refused():
    observed = served(setting([1200, 0.0], deadline_s=30.0), 10)
    assert observed[BACKLOG, 0] == 300.0
    assert observed[ERRORS, 0] == pytest.approx(300 / 1200)


def test_latency_is_unknown_without_a_service_time():
    assert math.isnan(served(setting([300.0, 300.0]), 10)[LATENCY_S, 0])

"""How is a policy without a compiled kernel replayed? By its step, one observation after the other.

KEDA, AWS and nomad-autoscaler read metrics whose names their users choose. Recorded demand feeds those that it
determines (`plimsoll.simulation.signals`); the rest are missing. This is slower than the kernels.
"""

from __future__ import annotations

import math

from plimsoll.domain.decision import Decision
from plimsoll.domain.observation import Fleet, Missing, Observation, Reading, Value
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy_proposals import Form, SignalUse
from plimsoll.policy.engine import step
from plimsoll.policy.lagged_fleet import DESIRED, LaggedFleet, arrive, order
from plimsoll.policy.memory import Kept
from plimsoll.simulation import world as worlds
from plimsoll.simulation.course import Course, reason_of
from plimsoll.simulation.feeds import Feeds, feeds_of
from plimsoll.simulation.plain import plain_signal
from plimsoll.simulation.queued import shown_signal
from plimsoll.simulation.setting import Setting
from plimsoll.simulation.signals import NAMES


def run_stepped(policy: AnyPolicy, fleet: LaggedFleet, course: Course, setting: Setting) -> Decision | None:
    """Replay any policy under the plain rules; return its last decision."""
    memory = Kept(policy.name)
    names, feeds = _all_signals(setting)
    decision = None
    for t in range(course.load.size):
        ready = arrive(fleet, t)
        before = int(fleet.counts[DESIRED])
        if t > 0:
            signals = {name: _value(plain_signal(feeds, i, course, t, ready)) for i, name in enumerate(names)}
            observation = Observation(Fleet(before, ready, before - ready), signals)
            decision, memory = step(policy, memory, observation, course.first_s + t * course.step_s)
            order(fleet, t, decision.to_replicas)
            course.reasons[t] = reason_of(before, decision.to_replicas)
        course.ready[t], course.desired[t] = ready, fleet.counts[DESIRED]
    return decision


def queued_stepped(policy: AnyPolicy, world: worlds.World, setting: Setting) -> Decision | None:
    """Replay any policy on a service that queues; return its last decision."""
    memory = Kept(policy.name)
    names, feeds = _all_signals(setting)
    decision = None
    for t in range(world.load.size):
        worlds.serve(world, t)
        worlds.show(world, t)
        before, ready = int(world.state[worlds.DESIRED]), int(world.state[worlds.READY])
        if worlds.decides(world, t):
            age_s = float(world.shown[worlds.AGE_S])
            signals = {name: _value(shown_signal(feeds, i, world), age_s) for i, name in enumerate(names)}
            silent = int(world.shown[worlds.SILENT])
            fleet = Fleet(before, ready - silent, before - ready, silent)
            decision, memory = step(policy, memory, Observation(fleet, signals), float(world.shown[worlds.NOW_S]))
            worlds.carry_out(world, t, decision.to_replicas)
            world.reasons[t] = reason_of(before, decision.to_replicas)
        world.desired[t] = world.state[worlds.DESIRED]
    return decision


def _all_signals(setting: Setting) -> tuple[tuple[str, ...], Feeds]:
    """Return every available signal by name; a column, rate or demand is the fleet's total, as scalers measure it."""
    own = (*(name for name, _ in setting.recorded), *(response.signal for response in setting.responses))
    names = tuple(dict.fromkeys((*own, *sorted(setting.demand), *NAMES)))
    return names, feeds_of(tuple(SignalUse(name, Form.TOTAL) for name in names), setting)


def _value(number: float, age_s: float = 0.0) -> Reading:
    return Missing("the recorded demand does not contain it") if math.isnan(number) else Value(number, age_s)

"""One step of the priced policy: an observation in, a decision out, by the kernel that replays run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from plimsoll.domain.decision import Action, Because, Decision, Guard, Proposal, Reason
from plimsoll.domain.errors import InputError
from plimsoll.domain.observation import Missing, Observation, Reading, Stale, Value, stale_if_older
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.policy.memory import Kept
from plimsoll.policy.priced.layout import FORECAST, OFFSET, PRICE, UNIT, PricedMemory
from plimsoll.policy.priced.program import memory_of, program_of
from plimsoll.policy.priced.step import STALE_STEPS, priced_decide


def step(policy: PricedPolicy, memory: Kept, observation: Observation, now_s: float) -> tuple[Decision, Kept]:
    """Make one step; `memory` is `Kept(policy.name)` before the first."""
    working = restored(policy, memory, observation.fleet.desired)
    reading, fleet = _demand(policy, observation), observation.fleet
    demand = reading.value if isinstance(reading, Value) and fleet.ready is not None else math.nan
    ready = fleet.desired if fleet.ready is None else fleet.ready
    count = priced_decide(program_of(policy), working, now_s, demand, fleet.desired, ready)
    return decision_of(policy, working, observation, now_s, count), kept(policy, working)


def decision_of(
    policy: PricedPolicy, memory: PricedMemory, observation: Observation, now_s: float, count: int
) -> Decision:
    """Write a step as a decision, whose reason is the forecast compared with the price."""
    fleet, reading = observation.fleet, _demand(policy, observation)
    known = isinstance(reading, Value) and fleet.ready is not None
    because = _because(policy, memory, reading)
    return Decision(
        policy=policy.name,
        time_s=now_s,
        from_replicas=fleet.desired,
        to_replicas=count,
        action=Action.of(fleet.desired, count),
        reasons=(because,),
        bound_by=None if known else Guard.UNKNOWN_SIGNAL,
        confidence=1.0 if known else 0.0,
        trail=(Proposal(because, count),),
    )


def _demand(policy: PricedPolicy, observation: Observation) -> Reading:
    """Read the demand; an old value is stale, and one below zero is missing: exporters write -1 for unknown."""
    reading = stale_if_older(observation.reading(policy.demand_signal), STALE_STEPS * policy.every_s)
    if isinstance(reading, Value) and reading.value < 0:
        return Missing(f"{policy.demand_signal} is below zero, which demand cannot be")
    return reading


def _because(policy: PricedPolicy, memory: PricedMemory, reading: Reading) -> Because:
    """The forecast in the unit of the demand, compared with the price of a replica."""
    signal = policy.demand_signal
    if isinstance(reading, Missing):
        return Because(Reason.SIGNAL_MISSING, signal=signal)
    if isinstance(reading, Stale):
        return Because(Reason.SIGNAL_STALE, signal=signal, value=reading.value)
    unit = program_of(policy).numbers[UNIT]
    ahead = (math.exp(memory.state[FORECAST]) - OFFSET) * unit
    return Because(Reason.WORTH_ITS_PRICE, signal=signal, value=float(ahead), bound=float(memory.state[PRICE]))


def kept(policy: PricedPolicy, memory: PricedMemory) -> Kept:
    """Write memory down as plain data."""
    arrays = {name: {"": array.ravel().tolist()} for name, array in _leaves("", memory)}
    return Kept(policy.name, (), arrays)


def restored(policy: PricedPolicy, saved: Kept, start: int) -> PricedMemory:
    """Read memory back; empty memory begins with `start` replicas.

    Raises InputError for data that `kept` did not write for this policy.
    """
    memory = memory_of(policy, start)
    if not saved.arrays:
        return memory
    for name, array in _leaves("", memory):
        values = saved.arrays.get(name, {}).get("", [])
        if len(values) != array.size:
            raise InputError(f"the memory of policy {policy.name} does not fit it: {name} has a different length")
        array[...] = np.array(values, dtype=array.dtype).reshape(array.shape)
    return memory


def _leaves(path: str, value: Any) -> list[tuple[str, Any]]:
    """List the arrays inside nested named tuples with their paths."""
    if isinstance(value, np.ndarray):
        return [(path, value)]
    pairs = zip(value._fields, value, strict=True)
    return [leaf for name, inner in pairs for leaf in _leaves(f"{path}.{name}" if path else name, inner)]

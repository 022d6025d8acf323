"""What does a platform remember between two steps? Named lists of numbers, kept as plain data like any other memory."""

from __future__ import annotations

import math
from collections.abc import Iterable

from plimsoll.domain.decision import Action, Because, Decision, Guard, GuardEffect, Proposal, Reason
from plimsoll.domain.observation import Observation, Value
from plimsoll.policy.memory import Kept

Numbers = dict[str, list[float]]


def numbers(memory: Kept) -> Numbers:
    """Read the lists; empty before the first step."""
    return {
        name: [math.nan if value is None else value for value in columns[""]] for name, columns in memory.arrays.items()
    }


def kept(policy: str, found: Numbers) -> Kept:
    """Keep the lists."""
    plain = {name: [None if math.isnan(v) else float(v) for v in values] for name, values in found.items()}
    return Kept(policy, (), {name: {"": values} for name, values in plain.items()})


def one(found: Numbers, name: str) -> float:
    """Read a single number, NaN where there is none yet."""
    return found.get(name, [math.nan])[0]


def value_of(observation: Observation, signal: str) -> float | None:
    """Read a signal, however old, as the platforms do; None where it is missing or known to be stale."""
    reading = observation.reading(signal)
    return reading.value if isinstance(reading, Value) else None


def decision(
    policy: str,
    observation: Observation,
    now_s: float,
    wanted: int,
    trail: Iterable[Proposal],
    bound: Guard | None = None,
) -> Decision:
    """Write a decision down; `bound` is the guard that changed what was proposed."""
    current, proposals = observation.fleet.desired, tuple(trail)
    moving = [
        one for one in proposals if one.replicas is not None and (one.replicas - current) * (wanted - current) > 0
    ]
    reasons = tuple(one.because for one in moving or proposals) or (Because(Reason.NOTHING_ASKED),)
    highest = max((one.replicas for one in proposals if one.replicas is not None), default=wanted)
    guards = (GuardEffect(bound, highest, wanted),) if bound is not None else ()
    return Decision(policy, now_s, current, wanted, Action.of(current, wanted), reasons, bound, 1.0, proposals, guards)

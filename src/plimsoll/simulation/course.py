"""What does a replay read and write? The recorded demand, its setting, and the outcome of each step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plimsoll.domain.series import Times, Values

# Why a step left the fleet as it did; `REASONS` are their words in a trajectory.
FIRST_LOOK, STAYED, MORE, FEWER = range(4)
REASONS = ("first_look", "stayed", "scale_out", "scale_in")
# In a trajectory, codes from here on are guards: code - GUARDED is a place in `plimsoll.domain.decision.Guard`.
GUARDED = 10


class Course(NamedTuple):
    """`load` by step, its first time and step in seconds, the demand one replica carries in a step at full use.

    `ready` replicas served each step, `desired` replicas were requested at its end, for the reason in `reasons`.
    """

    load: Values
    first_s: float
    step_s: float
    per_replica: float
    ready: Times
    desired: Times
    reasons: Times


def fresh_course(load: Values, first_s: float, step_s: float, per_replica: float) -> Course:
    """Lay out a course that has not been run."""
    empty = (np.zeros(load.size, dtype=np.int64) for _ in range(3))
    return Course(load, float(first_s), float(step_s), float(per_replica), *empty)


def reason_of(before: int, after: int) -> int:
    """Return the reason of a step that changed the desired count from `before` to `after`."""
    if after > before:
        return MORE
    return FEWER if after < before else STAYED

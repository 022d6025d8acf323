"""Which counts are allowed at all? Granularity, the scheduled floor, min and max; they are applied last."""

from __future__ import annotations

import math

from plimsoll.policy.kernel.guards import note
from plimsoll.policy.kernel.layout import (
    ANY_COUNT,
    G_FLOOR,
    G_GRANULARITY,
    G_MAX,
    G_MIN,
    POWER_OF_TWO,
    Program,
    Reading,
    Row,
    Trail,
)


def allowed_at_least(head: Row, count: float) -> float:
    """Return the smallest allowed count that is not below `count`."""
    if head["granularity"] == ANY_COUNT or count <= 0:
        return count
    if head["granularity"] == POWER_OF_TWO:
        power = 1.0
        while power < count:
            power *= 2.0
        return power
    return float(head["granule"] * math.ceil(count / head["granule"]))


def allowed_at_most(head: Row, count: float) -> float:
    """Return the largest allowed count that is not above `count`."""
    above = allowed_at_least(head, count)
    if above == count or head["granularity"] == ANY_COUNT:
        return count
    return above / 2.0 if head["granularity"] == POWER_OF_TWO else above - float(head["granule"])


def round_towards_current(program: Program, reading: Reading, trail: Trail, wanted: float) -> float:
    """Round the count after rate limits to an allowed count between it and the current one."""
    head, current = program.head, float(reading.situation["desired"])
    rounded = wanted
    if wanted > current:
        rounded = max(allowed_at_most(head, wanted), current)
    if wanted < current:
        rounded = min(allowed_at_least(head, wanted), current)
    return note(trail, G_GRANULARITY, wanted, rounded, head["granule"])


def clamp(program: Program, reading: Reading, trail: Trail, wanted: float) -> float:
    """Enforce the scheduled floor, min and max over every earlier stage, except a person's pause.

    A pause leaves a count outside the limits where it is, and lets no stage move it further away.
    """
    head, situation = program.head, reading.situation
    current = float(situation["desired"])
    least = min(max(head["min"], situation["floor"]), head["max"])
    lowest = min(least, current) if situation["pause_out"] == 1 else least
    highest = max(head["max"], current) if situation["pause_in"] == 1 else head["max"]
    if wanted < lowest:
        wanted = note(trail, G_FLOOR if least > head["min"] else G_MIN, wanted, lowest, least)
    if wanted > highest:
        wanted = note(trail, G_MAX, wanted, highest, head["max"])
    return wanted

"""How many replicas does the load itself need? Targets per metric, and workers that drain a queue in time.

load = value x ready for an average, the value for a total (not divided by replicas again);
need = ceil(load / setpoint); unchanged while 1 - down <= load / (setpoint x current) <= 1 + up
workers = ceil((depth / drain + arrivals) / rate)
"""

from __future__ import annotations

import math

from plimsoll.policy.kernel.layout import (
    ABOVE,
    AVERAGE,
    BELOW,
    QUIET,
    WITHIN,
    Program,
    Reading,
    Row,
    Trail,
)
from plimsoll.policy.kernel.signals import load_of, state_of

_NOISE = 1e-9


def ceil_count(count: float) -> float:
    """Round up, ignoring the rounding error of a division (7.000000000000001 is 7)."""
    return float(math.ceil(count - _NOISE * count))


def target_count(target: Row, load: float, average: float, current: float) -> float:
    """Return what one target asks for. `average` is the value of an average, NaN for a total.

    An average above its setpoint and tolerance never asks for fewer replicas than desired now: those that are starting
    will share the load.
    """
    need = load / target["setpoint"]
    if current > 0 and 1.0 - target["down"] <= need / current <= 1.0 + target["up"]:
        return current
    count = ceil_count(need)
    if average > target["setpoint"] * (1.0 + target["up"]):
        count = max(count, current)
    if target["scale_in"] == 0:
        count = max(count, current)
    return count


def sized_by_targets(program: Program, reading: Reading, trail: Trail, alone: int) -> float:
    """Return the largest count of the targets that act `alone` (1) or only beside triggers (0); NaN: none is known."""
    largest = math.nan
    current = float(reading.situation["desired"])
    for i in range(program.targets.size):
        target, trace = program.targets[i], trail.targets[i]
        if target["alone"] != alone:
            continue
        signal = target["signal"]
        trace["count"], trace["value"], trace["bound"] = math.nan, reading.values[signal], target["setpoint"]
        trace["state"] = state_of(program, reading, signal)
        if trace["state"] != QUIET:
            continue
        average = reading.values[signal] if program.signals[signal]["form"] == AVERAGE else math.nan
        count = target_count(target, load_of(program, reading, signal), average, current)
        trace["count"] = count
        trace["state"] = ABOVE if count > current else BELOW if count < current else WITHIN
        largest = count if math.isnan(largest) else max(largest, count)
    return largest


def sized_by_queues(program: Program, reading: Reading, trail: Trail) -> float:
    """Return the largest number of workers that the queues need; NaN: none is known."""
    largest = math.nan
    current = float(reading.situation["desired"])
    for i in range(program.queues.size):
        queue, trace = program.queues[i], trail.queues[i]
        trace["count"], trace["value"], trace["bound"] = math.nan, reading.values[queue["depth"]], queue["drain_s"]
        trace["state"] = state_of(program, reading, queue["depth"])
        arrivals = 0.0
        if trace["state"] == QUIET and queue["arrivals"] >= 0:
            trace["state"] = state_of(program, reading, queue["arrivals"])
            arrivals = reading.values[queue["arrivals"]]
        if trace["state"] != QUIET:
            continue
        count = ceil_count((reading.values[queue["depth"]] / queue["drain_s"] + arrivals) / queue["rate"])
        trace["count"] = count
        trace["state"] = ABOVE if count > current else BELOW if count < current else WITHIN
        largest = count if math.isnan(largest) else max(largest, count)
    return largest

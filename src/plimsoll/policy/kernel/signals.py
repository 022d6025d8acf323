"""What is known right now? Readings that are a value, missing or stale, and the time since the last step."""

from __future__ import annotations

import math

from plimsoll.policy.kernel.layout import AVERAGE, LEVEL, MISSING, QUIET, STALE, Memory, Program, Reading
from plimsoll.policy.kernel.rings import shift


def state_of(program: Program, reading: Reading, signal: int) -> int:
    """Return QUIET for a value that may be acted on, else MISSING or STALE."""
    if math.isnan(reading.values[signal]):
        return MISSING
    if reading.ages_s[signal] > program.signals[signal]["stale_after_s"]:
        return STALE
    form = program.signals[signal]["form"]
    if form == AVERAGE and not reading.situation["ready"] > 0:
        return MISSING  # an average over no replica, or over an unknown number, means nothing
    if form != LEVEL and reading.values[signal] < 0:
        return MISSING  # a load is never negative: exporters write -1 for unknown
    return QUIET


def unknown_signals(program: Program, reading: Reading) -> int:
    """Count the signals that cannot be acted on."""
    unknown = 0
    for signal in range(program.signals.size):
        if state_of(program, reading, signal) != QUIET:
            unknown += 1
    return unknown


def load_of(program: Program, reading: Reading, signal: int) -> float:
    """Return the fleet's total: an average times the ready replicas, a total as it is."""
    value: float = reading.values[signal]
    if program.signals[signal]["form"] == AVERAGE:
        return value * float(reading.situation["ready"])
    return value


def elapsed(memory: Memory, now_s: float) -> float:
    """Advance the clock; return the whole seconds and their fraction since the last step, 0 at the first.

    If the clock was set back, every remembered time moves back with it, so that ages do not change.
    """
    clock = memory.clock
    since_s = now_s - float(clock["now_s"])
    clock["now_s"] = now_s
    if math.isnan(since_s):
        return 0.0
    if since_s < 0:
        rebase(memory, since_s)
        return 0.0
    return since_s


def rebase(memory: Memory, by_s: float) -> None:
    """Shift every remembered time, except the start of a schedule, which is a moment of the calendar.

    If a start that has already been met now lies in the future, it counts as not yet met.
    """
    clock = memory.clock
    clock["last_out_s"] += by_s
    clock["last_in_s"] += by_s
    clock["drop_since_s"] += by_s
    if clock["scheduled_done_s"] > clock["now_s"]:
        clock["scheduled_done_s"] = math.nan
    for i in range(memory.runs.size):
        memory.runs[i]["since_s"] += by_s
    for i in range(memory.acted_s.size):
        memory.acted_s[i] += by_s
    shift(memory.ups, by_s)
    shift(memory.downs, by_s)
    shift(memory.loads, by_s)
    shift(memory.events, by_s)

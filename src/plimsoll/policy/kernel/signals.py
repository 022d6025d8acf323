"""What do we know right now? Three-valued readings, and the clock that says how long we did not look."""

from __future__ import annotations

import math

from plimsoll.policy.kernel.layout import AVERAGE, LEVEL, MISSING, QUIET, STALE, Memory, Program, Reading
from plimsoll.policy.kernel.rings import shift


def state_of(program: Program, reading: Reading, signal: int) -> int:
    """Answer QUIET for a value that may be acted on, else MISSING or STALE."""
    if math.isnan(reading.values[signal]):
        return MISSING
    if reading.ages_s[signal] > program.signals[signal]["stale_after_s"]:
        return STALE
    form = program.signals[signal]["form"]
    if form == AVERAGE and not reading.situation["ready"] > 0:
        return MISSING  # an average over an unknown number of replicas, or over none, says nothing
    if form != LEVEL and reading.values[signal] < 0:
        return MISSING  # no load is below zero: exporters write -1 for what they do not know
    return QUIET


def unknown_signals(program: Program, reading: Reading) -> int:
    """Count the signals that cannot be acted on."""
    unknown = 0
    for signal in range(program.signals.size):
        if state_of(program, reading, signal) != QUIET:
            unknown += 1
    return unknown


def load_of(program: Program, reading: Reading, signal: int) -> float:
    """Answer the fleet's total: an average times the replicas that serve, a total as it stands."""
    value: float = reading.values[signal]
    if program.signals[signal]["form"] == AVERAGE:
        return value * float(reading.situation["ready"])
    return value


def elapsed(memory: Memory, now_s: float) -> float:
    """Advance the clock; answer the whole seconds and their fraction since the last step, 0 at the first.

    A clock that was set back moves all that is remembered back with it, so that ages stay what they were.
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
    """Move every remembered time by so much; a schedule's start is a moment of the calendar, and stays where it is.

    Where the clock now says that a start which was met lies ahead, it is still to come.
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

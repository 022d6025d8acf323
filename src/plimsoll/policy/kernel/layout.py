"""What do the arrays of a step hold? One row per rule, target and signal; a single row for what exists once.

A policy becomes a `Program` once; `Memory` is the state between steps; a `Reading` is the input of a step; the `Trail`
is its explanation for people. Times are epoch seconds, counts are floats (NaN: none), flags are 0 or 1. The sizes of
rings are powers of two. What exists once (`head`, `clock`, `situation`, `summary`) is a single row, which compiled code
passes as one pointer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.series import Times, Values

Rows = NDArray[np.void]
Row = Any  # one row of a structured array: np.void here, a record when compiled

_I, _F = np.int64, np.float64


def _rows(whole: str, real: str) -> np.dtype[np.void]:
    return np.dtype([(name, _I) for name in whole.split()] + [(name, _F) for name in real.split()])


HEAD = _rows(
    "granularity demand drop_signal rollout in_rules",
    "min max max_step_out max_step_in granule every_s window_up_s window_down_s cool_out_s cool_in_s"
    " per_replica utilization quantile coverage_min coverage_slack forecast_stale_s"
    " drop_ratio drop_over_s drop_confirm_s reversal_margin unhealthy_ratio",
)
SIGNAL = _rows("form", "stale_after_s")
CONDITION = _rows("signal above", "threshold")
RULE = _rows("direction first count every first_band bands", "for_s cooldown_s step step_ratio")
BAND = _rows("", "lower upper change ratio")
TARGET = _rows("signal scale_in alone", "setpoint up down")
QUEUE = _rows("depth arrivals", "rate drain_s")
RATE = _rows("direction", "period_s actions replicas")

SITUATION = _rows(
    "rolling_out peak_hold after_holds pause_out pause_in",
    "now_s desired ready unhealthy ahead for_now forecast_age_s floor ceiling scheduled scheduled_since_s"
    " peak_extra_ratio",
)
CLOCK = _rows(
    "demoted up_head up_size down_head down_size load_head load_size event_head event_size hit_head hit_size hit_sum",
    "now_s last_out_s last_in_s drop_since_s drop_reference scheduled_done_s",
)
RUN = _rows("", "since_s gap_s")
RING = _rows("", "time_s value")

TRACE = _rows("state signal", "count value held_s bound")
EFFECT = _rows("guard", "before after limit")
SUMMARY = _rows("unknown effects floor_state", "floor combined scheduled")

# Forms of a signal.
AVERAGE, TOTAL, LEVEL = 0, 1, 2
# Granularities.
ANY_COUNT, MULTIPLE, POWER_OF_TWO = 0, 1, 2
# What a rule, a target or the forecast floor came to.
QUIET, WAITING, COOLING, HELD, ABOVE, BELOW, WITHIN, MISSING, STALE, DEMOTED = range(10)
# Guards, in the order of `plimsoll.domain.decision.Guard`.
(
    G_UNKNOWN, G_UNHEALTHY, G_ROLLOUT, G_PEAK, G_CORROBORATION, G_DROP, G_STABILIZATION, G_COOLDOWN, G_REVERSAL,
    G_AFTER, G_PAUSE, G_STEP_LIMIT, G_RATE, G_MIN, G_MAX, G_GRANULARITY, G_FLOOR,
) = range(17)  # fmt: skip

_MOST_EFFECTS = 2 * (G_FLOOR + 1)  # of guards, each at most twice, beside those of each rate


def one_row(kind: np.dtype[np.void]) -> Row:
    """Lay out a single row of zeros that can be written to."""
    return np.zeros(1, kind)[0]


class Program(NamedTuple):
    """A policy as arrays. `well` holds the conditions of corroboration."""

    head: Row
    signals: Rows
    conditions: Rows
    rules: Rows
    bands: Rows
    targets: Rows
    queues: Rows
    rates: Rows
    well: Rows


class Memory(NamedTuple):
    """The state between steps: clock and ring positions, runs of conditions, the last action of each rule, rings."""

    clock: Row
    runs: Rows
    acted_s: Values
    ups: Rows
    downs: Rows
    loads: Rows
    events: Rows
    hits: Times


class Reading(NamedTuple):
    """The input of a step: the situation (one row), and each signal's value (NaN: missing) and age."""

    situation: Row
    values: Values
    ages_s: Values


class Trail(NamedTuple):
    """The explanation of a step: a row per rule, target and queue, the guards that changed the count, a summary."""

    rules: Rows
    targets: Rows
    queues: Rows
    effects: Rows
    summary: Row


def fresh_trail(program: Program) -> Trail:
    """Lay out an empty trail for a program."""
    rules, targets, queues = (np.zeros(rows.size, TRACE) for rows in (program.rules, program.targets, program.queues))
    return Trail(rules, targets, queues, np.zeros(_MOST_EFFECTS + program.rates.size, EFFECT), one_row(SUMMARY))


def fresh_reading(program: Program) -> Reading:
    """Lay out a reading in which everything is missing and nothing holds."""
    situation = one_row(SITUATION)
    for name in ("ready", "ahead", "for_now", "scheduled"):
        situation[name] = np.nan
    situation["ceiling"] = np.inf
    missing = np.full(program.signals.size, np.nan)
    return Reading(situation, missing, np.zeros(program.signals.size))

"""What feeds the signals of a policy in a replay? A column of the trace, a function of load, or the simulated service.

The signal's name decides, in this order:

1. a column of the trace, recorded for the whole component: taken as it is or, for an average, divided by the ready
   replicas;
2. a response: either one that the model states (`signals` with `derived`), a function of the load of one replica or of
   all; or one that a load test has measured, a function of the load that a replica serves, in the policy's unit;
3. a usual name of what the replay simulates (`plimsoll.simulation.signals`): utilization, demand, rates and, where work
   queues, errors, backlog and, with a service time, latency.

A signal that none of them feeds reads as missing. Plain Python that Numba can compile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.policy_proposals import Form, SignalUse
from plimsoll.domain.response import Response
from plimsoll.domain.series import Times, Values
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.signals import LATENCY, UNKNOWN_SIGNAL, kind_of

LINE, LINE_OF_ALL, RECORDED, RECORDED_SHARED, MEASURED = 20, 21, 22, 23, 24


class Feeds(NamedTuple):
    """One entry per signal: its kind, the points [first[i], first[i + 1]) of its line, its row of recorded values."""

    kinds: Times
    first: Times
    load: Values
    value: Values
    row: Times
    recorded: NDArray[np.float64]


def feeds_of(uses: tuple[SignalUse, ...], setting: Setting) -> Feeds:
    """Lay out what feeds each signal."""
    kinds, rows, lines = [], [], []
    columns: list[Values] = []
    for use in uses:
        kind, response, column = feed_of(use, setting)
        kinds.append(kind)
        lines.append(response or Response(use.name, (), ()))
        rows.append(len(columns) if column is not None else 0)
        if column is not None:
            columns.append(column)
    sizes = [len(line.load) for line in lines]
    return Feeds(
        kinds=np.array(kinds, dtype=np.int64),
        first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        load=np.array([x for line in lines for x in line.load], dtype=np.float64),
        value=np.array([y for line in lines for y in line.value], dtype=np.float64),
        row=np.array(rows, dtype=np.int64),
        recorded=np.array(columns, dtype=np.float64).reshape(len(columns), setting.load.size),
    )


def feed_of(use: SignalUse, setting: Setting) -> tuple[int, Response | None, Values | None]:
    """Return what feeds one signal: its kind, its line or its column."""
    column = dict(setting.recorded).get(use.name)
    if column is not None:
        return (RECORDED_SHARED if use.form is Form.AVERAGE else RECORDED), None, column
    line = next((one for one in setting.responses if one.signal == use.name and one.feeds(use.unit)), None)
    if line is not None:
        kind = LINE_OF_ALL if line.form is Form.TOTAL else MEASURED if line.served else LINE
        return kind, line, None
    kind = kind_of(use, queueing=setting.rules is Rules.QUEUED, demand=setting.demand)
    is_unknown = kind == LATENCY and not setting.has_latency
    return UNKNOWN_SIGNAL if is_unknown else kind, None, None


def fed_value(feeds: Feeds, i: int, t: int, load: float, ready: int) -> float:
    """Return a signal fed by a column or a line at a step; NaN for an average over no replica."""
    kind = feeds.kinds[i]
    if kind == RECORDED:
        return float(feeds.recorded[feeds.row[i], t])
    if kind == LINE_OF_ALL:
        return along(feeds, i, load)
    if ready <= 0:
        return float("nan")
    if kind == RECORDED_SHARED:
        return float(feeds.recorded[feeds.row[i], t] / ready)
    return along(feeds, i, load / ready)


def along(feeds: Feeds, i: int, load: float) -> float:
    """Return the value of a line at a load."""
    first, last = feeds.first[i], feeds.first[i + 1] - 1
    if load <= feeds.load[first]:
        return float(feeds.value[first])
    for k in range(first, last):
        right = feeds.load[k + 1]
        if load <= right:
            share = (load - feeds.load[k]) / (right - feeds.load[k])
            return float(feeds.value[k] + share * (feeds.value[k + 1] - feeds.value[k]))
    return float(feeds.value[last])

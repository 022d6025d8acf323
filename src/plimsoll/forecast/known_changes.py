"""How do known changes act on a series? On its values, but on what a counter gains: a total has no factor.

    value(t) x factor + offset,  of a counter  last reading + sum of max(0, gain(t) x factor + offset)

What results is held within the bounds of the series, last: 80 % doubled is 100 %. A gain counts as made in the middle
of its step, so that an event's first hour is the one that begins with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plimsoll.domain.forecast import Annotations, Event, Levels, without_events
from plimsoll.domain.panel import FIRST_MS, LAST_MS
from plimsoll.domain.series import Series, Times, Values
from plimsoll.forecast.annotations import with_events
from plimsoll.forecast.kernel.nature import Matrix
from plimsoll.forecast.preparation import Prepared, with_gains


def changed(
    values: Matrix,
    times_ms: Times,
    prepared: Prepared,
    events: Sequence[Event],
    levels: Matrix | Levels = (),
    medians: Values | None = None,
) -> Matrix:
    """Lay events on what is to come of a series, shape (h, k); `levels` and `medians` as `with_events` takes them."""
    if prepared.is_counter and events:
        gains = with_events(gains_of(values, prepared.base), acted_on_ms(times_ms, prepared), events)
        values = totals_of(gains, prepared.base)
    else:
        values = with_events(values, times_ms, events, levels, medians)
    return np.asarray(np.clip(values, prepared.lower, prepared.upper))


def usual_gains(prepared: Prepared, kept: Series, known: Annotations) -> Prepared:
    """Take off a counter's gains what events have done so far, (n,); its last reading stays where it is.

    What was gained from the last reading before a window to ignore to the first after it is unknown. `kept` are the
    readings without those in such windows.
    """
    back = np.arange(1 - prepared.values.size, 1, dtype=np.int64)
    times_ms = acted_on_ms(prepared.step.after(prepared.end_ms, back), prepared)
    gains = without_events(times_ms, prepared.values, known.events)
    read_ms = kept.times_ms[np.isfinite(kept.values)]
    for one in known.ignore:
        before = read_ms[read_ms < one.window.start_ms].max(initial=FIRST_MS)
        after = read_ms[read_ms >= one.window.end_ms].min(initial=LAST_MS)
        gains[(times_ms > before) & (times_ms < after)] = np.nan
    return with_gains(prepared, gains)


def acted_on_ms(times_ms: Times, prepared: Prepared) -> Times:
    """At which moment events find what was read at these times: a counter's gain in the middle of its step."""
    return times_ms - prepared.step_ms // 2 if prepared.is_counter else times_ms


def gains_of(totals: Matrix, base: float) -> Matrix:
    """What is gained in each step, shape (h, k), where `base` was read before the first.

    >>> gains_of(np.array([[12.0], [15.0]]), 10.0).ravel()
    array([2., 3.])
    """
    return np.diff(totals, axis=0, prepend=np.full((1, totals.shape[1]), base))


def totals_of(gains: Matrix, base: float) -> Matrix:
    """Sum gains up again, shape (h, k); none is below zero."""
    return np.asarray(base + np.cumsum(np.maximum(gains, 0.0), axis=0))

"""How do known changes act on a series? On its values; on a counter's gains, because a total has no factor.

    value(t) x factor + offset,  of a counter  last reading + sum of max(0, gain(t) x factor + offset)

The result is clipped to the bounds of the series last: 80 % doubled is 100 %. A gain counts as made in the middle of
its step, so that an event's first hour is the one that begins with it.

The uncertainty of a changed total depends on the covariance of the errors of its gains. That follows from how the scale
s_k grows, for stationary increments as of a fractional Brownian motion (Mandelbrot & Van Ness 1968),

    cov(e_i, e_j) = (s_(n+1)^2 + s_(n-1)^2 - 2 s_n^2) / 2,  n = |i - j|,  s_0 = 0;   of the changed  sum f_i f_j cov
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plimsoll.domain.forecast import Annotations, Event, Levels, without_events
from plimsoll.domain.panel import FIRST_MS, LAST_MS
from plimsoll.domain.series import Series, Times, Values
from plimsoll.forecast.annotations import with_events
from plimsoll.forecast.kernel.nature import Matrix
from plimsoll.forecast.preparation import Prepared, with_gains


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Future values, shape (h, k): for a counter, or where an event is uncertain, quantiles.

    `levels` are those of the columns, or of each value; `medians` and `scale` (h,) are their medians and the size of
    their errors.
    """

    values: Matrix
    levels: Matrix | Levels
    medians: Values
    scale: Values


def changed(course: Course, times_ms: Times, prepared: Prepared, events: Sequence[Event]) -> Matrix:
    """Apply events to the future of a series."""
    if prepared.is_counter and events:
        values = counter_with_events(course, effect_times_ms(times_ms, prepared), prepared.base, events)
    else:
        values = with_events(course.values, times_ms, events, course.levels, course.medians)
    return np.asarray(np.clip(values, prepared.lower, prepared.upper))


def counter_with_events(course: Course, effect_ms: Times, base: float, events: Sequence[Event]) -> Matrix:
    """Apply events to a counter's gains, made at these moments; its totals never fall."""
    middle = course.medians[:, None]
    totals = totals_of(with_events(gains_of(middle, base), effect_ms, events), base)
    nothing_and_one = with_events(np.tile((0.0, 1.0), (effect_ms.size, 1)), effect_ms, events)
    factors = nothing_and_one[:, 1] - nothing_and_one[:, 0]
    moved = totals + (course.values - middle) * widening(course.scale, factors)
    return np.asarray(np.maximum.accumulate(np.maximum(moved, base), axis=0))


def widening(scale: Values, factors: Values) -> Matrix:
    """Compute the factor by which a total's error grows once each of its gains is multiplied, shape (h, 1).

    >>> walk = np.sqrt(np.arange(1, 4))
    >>> widening(walk, np.array([1.0, 1.0, 3.0])).ravel() * walk  # variances add: 1 + 1 + 9
    array([1.        , 1.41421356, 3.31662479])
    """
    variances = np.concatenate([[0.0], scale**2])
    shared = (variances[2:] + variances[:-2] - 2.0 * variances[1:-1]) / 2.0
    with_earlier = np.convolve(factors, np.concatenate([[0.0], shared]))[: scale.size]
    changed_variances = np.cumsum(factors**2 * variances[1] + 2.0 * factors * with_earlier)
    ratio = np.divide(changed_variances, scale**2, out=np.zeros_like(scale), where=scale > 0.0)
    return np.asarray(np.sqrt(np.maximum(ratio, 0.0))[:, None])


def usual_gains(prepared: Prepared, kept: Series, known: Annotations) -> Prepared:
    """Remove the effect of events so far from a counter's gains, (n,); its last reading stays.

    The gain from the last reading before a window to ignore to the first one after it is unknown. `kept` are the
    readings outside such windows.
    """
    back = np.arange(1 - prepared.values.size, 1, dtype=np.int64)
    times_ms = effect_times_ms(prepared.step.after(prepared.end_ms, back), prepared)
    gains = without_events(times_ms, prepared.values, known.events)
    read_ms = kept.times_ms[np.isfinite(kept.values)]
    for one in known.ignore:
        before = read_ms[read_ms < one.window.start_ms].max(initial=FIRST_MS)
        after = read_ms[read_ms >= one.window.end_ms].min(initial=LAST_MS)
        gains[(times_ms > before) & (times_ms < after)] = np.nan
    gains[:1] = gains[1:2]  # what was gained before the first reading is not known, only taken to be as after it
    return with_gains(prepared, gains)


def effect_times_ms(times_ms: Times, prepared: Prepared) -> Times:
    """Return the moments at which events act on what was read at these times: for a counter's gain, mid-step."""
    return times_ms - prepared.step_ms // 2 if prepared.is_counter else times_ms


def gains_of(totals: Matrix, base: float) -> Matrix:
    """Compute the gain in each step, shape (h, k), where `base` was read before the first.

    >>> gains_of(np.array([[12.0], [15.0]]), 10.0).ravel()
    array([2., 3.])
    """
    return np.diff(totals, axis=0, prepend=np.full((1, totals.shape[1]), base))


def totals_of(gains: Matrix, base: float) -> Matrix:
    """Sum gains up again, shape (h, k); negative ones count as zero."""
    return np.asarray(base + np.cumsum(np.maximum(gains, 0.0), axis=0))

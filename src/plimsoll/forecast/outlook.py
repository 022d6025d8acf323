"""What does the kernel say about prepared series? Its answer with names, and the quantiles that follow from it.

    quantile(level) at step k = center_k + scale_k x factor(level)

A handful of samples has one backtest window of a point or two, or a few windows that nearly coincide, so its errors may
be small by luck. The scale of such a series is at least what it has moved by so far. With M_l the mean change over l
steps,

    scale_k >= max(M_1 .. M_min(k, L)) sqrt(max(k / L, 1)),   L = n / 2

Beyond L it grows as for a random walk: nothing in so short a past shows that it will not.

Where the newest t steps are unknown, the horizon lies t steps farther from the newest known one. The outlook is made
from there, t steps longer, and its first t steps are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.series import Values
from plimsoll.forecast.kernel.nature import Answer, Matrix, Places
from plimsoll.forecast.kernel.windows import least_for, rolling_origins
from plimsoll.forecast.preparation import FEWEST_FOR_OK, Prepared, known_samples, unknown_steps


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Center and scale at each step (h,), weights of the methods, and the errors of the backtest (windows, h).

    `errors` are those of the weighted center, made without the window; `standardized` those over the scale, where both
    use earlier windows only (row w the w windows before it); `naive_errors` those of seasonal naive. NaN where unknown.
    `in_logarithms`: the methods saw the logarithms of the series. `along_line`: they saw it without the line along
    which it grows.
    """

    center: Values
    scale: Values
    weights: Values
    errors: Matrix
    standardized: Matrix
    naive_errors: Matrix
    in_logarithms: bool
    along_line: bool


def origins_of(prepared: Prepared, horizon: int) -> Places:
    """Return the index of the sample at which each row of an outlook's errors begins, (windows,)."""
    unknown = unknown_steps(prepared.values)
    size, main = prepared.values.size - unknown, prepared.seasons.main
    origins = rolling_origins(prepared.truths[:size], horizon + unknown, main if size >= least_for(main) else 1)
    return np.asarray(origins[:-1] + unknown)


def comparable_errors(prepared: Prepared, outlook: Outlook) -> Matrix:
    """Return the standardized errors (windows, h) at the steps that earlier windows had reached, NaN beyond.

    Beyond those steps the scale under an error was extrapolated from shorter horizons, while today's is measured.
    """
    origins, errors = origins_of(prepared, outlook.center.size), outlook.standardized.copy()
    steps = np.arange(outlook.center.size) + unknown_steps(prepared.values)
    errors[: origins.size][steps >= (origins - origins[:1])[:, None]] = np.nan
    return errors


def outlook_of(prepared: Prepared, horizon: int) -> Outlook:
    """Run the kernel on one prepared series that can be forecast."""
    answer = outlooks_of([prepared], horizon, with_errors=True)
    return Outlook(*(part[0] for part in answer))


def outlooks_of(group: Sequence[Prepared], horizon: int, with_errors: bool) -> Answer:
    """Run the kernel on series with the same natural periods; the errors have no rows unless `with_errors`."""
    from plimsoll.forecast.compiled import empty_answer

    unknown = [unknown_steps(series.values) for series in group]
    if not any(unknown):
        return _from_newest(group, horizon, with_errors)
    answer = empty_answer(len(group), horizon, with_errors)
    for steps in sorted(set(unknown)):
        mine = [i for i, one in enumerate(unknown) if one == steps]
        known = [replace(group[i], values=group[i].values[: group[i].values.size - steps]) for i in mine]
        part = _from_newest(known, horizon + steps, with_errors)
        for whole, same in zip(_by_series(answer), _by_series(part), strict=True):
            whole[mine] = same
        for whole, longer in zip(_by_step(answer), _by_step(part), strict=True):
            if whole.size:
                whole[mine] = longer[..., steps:]
    return answer


def _by_series(answer: Answer) -> tuple[NDArray[np.generic], ...]:
    """Return the parts that have no step of the horizon."""
    return answer.weights, answer.in_logarithms, answer.along_line


def _by_step(answer: Answer) -> tuple[NDArray[np.float64], ...]:
    """Return the parts that have a step of the horizon on their last axis."""
    return answer.center, answer.scale, answer.errors, answer.standardized, answer.naive_errors


def _from_newest(group: Sequence[Prepared], horizon: int, with_errors: bool) -> Answer:
    from plimsoll.forecast.compiled import empty_answer, outlook_many

    answer = empty_answer(len(group), horizon, with_errors)
    flat = np.concatenate([series.values for series in group], dtype=np.float64)
    all_read = not any(series.is_counter for series in group)
    truths = flat if all_read else np.concatenate([series.truths for series in group], dtype=np.float64)
    offsets = np.concatenate([[0], np.cumsum([series.values.size for series in group])])
    shapes = np.array([series.shape for series in group], dtype=np.int64)
    outlook_many()(flat, truths, offsets, shapes, group[0].seasons.periods, answer)
    for scale, series in zip(answer.scale, group, strict=True):
        if known_samples(series) < FEWEST_FOR_OK:
            np.maximum(scale, least_scale(series, horizon), out=scale)
    return answer


def least_scale(short: Prepared, horizon: int) -> Values:
    """Compute the least scale at each step, shape (h,), from the moves of a short series so far.

    For a counter these are the moves of its increments, summed as if their errors were fully correlated.
    """
    values, longest = short.values, max(1, short.values.size // 2)
    changes = (np.abs(values[lag:] - values[:-lag]) for lag in range(1, longest + 1))
    known = (change[~np.isnan(change)] for change in changes)
    moves = np.maximum.accumulate([change.mean() if change.size else 0.0 for change in known])
    steps = np.arange(1, horizon + 1)
    scale = moves[np.minimum(steps, longest) - 1] * np.sqrt(np.maximum(steps / longest, 1.0))
    return np.asarray(scale.cumsum() if short.is_counter else scale, dtype=np.float64)


def bounded_values(group: Sequence[Prepared], center: Matrix, scale: Matrix, factors: NDArray[np.float64]) -> Values:
    """Compute center + scale x factor within the bounds of each series, shape (n, h, k).

    `center` and `scale` have shape (n, h), `factors` (n, h, k) or (n, 1, k). A counter's quantiles and paths never
    fall, starting from its last reading.
    """
    base, lower, upper = np.array([(one.base, one.lower, one.upper) for one in group]).T[:, :, None, None]
    values = scale[:, :, None] * factors
    values += center[:, :, None]
    values += base
    counters = [i for i, one in enumerate(group) if one.is_counter]
    if counters:
        not_below = np.maximum(values[counters], base[counters])
        values[counters] = np.maximum.accumulate(not_below, axis=1)
    return np.asarray(np.clip(values, lower, upper, out=values), dtype=np.float64)

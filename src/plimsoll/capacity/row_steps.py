"""Which rows of a table belong to one steady step, where a row is a moment of one run, and what was each step like?

A row holds until the next. Loads, second by second, are cut into plateaus as those of a recording are (see `plateaus`).
A step summarizes its complete rows: means, with latency weighted by requests, and quantiles combined as those of
windows, one window a row (see `window_quantiles`). Rows that lie further apart than the shortest plateau lasts may each
be a step by themselves, so a table of steps that gives the time of each stays what it is. But where most rows share
their load with others, a single row is part of a ramp. Standard errors come from the parts of a step (see
`step_latency`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.model import Values
from plimsoll.capacity.plateaus import find_plateaus, no_plateau
from plimsoll.capacity.step_latency import TOO_FEW_FOR_TAIL, TOO_FEW_IN_WINDOW, standard_error
from plimsoll.capacity.window_quantiles import quantile_of_known
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import LoadUnit, Recording, Steps

_LONGEST_ROW = 2.0  # times the median distance: a longer one is a break between rows

Read = Callable[[slice], float]


def cut_rows(rows: Steps) -> Steps:
    """Cut rows, in order of their `times_s`, into steady steps; raises InputError where no load stayed."""
    spans, row_s = _steady_rows(rows)
    requests = np.ones(len(rows)) if rows.throughput is None else np.nan_to_num(rows.throughput) * row_s
    latency = {name: functools.partial(_latency, rows, requests, name) for name in rows.latency_s}
    resources = {name: functools.partial(_mean, values, np.ones(len(rows))) for name, values in rows.resources.items()}
    few = {name: _too_few(rows, requests, name, spans) for name in latency}
    errors = {
        name: np.array([standard_error(read, span, 1) for span in spans])
        for name, read in (latency | resources).items()
    }

    def of_each(read: Read) -> Values:
        return np.array([read(span) for span in spans])

    def means(values: Values | None, weights: Values) -> Values | None:
        return None if values is None else of_each(functools.partial(_mean, values, weights))

    return Steps(
        load=of_each(lambda span: float(np.median(rows.load[span]))),
        load_unit=rows.load_unit,
        throughput=means(rows.throughput, np.ones(len(rows))),
        latency_s={name: np.where(few[name], np.nan, of_each(read)) for name, read in latency.items()},
        error_ratio=means(rows.error_ratio, requests),
        resources={name: of_each(read) for name, read in resources.items()},
        resource_units=rows.resource_units,
        duration_s=of_each(lambda span: (span.stop - span.start) * row_s),
        source=rows.source,
        notes=(*rows.notes, *_notes(rows, spans, row_s, [name for name in few if np.any(few[name])])),
        standard_errors={name: error for name, error in errors.items() if np.any(np.isfinite(error))},
    )


def _steady_rows(rows: Steps) -> tuple[list[slice], float]:
    """Find which rows belong together, in order of load, and the seconds that one row stands for."""
    distances = np.diff(np.zeros(1) if rows.times_s is None else rows.times_s)
    row_s = float(np.median(distances)) if distances.size else 1.0
    begins = np.concatenate([[0.0], np.cumsum(np.minimum(distances, _LONGEST_ROW * row_s))])
    row_of_second = np.searchsorted(begins, np.arange(math.ceil(begins[-1] + row_s)), side="right") - 1
    seconds, counted = _in_seconds(rows, row_of_second), False
    finest = float(np.min(np.diff(np.unique(rows.load)), initial=1.0))  # number of users differs by one at least
    plateaus = find_plateaus(replace(seconds, users=seconds.users / finest), has_users=True)
    if not plateaus and rows.load_unit is LoadUnit.ARRIVALS_PER_S:
        seconds, counted = replace(seconds, requests=seconds.users), True  # the measured rate, not the requested one
        plateaus = find_plateaus(seconds, has_users=False)
    edges = (np.searchsorted(begins, [one.start, one.end - row_s / 2]).tolist() for one in plateaus)
    found = _without_ramps([slice(*edge) for edge in edges if edge[0] < edge[1]], len(rows))
    if not found:
        raise InputError(no_plateau(seconds, has_users=not counted))
    return sorted(found, key=lambda span: float(np.median(rows.load[span]))), row_s


def _without_ramps(spans: list[slice], rows: int) -> list[slice]:
    """Leave single rows out where most rows belong to longer spans."""
    together = [span for span in spans if span.stop - span.start > 1]
    return together if 2 * sum(span.stop - span.start for span in together) > rows else spans


def _in_seconds(rows: Steps, row_of_second: NDArray[np.int64]) -> Recording:
    """Write load and throughput by second, as a recording has them; `row_of_second` is the row that holds in each."""
    load = rows.load[row_of_second]
    served = load if rows.throughput is None else np.nan_to_num(rows.throughput)[row_of_second]
    return Recording(
        np.arange(row_of_second.size, dtype=float), load, served, np.zeros(row_of_second.size), source=rows.source
    )


def _mean(values: Values, weights: Values, span: slice) -> float:
    values, weights = values[span], weights[span]
    known = np.isfinite(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if np.any(known) else math.nan


def _quantile(name: str) -> float | None:
    return float(name[1:]) / 100 if name[:1] == "p" and name[1:2].isdigit() else None


def _latency(rows: Steps, requests: Values, name: str, span: slice) -> float:
    probability, values = _quantile(name), rows.latency_s[name]
    if name == "max":
        return float(np.max(values[span]))
    if probability is None:
        return _mean(values, requests, span)
    quantiles = {p: column[span] for other, column in rows.latency_s.items() if (p := _quantile(other)) is not None}
    return quantile_of_known(quantiles, requests[span], probability)


def _too_few(rows: Steps, requests: Values, name: str, spans: list[slice]) -> NDArray[np.bool_]:
    """Return for each step whether too few requests lie beyond a quantile; false where requests are not known."""
    probability = _quantile(name)
    if probability is None or rows.throughput is None:
        return np.zeros(len(spans), dtype=np.bool_)
    beyond = np.array([(1 - probability) * float(np.sum(requests[span])) for span in spans])
    windows = np.array([span.stop - span.start for span in spans])
    return np.asarray((windows > 1) & (beyond < np.maximum(TOO_FEW_FOR_TAIL, TOO_FEW_IN_WINDOW * windows)))


def _notes(rows: Steps, spans: list[slice], row_s: float, thin: list[str]) -> list[str]:
    kept = sum(span.stop - span.start for span in spans)
    left_out = f"{len(rows) - kept} rows of warm-up (MSER-5), ramps and short stretches left out"
    notes = [f"{len(spans)} steady steps of {len(rows)} rows, each {row_s:g} s: {kept} rows kept, {left_out}"]
    quantiles = [name for name in rows.latency_s if _quantile(name) is not None]
    if kept > len(spans):
        notes.append("values of a step are means of its rows; quantiles combine those of its rows")
    if kept > len(spans) and len(quantiles) == 1:
        remedy = "name p50, p95 and p99 where the file has them, or write longer rows"
        notes.append(
            f"{quantiles[0]} is the only quantile of a row, so that of a step is a guess where rows differ: {remedy}"
        )
    if thin:
        few = f"fewer than {TOO_FEW_IN_WINDOW} requests of a row lie beyond it"
        notes.append(f"{', '.join(thin)} is left out of a step where {few}: write longer rows")
    return notes

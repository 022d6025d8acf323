"""What was the latency of a steady step, its mean and its quantiles, and how precisely does the step determine each?

Quantiles are read off counts by bucket. Where a file gives only those of short windows, the windows that lie wholly
inside the step are combined (see `window_quantiles`). Latencies of successive requests are correlated, so their number
says little of the precision. The standard error comes instead from the spread between the fifths of a step, or as many
parts as hold a window (batch means: A. M. Law, "Simulation Modeling and Analysis", McGraw-Hill 2015, section 9.5.3).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np

from plimsoll.capacity.window_quantiles import quantile_of_known
from plimsoll.domain.latency_histogram import quantile_s
from plimsoll.domain.load_test import Recording

STATISTICS = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
TOO_FEW_FOR_TAIL = 10  # requests that must lie beyond a quantile for it to be read
TOO_FEW_IN_WINDOW = 3  # the same for each window, where a file gives quantiles of windows
_PARTS = 5
_FEWEST_PARTS = 2

Read = Callable[[slice], float]


def step_latency(recording: Recording, span: slice) -> dict[str, tuple[float, float]]:
    """Return each latency statistic known in a span of seconds, with its standard error, in seconds.

    Values are NaN where too few requests lie beyond a quantile, standard errors where the span is too short to be
    split.
    """
    least_s = 1 if recording.latency_counts is not None else _reach_s(recording) + 1
    found = {}
    for name, read in _readers(recording, span):
        found[name] = read(span), standard_error(read, span, least_s)
    if recording.latency_sum_s is not None:
        mean = functools.partial(_mean, recording)
        found["mean"] = mean(span), standard_error(mean, span, 1)
    return found


def standard_error(read: Read, span: slice, least: int) -> float:
    """Estimate the standard error of a statistic over a span from its fifths, or fewer parts at least `least` long.

    NaN where there are not at least two parts.
    """
    parts = min(_PARTS, (span.stop - span.start) // least)
    if parts < _FEWEST_PARTS:
        return math.nan
    edges = np.linspace(span.start, span.stop, parts + 1).astype(int).tolist()
    return float(np.std([read(slice(*edge)) for edge in itertools.pairwise(edges)], ddof=1)) / math.sqrt(parts)


def _readers(recording: Recording, span: slice) -> Iterator[tuple[str, Read]]:
    """Yield each known quantile with its reader, which returns NaN where too few requests of the span lie beyond it."""
    requests, seconds = float(recording.requests[span].sum()), span.stop - span.start
    for name, probability in STATISTICS.items():
        beyond = requests * (1 - probability)
        if recording.latency_counts is not None:
            read, enough = _of_counts, beyond >= TOO_FEW_FOR_TAIL
        elif name in recording.latency_quantiles_s:
            windows = seconds / recording.quantile_window_s
            read, enough = _of_windows, beyond >= max(TOO_FEW_FOR_TAIL, TOO_FEW_IN_WINDOW * windows)
        else:
            continue
        yield name, functools.partial(read, recording, probability) if enough else _not_a_number


def _not_a_number(_: slice) -> float:
    return math.nan


def _mean(recording: Recording, span: slice) -> float:
    requests = float(recording.requests[span].sum())
    if recording.latency_sum_s is None or not requests:
        return math.nan
    return float(recording.latency_sum_s[span].sum()) / requests


def _of_counts(recording: Recording, probability: float, span: slice) -> float:
    counts = recording.latency_counts
    return math.nan if counts is None else quantile_s(counts[span].sum(axis=0), probability)


def _of_windows(recording: Recording, probability: float, span: slice) -> float:
    at = np.arange(span.start + _reach_s(recording), span.stop)
    quantiles = {float(name[1:]) / 100: values[at] for name, values in recording.latency_quantiles_s.items()}
    served = np.concatenate([[0.0], np.cumsum(recording.requests)])
    requests = served[at + 1] - served[at + 1 - recording.quantile_window_s]
    return quantile_of_known(quantiles, requests, probability)


def _reach_s(recording: Recording) -> int:
    """Return how many seconds before its own a window may have begun."""
    return recording.quantile_window_s if recording.quantile_window_s > 1 else 0

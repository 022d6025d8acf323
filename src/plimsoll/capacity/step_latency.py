"""What was the latency of a steady step, its mean and its quantiles, and how well does the step settle each?

Quantiles are read off counts by bucket; where a file tells those of short windows only, the windows that lie wholly
inside the step are put together (see `window_quantiles`). Waits of requests that follow each other are alike, so that
their number does not tell how well a step settles a statistic: that of each of its fifths does, or of as many parts as
hold a window (batch means: A. M. Law, "Simulation Modeling and Analysis", McGraw-Hill 2015, section 9.5.3).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np

from plimsoll.capacity.window_quantiles import quantile_of_told
from plimsoll.domain.latency_histogram import quantile_s
from plimsoll.domain.load_test import Recording

STATISTICS = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
TOO_FEW_FOR_TAIL = 10  # requests that must lie beyond a quantile for it to be read
TOO_FEW_IN_WINDOW = 3  # the same for each window of a file's own
_PARTS = 5
_FEWEST_PARTS = 2

Read = Callable[[slice], float]


def step_latency(recording: Recording, span: slice) -> dict[str, tuple[float, float]]:
    """Read what is told of the latency in a span of seconds: each statistic with its standard error, in seconds.

    NaN where too few requests lie beyond a quantile, and errors where the span is too short to be parted.
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
    """Tell how well a span settles a statistic, by its fifths or as many parts as are `least` long; NaN for one."""
    parts = min(_PARTS, (span.stop - span.start) // least)
    if parts < _FEWEST_PARTS:
        return math.nan
    edges = np.linspace(span.start, span.stop, parts + 1).astype(int).tolist()
    return float(np.std([read(slice(*edge)) for edge in itertools.pairwise(edges)], ddof=1)) / math.sqrt(parts)


def _readers(recording: Recording, span: slice) -> Iterator[tuple[str, Read]]:
    """Yield how each quantile that is told is read; as unknown where too few requests of the span lie beyond it."""
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
        yield name, functools.partial(read, recording, probability) if enough else _unknown


def _unknown(_: slice) -> float:
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
    told = {float(name[1:]) / 100: values[at] for name, values in recording.latency_quantiles_s.items()}
    served = np.concatenate([[0.0], np.cumsum(recording.requests)])
    requests = served[at + 1] - served[at + 1 - recording.quantile_window_s]
    return quantile_of_told(told, requests, probability)


def _reach_s(recording: Recording) -> int:
    """Tell how many seconds before its own a window may have begun."""
    return recording.quantile_window_s if recording.quantile_window_s > 1 else 0

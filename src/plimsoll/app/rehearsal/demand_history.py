"""How does a series of a source become the demand of a replay? One series, on its own step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plimsoll.app.load_line.counter_signals import as_rate
from plimsoll.app.runway.resource_names import names_of
from plimsoll.domain.errors import NothingToAnswer, UsageError
from plimsoll.domain.finding import Finding
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.series import Harvest, MetricKind, Series
from plimsoll.domain.trace import Trace

_FEWEST = 2


def demand_of(harvest: Harvest, signal: str, span_s: float | None = None) -> Trace:
    """Find the series named `signal` and take its samples as steps.

    Rates and counters are converted to amounts per `span_s`, the span of the model's demand, or per step if there is
    none. Steps without a sample, with NaN or with one below zero are left out with a finding, because demand is unknown
    there. Raises UsageError where there is no such series, NothingToAnswer where it has too few samples, InputError for
    a counter that falls too often.
    """
    matching = [series for series in harvest.series if signal in names_of(series.id)]
    if len(matching) != 1:
        names = ", ".join(sorted({str(series.id) for series in harvest.series})[:8]) or "nothing"
        how = "no series" if not matching else f"{len(matching)} series; name one whole, as {matching[0].id}"
        raise UsageError(f"{harvest.source}: {how} {signal!r}; it holds {names}")
    series = as_rate(signal, matching[0]) if matching[0].kind is MetricKind.COUNTER else matching[0]
    known = np.isfinite(series.values) & (series.values >= 0)
    step_ms = series.step_ms
    if step_ms is None or int(known.sum()) < _FEWEST:
        raise NothingToAnswer(f"{harvest.source}: {signal} has {int(known.sum())} samples; a replay needs at least two")
    step_s = step_ms / 1000.0
    counted = (span_s or step_s) if series.kind is MetricKind.RATE else 1.0
    times_s = series.times_ms[known].astype(np.float64) / 1000.0
    findings = tuple(_findings(series, int(known.sum()), step_ms))
    return Trace(signal, times_s, series.values[known] * counted, step_s, findings)


def _findings(series: Series, known: int, step_ms: int) -> Iterator[Finding]:
    spanned = round((int(series.times_ms[-1]) - int(series.times_ms[0])) / step_ms) + 1
    if spanned > known:
        message = f"{spanned - known} of {spanned} steps of {series.id} have no sample, or one that is no demand"
        off = format_duration((spanned - known) * step_ms / 1000)
        taken = f"they are left out, so that the clock of schedules is {off} off at the end"
        yield Finding("trace-gaps", message, taken)

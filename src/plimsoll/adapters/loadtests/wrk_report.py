"""wrk and wrk2: the text that a run prints; several runs may follow one another in a file.

Format: https://github.com/wg/wrk#basic-usage and its `--latency` option. A run is one step; its load is the number of
connections, each of which waits for its answer.

wrk2 (https://github.com/giltene/wrk2) sends at a rate: if all runs have the same connections, the rate is the load. Its
text does not state the rate of `-R`, so the rate of finished requests is used. With `-U` it prints a second table of
latencies, which omits the time that a request waited to be sent ("coordinated omission") and is not read. The p95 is in
the detailed spectrum only, in ms.
"""

from __future__ import annotations

import re
from itertools import pairwise

from plimsoll.adapters.loadtests.durations import go_duration_s
from plimsoll.adapters.loadtests.step_row import StepRow
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import LoadUnit

_RUN = re.compile(r"^Running \S+ test @ ", re.MULTILINE)
_CONNECTIONS = re.compile(r"(\d+) threads? and (\d+) connections?")
_AVERAGE = re.compile(r"^\s*Latency\s+([\d.]+[a-zµ]+)\s", re.MULTILINE)
_QUANTILE = re.compile(r"^\s*(50|75|90|95|99(?:\.9)?)(?:\.?0+)?%\s+([\d.]+[a-zµ]+)\s*$", re.MULTILINE)
_SPECTRUM_P95 = re.compile(r"^\s*(\d+\.\d+)\s+0\.950000\s+\d+\s", re.MULTILINE)
_SENDS_AT_A_RATE = ("Thread calibration:", "HdrHistogram")
_UNCORRECTED = "(HdrHistogram - Uncorrected Latency"
_WITHOUT_WAITS = "its only latencies leave out the wait to be sent (-U): run wrk2 with --latency"
_TOTAL = re.compile(r"(\d+) requests in ([\d.]+\w+),")
_SOCKETS = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
_STATUS = re.compile(r"Non-2xx or 3xx responses: (\d+)")


def recognize(head: bytes) -> bool:
    """Whether a run of wrk begins somewhere in the first lines."""
    text = head.decode("utf-8", errors="replace")
    return _RUN.search(text) is not None and _CONNECTIONS.search(text) is not None


def rows(text: str, source: str) -> list[StepRow]:
    """Read one step from each run."""
    starts = [match.start() for match in _RUN.finditer(text)]
    parts = [text[start:end] for start, end in pairwise([*starts, len(text)])]
    return [_row(part, source, number) for number, part in enumerate(parts, 1)]


def _row(text: str, source: str, number: int) -> StepRow:
    connections, total = _CONNECTIONS.search(text), _TOTAL.search(text)
    if connections is None or total is None:
        raise InputError(f"{source}: run {number} of wrk is cut off: it names no connections or no total of requests")
    sockets, status = _SOCKETS.search(text), _STATUS.search(text)
    broken = sum(int(count) for count in sockets.groups()) if sockets else 0
    refused = int(status[1]) if status else 0
    requests, duration_s = int(total[1]), go_duration_s(total[2])
    at_a_rate = any(sign in text for sign in _SENDS_AT_A_RATE)
    return StepRow(
        load=float(connections[2]),
        load_unit=LoadUnit.USERS,
        throughput=(requests - refused) / duration_s if duration_s else 0.0,
        error_ratio=(refused + broken) / (requests + broken) if requests + broken else 1.0,
        duration_s=duration_s,
        latency_s=_latency_s(text, f"{source}: run {number} of wrk") if requests else {},  # it prints zeros
        arrivals_per_s=requests / duration_s if at_a_rate and duration_s else None,
        at_a_rate=at_a_rate,
    )


def _latency_s(text: str, run: str) -> dict[str, float]:
    """Read the latencies that include the wait to be sent; raises InputError if a run has only others."""
    counted, uncorrected, _ = text.partition(_UNCORRECTED)
    quantiles = {f"p{quantile}": go_duration_s(value) for quantile, value in _QUANTILE.findall(counted)}
    if uncorrected and not quantiles:
        raise InputError(f"{run}: {_WITHOUT_WAITS}")
    if p95 := _SPECTRUM_P95.search(counted):
        quantiles["p95"] = float(p95[1]) / 1000
    average = _AVERAGE.search(counted)
    return {"mean": go_duration_s(average[1]), **quantiles} if average else quantiles

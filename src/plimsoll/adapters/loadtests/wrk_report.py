"""wrk and wrk2: the text that a run prints; several runs may follow one another in a file.

Format: https://github.com/wg/wrk#basic-usage and its `--latency` option (and https://github.com/giltene/wrk2). A run is
one step; its load is the number of connections, each of which waits for its answer (wrk2's `-R` is not in the text).
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
_TOTAL = re.compile(r"(\d+) requests in ([\d.]+\w+),")
_SOCKETS = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
_STATUS = re.compile(r"Non-2xx or 3xx responses: (\d+)")


def recognize(head: bytes) -> bool:
    """Tell whether a run of wrk begins somewhere in the first lines."""
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
    latency = {f"p{quantile}": go_duration_s(value) for quantile, value in _QUANTILE.findall(text)}
    if average := _AVERAGE.search(text):
        latency = {"mean": go_duration_s(average[1]), **latency}
    return StepRow(
        load=float(connections[2]),
        load_unit=LoadUnit.USERS,
        throughput=(requests - refused) / duration_s if duration_s else 0.0,
        error_ratio=(refused + broken) / (requests + broken) if requests + broken else 1.0,
        duration_s=duration_s,
        latency_s=latency,
    )

"""Counts by second, gathered block by block, so that a file larger than memory becomes a recording.

Memory holds one row of latency buckets for each second of the run, whatever the number of requests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.errors import InputError
from plimsoll.domain.latency_histogram import BUCKETS, GROWTH, bucket_of, quantile_s
from plimsoll.domain.load_test import Recording

LONGEST_S = 2 * 86400
_PAUSE_S = 60
_RARE = 10  # times the usual span between two samples: users who wait for minutes make no pause
_GROW_S = 600

Values = NDArray[np.float64]


class SecondsTally:
    """What happened in each second of a run: requests, failures, latencies, users."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._first: int | None = None
        self._size = 0
        self._requests = np.zeros(0)
        self._failures = np.zeros(0)
        self._latency_sum = np.zeros(0)
        self._users = np.zeros(0)
        self._counts = np.zeros((0, BUCKETS), dtype=np.int32)

    def add_requests(self, second: NDArray[np.int64], latency_s: NDArray[np.float64]) -> None:
        """Count requests that ended in `second` (Unix time) after `latency_s`."""
        if not second.size:
            return
        if np.any(latency_s < 0) or not np.all(np.isfinite(latency_s)):
            raise InputError(f"{self._source}: a latency is below zero or not a number")
        at = self._places(second)
        self._requests += np.bincount(at, minlength=self._size)
        self._latency_sum += np.bincount(at, weights=latency_s, minlength=self._size)
        cells, counts = np.unique(at * BUCKETS + bucket_of(latency_s), return_counts=True)
        self._counts.reshape(-1)[cells] += counts.astype(np.int32)

    def add_failures(self, second: NDArray[np.int64]) -> None:
        """Count failures that happened in `second`."""
        if second.size:
            at = self._places(second)  # first: it may make room, in new arrays
            self._failures += np.bincount(at, minlength=self._size)

    def add_users(self, second: NDArray[np.int64], users: NDArray[np.float64]) -> None:
        """Note the number of users; the maximum of a second counts."""
        if second.size:
            at = self._places(second)
            np.maximum.at(self._users, at, users)

    def recording(self, notes: tuple[str, ...] = (), failures_known: bool = True) -> Recording:
        """Make the recording of everything that was added, from the first to the last second with requests."""
        busy = np.flatnonzero(self._requests[: self._size])
        if not busy.size or self._first is None:
            raise InputError(f"{self._source}: no finished request in the file")
        span = slice(int(busy[0]), int(busy[-1]) + 1)
        users, paused = _carried(self._users[span], self._requests[span], self._counts[span])
        pauses = f"{paused} s in which no request was under way and no user noted are left out: pauses, or several runs"
        return Recording(
            times_s=np.arange(span.start, span.stop, dtype=np.float64) + self._first,
            users=users,
            requests=self._requests[span].copy(),
            failures=self._failures[span].copy() if failures_known else np.full(busy[-1] - busy[0] + 1, np.nan),
            latency_counts=self._counts[span],
            latency_sum_s=self._latency_sum[span].copy(),
            source=self._source,
            notes=(*notes, pauses) if paused else notes,
        )

    def _places(self, second: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the indices of seconds, and make room for them."""
        low, high = int(second.min()), int(second.max())
        if self._first is None:
            self._first = low
        if low < self._first:
            self._make_room(before=self._first - low, after=0)
            self._first = low
        if high - self._first >= self._size:
            self._make_room(before=0, after=high - self._first - self._size + 1)
        return second - self._first

    def _make_room(self, before: int, after: int) -> None:
        after = after + _GROW_S if after else 0
        if self._size + before + after > LONGEST_S + _GROW_S:
            raise InputError(f"{self._source}: its times span more than {LONGEST_S // 86400} days")
        self._size += before + after
        for name in ("_requests", "_failures", "_latency_sum", "_users"):
            setattr(self, name, np.pad(getattr(self, name), (before, after)))
        self._counts = np.pad(self._counts, ((before, after), (0, 0)))


def _carried(users: Values, requests: Values, counts: NDArray[np.int32]) -> tuple[Values, int]:
    """Carry the last number of users over seconds without one, but not over pauses; also return the seconds of these.

    The first number counts before it, too. Users stay unknown (NaN) where none was ever noted. A pause is a minute or
    more, and long by what is usual between samples, in which nothing was noted and no later request was under way.
    """
    known = users > 0
    if not np.any(known):
        return np.full(users.size, np.nan), 0
    last = np.maximum.accumulate(np.where(known, np.arange(users.size), -1))
    carried = np.where(last >= 0, users[np.maximum(last, 0)], users[int(np.argmax(known))])
    noted = np.flatnonzero(known | (requests > 0))
    gaps, paused = np.diff(noted, prepend=noted[0]), 0
    for place in np.flatnonzero(gaps > max(_PAUSE_S, _RARE * float(np.median(gaps)))):
        before, after = int(noted[place - 1]), int(noted[place])
        if not quantile_s(counts[after], 1.0) * GROWTH >= after - before - 1:
            carried[before + 1 : after] = np.nan
            paused += after - before - 1
    return carried, paused

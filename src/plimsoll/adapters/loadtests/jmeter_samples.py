"""Which samples of a JTL are requests? Samples of transaction controllers summarize others and are not.

JMeter's TransactionController writes a sample of its own, recognized by its message "Number of samples in transaction :
2, number of failing samples : 0". It comes after its requests, or around them with "Generate parent sample". Before
version 5.0 a JTL in CSV had nothing nested, so with "Generate parent sample" it may hold only transactions: these are
then read, with a note.

Each remote engine counts its own users, so the users of a file from several engines are unknown. Host names show
several engines, but JMeter saves them only on request. Thread names always show them: a remote engine prefixes its host
(`10.0.0.7-Orders 1-12` is thread 12 of group 1), and within one engine a group number is unique.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.adapters.loadtests.seconds import SecondsTally
from plimsoll.domain.load_test import Recording

TRANSACTION = "Number of samples in transaction"
NO_MESSAGES = "no response messages in it: samples of transaction controllers, if there are any, count as requests too"
SUMMED_UP = (
    "a row sums up several samples (SampleCount), as remote engines in the mode Statistical send them: latencies of "
    "single requests are lost; run it with mode=StrippedBatch"
)
_HOSTS = "each of {} hosts counted its own users and not those of all: the request rate makes the steps"
_HELD = re.compile(TRANSACTION + r" : (\d+)")
_ALONE = (
    "all samples are of transaction controllers: each counts as one request that takes as long as all of its own; "
    "a JTL in XML holds the requests themselves"
)


@dataclass(frozen=True, eq=False)
class Samples:
    """Some samples: times in ms, `users` NaN or 0 where not recorded, names of their hosts and threads."""

    begun_ms: NDArray[np.int64]
    elapsed_ms: NDArray[np.int64]
    failed: NDArray[np.bool_]
    users: NDArray[np.float64]
    hosts: frozenset[str] = frozenset()
    threads: frozenset[str] = frozenset()

    def only(self, chosen: NDArray[np.bool_]) -> Samples:
        """Select some of them, under the names of all."""
        rows = (self.begun_ms[chosen], self.elapsed_ms[chosen], self.failed[chosen], self.users[chosen])
        return Samples(*rows, self.hosts, self.threads)


class SamplesTally:
    """Requests and transactions of a JTL by second, counted separately."""

    def __init__(self, source: str) -> None:
        self._requests, self._transactions = SecondsTally(source), SecondsTally(source)
        self._counted = self._left_out = self._held = 0
        self._hosts: set[str] = set()
        self._groups: set[str] = set()

    def add_requests(self, samples: Samples) -> None:
        """Count requests in the second in which they ended."""
        self._counted += samples.begun_ms.size
        self._hosts |= samples.hosts
        self._groups |= {name.rpartition("-")[0] for name in samples.threads}
        _add(self._requests, samples)

    def add_transactions(self, samples: Samples, messages: Iterable[str]) -> None:
        """Count transactions, for a file without requests, and the number of requests that their messages state."""
        self._left_out += samples.begun_ms.size
        self._held += sum(int(held[1]) for message in messages if (held := _HELD.match(message)))
        _add(self._transactions, samples)

    def recording(self, notes: tuple[str, ...]) -> Recording:
        """Make the recording of the requests, or of the transactions if there are no requests."""
        if self._left_out and not self._counted:
            return self._transactions.recording((*notes, _ALONE))
        engines = max(len(self._hosts), engines_of(self._groups))
        found = self._requests.recording((*notes, *self._notes(engines)))
        return found if engines < 2 else replace(found, users=np.full(found.users.size, np.nan))

    def _notes(self, engines: int) -> list[str]:
        hosts = [_HOSTS.format(engines)] if engines > 1 else []
        if not self._left_out:
            return hosts
        notes = [
            *hosts,
            f"{self._left_out} samples of transaction controllers left out: the requests in them are what counts",
        ]
        if self._held > self._counted:
            notes.append(
                f"by their messages they hold {self._held} requests, and the file has {self._counted}: controllers "
                "stand inside controllers, or those with 'Generate parent sample' left theirs out of a CSV (before 5.0)"
            )
        return notes


def engines_of(groups: Iterable[str]) -> int:
    """Count the engines by the names of their thread groups: the largest number of prefixes of one group.

    >>> engines_of(["load-1-Orders 1", "load-2-Orders 1"]), engines_of(["Web-Orders 1", "App-Orders 2"])
    (2, 1)
    """
    prefixes: dict[str, set[str]] = {}
    for group in groups:
        parts = group.split("-")
        for place in range(1, len(parts)):
            prefixes.setdefault("-".join(parts[place:]), set()).add("-".join(parts[:place]))
    return max(map(len, prefixes.values()), default=1)


def _add(tally: SecondsTally, samples: Samples) -> None:
    second = (samples.begun_ms + samples.elapsed_ms) // 1000
    tally.add_requests(second, samples.elapsed_ms / 1000.0)
    tally.add_failures(second[samples.failed])
    tally.add_users(second, np.nan_to_num(samples.users))

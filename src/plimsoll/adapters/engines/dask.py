"""Several machines: tasks as futures of a Dask cluster.

The scheduler reassigns the task of a worker that died, so a killed worker costs time and nothing else. Where no worker
is there, or none is left, the run ends once one has been waited for. The workers need the same version of this package
and must see the input under the same path; they cache compiled kernels under the same path as this machine, unless
configured otherwise. Where the input is sorted first, they must see the copy, too.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from plimsoll.domain.errors import InputError, SourceError, SourceUnreachable, UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")

_HOST_PORT = re.compile(r"[^/\s]+:\d{1,5}")
RETRIES = 3
CONNECT_DEADLINE_S = 10
WORKER_DEADLINE_S = 60
_UNSEEN = (
    "workers must see the input under the same path; one whose series are interleaved is first sorted into the "
    "temporary folder (set TMPDIR to one that they see)"
)


class DaskEngine:
    """Runs tasks on the cluster whose scheduler listens at `address` (host:port)."""

    def __init__(self, address: str) -> None:
        self.address = address

    def check(self) -> None:
        """Raise UsageError for no HOST:PORT, SourceUnreachable where no scheduler answers; called before the run."""
        if not _HOST_PORT.fullmatch(self.address):
            raise UsageError(f"--engine: {self.address[:80]!r} is no HOST:PORT; write dask://HOST:PORT")
        self._connect().close()

    def map(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Yield results in order; two items per core of the cluster are in flight."""
        client = self._connect()
        try:
            client.run(os.environ.setdefault, "NUMBA_CACHE_DIR", os.environ.get("NUMBA_CACHE_DIR", ""))
            room = 2 * max(1, sum(client.nthreads().values()))
            under_way: deque[Any] = deque()
            for item in items:
                if len(under_way) >= room:
                    yield self._result(under_way.popleft(), client)
                under_way.append(client.submit(task, item, retries=RETRIES, pure=False))
            while under_way:
                yield self._result(under_way.popleft(), client)
        finally:
            client.close()

    def _connect(self) -> Any:
        try:
            from distributed import Client
        except ModuleNotFoundError:
            raise UsageError("--engine dask needs the package's extra 'fleet': pip install 'plimsoll[fleet]'") from None
        try:
            connect: Any = Client
            return connect(f"tcp://{self.address}", timeout=CONNECT_DEADLINE_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise SourceUnreachable(f"dask://{self.address}", f"no scheduler answered: {error}") from None

    def _result(self, future: Any, client: Any) -> Any:
        from distributed import KilledWorker

        name = f"dask://{self.address}"
        while True:
            try:
                return future.result(timeout=WORKER_DEADLINE_S)
            except InputError as error:
                raise SourceError(name, f"a worker cannot read its part: {error}; {_UNSEEN}") from None
            except KilledWorker as error:
                raise SourceError(name, f"one part killed several workers: {error}") from None
            except CancelledError:
                raise SourceUnreachable(name, "the scheduler answers no more") from None
            except TimeoutError:
                if not client.nthreads():
                    why = f"the scheduler has had no worker for {WORKER_DEADLINE_S} s"
                    raise SourceUnreachable(name, why) from None

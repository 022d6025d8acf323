"""All cores of this machine: kernels and Parquet release the interpreter's lock, so threads suffice."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class LocalEngine:
    """Runs tasks on threads, as many as cores may be used unless `threads` says otherwise."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or len(os.sched_getaffinity(0))

    def map(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Yield results in order; one item per thread and one more are in flight or waiting to be taken."""
        with ThreadPoolExecutor(self.threads) as pool:
            under_way: deque[Future[Result]] = deque()
            for item in items:
                if len(under_way) > self.threads:
                    yield under_way.popleft().result()
                under_way.append(pool.submit(task, item))
            while under_way:
                yield under_way.popleft().result()

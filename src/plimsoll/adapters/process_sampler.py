"""What does a process cost while it works? Processor time, memory and the machine's load, sampled in a thread."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: Unix seconds, processor seconds the process has used so far, its resident bytes, the host's load."""

    at_s: float
    cpu_s: float
    memory_bytes: int
    host_cpu_ratio: float


@dataclass(frozen=True, slots=True)
class Cost:
    """The mean cost over a span."""

    cpu_cores: float
    memory_bytes: float
    host_cpu_ratio: float


def host_busy_ratio(look_s: float = 0.5) -> float:
    """Look for a moment at how busy the whole host is."""
    return float(psutil.cpu_percent(interval=look_s)) / 100


class ProcessSampler:
    """Samples one process and the host until it is left; use as a context manager."""

    def __init__(self, pid: int, every_s: float = 0.25) -> None:
        self._process = psutil.Process(pid)
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="process-sampler", daemon=True)
        self.samples: list[Sample] = []

    def __enter__(self) -> ProcessSampler:
        psutil.cpu_percent()  # the first call only starts the measurement
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def cost_between(self, start_s: float, end_s: float) -> Cost | None:
        """Mean cost between two moments (Unix seconds); None where fewer than two samples lie between them."""
        inside = [sample for sample in self.samples if start_s <= sample.at_s <= end_s]
        if len(inside) < 2:
            return None
        first, last = inside[0], inside[-1]
        return Cost(
            cpu_cores=(last.cpu_s - first.cpu_s) / (last.at_s - first.at_s),
            memory_bytes=sum(sample.memory_bytes for sample in inside) / len(inside),
            host_cpu_ratio=sum(sample.host_cpu_ratio for sample in inside) / len(inside),
        )

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                times = self._process.cpu_times()
                memory = self._process.memory_info().rss
            except psutil.NoSuchProcess:
                return
            self.samples.append(Sample(time.time(), times.user + times.system, memory, psutil.cpu_percent() / 100))

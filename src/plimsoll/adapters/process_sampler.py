"""What does a process cost while it works? CPU time, memory and the machine's load, sampled in a thread.

On a busy machine the thread samples late. Values between two samples are interpolated linearly, so that every span has
a cost, however few samples fell into it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
import psutil


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample: seconds of `time.monotonic`, CPU seconds used so far, resident bytes, the host's load."""

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


def host_busy_ratio() -> float:
    """Measure the CPU utilization of the whole host for half a second."""
    return float(psutil.cpu_percent(interval=0.5)) / 100


class ProcessSampler:
    """Samples one process and the host until its context ends; use as a context manager."""

    def __init__(self, pid: int, every_s: float = 0.25) -> None:
        self._process = psutil.Process(pid)
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="process-sampler", daemon=True)
        self.samples: list[Sample] = []

    def __enter__(self) -> ProcessSampler:
        psutil.cpu_percent()  # the first call only starts the measurement
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._look()

    def cost_between(self, start_s: float, end_s: float) -> Cost | None:
        """Mean cost between two moments (seconds of `time.monotonic`); None where the process was gone by then."""
        looked_s = [sample.at_s for sample in self.samples]
        if not looked_s or looked_s[-1] < end_s:
            return None
        at_s = [start_s, *(moment for moment in looked_s if start_s < moment < end_s), end_s]
        cpu_s, memory_bytes, host_cpu_ratio = (
            np.interp(at_s, looked_s, [getattr(sample, name) for sample in self.samples])
            for name in ("cpu_s", "memory_bytes", "host_cpu_ratio")
        )
        return Cost(
            cpu_cores=float(cpu_s[-1] - cpu_s[0]) / (end_s - start_s),
            memory_bytes=float(memory_bytes.mean()),
            host_cpu_ratio=float(host_cpu_ratio.mean()),
        )

    def _run(self) -> None:
        while not self._stop.wait(self._every_s) and self._look():
            pass

    def _look(self) -> bool:
        """Look once; answers whether the process was still there."""
        try:
            times = self._process.cpu_times()
            memory = self._process.memory_info().rss
        except psutil.NoSuchProcess:
            return False
        self.samples.append(Sample(time.monotonic(), times.user + times.system, memory, psutil.cpu_percent() / 100))
        return True

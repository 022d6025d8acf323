"""The example application as a process of its own, and a load ramp against it with measurements of its resources."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.adapters.load_driver import Answer, Mix, Step, drive, peak_throughput, wait_until_up
from plimsoll.adapters.process_sampler import ProcessSampler, host_busy_ratio
from plimsoll.domain.errors import SourceError
from plimsoll.domain.ramp import Ramp, RampStep

MIX = Mix(
    paths={"orders": "/orders/{n}", "report": "/report/{n}"},
    shares={"orders": 0.8, "report": 0.2},
)
# Shares of the peak that a closed loop reaches; the last ones lie past it, where the queue grows.
RAMP_SHARES = (0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15)
# If other processes are busy, the closed loop finds too low a peak: the ramp continues until it is past the true peak.
FURTHER_SHARES = (1.35, 1.6, 1.9, 2.3, 2.8)
_PAST_P95_S = 0.5
_PAST_ERROR_RATIO = 0.1
# Each kind of request is first driven alone, at these shares of the peak, so that its cost can be identified.
ALONE_SHARES = (0.1, 0.3)
_START_DEADLINE_S = 30.0
_CALIBRATION_S = 3.0
_SETTLE_S = 0.5

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class RunningService:
    """A started service: where it listens and its process."""

    base_url: str
    pid: int


@contextmanager
def example_service(*options: str) -> Iterator[RunningService]:
    """Start the example application, with its own options, on a free loopback port and stop it at the end."""
    port = _free_port()
    command = [sys.executable, "-m", "plimsoll.example_app", "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    base_url = f"http://127.0.0.1:{port}"
    try:
        try:
            asyncio.run(wait_until_up(base_url, "/health", _START_DEADLINE_S))
        except SourceError:
            process.kill()
            _, complaint = process.communicate()
            raise SourceError("example application", complaint.strip() or "did not start") from None
        yield RunningService(base_url, process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def drive_ramp(service: RunningService, step_s: float, seed: int, progress: Progress) -> Ramp:
    """Find the service's peak, then drive a ramp up to and past it; `progress` gets each action and the share done."""
    progress("finding the peak with a closed loop", 0.0)
    busy_before = host_busy_ratio()
    peak_rps = asyncio.run(peak_throughput(service.base_url, MIX, seed, _CALIBRATION_S))
    if not peak_rps:
        raise SourceError("example application", f"answered no request within {_CALIBRATION_S:g} s")
    alone_s = max(2.0, step_s / 2)
    alone = [
        measured
        for kind in MIX.paths
        for share in ALONE_SHARES
        for measured in _drive(service, _only(kind), [Step(peak_rps * share, alone_s)], seed, progress).steps
    ]
    progress("the ramp", 0.1)
    steps = [Step(peak_rps * share, step_s) for share in RAMP_SHARES]
    ramp = _drive(service, MIX, steps, seed, progress)
    for share in FURTHER_SHARES:
        if past_peak(ramp.steps[-1]):
            break
        further = _drive(service, MIX, [Step(peak_rps * share, step_s)], seed, lambda words, _: progress(words, 1.0))
        ramp = replace(ramp, steps=ramp.steps + further.steps)
    return replace(ramp, alone=tuple(alone), busy_before_ratio=busy_before)


def past_peak(step: RampStep) -> bool:
    """Whether a step exceeded the service's capacity: answers are late, or refused."""
    return step.p95_s > _PAST_P95_S or step.error_ratio > _PAST_ERROR_RATIO


def _drive(service: RunningService, mix: Mix, steps: Sequence[Step], seed: int, progress: Progress) -> Ramp:
    begun: list[float] = []
    started_ms = round(time.time() * 1000)

    def on_step(index: int, step: Step) -> None:
        begun.append(time.monotonic())
        kinds = "" if mix is MIX else f" of {', '.join(mix.shares)} alone"
        progress(f"{step.rate_rps:.0f} requests/s{kinds}", 0.1 if mix is not MIX else 0.1 + 0.9 * index / len(steps))

    with ProcessSampler(service.pid) as sampler:
        answers = asyncio.run(drive(service.base_url, mix, steps, seed, on_step))
    measured = [
        ramp_step(step, found, sampler, start) for step, found, start in zip(steps, answers, begun, strict=True)
    ]
    return Ramp(started_ms, steps[0].duration_s, tuple(measured))


def _only(kind: str) -> Mix:
    return Mix({kind: MIX.paths[kind]}, {kind: 1.0})


def ramp_step(step: Step, answers: Sequence[Answer], sampler: ProcessSampler, start_s: float) -> RampStep:
    """Summarize one step without its first half second, in which queues settle.

    Raises SourceError where the service had ended, or no request was due.
    """
    kept = [answer for answer in answers if answer.due_s >= start_s + _SETTLE_S]
    span_s = step.duration_s - _SETTLE_S
    cost = sampler.cost_between(start_s + _SETTLE_S, start_s + step.duration_s)
    served = [answer for answer in kept if not answer.failed]
    if cost is None:
        raise SourceError("example application", f"was gone during the step of {step.rate_rps:.3g} requests/s")
    if not kept:
        few = f"no request fell into a step of {step.duration_s:g} s at {step.rate_rps:.3g} requests/s"
        raise SourceError("example application", f"{few}: take longer steps (--step 12s)")
    latencies_s = [answer.latency_s for answer in served] or [np.nan]  # unknown if nothing was served
    p50_s, p95_s, p99_s = np.quantile(latencies_s, [0.5, 0.95, 0.99])
    in_time = [answer for answer in served if answer.due_s + answer.latency_s <= start_s + step.duration_s]
    kinds = {answer.kind for answer in kept}
    return RampStep(
        offered_rps=len(kept) / span_s,
        completed_rps=len(in_time) / span_s,
        p50_s=float(p50_s),
        p95_s=float(p95_s),
        p99_s=float(p99_s),
        error_ratio=1 - len(served) / len(kept),
        cpu_cores=cost.cpu_cores,
        memory_bytes=cost.memory_bytes,
        host_cpu_ratio=cost.host_cpu_ratio,
        by_kind={kind: sum(answer.kind == kind for answer in in_time) / span_s for kind in sorted(kinds)},
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

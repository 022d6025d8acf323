"""How does a service answer under load? An open-loop HTTP load: requests start when they are due, answered or not.

An open loop with exponential gaps keeps offering load while the service is slow, so that waiting appears in the latency
(a closed loop would slow down with the service: "coordinated omission"). Gaps are drawn from a seed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx
import numpy as np

from plimsoll.domain.errors import SourceUnreachable

MAX_IN_FLIGHT = 400
PATIENCE_S = 3.0  # a request that takes longer counts as failed


@dataclass(frozen=True, slots=True)
class Answer:
    """One request: when it was due (`time.monotonic`, s), how long it took from then, its kind, whether it failed."""

    due_s: float
    latency_s: float
    kind: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A span of steady load."""

    rate_rps: float
    duration_s: float


@dataclass(frozen=True)
class Mix:
    """The mix of requests: each kind with its path template (`{n}` is a number) and its share of the load."""

    paths: dict[str, str]
    shares: dict[str, float]


async def drive(
    base_url: str, mix: Mix, steps: Sequence[Step], seed: int, on_step: Callable[[int, Step], None]
) -> list[list[Answer]]:
    """Drive `steps` in turn against a service and return the answers of each; `on_step` is called when one begins.

    With MAX_IN_FLIGHT unanswered requests a due request fails at once: the service has stopped serving.
    """
    draws = np.random.default_rng(seed)
    limits = httpx.Limits(max_connections=MAX_IN_FLIGHT, max_keepalive_connections=MAX_IN_FLIGHT)
    async with httpx.AsyncClient(base_url=base_url, limits=limits, timeout=PATIENCE_S, trust_env=False) as client:
        results: list[list[Answer]] = []
        for index, step in enumerate(steps):
            on_step(index, step)
            results.append(await _drive_step(client, mix, step, draws))
        return results


async def peak_throughput(base_url: str, mix: Mix, seed: int, seconds: float, workers: int = 8) -> float:
    """Measure the throughput (requests/s) of a closed loop of `workers`, the peak that a ramp is scaled by."""
    draws = np.random.default_rng(seed)
    kinds, shares = list(mix.shares), list(mix.shares.values())
    async with httpx.AsyncClient(base_url=base_url, timeout=PATIENCE_S, trust_env=False) as client:
        end = time.monotonic() + seconds
        counts = [0] * workers

        async def loop(worker: int) -> None:
            while time.monotonic() < end:
                kind, number = str(draws.choice(kinds, p=shares)), int(draws.integers(1000))
                counts[worker] += not (await _request(client, mix, kind, number, time.monotonic())).failed

        await asyncio.gather(*(loop(worker) for worker in range(workers)))
        return sum(counts) / seconds


async def wait_until_up(base_url: str, path: str, deadline_s: float) -> None:
    """Wait until `path` answers 200; raises SourceUnreachable after `deadline_s`."""
    end = time.monotonic() + deadline_s
    async with httpx.AsyncClient(base_url=base_url, timeout=1.0, trust_env=False) as client:
        while time.monotonic() < end:
            try:
                if (await client.get(path)).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise SourceUnreachable(base_url, f"{path} did not answer 200 within {deadline_s:.0f} s")


async def _drive_step(client: httpx.AsyncClient, mix: Mix, step: Step, draws: np.random.Generator) -> list[Answer]:
    gaps = draws.exponential(1.0 / step.rate_rps, size=round(step.rate_rps * step.duration_s * 1.5) + 10)
    offsets = np.cumsum(gaps)
    offsets = offsets[offsets < step.duration_s]
    kinds = draws.choice(list(mix.shares), p=list(mix.shares.values()), size=offsets.size)
    numbers = draws.integers(1000, size=offsets.size)
    begin_s = time.monotonic()
    tasks: set[asyncio.Task[None]] = set()
    answers: list[Answer] = []

    async def ask(kind: str, number: int, due_s: float) -> None:
        answers.append(await _request(client, mix, kind, number, due_s))

    for offset, kind, number in zip(offsets, kinds, numbers, strict=True):
        due_s = begin_s + float(offset)
        if (ahead := due_s - time.monotonic()) > 0:
            await asyncio.sleep(ahead)
        if len(tasks) >= MAX_IN_FLIGHT:
            answers.append(Answer(due_s, 0.0, str(kind), failed=True))
            continue
        task = asyncio.create_task(ask(str(kind), int(number), due_s))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    if (rest := begin_s + step.duration_s - time.monotonic()) > 0:
        await asyncio.sleep(rest)
    await asyncio.gather(*tasks)
    return answers


async def _request(client: httpx.AsyncClient, mix: Mix, kind: str, number: int, due_s: float) -> Answer:
    try:
        failed = (await client.get(mix.paths[kind].format(n=number))).is_error
    except httpx.TransportError:
        failed = True
    took_s = time.monotonic() - due_s  # since it was due: longer than the client's timeout if it began late
    return Answer(due_s, took_s, kind, failed or took_s > PATIENCE_S)

"""How many resources do the processes of one name use together: CPU, memory, threads, open files?

A process name is the kernel's name, or the last part of the program's path; `pid:NUMBER` is one process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

from plimsoll.adapters.sources.live import Reading
from plimsoll.domain.series import MetricKind

_TAKEN = ("cpu_cores", "memory_bytes", "threads", "open_files", "open_files_used_ratio")

CpuSeconds = Mapping[tuple[int, float], float]


@dataclass(frozen=True)
class ProcessGroup:
    """The processes of one name, with the CPU seconds that each had used at `at_s`."""

    name: str
    members: tuple[psutil.Process, ...]
    at_s: float
    cpu_s: CpuSeconds


def group(name: str) -> ProcessGroup:
    """Find the processes of one name now."""
    members = tuple(_processes_of(name))
    used = {}
    for process in members:
        try:
            times = process.cpu_times()
            used[process.pid, process.create_time()] = times.user + times.system
        except psutil.Error:
            continue  # it has ended meanwhile
    return ProcessGroup(name, members, time.monotonic(), used)


def readings(before: ProcessGroup, after: ProcessGroup) -> tuple[list[Reading], dict[str, str]]:
    """Add up the use of the processes; return the readings, and why any is missing."""
    labels = {"process": after.name}
    count = Reading("process_count", len(after.members), labels, MetricKind.COUNT)
    if not after.cpu_s:
        return [count], _missing(after.name, _TAKEN, f"no process named {after.name} runs")
    span_s = after.at_s - before.at_s
    cpu_s = sum(used - before.cpu_s[key] for key, used in after.cpu_s.items() if key in before.cpu_s)
    out = [count, Reading("process_cpu_cores", cpu_s / span_s, labels)]
    memory = threads = 0
    for process in after.members:
        try:
            with process.oneshot():
                memory += process.memory_info().rss
                threads += process.num_threads()
        except psutil.NoSuchProcess:
            continue
    out.append(Reading("process_memory_bytes", memory, labels))
    out.append(Reading("process_threads", threads, labels, MetricKind.COUNT))
    files, missing = _open_files(after, labels)
    return [*out, *files], missing


def _open_files(group: ProcessGroup, labels: dict[str, str]) -> tuple[list[Reading], dict[str, str]]:
    total, fullest = 0, 0.0
    for process in group.members:
        try:
            count, (soft, _) = process.num_fds(), process.rlimit(psutil.RLIMIT_NOFILE)
        except psutil.AccessDenied:
            reason = f"the open files of {group.name} may only be seen by its own user or root"
            return [], _missing(group.name, _TAKEN[-2:], reason)
        except psutil.NoSuchProcess:
            continue
        total += count
        fullest = max(fullest, count / soft if soft > 0 else 0.0)
    kind = MetricKind.COUNT
    return [
        Reading("process_open_files", total, labels, kind),
        Reading("process_open_files_used_ratio", fullest, labels),
    ], {}


def _missing(name: str, what: Sequence[str], reason: str) -> dict[str, str]:
    return {f'process_{signal}{{process="{name}"}}': reason for signal in what}


def _processes_of(name: str) -> Iterator[psutil.Process]:
    if name.startswith("pid:") and name[4:].isdecimal():
        with suppress(psutil.NoSuchProcess):
            yield psutil.Process(int(name[4:]))
        return
    for process in psutil.process_iter(["name", "exe"]):
        program = str(process.info["exe"] or "").rpartition("/")[2]
        if name in (process.info["name"], program):
            yield process

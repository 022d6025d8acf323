"""How full and how busy is this machine?

Levels (memory, disk space, descriptors) are read directly. Rates (CPU, disk and network traffic) are the difference of
two samples of the kernel's counters, divided by the time between them. Busy CPU is all time that is neither idle nor
waiting for disks; time stolen by the hypervisor counts as busy, because it is not available.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from plimsoll.adapters.sources.live import Reading, ratios
from plimsoll.domain.series import MetricKind

_NO_DISKS = frozenset({"squashfs", "iso9660", "tmpfs", "devtmpfs", "overlay", "nsfs"})
_KERNEL = Path("/proc/sys")


@dataclass(frozen=True)
class Counters:
    """One sample of the kernel's counters."""

    at_s: float
    cores: tuple[Any, ...]
    disks: dict[str, Any]
    networks: dict[str, Any]


def counters() -> Counters:
    """Sample the counters now."""
    return Counters(
        time.monotonic(),
        tuple(psutil.cpu_times(percpu=True)),
        dict(psutil.disk_io_counters(perdisk=True, nowrap=False) or {}),
        dict(psutil.net_io_counters(pernic=True, nowrap=False) or {}),
    )


def rates(before: Counters, after: Counters) -> Iterator[Reading]:
    """Compute utilization and traffic from two samples of the counters."""
    yield from _cpu(before, after)
    span_s = after.at_s - before.at_s
    for device, new in after.disks.items():
        if (old := before.disks.get(device)) and not device.startswith(("loop", "ram")):
            yield from _disk_traffic({"device": device}, old, new, span_s)
    for interface, new in after.networks.items():
        if (old := before.networks.get(interface)) and interface != "lo":
            yield from _network_traffic({"interface": interface}, old, new, span_s)


def levels() -> Iterator[Reading]:
    """Read the levels: load, memory, swap, disks, descriptors."""
    cores = psutil.cpu_count() or 1
    yield Reading("host_cpu_cores", cores)
    for span, value in zip(("1m", "5m", "15m"), psutil.getloadavg(), strict=True):
        yield Reading("host_load_average", value, {"span": span}, MetricKind.GAUGE)
    yield from _memory()
    for part in _partitions():
        yield from _disk(part)
    yield from _kernel_tables()


def _cpu(before: Counters, after: Counters) -> Iterator[Reading]:
    whole = [0.0, 0.0, 0.0, 0.0]
    for core, (old, new) in enumerate(zip(before.cores, after.cores, strict=False)):
        spent = _spent(old, new)
        whole = [a + b for a, b in zip(whole, spent, strict=True)]
        if spent[0] > 0:
            yield Reading("host_cpu_core_utilization_ratio", spent[1] / spent[0], {"core": str(core)})
    names = ("host_cpu_utilization_ratio", "host_cpu_iowait_ratio", "host_cpu_steal_ratio")
    yield from ratios((name, part, whole[0], {}) for name, part in zip(names, whole[1:], strict=True))


def _spent(old: Any, new: Any) -> list[float]:
    """Seconds in total, busy, waiting for disks and stolen; user time already includes guest time (proc(5))."""
    parts = {name: max(0.0, getattr(new, name) - getattr(old, name)) for name in new._fields if "guest" not in name}
    total = sum(parts.values())
    waiting = parts.get("iowait", 0.0)
    return [total, total - parts["idle"] - waiting, waiting, parts.get("steal", 0.0)]


def _memory() -> Iterator[Reading]:
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    yield Reading("host_memory_total_bytes", memory.total)
    yield Reading("host_memory_used_bytes", memory.total - memory.available)
    yield Reading("host_memory_used_ratio", (memory.total - memory.available) / memory.total)
    if swap.total:
        yield Reading("host_swap_used_bytes", swap.used)
        yield Reading("host_swap_used_ratio", swap.used / swap.total)


def _partitions() -> Iterator[Any]:
    """Each file system once, at its first mount; the root even if it is an overlay, as in a container."""
    seen = set()
    for part in psutil.disk_partitions(all=True):
        if part.mountpoint != "/" and (part.fstype in _NO_DISKS or not part.device.startswith("/")):
            continue
        if (key := part.device if part.mountpoint != "/" else "/") not in seen:
            seen.add(key)
            yield part


def _disk(part: Any) -> Iterator[Reading]:
    try:
        space = os.statvfs(part.mountpoint)
    except OSError:
        return  # no access; a disk that was requested by name becomes a gap
    labels = {"mount": part.mountpoint}
    used = (space.f_blocks - space.f_bfree) * space.f_frsize
    usable = used + space.f_bavail * space.f_frsize  # without the space reserved for root, as in df
    if usable:
        yield Reading("host_disk_total_bytes", usable, labels)
        yield Reading("host_disk_used_bytes", used, labels)
        yield Reading("host_disk_used_ratio", used / usable, labels)
    if space.f_files:
        yield Reading("host_inodes_used_ratio", (space.f_files - space.f_ffree) / space.f_files, labels)


def _disk_traffic(labels: dict[str, str], old: Any, new: Any, span_s: float) -> Iterator[Reading]:
    operations = new.read_count + new.write_count - old.read_count - old.write_count
    yield Reading("host_disk_read_bytes_per_second", (new.read_bytes - old.read_bytes) / span_s, labels)
    yield Reading("host_disk_write_bytes_per_second", (new.write_bytes - old.write_bytes) / span_s, labels)
    yield Reading("host_disk_operations_per_second", operations / span_s, labels)
    if hasattr(new, "busy_time"):
        busy = (new.busy_time - old.busy_time) / 1000 / span_s
        yield Reading("host_disk_busy_ratio", min(1.0, busy), labels)  # the kernel counts whole ticks


def _network_traffic(labels: dict[str, str], old: Any, new: Any, span_s: float) -> Iterator[Reading]:
    lost = new.errin + new.errout + new.dropin + new.dropout - old.errin - old.errout - old.dropin - old.dropout
    yield Reading("host_network_receive_bytes_per_second", (new.bytes_recv - old.bytes_recv) / span_s, labels)
    yield Reading("host_network_transmit_bytes_per_second", (new.bytes_sent - old.bytes_sent) / span_s, labels)
    yield Reading("host_network_lost_packets_per_second", lost / span_s, labels)


def _kernel_tables() -> Iterator[Reading]:
    """Tables of the kernel that can fill up: open files, tracked connections, process ids."""
    if opened := _numbers("fs/file-nr"):
        yield Reading("host_open_files", opened[0], kind=MetricKind.COUNT)
        yield from ratios([("host_open_files_used_ratio", opened[0], opened[-1], {})])
    tracked, most = _numbers("net/netfilter/nf_conntrack_count"), _numbers("net/netfilter/nf_conntrack_max")
    if tracked and most:
        yield from ratios([("host_conntrack_used_ratio", tracked[0], most[0], {})])
    running = len(psutil.pids())
    yield Reading("host_processes", running, kind=MetricKind.COUNT)
    if most_pids := _numbers("kernel/pid_max"):
        yield from ratios([("host_process_ids_used_ratio", running, most_pids[0], {})])


def _numbers(path: str) -> list[float]:
    try:
        return [float(word) for word in (_KERNEL / path).read_text().split()]
    except (OSError, ValueError):
        return []

"""How long is the wait at so many servers, and how many servers keep it short?"""

from __future__ import annotations

import numpy as np

from plimsoll.capacity.erlang import mmc_queue, residence_quantile, servers_for, square_root_servers
from plimsoll.domain.errors import UsageError
from plimsoll.domain.queueing import QueueAnswer, Staffing

MOST_SERVERS = 1_000_000
_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def queue(arrival_rate_per_s: float, service_time_s: float, servers: int) -> QueueAnswer:
    """Describe the queue at `servers`; raises UsageError for what is no queue."""
    offered = _offered(arrival_rate_per_s, service_time_s)
    if not 1 <= servers <= MOST_SERVERS:
        raise UsageError(f"--servers must lie between 1 and {MOST_SERVERS}")
    found = mmc_queue(arrival_rate_per_s, service_time_s, servers)
    if found is None:
        why = f"work for {offered:.12g} servers arrives and there are {servers}: the queue grows without end"
        busy = max(offered / servers, 1.0)  # full to the last digit is full
        return QueueAnswer(arrival_rate_per_s, service_time_s, servers, False, busy, None, None, None, None, {}, why)
    return QueueAnswer(
        arrival_rate_per_s=arrival_rate_per_s,
        service_time_s=service_time_s,
        servers=servers,
        stable=True,
        utilization=found.utilization,
        wait_probability=found.wait_probability,
        wait_s=found.wait,
        residence_s=found.residence,
        in_system=found.in_system,
        residence_quantiles_s=_quantiles(offered, servers, service_time_s),
        why="",
    )


def staffing(arrival_rate_per_s: float, service_time_s: float, wait_probability: float) -> Staffing:
    """Find the fewest servers for a wait probability; raises UsageError where none can be found."""
    offered = _offered(arrival_rate_per_s, service_time_s)
    if not 0 < wait_probability < 1:
        raise UsageError("--wait-probability must lie between 0 and 1, neither of them included")
    if offered >= MOST_SERVERS / 2:
        raise UsageError(f"work for {offered:g} servers arrives; at most {MOST_SERVERS // 2} are looked at")
    servers = servers_for(offered, wait_probability)
    found = queue(arrival_rate_per_s, service_time_s, servers)
    return Staffing(
        arrival_rate_per_s=arrival_rate_per_s,
        service_time_s=service_time_s,
        wait_probability_wanted=wait_probability,
        servers=servers,
        square_root_servers=square_root_servers(offered, wait_probability),
        utilization=found.utilization,
        wait_probability=found.wait_probability or 0.0,
        wait_s=found.wait_s or 0.0,
        residence_s=found.residence_s or 0.0,
        in_system=found.in_system or 0.0,
        residence_quantiles_s=found.residence_quantiles_s,
    )


def _offered(arrival_rate_per_s: float, service_time_s: float) -> float:
    """Compute how many servers the work would keep busy; raises UsageError for numbers that describe no work."""
    for name, value in (("--arrival-rate", arrival_rate_per_s), ("--service-time", service_time_s)):
        if not (np.isfinite(value) and value > 0):
            raise UsageError(f"{name} must be a number above zero")
    offered = arrival_rate_per_s * service_time_s
    if not (np.isfinite(offered) and offered > 0):
        raise UsageError("--arrival-rate times --service-time lies outside what numbers hold")
    return offered


def _quantiles(offered: float, servers: int, service_time_s: float) -> dict[str, float]:
    load, service = np.array([offered]), np.array([service_time_s])
    return {name: float(residence_quantile(load, servers, service, part)[0]) for name, part in _QUANTILES.items()}

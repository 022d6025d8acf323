"""Which signals can a replay derive from recorded demand? Names of a policy's signals -> what feeds them.

A policy may read any signal; a trace holds demand, from which the service model derives utilization and, where work
queues, latency, errors and backlog. Others read as missing, and the policy's own rules for unknown signals apply.
"""

from __future__ import annotations

from plimsoll.domain.policy_proposals import Form, SignalUse

UNKNOWN_SIGNAL, UTILIZATION, DEMAND, DEMAND_PER_REPLICA, RATE, RATE_PER_REPLICA, LATENCY, ERROR_RATIO, QUEUE = range(9)
_UTILIZATION = frozenset({"cpu", "utilization", "cpu_utilization", "cpu_usage", "usage"})
_RATE = frozenset({"rps", "request_rate", "requests_per_second", "throughput", "arrival_rate", "arrivals"})
_DEMAND = frozenset({"demand", "load", "requests", "users", "sessions", "concurrent_users", "concurrent_sessions"})
_LATENCY = frozenset(
    {"latency", "response_time", "response_time_p95", "p50", "p95", "p99", "latency_p95", "latency_p99", "duration"}
)
_ERRORS = frozenset({"errors", "error_rate", "error_ratio"})
_QUEUE = frozenset({"queue_depth", "backlog", "queue", "queue_length"})
_PER_REPLICA = "_per_replica"
_SHARED = frozenset(f"{name}{_PER_REPLICA}" for name in _RATE | _DEMAND)
NAMES = tuple(sorted(_UTILIZATION | _RATE | _DEMAND | _SHARED | _LATENCY | _ERRORS | _QUEUE))


def kind_of(use: SignalUse, *, queueing: bool, demand: frozenset[str] = frozenset()) -> int:
    """Return what feeds a signal; `demand` holds the names of the component's own demand."""
    spelled = use.name.lower().replace("-", "_")
    name = spelled.removesuffix(_PER_REPLICA)
    total = use.form is Form.TOTAL and name == spelled
    if name in demand:
        return DEMAND if total else DEMAND_PER_REPLICA
    if name in _UTILIZATION:
        return UTILIZATION
    if name in _RATE:
        return RATE if total else RATE_PER_REPLICA
    if name in _DEMAND:
        return DEMAND if total else DEMAND_PER_REPLICA
    if queueing:
        for names, kind in ((_LATENCY, LATENCY), (_ERRORS, ERROR_RATIO), (_QUEUE, QUEUE)):
            if name in names:
                return kind
    return UNKNOWN_SIGNAL

"""How long do requests wait for one of c servers, and how many servers keep the wait short?

Erlang's formulas for the M/M/c queue, offered load a = arrival rate * service time:

    B(0) = 1,  B(c) = a B(c-1) / (c + a B(c-1))             loss (A. K. Erlang, 1917)
    C(c) = c B(c) / (c - a (1 - B(c)))                      wait
    W    = C / (c mu - lambda),  R = W + s,  L = lambda R   (J. D. C. Little, Operations Research 9, 1961)

The recursion runs on 1 / B, whose terms are positive, so that nothing cancels and nothing overflows at 1e5 servers.
Where 1 / B itself overflows, B is zero, so that a search for servers ends for any wait probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_BISECTIONS = 60
_FULL = 1 - 1e-12  # of the servers, for rounding: 100/s * 0.29 s is 28.999999999999996
_NEWTON_STEPS = 5  # to machine precision over utilizations from 1 to 99.9 %, 1 to 64 servers


@dataclass(frozen=True)
class Queue:
    """An M/M/c queue in steady state; times in the unit of the service time."""

    utilization: float
    wait_probability: float
    wait: float
    residence: float
    in_system: float


def erlang_b(servers: int, offered: float) -> float:
    """Compute the probability that all servers are busy where requests cannot wait.

    >>> round(erlang_b(3, 2.0), 6)
    0.210526
    """
    if offered == 0:
        return 1.0 if servers == 0 else 0.0
    inverse = 1.0
    for busy in range(1, servers + 1):
        inverse = 1.0 + inverse * busy / offered
        if inverse == math.inf:
            break
    return 1.0 / inverse


def keeps_up(servers: int, offered: float) -> bool:
    """Whether the servers can carry the offered load; a load equal to the servers up to rounding is too much.

    >>> keeps_up(29, 100 * 0.29), keeps_up(100_000, 99999.9999)
    (False, True)
    """
    return offered < servers * _FULL


def erlang_c(servers: int, offered: float) -> float:
    """Compute the probability that an arrival waits; 1 where the servers cannot keep up.

    >>> round(erlang_c(3, 2.0), 6)
    0.444444
    """
    return _wait_of(erlang_b(servers, offered), servers, offered) if keeps_up(servers, offered) else 1.0


def _wait_of(loss: float, servers: int, offered: float) -> float:
    return servers * loss / (servers - offered * (1.0 - loss))


def mmc_queue(arrival_rate: float, service_time: float, servers: int) -> Queue | None:
    """Describe the steady state of an M/M/c queue; None where there is none because work piles up.

    >>> round(mmc_queue(2.0, 1.0, 3).in_system, 6)
    2.888889
    """
    offered = arrival_rate * service_time
    if not keeps_up(servers, offered):
        return None
    waiting = erlang_c(servers, offered)
    wait = waiting * service_time / (servers - offered)
    residence = wait + service_time
    return Queue(offered / servers, waiting, wait, residence, arrival_rate * residence)


def servers_for(offered: float, wait_probability: float) -> int:
    """Find the fewest servers at which at most `wait_probability` of the arrivals wait.

    >>> servers_for(10.0, 0.01)
    19
    """
    servers, inverse = 0, 1.0
    while True:
        servers += 1
        inverse = 1.0 + inverse * servers / offered
        if keeps_up(servers, offered) and _wait_of(1.0 / inverse, servers, offered) <= wait_probability:
            return servers


def square_root_servers(offered: float, wait_probability: float) -> int:
    """Find servers by the square-root rule: a + beta sqrt(a), beta from Halfin and Whitt's delay function.

    P(wait) = 1 / (1 + beta Phi(beta) / phi(beta)) (S. Halfin and W. Whitt, Operations Research 29, 1981). A rule for
    large systems, shown beside the exact answer.

    >>> square_root_servers(10.0, 0.01), servers_for(10.0, 0.01)
    (18, 19)
    """
    low, high = 0.0, 40.0
    for _ in range(_BISECTIONS):
        beta = (low + high) / 2
        if _delay(beta) > wait_probability:
            low = beta
        else:
            high = beta
    fewest = math.floor(offered) + 1
    return max(
        math.ceil(offered + high * math.sqrt(offered) - 1e-9), fewest if keeps_up(fewest, offered) else fewest + 1
    )


def wait_probability(offered: Values, servers: int) -> Values:
    """Compute Erlang's C for an array of offered loads below `servers`: B is a Poisson probability over its sum."""
    from scipy.special import gammaincc, gammaln, xlogy

    point = np.exp(xlogy(servers, offered) - offered - gammaln(servers + 1))
    loss = point / gammaincc(servers + 1, offered)
    return np.asarray(servers * loss / (servers - offered * (1.0 - loss)))


def residence_quantile(offered: Values, servers: int, service: Values, probability: float) -> Values:
    """Compute the quantile of the time in an M/M/c queue, service included; NaN where the servers cannot keep up.

    P(T > t) = (1 + C (1 - e^(-mu t (c - 1 - a))) / (c - 1 - a)) e^(-mu t), solved for t by Newton's method on its
    logarithm. Its curvature does not change sign, so the iteration converges from one side.
    """
    offered, service = np.broadcast_arrays(offered, service)
    stable = offered < servers
    busy = np.where(stable, offered, 0.0)
    waiting = wait_probability(busy, servers)
    rate, aim = servers - busy, np.log1p(-probability)
    time = np.full_like(busy, -aim)  # service alone is a lower bound
    for _ in range(_NEWTON_STEPS):
        queued = waiting * np.exp(-time * rate)
        tail = np.maximum(np.exp(-time) + waiting * _both(time, rate), 1e-300)
        time = np.maximum(time + (np.log(tail) - aim) * tail / np.maximum(tail - queued, 1e-300), 0.0)
    return np.where(stable, service * time, np.nan)


def _both(time: Values, rate: Values) -> Values:
    """Compute (e^-t - e^-rt) / (r - 1), the tail of wait and service together; t e^-t where r is 1."""
    excess = rate - 1
    near = np.abs(time * excess) < 1e-6
    return np.where(near, time * np.exp(-time), (np.exp(-time) - np.exp(-time * rate)) / np.where(near, 1.0, excess))


def _delay(beta: float) -> float:
    if beta <= 0:
        return 1.0
    below = 0.5 * math.erfc(-beta / math.sqrt(2))
    density = math.exp(-beta * beta / 2) / math.sqrt(2 * math.pi)
    return 1.0 / (1.0 + beta * below / density) if density > 0 else 0.0

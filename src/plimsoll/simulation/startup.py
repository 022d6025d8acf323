"""How long does a new replica take until it serves? A lognormal delay, and starts that fail and are retried.

Half of the starts take at most the median, 95 % at most p95: delay = median x exp(z x ln(p95 / median) / 1.645). A
failed start takes its full delay before the retry, so a replica's delay is the sum over its attempts: at most twenty.
"""

from __future__ import annotations

import math

import numpy as np

from plimsoll.domain.series import Times
from plimsoll.domain.system import Startup

_Z95 = 1.6448536269514722
_MOST_TRIES = 20


def delays(startup: Startup, step_s: float, count: int, seed: int) -> Times:
    """Draw the delays of `count` starts in whole steps, at least 1."""
    random = np.random.default_rng(seed)
    sigma = 0.0
    if startup.p95_s is not None and startup.median_s > 0 and startup.p95_s > startup.median_s:
        sigma = math.log(startup.p95_s / startup.median_s) / _Z95
    tries = np.ones(count, dtype=np.int64)
    if startup.failure_ratio > 0:
        tries = np.minimum(random.geometric(1 - startup.failure_ratio, size=count), _MOST_TRIES)
    total_s = np.zeros(count)
    for n in range(int(tries.max())):
        drawn = startup.median_s * np.exp(sigma * random.standard_normal(count))
        total_s += np.where(tries > n, drawn, 0.0)
    return np.maximum(1, np.ceil(total_s / step_s)).astype(np.int64)

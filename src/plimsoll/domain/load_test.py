"""What did a load test measure? Steps: one steady load each, with what was seen there.

A recording is the raw run, second by second; it is cut into steps before anything is fitted. Missing values are NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


class LoadUnit(str, Enum):
    """What the load of a test counts: users (or connections) in a closed loop, or arrivals per second."""

    USERS = "users"
    ARRIVALS_PER_S = "arrivals/s"


@dataclass(frozen=True, eq=False)
class Steps:
    """The steady steps of a load test, one row per step, in order of load; every column has shape (n,).

    `latency_s` maps a statistic (`mean`, `p50`, `p95`, `p99`, or `latency` where the file does not say which) to its
    column in seconds; `resources` maps a name (`cpu`, `memory`, `connections`) to what one replica used, with its unit
    in `resource_units` (`ratio`, `bytes`, `count`). `error_ratio` is failures over requests. `absent` explains each
    latency statistic that is missing: why, and how to get it. `standard_errors` maps a column's name to the standard
    error of each value, where many readings or the parts of a step determine it. If rows are moments of one run that is
    not yet cut into steps, `times_s` holds the seconds at which they begin, and rows are in order of time.
    """

    load: Column
    load_unit: LoadUnit
    throughput: Column | None = None
    latency_s: Mapping[str, Column] = field(default_factory=dict)
    error_ratio: Column | None = None
    resources: Mapping[str, Column] = field(default_factory=dict)
    resource_units: Mapping[str, str] = field(default_factory=dict)
    duration_s: Column | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    standard_errors: Mapping[str, Column] = field(default_factory=dict)
    times_s: Column | None = None

    def __len__(self) -> int:
        return int(self.load.size)


@dataclass(frozen=True, eq=False)
class Recording:
    """A run second by second; counts are per second of `times_s`; `users` and `failures` are NaN where not recorded.

    Latencies are counts by logarithmic bucket (`latency_counts`, shape (n, buckets), in buckets of
    `plimsoll.domain.latency_histogram`), or quantiles as the tool wrote them (`latency_quantiles_s`): the quantiles of
    a second cover the requests of the last `quantile_window_s` seconds. `absent` is as in `Steps`.
    """

    times_s: Column
    users: Column
    requests: Column
    failures: Column
    latency_counts: NDArray[np.int32] | None = None
    latency_sum_s: Column | None = None
    latency_quantiles_s: Mapping[str, Column] = field(default_factory=dict)
    quantile_window_s: int = 1
    source: str = ""
    notes: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)

"""A run over a fleet states which series its intervals were measured on, with readable steps."""

from __future__ import annotations

from plimsoll.app.forecasts.fleet import named
from plimsoll.domain.series import MetricKind
from plimsoll.forecast.calibration import PRIOR, Pool, PoolKey

DAY_MS = 86_400_000


def test_pools_are_named_by_kind_and_step_and_steps_that_read_alike_are_one() -> None:
    steps = {30 * DAY_MS: 3, 3_600_000: 5, 300_000: 7, 300_040: 2}
    pools = {PoolKey(MetricKind.COUNT, step_ms): Pool(PRIOR, series) for step_ms, series in steps.items()}
    assert named(pools) == {"count at 30d": 3, "count at 1h": 5, "count at 5m": 9}

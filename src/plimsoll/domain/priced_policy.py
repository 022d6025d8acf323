"""What defines a policy that buys replicas for what they are worth? A price, how it learns, and an account.

At each step the policy forecasts demand one start-up time ahead as a distribution of outcomes: the point forecast times
its recent errors, its long-run errors, and its errors at the same place of each season. It then buys replicas one after
the other, as long as the load that the next one is expected to keep inside the SLO is worth more than its price. Price
and worth are in loads of one replica, so neither depends on the unit of demand. This is the newsvendor rule with a
price per replica; Arrow, Harris and Marschak 1951, "Optimal Inventory Policy".

The account moves the price. It keeps replica-hours just below those of a reference autoscaler simulated on the same
demand, or it keeps the share of load outside the SLO at a stated ratio.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from plimsoll.domain.errors import Place
from plimsoll.domain.platform_policy import HpaPolicy, TargetType


@dataclass(frozen=True, slots=True)
class Season:
    """A period of the demand, and the weight of the errors made at the same place in its last rounds."""

    period_s: float
    weight: float


@dataclass(frozen=True, slots=True)
class Learning:
    """How the forecast and its error distribution are learned; no number depends on units or the length of the trace.

    `smoothings` are the rates of the moving averages that the forecast is regressed on. `forgetting` and `ridge` belong
    to that regression; `clip` bounds the errors it learns from, in typical errors. `spread_rate` is the rate at which
    the typical error is updated. The weights are those of the errors of the last `recent` steps, of long-run errors,
    and of a heavy tail (a load beyond r times the forecast has the probability weight x r^-exponent).
    """

    smoothings: tuple[float, ...] = (0.3, 0.1, 0.03)
    forgetting: float = 0.9998
    ridge: float = 1.0
    clip: float = 2.5
    spread_rate: float = 0.1
    recent: int = 60
    recent_weight: float = 0.2
    long_run_weight: float = 0.3
    tail_weight: float = 0.03
    tail_exponent: float = 3.0
    rounds: int = 10


def can_be_run_along(hpa: HpaPolicy) -> bool:
    """Tell whether an HPA can be a reference: only the utilization of its replicas can be derived from demand.

    >>> from plimsoll.domain.platform_policy import HpaMetric, MetricType
    >>> cpu = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70)
    >>> queue = HpaMetric(MetricType.EXTERNAL, "queue", TargetType.AVERAGE_VALUE, 20_000)
    >>> can_be_run_along(HpaPolicy("a", 2, 9, (cpu,))), can_be_run_along(HpaPolicy("b", 2, 9, (cpu, queue)))
    (True, False)
    """
    return all(metric.name == "cpu" and metric.target_type is TargetType.UTILIZATION for metric in hpa.metrics)


@dataclass(frozen=True, slots=True)
class Account:
    """What moves the price: `reference` with the share of its replica-hours to spend, or a miss ratio to hold.

    The account opens at `opens_at_s` (epoch seconds), the end of the learning period. From then on the policy does not
    knowingly spend more replica-hours than the reference: while the account is empty, it asks for no more replicas than
    the reference has.
    """

    reference: HpaPolicy | None = None
    spend_ratio: float = 0.995
    miss_ratio: float | None = None
    opens_at_s: float | None = None
    gain: float = 5.0


@dataclass(frozen=True)
class PricedPolicy:
    """A policy that buys replicas for what they are worth.

    Three rules limit churn. A change must gain more than `change_cost` times what the fleet carries. A scale-in of less
    than `slack_ratio` of the count waits. No scale-in goes below any count that was wanted within `window_s`. Only the
    first rule delays scale-out, and not when most outcomes exceed what the fleet carries.

    `per_replica` is the demand that one replica carries in one step at full use, `utilization` the share of it that the
    SLO allows. `price` is where the price starts; without an account it stays there.
    """

    name: str
    min: int
    max: int
    per_replica: float
    price: float
    utilization: float = 0.8
    slack_ratio: float = 0.04
    change_cost: float = 0.0
    window_s: float = 0.0
    startup_s: float = 120.0
    every_s: float = 60.0
    demand_signal: str = "demand"
    seasons: tuple[Season, ...] = ()
    learning: Learning = Learning()
    account: Account | None = None
    place: Place | None = field(default=None, compare=False)

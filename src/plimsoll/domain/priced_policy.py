"""What does a policy say that buys replicas by what they are worth? One price, what it learns from, and its account.

Each step it forecasts the demand of one start-up time ahead as a set of outcomes: the forecast times the errors that it
made of late, over the long run, and at the same place of each season. It then buys replicas one after the other, while
the load that the next one is expected to keep inside the SLO is worth more than its price. Price and worth are in
loads of one replica, so nothing in it has the unit of the demand.

The account moves the price: it holds replica-hours just below those of a reference autoscaler that is run along on the
same demand, or the share of load outside the SLO at a stated ratio. The newsvendor rule with a price per replica;
Arrow, Harris and Marschak 1951, "Optimal Inventory Policy".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from plimsoll.domain.errors import Place
from plimsoll.domain.platform_policy import HpaPolicy, TargetType


@dataclass(frozen=True, slots=True)
class Season:
    """A period of the demand, and the weight of the errors made at the same place of its last rounds."""

    period_s: float
    weight: float


@dataclass(frozen=True, slots=True)
class Learning:
    """How forecast and errors are learned; every number is free of units and of the length of the trace.

    `smoothings` are the rates of the averages that the forecast is regressed on; `forgetting` and `ridge` belong to
    that regression, `clip` bounds an error it learns from, in typical errors. `spread_rate` is the rate at which the
    typical error follows. Weights: errors of the last `recent` steps, of the long run, of a heavy tail (a load beyond
    r times the forecast has the probability weight x r^-exponent).
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
    """Tell whether an HPA can be a reference: memory knows the demand, and so how busy its replicas are, nothing else.

    >>> from plimsoll.domain.platform_policy import HpaMetric, MetricType
    >>> cpu = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70)
    >>> queue = HpaMetric(MetricType.EXTERNAL, "queue", TargetType.AVERAGE_VALUE, 20_000)
    >>> can_be_run_along(HpaPolicy("a", 2, 9, (cpu,))), can_be_run_along(HpaPolicy("b", 2, 9, (cpu, queue)))
    (True, False)
    """
    return all(metric.name == "cpu" and metric.target_type is TargetType.UTILIZATION for metric in hpa.metrics)


@dataclass(frozen=True, slots=True)
class Account:
    """What the price is moved by: `reference` and the share of its replica-hours to spend, or a miss ratio to hold.

    It opens at `opens_at_s` (epoch seconds), when what was learned ends; from then on more replica-hours than the
    reference had are never spent knowingly: with the account empty, no more replicas than the reference has.
    """

    reference: HpaPolicy | None = None
    spend_ratio: float = 0.995
    miss_ratio: float | None = None
    opens_at_s: float | None = None
    gain: float = 5.0


@dataclass(frozen=True)
class PricedPolicy:
    """A policy that buys replicas by what they are worth.

    What keeps it from changing all the time: a change must gain more than `change_cost` times what the fleet carries;
    scale-in of less than `slack_ratio` of the count waits, and none goes below what was wanted within `window_s`.
    Scale-out waits for the first of them only, and not once most outcomes are beyond the fleet.

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

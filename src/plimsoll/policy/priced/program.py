"""How does a priced policy become arrays? Times become steps, remembered rounds size the rings."""

from __future__ import annotations

import math

import numpy as np

from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.priced_policy import PricedPolicy, Season
from plimsoll.domain.series import Values
from plimsoll.domain.time_spans import DAY_S
from plimsoll.policy.hpa import rules
from plimsoll.policy.hpa.totals import HpaReading
from plimsoll.policy.lagged_fleet import lagged_fleet
from plimsoll.policy.priced import layout
from plimsoll.policy.priced.layout import PricedMemory, PricedProgram

_LONGEST_RING = 32768  # the most steps that are remembered
_SHORTEST_SEASON = 6  # steps
_TAIL_REACH = 8.0  # times the forecast
_FIRST_SCALE, _FIRST_SPREAD = 0.1, 0.05
_NO_REFERENCE = HpaPolicy("none", 1, 1, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 100),))


def program_of(policy: PricedPolicy) -> PricedProgram:
    """Lay a policy out as arrays. Seasons too short or too long to be remembered at its step are left out."""
    lag = lag_of(policy)
    seasons = _usable(policy, lag)
    periods = np.array([round(season.period_s / policy.every_s) for season in seasons], dtype=np.int64)
    account, ratios = policy.account, _ratios()
    return PricedProgram(
        numbers=_numbers(policy),
        smoothings=np.array(policy.learning.smoothings),
        seasons=periods,
        rounds=np.minimum(policy.learning.rounds, (_LONGEST_RING - lag - 8) // np.maximum(periods, 1)),
        season_weights=np.array([season.weight for season in seasons], dtype=np.float64),
        ratios=ratios,
        tails=_tails(ratios, policy.learning.tail_exponent),
        lag=lag,
        step_s=float(policy.every_s),
        referred=int(account is not None and account.reference is not None),
        reference=rules.program_of((account and account.reference) or _NO_REFERENCE),
    )


def lag_of(policy: PricedPolicy) -> int:
    """Return the steps from requesting a replica to its first step of service."""
    return max(1, math.ceil(policy.startup_s / policy.every_s))


def _usable(policy: PricedPolicy, lag: int) -> tuple[Season, ...]:
    shortest = max(_SHORTEST_SEASON, 2 * lag + 1)
    return tuple(
        season
        for season in policy.seasons
        if shortest <= round(season.period_s / policy.every_s) <= _LONGEST_RING - lag - 8
    )


def _numbers(policy: PricedPolicy) -> Values:
    learning, account = policy.learning, policy.account
    numbers = np.zeros(layout.NUMBERS)
    values = {
        layout.UNIT: policy.utilization * policy.per_replica,
        layout.PER_REPLICA: policy.per_replica,
        layout.SLACK_RATIO: policy.slack_ratio,
        layout.CHANGE_COST: policy.change_cost,
        layout.MIN: policy.min,
        layout.MAX: policy.max,
        layout.FORGETTING: learning.forgetting,
        layout.RIDGE: learning.ridge,
        layout.CLIP: learning.clip,
        layout.SPREAD_RATE: learning.spread_rate,
        layout.RECENT: learning.recent,
        layout.RECENT_WEIGHT: learning.recent_weight,
        layout.LONG_WEIGHT: learning.long_run_weight,
        layout.TAIL_WEIGHT: learning.tail_weight,
        layout.SPEND_RATIO: account.spend_ratio if account else 1.0,
        layout.MISS_RATIO: (account.miss_ratio if account else None) or 0.0,
        layout.OPENS_AT_S: math.inf if account is None or account.opens_at_s is None else account.opens_at_s,
        layout.GAIN: account.gain if account else 0.0,
        layout.STEPS_A_DAY: max(1.0, DAY_S / policy.every_s),
    }
    for place, value in values.items():
        numbers[place] = value
    return numbers


def memory_of(policy: PricedPolicy, start: int) -> PricedMemory:
    """Lay out the memory of a policy that begins with `start` replicas, all ready."""
    program = program_of(policy)
    ring = _ring_size(program)
    width = 3 + program.smoothings.size + 2 * program.seasons.size
    reference = (policy.account and policy.account.reference) or _NO_REFERENCE
    metrics = len(reference.metrics)
    return PricedMemory(
        state=_first_state(policy, start),
        log_demand=np.zeros(ring),
        slow=np.zeros(ring),
        places=np.full(ring, layout.SIDE, dtype=np.int64),
        standardized=np.zeros(ring),
        smoothed=np.zeros(program.smoothings.size),
        features=np.zeros((program.lag + 1, width)),
        forecasts=np.zeros(program.lag + 1),
        pulls=np.zeros(width),
        coefficients=np.zeros(width),
        precision=np.eye(width) / policy.learning.ridge,
        gains=np.zeros(width),
        histogram=np.zeros(layout.BINS, dtype=np.int64),
        long_run=np.zeros(layout.QUANTILES),
        mass=np.zeros(layout.HEADROOMS),
        value=np.zeros(layout.HEADROOMS),
        area=np.zeros(layout.HEADROOMS),
        wanted=np.zeros(max(1, math.ceil(policy.window_s / policy.every_s)), dtype=np.int64),
        shadow=lagged_fleet(start, program.lag),
        shadow_memory=rules.memory_of(reference, start, 0.0, policy.every_s),
        shadow_reading=HpaReading(*(np.zeros(metrics) for _ in range(4))),
    )


def _ratios() -> Values:
    """Lay out the upper ends of the bins: each octave of the logarithm in equal parts, on both sides of 0."""
    octaves = layout.FINEST * 2.0 ** np.arange(layout.OCTAVES)[:, None]
    upper = (octaves * (1.0 + np.arange(1, layout.PARTS + 1) / layout.PARTS)).ravel()
    return np.asarray(np.exp(np.concatenate([-upper[-2::-1], [0.0], upper])))


def _tails(ratios: Values, exponent: float) -> Values:
    """Return the share of the tail in each bin: r^-exponent lies beyond r times the forecast, up to its reach."""
    beyond = np.maximum(np.minimum(ratios, _TAIL_REACH), 1.0) ** -exponent
    return np.asarray(-np.diff(beyond, prepend=1.0))


def _first_state(policy: PricedPolicy, start: int) -> Values:
    state = np.zeros(layout.STATES)
    state[layout.PRICE] = policy.price
    state[layout.ERROR_SCALE], state[layout.SPREAD] = _FIRST_SCALE, _FIRST_SPREAD
    by_misses = policy.account is not None and policy.account.miss_ratio is not None
    state[layout.AVERAGE] = 0.0 if by_misses else start
    return state


def _ring_size(program: PricedProgram) -> int:
    """A power of two that holds the long run, the recent errors and the remembered rounds of every season."""
    reach = [int(period * rounds) for period, rounds in zip(program.seasons, program.rounds, strict=True)]
    needed = max([layout.LONG_RUN, int(program.numbers[layout.RECENT]), *reach]) + program.lag + 8
    return 1 << (needed - 1).bit_length()

"""What do the arrays of the priced policy hold? Steps count from 0; rings hold the newest 2^n steps by step & mask."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.series import Times, Values
from plimsoll.policy.hpa.totals import HpaMemory, HpaProgram, HpaReading
from plimsoll.policy.lagged_fleet import LaggedFleet

Matrix = NDArray[np.float64]

# Added to demand in replicas before the logarithm: below half a replica, demand is as good as none.
OFFSET = 0.5
QUANTILES = 64
BINS = 2048
LONG_RUN = 8192  # the steps that the long run reaches back

# Places in `PricedProgram.numbers`.
(
    UNIT, GRAIN, MIN, MAX, FORGETTING, RIDGE, CLIP, SPREAD_RATE, RECENT, RECENT_WEIGHT, LONG_WEIGHT,
    TAIL_WEIGHT, TAIL_EXPONENT, SPEND_RATIO, MISS_RATIO, OPENS_AT_S, GAIN, STEPS_A_DAY, PER_REPLICA, SLACK_RATIO,
    CHANGE_COST,
) = range(21)  # fmt: skip
# Places in `PricedMemory.state`.
(
    STEP, PRICE, ERROR_SCALE, SPREAD, LONG_KNOWN, BALANCE, EARNED, AVERAGE, FORECAST, COUNTED, DOUBTED, FALLS_TO_NONE,
) = range(12)  # fmt: skip


# Places in `PricedMemory.reach`: the first and the last count that has an outcome.
FIRST, LAST = range(2)


class PricedProgram(NamedTuple):
    """`seasons` in steps with the `rounds` remembered of each; `lag` in steps; `referred` is 1 with a reference.

    `powers[n]` is n to the tail's negative exponent.
    """

    numbers: Values
    smoothings: Values
    seasons: Times
    rounds: Times
    season_weights: Values
    powers: Values
    lag: int
    step_s: float
    referred: int
    reference: HpaProgram


class PricedMemory(NamedTuple):
    """Rings over steps (log demand, its slow average, error factor, standardized error), the regression, the shadow."""

    state: Values
    log_demand: Values
    slow: Values
    factors: Values
    errors: Values
    smoothed: Values
    features: Matrix
    forecasts: Values
    coefficients: Values
    precision: Matrix
    gains: Values
    histogram: Times
    long_run: Values
    mass: Values
    worth: Values
    reach: Times
    wanted: Times
    shadow: LaggedFleet
    shadow_memory: HpaMemory
    shadow_reading: HpaReading

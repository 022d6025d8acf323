"""What do the arrays of the priced policy hold? Steps count from 0; rings hold the newest 2^n steps by step & mask."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.series import Times, Values
from plimsoll.policy.hpa.totals import HpaMemory, HpaProgram, HpaReading
from plimsoll.policy.lagged_fleet import LaggedFleet

Matrix = NDArray[np.float64]

# Added to demand in replicas before the logarithm: demand below half a replica is practically none.
OFFSET = 0.5
QUANTILES = 64
BINS = 2048
LONG_RUN = 8192  # the length of the long run in steps
# The grid of ratios of demand to its forecast: octaves of their logarithm, on each side of 1.
FINEST = 2.0**-11
OCTAVES, PARTS = 14, 12
SIDE = OCTAVES * PARTS
HEADROOMS = 2 * SIDE

# Places in `PricedProgram.numbers`.
(
    UNIT, MIN, MAX, FORGETTING, RIDGE, CLIP, SPREAD_RATE, RECENT, RECENT_WEIGHT, LONG_WEIGHT,
    TAIL_WEIGHT, SPEND_RATIO, MISS_RATIO, OPENS_AT_S, GAIN, STEPS_A_DAY, PER_REPLICA, SLACK_RATIO, CHANGE_COST, NUMBERS,
) = range(20)  # fmt: skip
# Places in `PricedMemory.state`.
(
    STEP, PRICE, ERROR_SCALE, SPREAD, LONG_KNOWN, BALANCE, EARNED, AVERAGE, FORECAST, COUNTED, DOUBTED, FALLS_TO_NONE,
    STATES,
) = range(13)  # fmt: skip


class PricedProgram(NamedTuple):
    """`seasons` in steps with the `rounds` remembered of each; `lag` in steps; `referred` is 1 with a reference.

    `ratios[i]` is the upper end of bin i on the grid of ratios of demand to forecast, `tails[i]` the share of the heavy
    tail in that bin.
    """

    numbers: Values
    smoothings: Values
    seasons: Times
    rounds: Times
    season_weights: Values
    ratios: Values
    tails: Values
    lag: int
    step_s: float
    referred: int
    reference: HpaProgram


class PricedMemory(NamedTuple):
    """Rings over steps (log demand, its slow average, bin of the error, standardized error), regression, reference.

    `mass`, `value` and `area` describe the outcomes of one step, by bin of the grid; `shadow` is the reference's fleet.
    """

    state: Values
    log_demand: Values
    slow: Values
    places: Times
    standardized: Values
    smoothed: Values
    features: Matrix
    pulls: Values
    forecasts: Values
    coefficients: Values
    precision: Matrix
    gains: Values
    histogram: Times
    long_run: Values
    mass: Values
    value: Values
    area: Values
    wanted: Times
    shadow: LaggedFleet
    shadow_memory: HpaMemory
    shadow_reading: HpaReading

"""Has the series moved more or less than usual lately? Then the scale follows.

    scale_k x (r_1 r_2)^(1/8)

with r_1 and r_2 the mean absolute changes over a quarter and over half a horizon, lately beside usually: in the newest
half horizon, or the newest season where that is longer, so that a night is not compared with whole days; and since the
first window on which the scale was measured. What was calm or restless lately mostly stays so for a while (volatility
clusters, Engle 1982), and a scale from a handful of windows, each a whole horizon long, is slow to show it.
"""

from __future__ import annotations

from plimsoll.forecast.kernel.nature import Nature, Places, Values
from plimsoll.forecast.kernel.spread import mean_move

POWER = 0.25  # of the geometric mean of both ratios
LOWEST, HIGHEST = 1.0 / 8.0, 8.0  # of a ratio
FEWEST = 4  # changes that must be known


def follow_movement(ordinary: Values, origins: Places, first: int, nature: Nature) -> None:
    """Write `nature.movement` from the origin `first` on; `ordinary` are values without outliers, NaN where unread."""
    for w in range(first, origins.size):
        known = ordinary[: origins[w]]
        nature.movement[w] = movement_factor(known, origins[0], nature.m, nature.horizon, nature.slopes[w])


def movement_factor(known: Values, since: int, m: int, horizon: int, slope: float) -> float:
    """Return by what factor the scale follows how much `known` moved lately, beside how much since the sample `since`.

    1 where too little is known of it, or nothing moved. Growth by `slope` a step is no move.
    """
    half, factor = max(1, horizon // 2), 1.0
    near = known.size - max(FEWEST, half, m)
    for lag in (max(1, half // 2), half):
        recent, changes = mean_move(known, near, lag, slope)
        usual, _ = mean_move(known, min(near, since), lag, slope)
        if changes >= FEWEST and recent > 0.0 and usual > 0.0:
            factor *= min(max(recent / usual, LOWEST), HIGHEST) ** (0.5 * POWER)
    return factor

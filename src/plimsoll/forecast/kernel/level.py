"""Are errors larger where the forecast is larger? Then the scale follows the level.

    scale_k x (c_k / L)^g,   0 <= g <= 1

with c_k the center at step k, L the mean center of the windows on which the scale was measured, and g from a regression
of log error on log center over these windows. g is 0 where errors do not depend on the level, 1/2 where they are those
of counts (a variance proportional to the mean), 1 where they are proportional to it. g is shrunk to 0 as if by one
window whose log center deviates by 1. The ratio is kept within `LOWEST` and `HIGHEST`, so that no wild center makes an
interval vanish or explode. A series that was ever below zero has no such level, nor has a counter, whose center is a
sum.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Matrix, Places, Values
from plimsoll.forecast.kernel.spread import FORGETTING

LOWEST, HIGHEST = 1.0 / 3.0, 3.0
STRENGTH = 1.0
LEAST_SHARE = 0.02  # of the scale, added to each error: the logarithm of zero would outweigh all others


def follow_level(errors: Matrix, origins: Places, actual: Values, center: Values, scale: Values) -> None:
    """Make `scale` (h,) of a forecast `center` (h,) follow the level as `errors` (windows, h) of its past did."""
    level = usual_level(errors, origins, actual)
    if not level > 0.0:
        return
    power = level_exponent(errors, origins, actual, scale, level)
    for k in range(scale.size):
        scale[k] *= np.exp(power * np.log(clipped_ratio(center[k] / level)))


def clipped_ratio(ratio: float) -> float:
    """Clip a ratio of levels to its bounds."""
    return min(max(ratio, LOWEST), HIGHEST)


def usual_level(errors: Matrix, origins: Places, actual: Values) -> float:
    """Return the mean center of the windows, weighted as in the scale; 0 where anything is below zero."""
    for value in actual:
        if value < 0.0:
            return 0.0
    total, weight, forget = 0.0, 0.0, 1.0
    for w in range(errors.shape[0] - 1, -1, -1):
        for k in range(errors.shape[1]):
            if not np.isnan(errors[w, k]):
                total += forget * abs(actual[origins[w] + k] - errors[w, k])
                weight += forget
        forget *= FORGETTING
    return total / weight if weight > 0.0 else 0.0


def level_exponent(errors: Matrix, origins: Places, actual: Values, scale: Values, level: float) -> float:
    """Return the exponent g of the level, by ridge regression over windows of equal weight."""
    xs, ys, xx, xy, used = 0.0, 0.0, 0.0, 0.0, 0
    for w in range(errors.shape[0]):
        x, y, x2, product, known = window_means(errors[w], actual[origins[w] :], scale, level)
        if known > 0:
            xs, ys, xx, xy, used = xs + x, ys + y, xx + x2, xy + product, used + 1
    if used == 0:
        return 0.0
    slope = (xy - xs * ys / used) / (xx - xs * xs / used + STRENGTH)
    return float(min(max(slope, 0.0), 1.0))


def window_means(errors: Values, actual: Values, scale: Values, level: float) -> tuple[float, float, float, float, int]:
    """Return the means of x, y, x^2 and x y over one window, x log center and y log error, and the number of steps."""
    xs, ys, xx, xy, known = 0.0, 0.0, 0.0, 0.0, 0
    for k in range(errors.size):
        if not np.isnan(errors[k]) and scale[k] > 0.0:
            x = np.log(clipped_ratio((actual[k] - errors[k]) / level))
            y = np.log(abs(errors[k]) / scale[k] + LEAST_SHARE)
            xs, ys, xx, xy, known = xs + x, ys + y, xx + x * x, xy + x * y, known + 1
    share = 1.0 / max(known, 1)
    return xs * share, ys * share, xx * share, xy * share, known

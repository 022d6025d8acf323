"""Do the methods agree on what comes? The scale is at least the mean distance of their paths from the weighted one.

    scale_k >= D_k,   D_k = sum_c weight_c |path_ck - center_k|

The scale is a mean error of backtest windows, few of which contain anything like a level that moved a few hours ago.
The methods do react to it: some are at the new level, some at that of earlier seasons, and the center lies between.
Both sides of the inequality are mean absolute errors, so no factor is fitted between them. Where the methods agree, as
they mostly do, nothing changes.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Matrix, Values

SHARE = 1.0  # of the distance


def cover_disagreement(paths: Matrix, weights: Values, center: Values, scale: Values) -> None:
    """Raise `scale` (h,) to at least the mean distance of `paths` (methods, h) from their weighted `center`."""
    distance = np.zeros(scale.size)
    for c in range(weights.size):
        for k in range(scale.size):
            distance[k] += weights[c] * abs(paths[c, k] - center[k])
    for k in range(scale.size):
        scale[k] = max(scale[k], SHARE * distance[k])

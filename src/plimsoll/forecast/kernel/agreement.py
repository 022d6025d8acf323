"""Do the methods agree on what comes? A scale is no less than the mean distance of their paths from the weighted one.

    scale_k >= D_k,   D_k = sum_c weight_c |path_ck - center_k|

The scale is a mean error of windows, and most of them saw nothing like a level that moved a few hours ago. The methods
did: some stand on the new level, some on the seasons before it, and the center lies between. Both are mean sizes of an
error, so that nothing is fitted between them. Where the methods agree, and mostly they do, nothing changes.
"""

from __future__ import annotations

import numpy as np

from plimsoll.forecast.kernel.nature import Matrix, Values

SHARE = 1.0  # of the distance: the whole


def hold_disagreement(paths: Matrix, weights: Values, center: Values, scale: Values) -> None:
    """Raise `scale` (h,) to the distance of `paths` (methods, h) from their weighted `center`, where it is less."""
    distance = np.zeros(scale.size)
    for c in range(weights.size):
        for k in range(scale.size):
            distance[k] += weights[c] * abs(paths[c, k] - center[k])
    for k in range(scale.size):
        scale[k] = max(scale[k], SHARE * distance[k])

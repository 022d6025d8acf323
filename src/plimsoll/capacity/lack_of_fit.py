"""How far does a curve miss steps that many readings settle?

Where a step is the middle of many readings, these tell how well it is known (pure error). What a curve leaves beyond
that is the curve's own: more steps do not average it out, and it is there between steps as it is at them.

    variance of what a curve misses = its squares left a degree of freedom - pure error squared,    0 at least

(N. R. Draper and H. Smith, "Applied Regression Analysis", 3rd edition, Wiley 1998, section 2.1). Both are taken at one
load: squares are left as scatter grows, under each noise shape as often as it is likely.
"""

from __future__ import annotations

import numpy as np

from plimsoll.capacity.fit import Fit
from plimsoll.capacity.model import Values
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights


def lack_of_fit(fit: Fit, load: Values, measured: Values, standard_errors: Values, at: float) -> float:
    """Tell the standard deviation of what a curve fitted to steps (n,) misses at the load `at`, in its own unit.

    `standard_errors` (n,) are those of the steps; a step without one is taken for known exactly.
    """
    predicted, variance = fit.point.predict(load), 0.0
    freedom = load.size - len(fit.point.model.parameters) - len(fit.point.model.fixed)
    for shape in NOISE_SHAPES if freedom > 0 else ():
        weights = noise_weights(predicted, measured, shape)
        left = float(np.sum(weights * (measured - predicted) ** 2)) / freedom
        variance += fit.shapes.get(shape.name, 0.0) * left / float(np.interp(at, load, weights))
    pure = float(np.interp(at, load, np.nan_to_num(standard_errors)))
    return float(np.sqrt(max(variance - pure**2, 0.0)))

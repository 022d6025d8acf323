"""How far off may a curve be beyond what its draws show, when the standard error of each step is known?

The readings behind a step, or its parts, give its standard error (pure error). Scatter about the curve gives another
estimate of the noise, the only one that draws of the curve know. Where scatter is the larger, the curve misses steps
that are known precisely (lack of fit). More steps do not average that out, and between steps it is as large as at them.
Where scatter is the smaller, steps at this load are noisier than the curve as a whole: the p95 of a queue is, the more
so the fuller the queue.

    variance beyond the draws = | residual mean square - pure error squared |

(lack of fit: N. R. Draper and H. Smith, "Applied Regression Analysis", 3rd edition, Wiley 1998, section 2.1). Both are
taken at one load: the residual mean square is scaled to it under each noise shape and averaged by their probabilities.
"""

from __future__ import annotations

import numpy as np

from plimsoll.capacity.fit import Fit
from plimsoll.capacity.model import Values
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights


def lack_of_fit_error(fit: Fit, load: Values, measured: Values, standard_errors: Values, at: Values) -> Values:
    """Compute the standard deviation that draws of a curve through steps (n,) miss at the loads `at` (g,), in its unit.

    `standard_errors` (n,) are those of the steps, in order of load. Steps without one are left out; 0 where no step has
    one.
    """
    known = np.isfinite(standard_errors)
    if not np.any(known):
        return np.zeros_like(at)
    predicted, variance = fit.point.predict(load), np.zeros_like(at)
    freedom = load.size - len(fit.point.model.parameters) - len(fit.point.model.fixed)
    for shape in NOISE_SHAPES if freedom > 0 else ():
        weights = noise_weights(predicted, measured, shape)
        left = float(np.sum(weights * (measured - predicted) ** 2)) / freedom
        variance += fit.shapes.get(shape.name, 0.0) * left / np.interp(at, load, weights)
    pure = np.interp(at, load[known], standard_errors[known])
    return np.asarray(np.sqrt(np.abs(variance - pure**2)))

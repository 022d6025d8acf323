"""What error of a curve do its draws not tell, where it is known how well each step is settled?

Many readings behind a step, or its parts, tell how well it is known (pure error). Scatter about the curve tells another
size of it, and draws of the curve know that one alone. Where it is the larger, the curve misses steps that are settled
(lack of fit): more steps do not average that out, and it is there between steps as it is at them. Where it is the
smaller, the steps scatter more at this load than about the curve as a whole: the p95 of a queue does the more, the
fuller it is.

    variance beside the draws = | squares left a degree of freedom - pure error squared |

(the first: N. R. Draper and H. Smith, "Applied Regression Analysis", 3rd edition, Wiley 1998, section 2.1). Both are
taken at one load: squares are left as scatter grows, under each noise shape as often as it is likely.
"""

from __future__ import annotations

import numpy as np

from plimsoll.capacity.fit import Fit
from plimsoll.capacity.model import Values
from plimsoll.capacity.noise import NOISE_SHAPES, noise_weights


def untold_error(fit: Fit, load: Values, measured: Values, standard_errors: Values, at: float) -> float:
    """Tell the standard deviation at the load `at` of what draws of a curve do not know of steps (n,), in their unit.

    `standard_errors` (n,) are those of the steps, in order of load; a step without one stands aside, and where none has
    one nothing is told.
    """
    settled = np.isfinite(standard_errors)
    if not np.any(settled):
        return 0.0
    predicted, variance = fit.point.predict(load), 0.0
    freedom = load.size - len(fit.point.model.parameters) - len(fit.point.model.fixed)
    for shape in NOISE_SHAPES if freedom > 0 else ():
        weights = noise_weights(predicted, measured, shape)
        left = float(np.sum(weights * (measured - predicted) ** 2)) / freedom
        variance += fit.shapes.get(shape.name, 0.0) * left / float(np.interp(at, load, weights))
    pure = float(np.interp(at, load[settled], standard_errors[settled]))
    return float(np.sqrt(abs(variance - pure**2)))

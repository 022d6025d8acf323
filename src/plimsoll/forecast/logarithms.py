"""Was a series forecast through its logarithms? The kernel does so where growth compounds, and does not say where.

Its decision is taken again, by its own functions, for what is shown to people. Uncompiled this is slow, so a sign comes
first: in logarithms no season has shares, and the methods that share a level out have the weights of those that add.
"""

from __future__ import annotations

import numpy as np

from plimsoll.domain.series import Values
from plimsoll.forecast.kernel.clean import bridge_gaps, repair
from plimsoll.forecast.kernel.compounding import compounds
from plimsoll.forecast.kernel.methods import ON_LEVEL, SHARE_LEVEL
from plimsoll.forecast.kernel.sawtooth import falls_in
from plimsoll.forecast.kernel.windows import least_for
from plimsoll.forecast.preparation import Prepared, unknown_steps


def saw_logarithms(prepared: Prepared, horizon: int, weights: Values) -> bool:
    """Whether the methods, which got these weights (methods,), saw the logarithms of a series."""
    if weights[SHARE_LEVEL] != weights[ON_LEVEL]:
        return False
    unknown, season = unknown_steps(prepared.values), prepared.seasons.main
    values, truths = (part[: part.size - unknown] for part in (prepared.values, prepared.truths))
    m = season if values.size >= least_for(season) else 1
    actual, cleaned = np.empty(values.size), np.empty(values.size)
    bridge_gaps(values, m, cleaned)
    if not prepared.is_counter and falls_in(cleaned, cleaned.size)[0].size:
        return False
    repair(truths, m, False, actual, cleaned)
    longest = max(season, prepared.seasons.long, *prepared.seasons.natural)
    return compounds(cleaned, longest, horizon + unknown)

"""What if it goes on climbing and falling like a saw tooth?"""

from __future__ import annotations

from plimsoll.forecast.kernel.methods import NAIVE, SAW_TOOTH
from plimsoll.forecast.kernel.nature import Matrix, Nature, Values
from plimsoll.forecast.kernel.sawtooth import falls_in, next_teeth


def saw_family(y: Values, origin: int, nature: Nature, out: Matrix) -> None:
    """Continue climbs and falls where the past has them; else repeat the last value."""
    for k in range(nature.horizon):
        out[SAW_TOOTH, k] = out[NAIVE, k]
    if nature.toothed:
        falls, climb = falls_in(y, origin)
        if falls.size > 0:
            next_teeth(y, origin, falls, climb, out[SAW_TOOTH])

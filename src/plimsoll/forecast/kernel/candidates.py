"""What would every method have predicted from every origin?

`paths` has shape (origins, METHODS, h), `out` is the part of one origin. Each method has a closed form or takes one
pass. Where a method does not apply (no second season, values below zero) it repeats the most similar one, so that the
weights need no special case. The order matters where a family falls back on an earlier one.
"""

from __future__ import annotations

from plimsoll.forecast.kernel.families.growing import growth_family, year_family
from plimsoll.forecast.kernel.families.patterned import pattern_family
from plimsoll.forecast.kernel.families.proportional import share_family
from plimsoll.forecast.kernel.families.regressing import autoregressive_family
from plimsoll.forecast.kernel.families.repeating import naive_family
from plimsoll.forecast.kernel.families.toothed import saw_family
from plimsoll.forecast.kernel.families.weekly import day_level_family, week_family
from plimsoll.forecast.kernel.nature import Cube, Nature, Places, Values
from plimsoll.forecast.kernel.steady_growth import continue_line, without_line


def all_paths(y: Values, origins: Places, nature: Nature, paths: Cube) -> None:
    """Write the paths of every method from every one of the rising `origins`.

    The autoregressions are fitted to all origins in one pass. They see the growth along a line; all others continue it.
    """
    for index in range(origins.size):
        origin, out, slope = origins[index], paths[index], nature.slopes[index]
        seen = y if slope == 0.0 else without_line(y, origin, slope)
        naive_family(seen, origin, nature, out)
        pattern_family(seen, origin, nature, out)
        share_family(seen, origin, nature, out)
        week_family(seen, origin, nature, out)
        growth_family(seen, origin, nature, out)
        year_family(seen, origin, nature, out)
        saw_family(seen, origin, nature, out)
        day_level_family(seen, origin, nature, out)
        if slope != 0.0:
            continue_line(slope, out)
    autoregressive_family(y, origins, nature, paths)

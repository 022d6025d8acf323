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


def all_paths(y: Values, origins: Places, nature: Nature, paths: Cube) -> None:
    """Write the paths of every method from every one of the rising `origins`."""
    autoregressive_family(y, origins, nature, paths)
    for index in range(origins.size):
        origin, out = origins[index], paths[index]
        naive_family(y, origin, nature, out)
        pattern_family(y, origin, nature, out)
        share_family(y, origin, nature, out)
        week_family(y, origin, nature, out)
        growth_family(y, origin, nature, out)
        year_family(y, origin, nature, out)
        saw_family(y, origin, nature, out)
        day_level_family(y, origin, nature, out)

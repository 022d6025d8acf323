"""Which seasons may a series have? Those that were named, and those of clocks and calendars.

With samples every 5 minutes the natural periods are the hour, the day, the week; with daily samples the week and the
year (as 52 weeks, so that weekdays match); with samples of months and quarters the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plimsoll.domain.time_spans import DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS
from plimsoll.forecast.steps import is_near

YEAR_MS = 52 * WEEK_MS
NATURAL_MS = (*(n * MINUTE_MS for n in (1, 5, 10, 15, 30)), *(n * HOUR_MS for n in (1, 2, 6, 12, 24, 168)))
CALENDAR_MS = ((range(30 * DAY_MS, 31 * DAY_MS + 1), 12), (range(90 * DAY_MS, 92 * DAY_MS + 1), 4))
_SHORTEST_OF_WEEKS_MS = 5 * MINUTE_MS  # shortest step for which the week counts beside the day
FEWEST_STEPS = 4  # a period of fewer samples shows no shape
LONGEST = 20_160  # steps; longer patterns cost more than they gain


@dataclass(frozen=True, slots=True)
class Seasons:
    """Season lengths in steps: the main one (1: none), a longer one and the year (0: none), and the natural periods."""

    main: int
    long: int
    year: int
    natural: tuple[int, ...]

    @property
    def periods(self) -> NDArray[np.int64]:
        """The natural periods as an array for the kernel."""
        return np.asarray(self.natural or (0,), dtype=np.int64)


@cache
def seasons_for(step_ms: int, named: tuple[int, ...] | None = None) -> Seasons:
    """Choose the seasons of a series sampled every `step_ms`; `named` are season lengths in steps (1: none).

    >>> seasons_for(3_600_000)
    Seasons(main=24, long=168, year=0, natural=(6, 12, 24, 168))
    >>> seasons_for(86_400_000, (7,)).year
    364
    """
    natural = tuple(sorted({ms // step_ms for ms in NATURAL_MS if ms % step_ms == 0 and fits(ms // step_ms)}))
    wanted = sorted({n for n in named if fits(n)}) if named is not None else [main_season(step_ms)]
    main = wanted[0] if wanted and wanted[0] > 1 else 1
    longer = [n for n in wanted if n > main]
    week = WEEK_MS // step_ms if WEEK_MS % step_ms == 0 else 0
    natural_long = week if main > 1 and week == 7 * main and step_ms >= _SHORTEST_OF_WEEKS_MS else 0
    year = YEAR_MS // step_ms if step_ms in (DAY_MS, WEEK_MS) else 0
    return Seasons(main, longer[0] if longer else natural_long, year if year > main else 0, natural)


def main_season(step_ms: int) -> int:
    """Return the natural season of a series with that step, 1 for none.

    A day; for daily samples a week; for samples of weeks, months and quarters a year.

    >>> main_season(DAY_MS), main_season(31 * DAY_MS), main_season(92 * DAY_MS), main_season(5000 * HOUR_MS)
    (7, 12, 4, 1)
    """
    for period_ms in (DAY_MS, WEEK_MS, YEAR_MS):
        if period_ms % step_ms == 0 and fits(period_ms // step_ms):
            return period_ms // step_ms
    return next((count for steps_ms, count in CALENDAR_MS if step_ms in steps_ms), 1)


def fits(steps: int) -> bool:
    """Whether a period of that many steps is usable."""
    return FEWEST_STEPS <= steps <= LONGEST


def rescaled(named: tuple[int, ...] | None, step_ms: int, own_step_ms: int) -> tuple[int, ...] | None:
    """Convert seasons named in steps of `step_ms` to steps of `own_step_ms`; (1,), no season, where none is left.

    >>> rescaled((24, 168), HOUR_MS, DAY_MS), rescaled((1,), HOUR_MS, DAY_MS), rescaled((36,), 31 * DAY_MS, 30 * DAY_MS)
    ((7,), (1,), (36,))
    """
    if named is None or is_near(own_step_ms, step_ms):
        return named
    scaled = (round(n * step_ms / own_step_ms) for n in named if n > 1)
    return tuple(n for n in scaled if n > 1) or (1,)

"""Which futures does a history have: those of a line, or those of a saw tooth?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.domain.forecast import MethodWeight
from plimsoll.domain.quantity import format_duration, format_quantity
from plimsoll.domain.series import Times, Values
from plimsoll.planning.first_passage import Futures, futures_of
from plimsoll.planning.level_paths import Draw, line_paths, simulate_levels
from plimsoll.planning.level_states import posterior
from plimsoll.planning.near_limit import near_limit
from plimsoll.planning.peaks import with_new_peaks
from plimsoll.planning.runway_grades import methods_of
from plimsoll.planning.runway_grid import Floats, Grid, in_slots, plain_grid
from plimsoll.planning.saw_teeth import SHORTEST, SLOTS, Teeth, falls_in, teeth_of
from plimsoll.planning.tooth_paths import simulate_teeth

_PARTS = (1, 2, 4)


@dataclass(frozen=True)
class Course:
    """A history on its grid, how its futures are drawn (`again` from part of it), the methods, and its teeth if any."""

    grid: Grid
    draw: Callable[[int, int, np.random.Generator], Futures]
    again: Draw
    methods: tuple[MethodWeight, ...]
    teeth: Teeth | None = None

    def phrase(self, unit: str) -> str:
        """Say between which heights the teeth run, and how often they end; empty where there are none."""
        if self.teeth is None:
            return ""
        ends = self.teeth.sign * np.array([np.nanmedian(self.teeth.tops), np.nanmedian(self.teeth.bottoms)])
        top, bottom = (format_quantity(float(end), unit) for end in ends)
        every = format_duration(float(np.median(self.teeth.gaps)) * self.grid.period_ms / 1000)
        back = "falls" if self.teeth.sign > 0 else "rises"
        return f"{back} back from {top} to {bottom} about every {every}, assumed to continue"


def line_course(grid: Grid, sign: int) -> Course:
    """Continue as the levels of a grid do, at least two of them known; `sign` is 1 where high is bad, else -1."""
    grid = near_limit(grid, sign)
    known = posterior(grid.levels)

    def draw(horizon: int, paths: int, rng: np.random.Generator) -> Futures:
        return with_new_peaks(grid, futures_of(grid, simulate_levels(known, horizon, paths, rng), rng), sign, rng)

    return Course(grid, draw, line_paths, methods_of(known))


def tooth_course(times_ms: Times, values: Values, step_ms: int, period_ms: int, sign: int) -> Course | None:
    """Continue tooth after tooth; None where there are no teeth. `sign` is 1 where high is bad and -1 where low is.

    Periods are those of the line, or a half or a quarter of them where teeth are short.
    """
    slots, per_period = in_slots(times_ms, values, period_ms, SLOTS, step_ms)
    falls = falls_in(sign * slots, per_period)
    if not falls.size:
        return None
    shortest = SHORTEST if per_period == 1 else SHORTEST + 2  # the periods in which a fall lies are cut out
    parts = next((part for part in _PARTS if part * np.median(np.diff(falls)) >= shortest), 0)
    if parts == 0 or period_ms < parts * step_ms:
        return None
    grid = plain_grid(times_ms, values, step_ms, period_ms // parts)
    falls = falls * parts - (slots.size // per_period * parts - grid.levels.size)
    if per_period > 1:  # a period with a fall is like no other in level or shape
        cut = np.floor(np.concatenate([falls, falls - parts / per_period]))
        grid = replace(grid, levels=np.where(np.isin(np.arange(grid.levels.size), cut), np.nan, grid.levels))
    slot = parts / per_period
    teeth = teeth_of(grid.levels, falls, sign, slot)
    return None if teeth is None else _of_teeth(grid, teeth, falls, slot)


def _of_teeth(grid: Grid, teeth: Teeth, falls: Floats, slot: float) -> Course:
    def draw(horizon: int, paths: int, rng: np.random.Generator) -> Futures:
        return Futures(*simulate_teeth(teeth, horizon, paths, rng))

    def again(levels: Floats, horizon: int, paths: int, rng: np.random.Generator) -> Floats:
        fitted = teeth_of(levels, falls, teeth.sign, slot)
        return (
            line_paths(levels, horizon, paths, rng)
            if fitted is None
            else simulate_teeth(fitted, horizon, paths, rng)[0]
        )

    return Course(grid, draw, again, (MethodWeight("saw tooth", 1.0),), teeth)

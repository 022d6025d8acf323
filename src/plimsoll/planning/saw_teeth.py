"""Is this resource emptied again and again, from where to where, and how often? A saw tooth climbs and falls at once.

Examples are a log that is rotated, a disk that a retention job cleans, a heap. A line through such a history predicts a
limit that the next clean-up prevents. So tops and bottoms are measured tooth by tooth, and the prediction is where they
go (`tooth_paths.py`).

A fall loses at least `_DEEP` of the range of the detrended history, within a sixth of a period. Two of them make a saw
tooth if teeth are at least three periods long, hardly anything rises as suddenly, and the usual climb regains at least
half of the usual fall. Where a fall is long overdue there is no saw tooth any more: the job has failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

SLOTS = 12  # slots of a period, in which falls are searched for
_DEEP = 0.3
_FEWEST, _NEWEST = 2, 12
SHORTEST = 3.0  # periods
_REGAINED = 0.5
_LOOSE = 0.2  # of a fall: with more scatter about straight climbs there is no saw tooth
OVERDUE, _PAST_TOP = 1.5, 0.25
_ROUNDED = 6**-0.5  # standard deviation, in slots, of the difference of two times known to one slot each


@dataclass(frozen=True)
class Teeth:
    """A history of `length` periods as teeth; a higher height is worse (`sign` turns heights back into levels).

    `falls`, `tops` and `bottoms` (m,) are the place of each fall, in periods from the start of the history, and the
    height before and after it, NaN where unknown. The climb since the last fall has reached `now` and rises by `pace` a
    period. `noise` (k,) are the deviations of the levels of the periods `rows` (k,) from straight climbs. Falls are
    known to `resolution` periods.
    """

    length: int
    sign: int
    falls: Floats
    tops: Floats
    bottoms: Floats
    now: float
    pace: float
    noise: Floats
    rows: Indices
    resolution: float

    @property
    def gaps(self) -> Floats:
        """Periods from fall to fall, (m - 1,)."""
        return np.diff(self.falls)

    @property
    def since(self) -> float:
        """Periods since the last fall."""
        return self.length - float(self.falls[-1])

    @property
    def drop(self) -> float:
        """The median fall."""
        return float(np.nanmedian(self.tops - self.bottoms))

    @property
    def by_height(self) -> bool:
        """Whether a fall comes at a height; in doubt it comes after a time, which a faster climb does not shorten."""
        heights = float(np.nanstd(self.tops)) / self.drop
        return heights < 0.5 * float(self.gaps.std() / self.gaps.mean())


def falls_in(slots: Floats, per_period: int) -> Floats:
    """Find the sudden falls of evenly spaced samples (n,), NaN for gaps, in periods from the start.

    Empty where they make no saw tooth.
    """
    nothing = np.empty(0)
    known = np.flatnonzero(np.isfinite(slots))
    if known.size < 2 * _FEWEST:
        return nothing
    places = np.arange(slots.size)
    values = np.interp(places, known, slots[known])
    residuals = values - np.polynomial.Polynomial.fit(places, values, 1)(places)
    least = _DEEP * float(np.ptp(residuals))
    width = 2 if per_period > 2 else 1
    moves = values[width:] - values[:-width]
    deep = np.flatnonzero(moves < -least)
    sudden = len(_runs(np.flatnonzero(moves > least), per_period))
    runs = _runs(deep, per_period)
    if least <= 0 or len(runs) < _FEWEST or 2 * sudden > len(runs):
        return nothing
    steps = np.diff(values)
    starts = [run[0] + int(np.argmin(steps[run[0] : run[-1] + width])) + 1 for run in runs]
    return np.array(starts, dtype=np.float64) / per_period


def _runs(places: Indices, apart: int) -> list[Indices]:
    """Split indices where neighbors lie more than `apart` from each other."""
    return [run for run in np.split(places, np.flatnonzero(np.diff(places) > apart) + 1) if run.size]


def teeth_of(levels: Floats, falls: Floats, sign: int = 1, slot: float = 1.0) -> Teeth | None:
    """Measure the teeth of `levels` (n,), NaN for gaps, between the falls within them; None where there are none.

    `slot` is the length, in periods, of a slot in which falls were searched for.
    """
    begin, *rest = np.concatenate([[0.0], falls[falls < levels.size]])[-_NEWEST - 1 :]
    falls = np.array(rest)
    if falls.size < _FEWEST or np.median(np.diff(falls)) < SHORTEST:
        return None
    climbs = [_climb(sign * levels, start, end) for start, end in pairwise([begin, *falls, float(levels.size)])]
    starts, ends = np.array([climb[0] for climb in climbs]), np.array([climb[1] for climb in climbs])
    noise, rows = (np.concatenate([climb[part] for climb in climbs]) for part in (2, 3))
    tops, bottoms = ends[:-1], starts[1:]
    regained = tops[1:] - bottoms[:-1]
    if min(np.isfinite(tops).sum(), np.isfinite(bottoms).sum()) < 2:
        return None
    if not (np.isfinite(regained).any() and np.isfinite(tops - bottoms).any()):
        return None
    drop = float(np.nanmedian(tops - bottoms))
    if drop <= 0 or np.nanmedian(regained) < _REGAINED * drop or noise.std() > _LOOSE * drop:
        return None
    usual = float(np.nanmedian(regained) / np.median(np.diff(falls)))
    now, pace = _current(starts[-1], ends[-1], levels.size - float(falls[-1]), usual, float(np.nanmedian(bottoms)))
    teeth = Teeth(levels.size, sign, falls, tops, bottoms, now, pace, noise, rows, slot * _ROUNDED)
    return None if _is_overdue(teeth) else teeth


def _climb(levels: Floats, start: float, end: float) -> tuple[float, float, Floats, Indices]:
    """Fit a straight climb: its heights at start and end, the deviations of the levels of whole periods, and which."""
    rows = np.arange(int(np.ceil(start)), int(np.floor(end)))
    rows = rows[np.isfinite(levels[rows])]
    if rows.size < 2:
        return np.nan, np.nan, np.empty(0), rows[:0]
    line = np.polynomial.Polynomial.fit(rows + 0.5, levels[rows], 1)
    return float(line(start)), float(line(end)), np.asarray(levels[rows] - line(rows + 0.5)), rows


def _current(start: float, end: float, since: float, usual: float, bottom: float) -> tuple[float, float]:
    """Return height and pace of the climb since the last fall; where it has just begun, the usual ones."""
    if not np.isfinite(end):
        return bottom + usual * since, usual
    return end, max((end - start) / since, 0.0)


def _is_overdue(teeth: Teeth) -> bool:
    if teeth.by_height:
        return teeth.now > float(np.nanmax(teeth.tops)) + _PAST_TOP * teeth.drop
    return teeth.since > OVERDUE * float(teeth.gaps.max())

"""How will a saw tooth go on? Tooth after tooth, from a bottom to a top that lie where bottoms and tops are going.

    bottom(t) = a + b t + e,   top(t) = c + d t + e',   a tooth lasts as long as one of the past

Both lines are drawn from what the past teeth leave open (normal errors of unknown size, Student's quantiles), their
slopes held towards none: three teeth say little of where the tenth will end. The climb under way goes on at its own
pace, to a height or for a time, whichever the past teeth keep to. A fall that is late may not come: from the longest
gap seen on, ever more paths climb on for good.
"""

from __future__ import annotations

import numpy as np

from plimsoll.planning.saw_teeth import OVERDUE, Floats, Teeth

_SLOPE_PRIOR = 0.25  # usual falls by which tops may have moved over the history
_USUAL_SCATTER, _AS_MANY = 0.05, 2  # of a fall, or of a tooth's time, and how many teeth that counts for
_LEAST_NOISE = 1e-3  # of a fall
_LEAST = 0.05  # of a fall or of a tooth's time


def simulate_teeth(teeth: Teeth, horizon: int, paths: int, rng: np.random.Generator) -> Floats:
    """Draw `paths` futures of `horizon` levels, shape (paths, horizon)."""
    tops, bottoms = (_Ends(teeth, heights, paths, rng) for heights in (teeth.tops, teeth.bottoms))
    times = _Times(teeth, paths, rng)
    height, pace = np.full(paths, teeth.now), _first_pace(teeth, paths, rng)
    top = _first_top(teeth, pace, tops, times, rng)
    found = np.empty((paths, horizon))
    for step in range(horizon):
        ahead = height + pace
        ends = ahead >= top
        found[:, step] = np.where(ends, top, ahead) - pace / 2
        left = np.where(ends, np.minimum((ahead - top) / np.maximum(pace, 1e-300), 1.0), 0.0)
        lasts = times.drawn(rng)
        at = teeth.length + step + 1 - left
        low = bottoms.at(at, rng)
        high = np.maximum(tops.at(at + lasts, rng), low + _LEAST * teeth.drop)
        pace = np.where(ends, (high - low) / lasts, pace)
        height = np.where(ends, low + pace * left, ahead)
        top = np.where(ends, high, top)
    return np.asarray(teeth.sign * (found + rng.choice(teeth.noise, found.shape)))


def _first_pace(teeth: Teeth, count: int, rng: np.random.Generator) -> Floats:
    """The pace of the climb under way: its own, as well as its periods tell it, and else that of past climbs."""
    won = teeth.tops[1:] - teeth.bottoms[:-1]
    usual = float(np.nanmedian(won / teeth.gaps))
    apart = float(np.nanstd(won / teeth.gaps)) + _USUAL_SCATTER * usual
    of_own = 12 * (float(teeth.noise.std()) ** 2 + (_LEAST_NOISE * teeth.drop) ** 2) / max(teeth.since, 1.0) ** 3
    own = 1 / (1 + of_own / apart**2)
    drawn = own * teeth.pace + (1 - own) * usual + np.sqrt(own * of_own) * rng.standard_normal(count)
    return np.asarray(np.maximum(drawn, 0.0))


def _first_top(teeth: Teeth, pace: Floats, tops: _Ends, times: _Times, rng: np.random.Generator) -> Floats:
    """The height at which the climb under way ends, infinite where it does not."""
    lasts = times.drawn(rng)
    if teeth.by_height:
        return np.maximum(tops.at(np.full(lasts.size, float(teeth.length)), rng), teeth.now)
    late = (teeth.since / float(teeth.gaps.max()) - 1) / (OVERDUE - 1)
    high = teeth.now + pace * np.maximum(lasts - teeth.since, 0.0)
    return np.where(rng.random(lasts.size) < late, np.inf, high)


class _Times:
    """How long teeth last on each path."""

    def __init__(self, teeth: Teeth, count: int, rng: np.random.Generator) -> None:
        gaps = teeth.gaps
        self._usual = float(gaps.mean())
        rest = float(((gaps - self._usual) ** 2).sum())
        self._scatter = _scatter(rest, _USUAL_SCATTER * self._usual, gaps.size - 1, count, rng)

    def drawn(self, rng: np.random.Generator) -> Floats:
        """One time a path, in periods."""
        drawn = self._usual + self._scatter * rng.standard_normal(self._scatter.size)
        return np.asarray(np.maximum(drawn, _LEAST * self._usual))


class _Ends:
    """Lines that tops or bottoms may follow, one a path."""

    def __init__(self, teeth: Teeth, heights: Floats, count: int, rng: np.random.Generator) -> None:
        known = np.isfinite(heights)
        self._middle = float(teeth.falls[known].mean())
        places, values = teeth.falls[known] - self._middle, heights[known]
        usual = _USUAL_SCATTER * teeth.drop
        size, product = float(places @ places), float(places @ values)
        free = values - values.mean() - product / size * places
        between = (float(free @ free) + _AS_MANY * usual**2) / (values.size - 2 + _AS_MANY)
        weight = size + between / (_SLOPE_PRIOR * teeth.drop / teeth.length) ** 2
        slope = product / weight
        rest = values - values.mean() - slope * places
        self._scatter = _scatter(float(rest @ rest), usual, values.size - 2, count, rng)
        self._level = values.mean() + self._scatter * rng.standard_normal(count) / np.sqrt(values.size)
        self._slope = slope + self._scatter * rng.standard_normal(count) / np.sqrt(weight)

    def at(self, times: Floats, rng: np.random.Generator) -> Floats:
        """Heights at `times` (count,), in periods from the start of the history."""
        line = self._level + self._slope * (times - self._middle)
        return np.asarray(line + self._scatter * rng.standard_normal(self._scatter.size))


def _scatter(rest: float, usual: float, freedom: int, count: int, rng: np.random.Generator) -> Floats:
    """Standard deviations (count,) that sums of squares `rest` of so much freedom allow, beside a usual one."""
    chances = rng.chisquare(freedom + _AS_MANY, count)
    return np.asarray(np.sqrt((rest + _AS_MANY * usual**2) / chances))

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

_SLOPE_PRIOR = 0.5  # usual falls by which tops may have moved over the history
_LEAST_SCATTER = 0.02  # of a fall: a few teeth that are alike are not alike for ever
_LEAST_CLIMB = 0.05


def simulate_teeth(teeth: Teeth, horizon: int, paths: int, rng: np.random.Generator) -> Floats:
    """Draw `paths` futures of `horizon` levels, shape (paths, horizon)."""
    tops, bottoms = (_Course(teeth, heights, paths, rng) for heights in (teeth.tops, teeth.bottoms))
    height, pace = np.full(paths, teeth.now), np.full(paths, teeth.pace)
    top = _first_top(teeth, tops, rng)
    found = np.empty((paths, horizon))
    for step in range(horizon):
        ahead = height + pace
        ends = ahead >= top
        found[:, step] = np.where(ends, top, ahead) - pace / 2
        left = np.where(ends, np.minimum((ahead - top) / np.maximum(pace, 1e-300), 1.0), 0.0)
        lasts = rng.choice(teeth.gaps, paths)
        at = teeth.length + step + 1 - left
        low = bottoms.at(at, rng)
        high = np.maximum(tops.at(at + lasts, rng), low + _LEAST_CLIMB * teeth.drop)
        pace = np.where(ends, (high - low) / lasts, pace)
        height = np.where(ends, low + pace * left, ahead)
        top = np.where(ends, high, top)
    return np.asarray(teeth.sign * (found + rng.choice(teeth.noise, found.shape)))


def _first_top(teeth: Teeth, tops: _Course, rng: np.random.Generator) -> Floats:
    """The height at which the climb under way ends, infinite where it does not."""
    lasts = rng.choice(teeth.gaps, tops.count)
    if teeth.by_height:
        return np.maximum(tops.at(np.full(tops.count, float(teeth.length)), rng), teeth.now)
    late = (teeth.since / float(teeth.gaps.max()) - 1) / (OVERDUE - 1)
    high = teeth.now + teeth.pace * np.maximum(lasts - teeth.since, 0.0)
    return np.where(rng.random(tops.count) < late, np.inf, high)


class _Course:
    """Lines that tops or bottoms may follow, one a path."""

    def __init__(self, teeth: Teeth, heights: Floats, count: int, rng: np.random.Generator) -> None:
        known = np.isfinite(heights)
        self.count, self._middle = count, float(teeth.falls[known].mean())
        places, values = teeth.falls[known] - self._middle, heights[known]
        least = (_LEAST_SCATTER * teeth.drop) ** 2
        size, product = float(places @ places), float(places @ values)
        free = values - values.mean() - product / size * places
        scatter = (float(free @ free) + least) / max(values.size - 2, 1)
        weight = size + scatter / (_SLOPE_PRIOR * teeth.drop / teeth.length) ** 2
        slope = product / weight
        rest = values - values.mean() - slope * places
        freedom = values.size - 1
        self._scatter = np.sqrt((float(rest @ rest) + least) / rng.chisquare(freedom, count))
        self._level = values.mean() + self._scatter * rng.standard_normal(count) / np.sqrt(values.size)
        self._slope = slope + self._scatter * rng.standard_normal(count) / np.sqrt(weight)

    def at(self, times: Floats, rng: np.random.Generator) -> Floats:
        """Heights at `times` (count,), in periods from the start of the history."""
        line = self._level + self._slope * (times - self._middle)
        return np.asarray(line + self._scatter * rng.standard_normal(self.count))

"""How will a saw tooth go on? Tooth after tooth, each like one of the past, shifted along the trend of the teeth.

    bottom(t) = a + b t + e,   pace(t) = c + d t + e',   a tooth ends after a time f + e'', or at a height f + g t + e''

The lines are drawn from their posterior given past teeth. Errors are normal, with a standard deviation on a grid from
0.01 to 0.3 of the usual value, weighted by likelihood. So a few falls by the clock are told from a few at random.
Slopes are shrunk towards zero: three teeth say little about where the tenth will end. The errors of a tooth are all
three those of one past tooth, plus a little more: where two jobs clean a disk, a low bottom and a long climb belong
together.

The climb under way goes on at its own pace, and ends as those do that got at least as far. A fall that is late may not
come: from the longest gap seen on, more and more paths climb on for good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.planning.saw_teeth import OVERDUE, Floats, Teeth

Indices = NDArray[np.intp]

_SLOPE_PRIOR = 0.25  # of the usual value: prior standard deviation of its change over the history
_SIZES, _LEAST_SIZE, _MOST_SIZE = 8, 0.01, 0.3  # of errors, relative to the usual value
_UNEVEN = 0.03  # of the usual pace, by which the pace of the climb under way may change
_LEAST_NOISE = 1e-3  # of a fall
_LEAST = 0.05  # least fall, pace and duration of a tooth, relative to the usual one
_TRIES = 20  # draws for a tooth that gets as far as the one under way


def simulate_teeth(teeth: Teeth, horizon: int, paths: int, rng: np.random.Generator) -> tuple[Floats, Indices]:
    """Draw `paths` futures of `horizon` levels, and the past period each one's noise comes from, (paths, horizon)."""
    past = _Past(teeth, paths, rng)
    height, pace = np.full(paths, teeth.now), _first_pace(teeth, past, rng)
    top = _first_top(teeth, past, pace, rng)
    found = np.empty((paths, horizon))
    for step in range(horizon):
        ahead = height + pace
        ends = ahead >= top
        found[:, step] = np.where(ends, top, ahead) - pace / 2
        left = np.where(ends, np.minimum((ahead - top) / np.maximum(pace, 1e-300), 1.0), 0.0)
        low, high, climbs = past.drawn(teeth.length + step + 1 - left, rng)
        pace = np.where(ends, climbs, pace)
        height = np.where(ends, low + pace * left, ahead)
        top = np.where(ends, high, top)
    noisy = rng.integers(0, teeth.noise.size, found.shape)
    return np.asarray(teeth.sign * (found + teeth.noise[noisy])), teeth.rows[noisy]


def _first_pace(teeth: Teeth, past: _Past, rng: np.random.Generator) -> Floats:
    """Draw the pace of the climb under way: its own as far as its periods determine it, else that of past climbs."""
    usual, apart = past.paces.usual, max(past.paces.spread, _LEAST * past.paces.usual)
    of_own = 12 * (float(teeth.noise.std()) ** 2 + (_LEAST_NOISE * teeth.drop) ** 2) / max(teeth.since, 1.0) ** 3
    own = 1 / (1 + of_own / apart**2)
    error = np.sqrt(own * of_own + (_UNEVEN * usual) ** 2)
    drawn = own * teeth.pace + (1 - own) * usual + error * rng.standard_normal(past.count)
    return np.asarray(np.maximum(drawn, 0.0))


def _first_top(teeth: Teeth, past: _Past, pace: Floats, rng: np.random.Generator) -> Floats:
    """Draw the height at which the climb under way ends, infinite where it does not."""
    reached = teeth.now if teeth.by_height else teeth.since
    now = np.full(past.count, float(teeth.length))
    end = past.ends.at(now, past.picks(rng), rng)
    for _ in range(_TRIES):
        end = np.where(end > reached, end, past.ends.at(now, past.picks(rng), rng))
    end = np.maximum(end, reached)
    if teeth.by_height:
        return end
    late = (teeth.since / float(teeth.gaps.max()) - 1) / (OVERDUE - 1)
    return np.where(rng.random(past.count) < late, np.inf, teeth.now + pace * (end - teeth.since))


class _Past:
    """What past teeth were like, and draws of what future ones may be like on each path."""

    def __init__(self, teeth: Teeth, count: int, rng: np.random.Generator) -> None:
        won = teeth.tops[1:] - teeth.bottoms[:-1]
        whole = np.flatnonzero(np.isfinite(won))
        paces = np.full(won.size, np.nan)
        paces[whole] = won[whole] / teeth.gaps[whole]
        self.count, self._whole, self._by_height = count, whole.size, teeth.by_height
        self._lasts, self._least = float(teeth.gaps.mean()), _LEAST * teeth.drop
        least = max(_LEAST_SIZE, teeth.resolution / self._lasts)
        sizes = np.geomspace(least, _MOST_SIZE, _SIZES)

        slope = _SLOPE_PRIOR / teeth.length

        def lines(values: Floats, rows: Indices, usual: float, slope: float = slope) -> _Lines:
            prior = _Prior(usual * sizes, usual * slope)
            return _Lines(teeth.falls[-values.size :], values, rows, prior, count, rng)

        self.bottoms = lines(teeth.bottoms, whole, teeth.drop)
        self.paces = lines(paces, whole, float(np.nanmedian(paces)))
        if teeth.by_height:
            self.ends = lines(teeth.tops, whole + 1, teeth.drop)
        else:
            self.ends = lines(teeth.gaps, whole, self._lasts, slope=0.0)

    def picks(self, rng: np.random.Generator) -> Indices:
        """Draw one complete past tooth for each path."""
        return rng.integers(0, self._whole, self.count)

    def drawn(self, at: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        """Draw bottom, top and pace of teeth that begin at `at` (count,)."""
        picks = self.picks(rng)
        low = self.bottoms.at(at, picks, rng)
        pace = np.maximum(self.paces.at(at + self._lasts, picks, rng), _LEAST * self.paces.usual)
        end = self.ends.at(at + self._lasts, picks, rng)
        high = end if self._by_height else low + pace * np.maximum(end, _LEAST * self._lasts)
        return low, np.maximum(high, low + self._least), pace


@dataclass(frozen=True)
class _Prior:
    """The prior: standard deviations of errors (k,), equally likely, and the standard deviation of a slope a period."""

    sizes: Floats
    slope: float


class _Lines:
    """Lines that values (m,) of teeth at places (m,) may follow, one a path; NaN where a value is unknown."""

    def __init__(
        self, places: Floats, values: Floats, whole: Indices, prior: _Prior, count: int, rng: np.random.Generator
    ) -> None:
        """Draw `count` lines from the posterior of the errors' standard deviation s and of the slope.

            slope ~ N(weight sum(x y), weight s^2),  weight = b^2 / (b^2 sum(x^2) + s^2)

        x and y are places and values about their means, b is the prior standard deviation of the slope.
        """
        known = np.isfinite(values)
        self._middle, level = float(places[known].mean()), float(values[known].mean())
        self.usual = float(np.median(values[known]))
        x, y = places - self._middle, values - level
        size, product = float(x[known] @ x[known]), float(x[known] @ y[known])
        free = y - (product / size if size > 0 else 0.0) * x
        error = float(_odds(free[known], prior.sizes, 2) @ prior.sizes**2)
        weight = prior.slope**2 / (size * prior.slope**2 + error)
        residuals = y - product * weight * x
        odds = _odds(residuals[known], prior.sizes, 1)
        self.spread = float(np.sqrt(odds @ prior.sizes**2))
        drawn = rng.choice(prior.sizes, count, p=odds)
        self._level = level + drawn * rng.standard_normal(count) / np.sqrt(known.sum())
        self._slope = product * weight + drawn * rng.standard_normal(count) * np.sqrt(weight)
        self._residuals, self._noise = residuals[whole], drawn / known.sum()

    def at(self, times: Floats, picks: Indices, rng: np.random.Generator) -> Floats:
        """Draw values at `times` (count,), in periods from the start of the history, of teeth like those picked."""
        line = self._level + self._slope * (times - self._middle)
        return np.asarray(line + self._residuals[picks] + self._noise * rng.standard_normal(times.size))


def _odds(residuals: Floats, sizes: Floats, spent: int) -> Floats:
    """Compute the probability of each standard deviation of errors, `spent` degrees of freedom used by a line."""
    squares = float(residuals @ residuals)
    chances = -max(residuals.size - spent, 0) * np.log(sizes) - squares / (2 * sizes**2)
    weights = np.exp(chances - chances.max())
    return np.asarray(weights / weights.sum())

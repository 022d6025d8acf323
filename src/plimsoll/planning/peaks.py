"""How high may the peak of a future period be? Higher than any in the past, or lower than the highest of them.

Shapes are drawn from past periods. On their own they repeat the highest peak of the past again and again and never pass
it, though of sixty past days and ninety to come one of the latter has the highest peak in 60 of 100 cases. So what the
highest tenth of the peaks lies above the others is drawn anew, exponentially distributed with their mean (peaks over a
threshold, Pickands 1975, with a tail of shape zero). The mean of a few such excesses is uncertain itself: each future
draws its own, by a gamma distribution.

Peaks are differences from the level of their period, or logarithms of ratios to it where shapes are relative. Periods
of one sample have none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plimsoll.planning.first_passage import Futures, worst_of
from plimsoll.planning.runway_grid import Floats, Grid

_HIGHEST = 0.1  # of the periods
_FEWEST_HIGHEST, _FEWEST = 3, 20


def with_new_peaks(grid: Grid, futures: Futures, sign: int, rng: np.random.Generator) -> Futures:
    """Draw the highest peaks anew, by which future levels are moved; `sign` is -1 where peaks are troughs."""
    known = np.flatnonzero(np.isfinite(grid.levels))
    peaks = _peaks(grid, sign)
    count = max(_FEWEST_HIGHEST, round(_HIGHEST * known.size))
    ranked = known[np.argsort(-peaks[known], kind="stable")]
    if known.size < _FEWEST or not np.isfinite(peaks[ranked]).all():
        return futures
    threshold, highest = peaks[ranked[count]], ranked[:count]
    mean = float(peaks[highest].mean() - threshold)
    if not mean > 0.0:
        return futures
    means = mean * count / rng.gamma(count, size=(futures.levels.shape[0], 1))
    drawn = threshold + means * rng.standard_exponential(futures.levels.shape)
    moves = sign * np.where(np.isin(futures.shape_rows, highest), drawn - peaks[futures.shape_rows], 0.0)
    return replace(futures, levels=futures.levels * np.exp(moves) if grid.relative else futures.levels + moves)


def _peaks(grid: Grid, sign: int) -> Floats:
    """Return the peak of each period (n,), higher being worse; infinite where a relative trough is zero."""
    worst = worst_of(grid.shapes, sign)
    with np.errstate(divide="ignore"):
        return np.asarray(sign * (np.log1p(worst) if grid.relative else worst))
